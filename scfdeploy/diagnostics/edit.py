"""One change of a file's text, as data: what stands at a place, and what should stand there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def edited(text: str, edits: Iterable[Edit]) -> tuple[str, int]:
    """The text with the edits made, and how many were: one that overlaps an earlier one is left for a next round.

    `text` is a file's own, with its line ends. An edit whose `original` is not there changes nothing.
    """
    starts = [0, *(at + 1 for at, character in enumerate(text) if character == "\n")]
    places = sorted({(_offset(edit.span.start, starts), edit.original, edit.replacement) for edit in edits})
    parts: list[str] = []
    done, made = 0, 0
    for at, original, replacement in places:
        if at < done or not text.startswith(original, at):
            continue
        parts += [text[done:at], replacement]
        done = at + len(original)
        made += 1
    return "".join([*parts, text[done:]]), made


def _offset(position: Position, starts: Sequence[int]) -> int:
    return starts[min(position.line, len(starts)) - 1] + position.column - 1
