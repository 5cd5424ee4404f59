"""Positions in a file, counted from 1 as in editors."""

from __future__ import annotations

from scfdeploy.records import NamedTuple


class Position(NamedTuple):
    """The position of one character. Columns count characters, not bytes."""

    line: int
    column: int


class Span(NamedTuple):
    """A range of one file, from `start` up to but not including `end`.

    `file` is the path to display, relative to the current folder for files below it.
    """

    file: str
    start: Position
    end: Position

    @classmethod
    def at(cls, file: str, line: int = 1, column: int = 1) -> Span:
        """The empty span at one position."""
        here = Position(line, column)
        return cls(file, here, here)

    def __str__(self) -> str:
        return f"{self.file}:{self.start.line}:{self.start.column}"
