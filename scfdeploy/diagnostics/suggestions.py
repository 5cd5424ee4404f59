"""Suggestions: the nearest known word, and edits that fix a file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from scfdeploy.diagnostics.messages import message
from scfdeploy.diagnostics.span import Position, Span
from scfdeploy.records import dataclass

_LONGEST_WORD = 200
_MOST_COMPARISONS = 30_000
_comparisons_left: ContextVar[list[int] | None] = ContextVar("comparisons_left", default=None)


@contextmanager
def few_suggestions() -> Iterator[None]:
    """Limit how many words `nearest` compares: a file can have 100,000 mistakes."""
    token = _comparisons_left.set([_MOST_COMPARISONS])
    try:
        yield
    finally:
        _comparisons_left.reset(token)


def has_suggestions_left() -> bool:
    """Whether `nearest` still compares words, so that None means that no known word is similar."""
    left = _comparisons_left.get()
    return left is None or left[0] > 0


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known word most similar to `word`, ignoring case; None when none is similar.

    Always None for a very long word, and once the limit of `few_suggestions` is reached.
    """
    left = _comparisons_left.get()
    if len(word) > _LONGEST_WORD or not has_suggestions_left():
        return None
    if left is not None:
        left[0] -= len(known) + 1
    import difflib  # slow to import, and only needed for errors

    by_lower = {candidate.lower(): candidate for candidate in sorted(known)}
    if word.lower() in by_lower:
        return by_lower[word.lower()]
    swapped = [other for other in by_lower if sorted(other) == sorted(word.lower())]  # such as `scr` for `src`
    close = swapped or difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.7)
    return by_lower[close[0]] if close else None


def did_you_mean(word: str, known: Collection[str]) -> str | None:
    """`Did you mean "x"?` for the nearest known word, or None."""
    suggestion = nearest(word, known)
    return message('Did you mean "{suggestion}"?', suggestion=suggestion) if suggestion is not None else None


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `original` at `span`. Valid only while the file has that text there; an empty `original` inserts."""

    span: Span
    replacement: str
    original: str = ""


def reworded(span: Span, written: str, replacement: str) -> tuple[Edit, ...]:
    """The fix that replaces the word `written` inside its quotes.

    Empty when the span does not contain the word literally: it has escapes, or comes from elsewhere.
    """
    quotes = span.end.column - span.start.column - len(written)
    if not written or span.start.line != span.end.line or quotes not in (0, 2):
        return ()
    line, first = span.start.line, span.start.column + quotes // 2
    inner = Span(span.file, Position(line, first), Position(line, first + len(written)))
    return (Edit(inner, replacement, written),)


def inserted(file: str, line: int, column: int, text: str) -> Edit:
    """The edit that inserts a text."""
    return Edit(Span.at(file, line, column), text)


def changed_lines(file: str, before: Sequence[str], after: Sequence[str]) -> tuple[Edit, ...]:
    """The edit that replaces the lines in which a new text differs; none if it does not."""
    if list(before) == list(after):
        return ()
    most = min(len(before), len(after))
    first = next((at for at in range(most) if before[at] != after[at]), most)
    rest = next((at for at in range(most - first) if before[-1 - at] != after[-1 - at]), most - first)
    old, new = before[first : len(before) - rest], after[first : len(after) - rest]
    if not old or not new:  # whole lines are added or removed: with a line that stays, the edit needs no line end
        first, rest = (first - 1, rest) if first else (first, rest - 1)
        old, new = before[first : len(before) - rest], after[first : len(after) - rest]
    span = Span(file, Position(first + 1, 1), Position(first + len(old), len(old[-1]) + 1))
    return (Edit(span, "\n".join(new), "\n".join(old)),)


def removed_line(file: str, number: int, lines: Sequence[str]) -> Edit:
    """The edit that removes a line. It must not be the first line; it can be one without a line end."""
    return removed_lines(file, number, number, lines)


def removed_lines(file: str, first: int, last: int, lines: Sequence[str]) -> Edit:
    """The edit that removes lines, under the same conditions."""
    span = Span(file, Position(first - 1, len(lines[first - 2]) + 1), Position(last, len(lines[last - 1]) + 1))
    return Edit(span, "", "\n" + "\n".join(lines[first - 1 : last]))


def written_at(span: Span, lines: Sequence[str]) -> str:
    """The text of a span within one line, as the file has it; empty for any other span."""
    start, end = span.start, span.end
    line = lines[start.line - 1] if start.line == end.line <= len(lines) else ""
    return line[start.column - 1 : end.column - 1]
