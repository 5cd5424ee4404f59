"""Tables of deployed functions and layers, followed by their URLs and differences from the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from scfdeploy.diagnostics import message
from scfdeploy.model import Value
from scfdeploy.model.observed import ACTIVE
from scfdeploy.plan import FieldChange
from scfdeploy.report.humanize import enumeration, plural
from scfdeploy.report.terminal import safe
from scfdeploy.report.text.applied import serve_hint
from scfdeploy.report.text.event_stats import metrics_text
from scfdeploy.report.text.style import Detail, TextStyle, table
from scfdeploy.report.values import set_text
from scfdeploy.results.status import DomainStatus, FunctionStatus, LayerStatus, StatusReport

_MANY = 20
"""Of more functions than this, versions, aliases and most differences are left out."""

_EXAMPLES = 5
_OPTIONAL_COLUMNS = (5, 4, 3)  # the time of the last change, the timeout and the memory


def render_status(result: StatusReport, style: TextStyle) -> str:
    """The tables, URLs and details; one line if the project has neither functions nor layers."""
    if not (result.functions or result.layers or result.domains):
        return message("No functions.") + "\n" if result.ok else ""
    tables = (
        (_function_header(), [_function_row(function) for function in result.functions], _OPTIONAL_COLUMNS),
        (_layer_header(), [_layer_row(layer) for layer in result.layers], ()),
        (_domain_header(), [_domain_row(domain) for domain in result.domains], (2,)),
    )
    blocks = [
        "\n".join(table(header, rows, style, paint_cell=partial(_paint, style, len(header) - 1), optional=optional))
        for header, rows, optional in tables
        if rows
    ]
    urls = [(function, url) for function in result.functions for url in function.urls]
    if urls:
        blocks.append("\n".join([*_urls(urls, style), *serve_hint(result.serve_command, style)]))
    if style.detail is not Detail.FULL and len(result.functions) > _MANY:
        blocks += _large_details(result.functions, style)
    else:
        details = (list(_details(function, style)) for function in result.functions)
        blocks += ["\n".join(lines) for lines in details if len(lines) > 1]
    blocks += ["\n".join(_domain_details(domain, style)) for domain in result.domains if domain.drift]
    blocks += ["\n".join(_layer_details(layer, style)) for layer in result.layers if layer.versions or layer.drift]
    if result.omitted:
        omitted = plural(result.omitted, "{number} other resource not shown.", "{number} other resources not shown.")
        blocks.append(style.paint(omitted, "dim"))
    return "\n\n".join(blocks) + "\n"


def _function_header() -> tuple[str, ...]:
    return (
        message("FUNCTION"),
        message("STATE"),
        message("RUNTIME"),
        message("MEMORY"),
        message("TIMEOUT"),
        message("MODIFIED"),
        message("TRIGGERS"),
        message("NOTE"),
    )


def _layer_header() -> tuple[str, ...]:
    return (
        message("LAYER"),
        message("STATE"),
        message("VERSION"),
        message("RUNTIMES"),
        message("PUBLISHED"),
        message("NOTE"),
    )


def _domain_header() -> tuple[str, ...]:
    return (message("DOMAIN"), message("STATE"), message("PROTOCOLS"), message("CALLS"), message("NOTE"))


def _function_row(function: FunctionStatus) -> tuple[str, ...]:
    return (
        safe(f"{function.address.namespace}/{function.address.function}"),
        safe(function.state) or message("not deployed"),
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
        safe(layer.state) or message("not deployed"),
        "" if layer.version is None else str(layer.version),
        safe(", ".join(layer.runtimes)),
        safe(layer.modified),
        _note(layer),
    )


def _domain_row(domain: DomainStatus) -> tuple[str, ...]:
    calls = [f"{route.get('path')}: {route.get('function')}" for route in domain.routes]
    return (
        safe(domain.address.name),
        message("exists") if domain.exists else message("not deployed"),
        safe(", ".join(domain.protocols)),
        safe(", ".join(calls)),
        _domain_note(domain),
    )


def _domain_note(domain: DomainStatus) -> str:
    notes = [message("differs from the file")] if domain.drift else []
    if domain.exists and not domain.owned:
        notes.append(message("not owned by this project"))
    return enumeration(notes)


def _note(resource: FunctionStatus | LayerStatus) -> str:
    notes = [message("differs from the file")] if resource.drift else []
    if resource.state and not resource.owned:
        notes.append(message("not owned by this project"))
    return enumeration(notes)


def _paint(style: TextStyle, note_column: int, column: int, text: str) -> str:
    if column == 1:
        colours = {ACTIVE: "green", message("exists"): "green", message("not deployed"): "dim"}
        return style.paint(text, colours.get(text.strip(), "yellow"))
    return style.paint(text, "yellow") if column == note_column else text


def _trigger(trigger: Mapping[str, Value]) -> str:
    name = "/".join(str(trigger[key]) for key in ("type", "name") if trigger.get(key))
    return safe(name) + (f" {message('(disabled)')}" if trigger.get("enable") is False else "")


def _urls(urls: Sequence[tuple[FunctionStatus, str]], style: TextStyle) -> Iterator[str]:
    yield style.paint(message("URLs:"), "bold")
    for function, url in urls:
        yield f"  {safe(function.address.function)}: {safe(url)}"


def _details(function: FunctionStatus, style: TextStyle) -> Iterator[str]:
    yield style.paint(f"{safe(str(function.address))}:", "bold")
    if function.state_reason:
        yield from style.lines(style.paint(safe(f"{function.state}: {function.state_reason}"), "yellow"), "  ")
    if function.versions:
        yield "  " + message("versions: {names}", names=safe(", ".join(function.versions)))
    if function.aliases and list(function.aliases) != ["$DEFAULT"]:
        yield "  " + message("aliases: {names}", names=safe(", ".join(function.aliases)))
    metrics = function.metrics
    if metrics is not None and (metrics.retries or metrics.throttles or metrics.failed_deliveries):
        yield "  " + message("asynchronous events: {counts}", counts=metrics_text(metrics))
    yield from _drift(function.drift, style)


def _large_details(functions: Sequence[FunctionStatus], style: TextStyle) -> Iterator[str]:
    """The differences and problems of some functions, and where to see those of the others."""
    notable = [
        function._replace(versions=(), aliases=()) for function in functions if function.drift or function.state_reason
    ]
    for function in notable[:_EXAMPLES]:
        yield "\n".join(_details(function, style))
    if len(notable) > _EXAMPLES:
        more = message(
            "{number} more functions differ or have a problem; --no-group or --target shows them.",
            number=len(notable) - _EXAMPLES,
        )
        yield "\n".join(style.lines(more))


def _layer_details(layer: LayerStatus, style: TextStyle) -> Iterator[str]:
    yield style.paint(f"{safe(str(layer.address))}:", "bold")
    if layer.versions:
        yield "  " + message("versions of this project: {names}", names=safe(", ".join(layer.versions)))
    yield from _drift(layer.drift, style)


def _domain_details(domain: DomainStatus, style: TextStyle) -> Iterator[str]:
    yield style.paint(f"{safe(str(domain.address))}:", "bold")
    yield from _drift(domain.drift, style)


def _drift(drift: Sequence[FieldChange], style: TextStyle) -> Iterator[str]:
    if drift:
        yield "  " + message("in the cloud -> in the file:")
    for field in drift:
        text = f"{safe(field.path)}: {set_text(field, style.width - len(field.path) - 8)}"
        yield from style.lines(text, "    ", hanging="  ")
