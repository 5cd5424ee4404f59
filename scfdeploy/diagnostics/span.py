"""Positions in a file: lines and columns count characters from 1, as editors show them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """The position of one character. `line` and `column` count from 1; columns count characters, not bytes."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range of one file, from `start` up to but not including `end`.

    `file` is the path to show: relative to the current folder if it is below it.
    """

    file: str
    start: Position
    end: Position

    @classmethod
    def at(cls, file: str, line: int = 1, column: int = 1) -> Span:
        """The empty span at one position, for diagnostics about a whole file."""
        here = Position(line, column)
        return cls(file, here, here)

    def __str__(self) -> str:
        return f"{self.file}:{self.start.line}:{self.start.column}"
