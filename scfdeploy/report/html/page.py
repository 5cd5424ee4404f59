"""The content of an HTML page: texts, tables and pictures, without layout and without HTML.

A page is built from a result, cleaned by `clean_page`, and rendered by `render_page`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, TypeVar

from scfdeploy.records import NamedTuple
from scfdeploy.report.html.graph import Graph
from scfdeploy.report.html.timeline import MarkKind, Timeline
from scfdeploy.report.terminal import safe

T = TypeVar("T")
_MAX_TEXT = 20_000
_MAX_NAME = 500


class Column(NamedTuple):
    """A column of a table."""

    label: str
    is_number: bool = False


class Cell(NamedTuple):
    """A cell of a table. Every part is shown if it is there, in this order."""

    text: str = ""
    kind: MarkKind | None = None
    """Shown as the symbol of marks of this kind."""

    symbol: str = ""
    """A symbol of an action, such as `+`."""

    style: str = ""
    """The CSS class of the symbol and the text: a constant, never outside data."""

    is_code: bool = False
    note: str = ""
    """A remark on a line of its own."""

    lines: Sequence[str] = ()
    """A list of code lines."""

    block: str = ""
    """Text with line breaks, such as a log."""

    block_label: str = ""


class Row(NamedTuple):
    """A row of a table; the first cell is its header."""

    cells: Sequence[Cell]
    number: int | None = None
    """The number by which marks and nodes refer to the row; None if nothing refers to it."""


class Table(NamedTuple):
    """A table. Rows that are left out are counted by `total`."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    total: int = 0
    """The number of rows before any were left out; 0 if it has all."""


class Section(NamedTuple):
    """A part of a page with a heading of its own. `name` is the beginning of the ids in it: a constant."""

    name: str
    heading: str
    sentences: Sequence[str] = ()
    timeline: Timeline | None = None
    graph: Graph | None = None
    tables: Sequence[Table] = ()
    text: str = ""
    """Text with line breaks, shown as it is."""

    facts: Sequence[tuple[str, str]] = ()


class Notice(NamedTuple):
    """A finding or an error above the content. `severity` is `error`, `warning` or `info`."""

    severity: str
    label: str
    text: str
    details: Sequence[str] = ()
    place: str = ""


class Page(NamedTuple):
    """A whole page."""

    title: str
    sentences: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    notices: Sequence[Notice] = ()
    sections: Sequence[Section] = ()


def clean_page(page: Page, redact: Callable[[str], str]) -> Page:
    """The page with every text redacted, and with escapes in place of control and direction characters.

    This happens before the layout cuts texts and before they are escaped for HTML: a secret is found as it is written.
    """
    clean = _with_texts(page, lambda text: _safe_lines(shortened(redact(text), _MAX_TEXT)))
    return clean._replace(sections=[_with_short_names(section) for section in clean.sections])


def shortened(text: str, length: int) -> str:
    """The text, cut with an ellipsis if it is longer."""
    return text if len(text) <= length else f"{text[:length]}…"


def _with_short_names(section: Section) -> Section:
    """Names of marks are read aloud, and each is in the page twice."""
    if section.timeline is None:
        return section
    marks = [mark._replace(text=shortened(mark.text, _MAX_NAME)) for mark in section.timeline.marks]
    return section._replace(timeline=section.timeline._replace(marks=marks))


def _safe_lines(text: str) -> str:
    if "\n" not in text:
        return safe(text)
    return "\n".join(safe(line.removesuffix("\r").expandtabs(4)) for line in text.split("\n"))


def _with_texts(value: T, change: Callable[[str], str]) -> T:
    """A copy of a value in which every text is changed, however deep it is."""
    changed: Any = value
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        changed = change(value) if value else value
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        changed = type(value)(*(_with_texts(part, change) for part in value))
    elif isinstance(value, Sequence):
        changed = tuple(_with_texts(part, change) for part in value)
    return changed  # type: ignore[no-any-return]
