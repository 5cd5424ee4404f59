"""Convert the parser's marks to positions in the file, whose text may be repaired before it is parsed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from typing import Protocol

from scfdeploy.diagnostics import Position, Span

_new = tuple.__new__
"""Makes a named tuple in half the time that its class takes. A file of 30 lines has 150 positions and spans."""


class Mark(Protocol):
    """A position of the parser: lines and columns count from 0."""

    line: int
    column: int


class SourcePositions:
    """The positions of one file. Repairs call `insert` and `remove`, so that positions stay those of the file.

    Lines and columns of parameters count from 0 in the repaired text.
    """

    __slots__ = ("_file", "_inserted", "_lines", "_removed")

    def __init__(self, file: str, lines: Sequence[str]) -> None:
        self._file = file
        self._lines = lines
        self._inserted: dict[int, list[int]] = {}
        self._removed: dict[int, list[int]] = {}  # each column less the number of those before it

    def insert(self, line: int, column: int) -> None:
        """Record the insertion of one character."""
        columns = self._inserted.setdefault(line, [])
        if columns and columns[-1] >= column:
            columns[:] = [other + 1 if other >= column else other for other in columns]
        insort(columns, column)

    def remove(self, line: int, columns: Sequence[int]) -> None:
        """Record the removal of characters at these columns, as they are before it.

        Of a line with insertions nothing is recorded: its positions are then beside the mistake by as much.
        """
        if columns and line not in self._inserted:
            before = self._removed.get(line, ())
            original = [column + index for index, column in enumerate(before)]
            original += [column + bisect_right(before, column) for column in columns]
            self._removed[line] = [column - index for index, column in enumerate(sorted(original))]

    def position(self, line: int, column: int) -> Position:
        """The position in the file."""
        if line >= len(self._lines):  # the parser puts the end of a text without a final line end on another line
            line, column = len(self._lines) - 1, len(self._lines[-1])
        if line in self._inserted:
            column -= bisect_left(self._inserted[line], column)
        if line in self._removed:
            column += bisect_right(self._removed[line], column)
        return Position(line + 1, column + 1)

    def at(self, mark: Mark) -> Position:
        """The position of a mark in the file."""
        line = mark.line
        if self._inserted or self._removed or line >= len(self._lines):
            return self.position(line, mark.column)
        return _new(Position, (line + 1, mark.column + 1))

    def span(self, start: Position, end: Position) -> Span:
        """The span between two positions of the file."""
        return _new(Span, (self._file, start, end))

    def span_at(self, line: int, column: int, length: int = 1) -> Span:
        """The span of `length` characters from a line and column."""
        return Span(self._file, self.position(line, column), self.position(line, column + length))
