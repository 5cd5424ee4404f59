"""Convert the parser's marks to positions in the original file, despite repairs of the text before parsing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from scfdeploy.diagnostics import Position, Span


class Mark(Protocol):
    """A place as the parser counts it: lines and columns from 0."""

    line: int
    column: int


class SourcePositions:
    """The places of one text. `insert` and `remove` note what a repair did, so that columns stay the file's."""

    __slots__ = ("_file", "_inserted", "_lines", "_removed")

    def __init__(self, file: str, lines: Sequence[str]) -> None:
        self._file = file
        self._lines = lines
        self._inserted: dict[int, list[int]] = {}
        self._removed: dict[int, list[int]] = {}

    def insert(self, line: int, column: int) -> None:
        """Note that one character was put in at this place; line and column count from 0."""
        columns = self._inserted.setdefault(line, [])
        columns[:] = [known + 1 if known >= column else known for known in columns]
        columns.append(column)

    def remove(self, line: int, columns: Sequence[int]) -> None:
        """Note that the characters at these places of the file were taken out, before anything was put in."""
        if columns:
            self._removed[line] = sorted(columns)

    def position(self, line: int, column: int) -> Position:
        """The place in the file of a line and column that count from 0 in the mended text."""
        if line >= len(self._lines):  # the parser takes the end of a text without a last line end for a line more
            line, column = len(self._lines) - 1, len(self._lines[-1])
        if line in self._inserted:
            column -= sum(inserted < column for inserted in self._inserted[line])
        for removed in self._removed.get(line, ()):
            column += removed <= column
        return Position(line + 1, column + 1)

    def at(self, mark: Mark) -> Position:
        """The place in the file of a mark."""
        return self.position(mark.line, mark.column)

    def span(self, start: Position, end: Position) -> Span:
        """The stretch between two places of this file."""
        return Span(self._file, start, end)

    def stretch(self, line: int, column: int, length: int = 1) -> Span:
        """So many characters from a line and column that count from 0 in the mended text."""
        return Span(self._file, self.position(line, column), self.position(line, column + length))
