"""Lays rows out below a header: as wide as they are on a terminal, without the columns in which nothing stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from scfdeploy.report.terminal import pad, width
from scfdeploy.report.text.style import TextStyle


def table(
    header: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    style: TextStyle,
    *,
    painted: Callable[[int, str], str] = lambda _, text: text,
) -> Iterator[str]:
    """The lines of a table. `painted` gives the text of a cell, which is filled up with blanks, its colour."""
    filled = [at for at in range(len(header)) if any(row[at] for row in rows)]
    widths = {at: max(width(row[at]) for row in (header, *rows)) for at in filled[:-1]}
    for number, row in enumerate((header, *rows)):
        cells = [(at, pad(row[at], widths.get(at, 0))) for at in filled]
        line = (style.paint(text, "bold") if number == 0 else painted(at, text) for at, text in cells)
        yield "  ".join(line).rstrip()
