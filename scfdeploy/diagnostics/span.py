"""Places in a file: lines and columns count characters from 1, as editors show them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """One character's place. `line` and `column` count from 1; columns count characters, not bytes."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one file, from `start` up to but not including `end`.

    `file` is the path as people should read it: relative to where they stand when it lies below.
    """

    file: str
    start: Position
    end: Position

    @classmethod
    def at(cls, file: str, line: int = 1, column: int = 1) -> Span:
        """The empty span at one place; for findings about a whole file."""
        here = Position(line, column)
        return cls(file, here, here)

    def __str__(self) -> str:
        return f"{self.file}:{self.start.line}:{self.start.column}"
