"""Colours as ANSI codes, and tables. Nothing is imported for them, to keep start-up fast."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from scfdeploy.report.terminal import pad, width

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


class TextStyle(NamedTuple):
    """Whether the output is coloured, and its width in columns."""

    color: bool = False
    width: int = 80

    def paint(self, text: str, *styles: str) -> str:
        """`text` in these styles (`bold`, `dim` or a colour); unchanged without colour."""
        if not self.color or not text:
            return text
        codes = ";".join(_CODES[style] for style in styles)
        return f"\x1b[{codes}m{text}\x1b[0m"


def table(
    header: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    style: TextStyle,
    *,
    paint_cell: Callable[[int, str], str] = lambda _, text: text,
) -> Iterator[str]:
    """The lines of a table, without empty columns. `paint_cell` colours the padded text of a cell of a column."""
    columns = [column for column in range(len(header)) if any(row[column] for row in rows)]
    widths = {column: max(width(row[column]) for row in (header, *rows)) for column in columns[:-1]}
    for number, row in enumerate((header, *rows)):
        cells = [(column, pad(row[column], widths.get(column, 0))) for column in columns]
        line = (style.paint(text, "bold") if number == 0 else paint_cell(column, text) for column, text in cells)
        yield "  ".join(line).rstrip()


def aligned_table(
    header: tuple[str, ...], rows: Sequence[tuple[str, ...]], style: TextStyle, *, numbers: tuple[int, ...]
) -> Iterator[str]:
    """The lines of a table whose columns of `numbers` are aligned to the right."""
    widths = {column: max(width(row[column]) for row in (header, *rows)) for column in numbers}

    def align(row: tuple[str, ...]) -> tuple[str, ...]:
        cells = enumerate(row)
        return tuple(" " * (widths.get(column, 0) - width(text)) + text for column, text in cells)

    return table(align(header), [align(row) for row in rows], style)
