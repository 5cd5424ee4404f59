"""What codes and findings mean, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scfdeploy.diagnostics.page import Page
from scfdeploy.report.terminal import clip, pad, safe, width
from scfdeploy.report.text.style import Look
from scfdeploy.results import Explained, Explanation

_KINDS = {"error-code": "error code of the API", "status-code": "status of a call", "finding": "finding"}
_FENCE = "```"


def render_explained(result: Explained, look: Look) -> str:
    """Each thing in full, then what else begins with the word, a line for each."""
    blocks = ["\n".join(_entry(entry, look)) for entry in result.entries]
    if result.longer:
        head = "Longer names:" if result.entries else f'What begins with "{safe(result.query)}":'
        blocks.append("\n".join([look.paint(head, "bold"), *_list(result.longer, look)]))
    return "\n\n".join(blocks) + "\n"


def _entry(entry: Explanation, look: Look) -> Iterator[str]:
    number = f"{entry.number} " if entry.number is not None else ""
    yield f"{look.paint(f'{number}{entry.name}', 'bold')} ({_KINDS[entry.kind]})"
    yield f"  {entry.meaning.rstrip('.')}."
    if entry.page is not None:
        yield from _page(entry.page, look)
        return
    yield from _labelled(entry, look)


def _labelled(entry: Explanation, look: Look) -> Iterator[str]:
    remark = " (concluded; the guide does not say it)" if entry.concluded else ""
    found = ", ".join(entry.found_by)
    for label, text in (
        ("what to do", entry.fix),
        ("retries", f"{entry.retry}{remark}"),
        ("parameter", entry.field),
        ("found by validate", found),
    ):
        if text:
            yield f"  {look.paint(f'{label}:', 'cyan')} {text}"


def _page(page: Page, look: Look) -> Iterator[str]:
    codes = f", {', '.join(page.codes)}" if page.codes else ""
    yield f"  {look.paint(page.severity.value + codes, 'dim')}"
    for heading, text in page.parts.items():
        yield ""
        yield f"  {look.paint(heading, 'cyan')}"
        lines = text.split("\n")
        indent = "      " if _FENCE in text else "    "
        yield from (f"{indent}{line}".rstrip() for line in lines if not line.startswith(_FENCE))


def _list(entries: Sequence[Explanation], look: Look) -> Iterator[str]:
    names = [_name(entry) for entry in entries]
    columns = max(map(width, names))
    for name, entry in zip(names, entries, strict=True):
        yield f"  {pad(name, columns)}  {clip(entry.meaning, max(20, look.width - columns - 4))}"


def _name(entry: Explanation) -> str:
    return f"{entry.number} {entry.name}" if entry.number is not None else entry.name
