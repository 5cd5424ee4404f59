"""Explanations of codes and findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.page import Page
from scfdeploy.report.terminal import clip, pad, safe, width
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results import Explained, Explanation

_FENCE = "```"


def render_explained(result: Explained, style: TextStyle) -> str:
    """Each entry in full, then one line for each longer name."""
    blocks = ["\n".join(_entry(entry, style)) for entry in result.entries]
    if result.longer:
        head = (
            message("Longer names:")
            if result.entries
            else message('Names that begin with "{prefix}":', prefix=safe(result.query))
        )
        blocks.append("\n".join([style.paint(head, "bold"), *_list(result.longer, style)]))
    return "\n\n".join(blocks) + "\n"


def _entry(entry: Explanation, style: TextStyle) -> Iterator[str]:
    number = f"{entry.number} " if entry.number is not None else ""
    yield f"{style.paint(f'{number}{entry.name}', 'bold')} ({_kind(entry.kind)})"
    yield f"  {entry.meaning.rstrip('.')}."
    if entry.page is not None:
        yield from _page(entry.page, style)
        return
    retry = message("{retry} (inferred; not documented)", retry=entry.retry) if entry.inferred else entry.retry
    for label, text in (
        (message("what to do"), entry.fix),
        (message("retries"), retry),
        (message("parameter"), entry.field),
        (message("found by validate"), ", ".join(entry.found_by)),
    ):
        if text:
            yield f"  {style.paint(f'{label}:', 'cyan')} {text}"


def _kind(kind: str) -> str:
    match kind:
        case "error-code":
            return message("error code of the API")
        case "status-code":
            return message("status of a call")
        case _:
            return message("finding")


def _page(page: Page, style: TextStyle) -> Iterator[str]:
    codes = f", {', '.join(page.codes)}" if page.codes else ""
    yield f"  {style.paint(page.severity.value + codes, 'dim')}"
    for heading, text in page.parts.items():
        yield ""
        yield f"  {style.paint(heading, 'cyan')}"
        lines = text.split("\n")
        indent = "      " if _FENCE in text else "    "
        yield from (f"{indent}{line}".rstrip() for line in lines if not line.startswith(_FENCE))


def _list(entries: Sequence[Explanation], style: TextStyle) -> Iterator[str]:
    names = [_name(entry) for entry in entries]
    columns = max(map(width, names))
    for name, entry in zip(names, entries, strict=True):
        yield f"  {pad(name, columns)}  {clip(entry.meaning, max(20, style.width - columns - 4))}"


def _name(entry: Explanation) -> str:
    return f"{entry.number} {entry.name}" if entry.number is not None else entry.name
