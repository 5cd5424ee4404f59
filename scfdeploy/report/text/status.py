"""What is in the cloud, as tables of functions and of layers; URLs and differences from the file follow them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from scfdeploy.model import Value
from scfdeploy.plan import FieldChange
from scfdeploy.report.terminal import safe
from scfdeploy.report.text.style import TextStyle
from scfdeploy.report.text.table import table
from scfdeploy.report.text.values import change_text
from scfdeploy.results import FunctionStatus, LayerStatus, StatusReport

_HEADER = ("FUNCTION", "STATE", "RUNTIME", "MEMORY", "TIMEOUT", "MODIFIED", "TRIGGERS", "NOTE")
_LAYER_HEADER = ("LAYER", "STATE", "VERSION", "RUNTIMES", "PUBLISHED", "NOTE")
_STATE_COLOURS = {"Active": "green", "not deployed": "dim"}


def render_status(result: StatusReport, style: TextStyle) -> str:
    """The tables and what belongs to them; one line when the project has nothing to show."""
    if not result.functions and not result.layers:
        return "No functions.\n" if result.ok else ""
    functions = [_row(function) for function in result.functions]
    layers = [_layer_row(layer) for layer in result.layers]
    tables = ((_HEADER, functions), (_LAYER_HEADER, layers))
    blocks = [
        "\n".join(table(header, rows, style, painted=partial(_painted, style, len(header) - 1)))
        for header, rows in tables
        if rows
    ]
    urls = [(function, url) for function in result.functions for url in function.urls]
    if urls:
        blocks.append("\n".join(_urls(urls, style)))
    blocks += ["\n".join(_details(function, style)) for function in result.functions if _has_details(function)]
    blocks += ["\n".join(_layer_details(layer, style)) for layer in result.layers if layer.versions or layer.drift]
    return "\n\n".join(blocks) + "\n"


def _row(function: FunctionStatus) -> tuple[str, ...]:
    return (
        safe(f"{function.address.namespace}/{function.address.function}"),
        safe(function.state) or "not deployed",
        safe(function.runtime),
        f"{function.memory_size} MB" if function.memory_size is not None else "",
        f"{function.timeout} s" if function.timeout is not None else "",
        safe(function.modified),
        ", ".join(_trigger(trigger) for trigger in function.triggers),
        _note(function),
    )


def _layer_row(layer: LayerStatus) -> tuple[str, ...]:
    return (
        safe(layer.address.name),
        safe(layer.state) or "not deployed",
        "" if layer.version is None else str(layer.version),
        safe(", ".join(layer.runtimes)),
        safe(layer.modified),
        _note(layer),
    )


def _note(shown: FunctionStatus | LayerStatus) -> str:
    notes = ["differs from the file"] if shown.drift else []
    if shown.state and not shown.owned:
        notes.append("not owned by this project")
    return ", ".join(notes)


def _painted(style: TextStyle, note: int, column: int, text: str) -> str:
    if column == 1:
        return style.paint(text, _STATE_COLOURS.get(text.strip(), "yellow"))
    return style.paint(text, "yellow") if column == note else text


def _trigger(trigger: Mapping[str, Value]) -> str:
    name = "/".join(str(trigger[key]) for key in ("type", "name") if trigger.get(key))
    return safe(name) + (" (off)" if trigger.get("enable") is False else "")


def _urls(urls: Sequence[tuple[FunctionStatus, str]], style: TextStyle) -> Iterator[str]:
    yield style.paint("URLs:", "bold")
    for function, url in urls:
        yield f"  {safe(function.address.function)}: {safe(url)}"


def _aliases(function: FunctionStatus) -> Sequence[str]:
    """Its aliases, unless it has only the one that every function has."""
    return () if list(function.aliases) == ["$DEFAULT"] else function.aliases


def _has_details(function: FunctionStatus) -> bool:
    return bool(function.drift or function.state_reason or function.versions or _aliases(function))


def _details(function: FunctionStatus, style: TextStyle) -> Iterator[str]:
    yield style.paint(f"{safe(str(function.address))}:", "bold")
    if function.state_reason:
        yield f"  {style.paint(safe(f'{function.state}: {function.state_reason}'), 'yellow')}"
    for words, names in (("versions", function.versions), ("aliases", _aliases(function))):
        if names:
            yield f"  {words}: {safe(', '.join(names))}"
    yield from _drift(function.drift, style)


def _layer_details(layer: LayerStatus, style: TextStyle) -> Iterator[str]:
    yield style.paint(f"{safe(str(layer.address))}:", "bold")
    if layer.versions:
        yield f"  versions of this project: {safe(', '.join(layer.versions))}"
    yield from _drift(layer.drift, style)


def _drift(drift: Sequence[FieldChange], style: TextStyle) -> Iterator[str]:
    if drift:
        yield "  in the cloud -> in the file:"
    for field in drift:
        shown = change_text(field, style.width - len(field.path) - 8)
        yield f"    {safe(field.path)}: {'(not set) -> ' if field.before is None else ''}{shown}"
