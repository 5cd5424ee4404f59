"""Colours as ANSI codes, line breaks, and tables. Nothing is imported for them, to keep start-up fast."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum, auto

from scfdeploy.diagnostics import message
from scfdeploy.records import NamedTuple
from scfdeploy.report.terminal import break_word, carry_style, gap_after, pad, visible_width, width, wrap

_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}


_GAP = 2
_MIN_COLUMN = 10
_MAX_MIN_COLUMN = 16
_MIN_LINE = 20
_NO_BREAK = "\xa0"
_LONG_VALUE = 24


class Detail(Enum):
    """How much of a result is shown."""

    SUMMARY = auto()
    """Counts, and what must never be overlooked: errors, deletions, replacements and public URLs."""
    GROUPED = auto()
    """Similar findings once; in a large result, similar changes once too."""
    FULL = auto()
    """Each finding and each change."""


class TextStyle(NamedTuple):
    """Whether the output is coloured, its width in columns, and how much of a result it has."""

    color: bool = False
    width: int = 80
    detail: Detail = Detail.FULL
    is_wrapped: bool = False
    """Whether longer lines are broken at the width. Programs that read the output want whole lines."""

    redact: Callable[[str], str] = str
    """Removes secrets from a text before it is broken, because they are not found in parts."""

    def paint(self, text: str, *styles: str) -> str:
        """`text` in these styles (`bold`, `dim` or a colour); unchanged without colour."""
        if not self.color or not text:
            return text
        codes = ";".join(_CODES[style] for style in styles)
        return f"\x1b[{codes}m{text}\x1b[0m"

    def labelled(self, label: str, text: str, *styles: str) -> str:
        """`text` after a label in these styles."""
        return f"{self.paint(label, *styles)}{gap_after(label)}{text}"

    def lines(self, text: str, indent: str = "", *, hanging: str = "") -> list[str]:
        """`text` after `indent`; if it is broken, further lines are indented by `hanging` as well."""
        if not self.is_wrapped:
            return [indent + text]
        columns = max(_MIN_LINE, self.width - len(indent))
        if visible_width(text) <= columns:
            return [indent + text]
        lines = carry_style(wrap(self.redact(text), columns, hanging=len(hanging)))
        return [indent + lines[0], *(indent + hanging + line for line in lines[1:])]


def table(
    header: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    style: TextStyle,
    *,
    paint_cell: Callable[[int, str], str] = lambda _, text: text,
    optional: tuple[int, ...] = (),
) -> Iterator[str]:
    """The lines of a table, without empty columns. `paint_cell` colours the padded text of a cell of a column.

    If it is wrapped, a table that is too wide gets cells of several lines. One that is still too wide loses `optional`
    columns, in this order, and says so; without enough of these, it has a few lines for each row.
    """
    columns = [column for column in range(len(header)) if any(row[column] for row in rows)]
    widths = {column: max(width(row[column]) for row in (header, *rows)) for column in columns}
    left_out: list[str] = []
    if style.is_wrapped and sum(widths.values()) + _GAP * (len(columns) - 1) > style.width:
        fitting = _fit(widths, [header, *rows], style.width)
        for column in optional:
            if fitting is None and column in widths:
                left_out.append(header[column])
                del widths[column]
                fitting = _fit(widths, [header, *rows], style.width)
        if fitting is None:
            yield from _cards(header, rows, columns, style, paint_cell)
            return
        columns, widths = list(fitting), fitting
        rows = [tuple(map(style.redact, row)) for row in rows]
    padding = {**widths, columns[-1]: 0} if columns else {}
    for number, row in enumerate((header, *rows)):
        cells = [
            [pad(line, padding[column]) for line in _cell_lines(row[column], widths[column])] for column in columns
        ]
        for line in range(max(map(len, cells), default=0)):
            texts = (
                (column, cell[line] if line < len(cell) else " " * padding[column])
                for column, cell in zip(columns, cells, strict=True)
            )
            painted = (style.paint(text, "bold") if number == 0 else paint_cell(column, text) for column, text in texts)
            yield (" " * _GAP).join(painted).rstrip()
    if left_out:
        text = message("Not shown at this width: {columns}.", columns=", ".join(left_out))
        yield from (style.paint(line, "dim") for line in style.lines(text))


def _cell_lines(text: str, columns: int) -> list[str]:
    return [text] if width(text) <= columns else break_word(text, columns)


def _fit(widths: Mapping[int, int], rows: Sequence[tuple[str, ...]], total: int) -> dict[int, int] | None:
    """Narrower columns that fit into a width, the widest first; None if the words do not fit."""
    columns = total - _GAP * (len(widths) - 1)
    smallest = {
        column: min(natural, max(_MIN_COLUMN, min(_MAX_MIN_COLUMN, _longest_word(row[column] for row in rows))))
        for column, natural in widths.items()
    }
    if sum(smallest.values()) > columns:
        return None
    fitting = dict(widths)
    while (excess := sum(fitting.values()) - columns) > 0:
        widest, column = max((fitting[column], column) for column in fitting if fitting[column] > smallest[column])
        below = max((size for size in fitting.values() if size < widest), default=0)
        fitting[column] = max(smallest[column], below, widest - excess)
    return fitting


def _longest_word(texts: Iterable[str]) -> int:
    return max((width(word) for text in texts for word in text.split()), default=0)


def _cards(
    header: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    columns: Sequence[int],
    style: TextStyle,
    paint_cell: Callable[[int, str], str],
) -> Iterator[str]:
    first, *others = columns
    for row in rows:
        yield style.paint(row[first].strip(), "bold")
        texts = [
            f"{style.paint(header[column].strip(), 'dim')}{_NO_BREAK}{paint_cell(column, row[column].strip())}"
            for column in others
            if row[column].strip()
        ]
        texts = [text.replace(" ", _NO_BREAK) if width(text) <= _LONG_VALUE else text for text in texts]
        yield from (line.replace(_NO_BREAK, " ") for line in style.lines(", ".join(texts), "  "))


def aligned_table(
    header: tuple[str, ...], rows: Sequence[tuple[str, ...]], style: TextStyle, *, numbers: tuple[int, ...]
) -> Iterator[str]:
    """The lines of a table whose columns of `numbers` are aligned to the right."""
    widths = {column: max(width(row[column]) for row in (header, *rows)) for column in numbers}

    def align(row: tuple[str, ...]) -> tuple[str, ...]:
        cells = enumerate(row)
        return tuple(" " * (widths.get(column, 0) - width(text)) + text for column, text in cells)

    return table(align(header), [align(row) for row in rows], style)
