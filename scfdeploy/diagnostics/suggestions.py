"""Suggested fixes: the nearest known word, and edits of a file's text as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scfdeploy.diagnostics.span import Position, Span


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` most like `word`, upper and lower case being nearly the same, or None when none is close."""
    import difflib  # only an error needs it

    by_lower = {candidate.lower(): candidate for candidate in sorted(known)}
    if word.lower() in by_lower:
        return by_lower[word.lower()]
    swapped = [other for other in by_lower if sorted(other) == sorted(word.lower())]  # `scr` for `src`
    close = swapped or difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.7)
    return by_lower[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """`Did you mean "x"?` for the nearest known word, or None."""
    found = nearest(word, known)
    return f'Did you mean "{found}"?' if found is not None else None


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
