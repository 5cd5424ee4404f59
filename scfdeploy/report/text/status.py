"""What is in the cloud, as a table of functions; URLs and differences from the file follow it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scfdeploy.model import Value
from scfdeploy.report.results import FunctionStatus, StatusShown
from scfdeploy.report.terminal import pad, safe, width
from scfdeploy.report.text.style import Look
from scfdeploy.report.text.values import change_text

_HEADER = ("FUNCTION", "STATE", "RUNTIME", "MEMORY", "TIMEOUT", "MODIFIED", "TRIGGERS", "NOTE")
_STATE_COLOURS = {"Active": "green", "not deployed": "dim"}


def render_status(result: StatusShown, look: Look) -> str:
    """The table and what belongs to it; one line when the project has no functions."""
    if not result.functions:
        return "No functions.\n" if result.ok else ""
    blocks = ["\n".join(_table(result.functions, look))]
    urls = [(function, url) for function in result.functions for url in function.urls]
    if urls:
        blocks.append("\n".join(_urls(urls, look)))
    blocks += ["\n".join(_details(function, look)) for function in result.functions if _has_details(function)]
    return "\n\n".join(blocks) + "\n"


def _table(functions: Sequence[FunctionStatus], look: Look) -> Iterator[str]:
    rows = [_HEADER, *(_row(function) for function in functions)]
    filled = [at for at in range(len(_HEADER)) if any(row[at] for row in rows[1:])]
    widths = {at: max(width(row[at]) for row in rows) for at in filled}
    for number, row in enumerate(rows):
        cells = [_cell(number, at, pad(row[at], widths[at]), look) for at in filled[:-1]]
        yield "  ".join([*cells, _cell(number, filled[-1], row[filled[-1]], look)]).rstrip()


def _row(function: FunctionStatus) -> tuple[str, ...]:
    notes = ["differs from the file"] if function.drift else []
    if function.state and not function.owned:
        notes.append("not owned by this project")
    return (
        safe(f"{function.address.namespace}/{function.address.function}"),
        safe(function.state) or "not deployed",
        safe(function.runtime),
        f"{function.memory_size} MB" if function.memory_size is not None else "",
        f"{function.timeout} s" if function.timeout is not None else "",
        safe(function.modified),
        ", ".join(_trigger(trigger) for trigger in function.triggers),
        ", ".join(notes),
    )


def _cell(row: int, column: int, text: str, look: Look) -> str:
    if row == 0:
        return look.paint(text, "bold")
    if column == 1:
        return look.paint(text, _STATE_COLOURS.get(text.strip(), "yellow"))
    return look.paint(text, "yellow") if column == len(_HEADER) - 1 else text


def _trigger(trigger: Mapping[str, Value]) -> str:
    name = "/".join(str(trigger[key]) for key in ("type", "name") if trigger.get(key))
    return safe(name) + (" (off)" if trigger.get("enable") is False else "")


def _urls(urls: Sequence[tuple[FunctionStatus, str]], look: Look) -> Iterator[str]:
    yield look.paint("URLs:", "bold")
    for function, url in urls:
        yield f"  {safe(function.address.function)}: {safe(url)}"


def _has_details(function: FunctionStatus) -> bool:
    return bool(function.drift or function.state_reason or function.versions or function.aliases)


def _details(function: FunctionStatus, look: Look) -> Iterator[str]:
    yield look.paint(f"{safe(str(function.address))}:", "bold")
    if function.state_reason:
        yield f"  {look.paint(safe(f'{function.state}: {function.state_reason}'), 'yellow')}"
    for words, names in (("versions", function.versions), ("aliases", function.aliases)):
        if names:
            yield f"  {words}: {safe(', '.join(names))}"
    if function.drift:
        yield "  in the cloud -> in the file:"
    for field in function.drift:
        shown = change_text(field, look.width - len(field.path) - 8)
        yield f"    {safe(field.path)}: {'(not set) -> ' if field.before is None else ''}{shown}"
