"""One change of a file's text, as data: what stands at a place, and what should stand there."""

from __future__ import annotations

from dataclasses import dataclass

from scfdeploy.diagnostics.span import Position, Span


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `replacement` in the place of `span`, whose text now is `original`.

    An empty `original` inserts. An edit holds only while the file says `original` there; whoever applies it looks.
    """

    span: Span
    replacement: str
    original: str = ""


def reworded(span: Span, written: str, replacement: str) -> tuple[Edit, ...]:
    """The fix that puts another word in the place of `written`, whose quotes, if it has any, stay.

    Empty where the stretch cannot be that word letter for letter: it has escapes, or comes from somewhere else.
    """
    quotes = span.end.column - span.start.column - len(written)
    if not written or span.start.line != span.end.line or quotes not in (0, 2):
        return ()
    line, first = span.start.line, span.start.column + quotes // 2
    inner = Span(span.file, Position(line, first), Position(line, first + len(written)))
    return (Edit(inner, replacement, written),)


def inserted(file: str, line: int, column: int, text: str) -> Edit:
    """An edit that only puts something in."""
    return Edit(Span.at(file, line, column), text)
