"""Applies edits to a text and keeps everything else: line endings, byte-order mark, trailing spaces."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from scfdeploy.diagnostics.span import Position
from scfdeploy.diagnostics.suggestions import Edit

_MARK = "\ufeff"


class _EditRange(NamedTuple):
    """An edit as offsets in one text."""

    start: int
    end: int
    replacement: str


class SourceText:
    """A file's text as stored, addressed by the positions of diagnostics: no byte-order mark, one line end each."""

    def __init__(self, text: str) -> None:
        self._text = text
        first = len(_MARK) if text.startswith(_MARK) else 0
        ends = [(found.start(), found.end()) for found in re.finditer(r"\r\n|\r|\n", text)]
        self._starts = [first, *(end for _, end in ends)]
        self._ends = [*(start for start, _ in ends), len(text)]
        self._line_end = text[slice(*ends[0])] if ends else "\n"

    def holds(self, fix: Iterable[Edit]) -> bool:
        """Whether the text still has what every edit expects."""
        return all(self._range_of(edit) is not None for edit in fix)

    def edited(self, fixes: Sequence[tuple[Edit, ...]]) -> tuple[str, tuple[bool, ...]]:
        """The text with the fixes applied, and for each fix whether it was: one that overlaps an earlier fix is not.

        A fix is applied completely or not at all. The same edit twice counts once.
        """
        taken: list[_EditRange] = []  # kept in order
        made = []
        for fix in fixes:
            ranges = [self._range_of(edit) for edit in fix]
            fits = bool(fix) and all(one is not None and _is_free(one, taken) for one in ranges)
            made.append(fits)
            if fits:
                for one in ranges:
                    if one is not None and one not in _near(one, taken):
                        insort(taken, one)
        parts: list[str] = []
        at = 0
        for one in taken:
            parts += (self._text[at : one.start], one.replacement.replace("\n", self._line_end))
            at = one.end
        return "".join((*parts, self._text[at:])), tuple(made)

    def _range_of(self, edit: Edit) -> _EditRange | None:
        start, end = self._offset(edit.span.start), self._offset(edit.span.end)
        if start is None or end is None or end < start:
            return None
        standing = self._text[start:end].replace("\r\n", "\n").replace("\r", "\n")
        return _EditRange(start, end, edit.replacement) if standing == edit.original else None

    def _offset(self, place: Position) -> int | None:
        if not 1 <= place.line <= len(self._starts) or place.column < 1:
            return None
        offset = self._starts[place.line - 1] + place.column - 1
        return offset if offset <= self._ends[place.line - 1] else None


def _is_free(one: _EditRange, taken: Sequence[_EditRange]) -> bool:
    """Whether a range overlaps no other. Two different insertions at one position overlap."""
    return all(
        one == other or one.end < other.start or other.end < one.start or _touch(one, other)
        for other in _near(one, taken)
    )


def _near(one: _EditRange, taken: Sequence[_EditRange]) -> Sequence[_EditRange]:
    """Those that it could overlap. `taken` is sorted, and its members do not overlap."""
    first = max(0, bisect_left(taken, one.start, key=lambda other: other.start) - 1)
    return taken[first : bisect_right(taken, one.end, key=lambda other: other.start)]


def _touch(one: _EditRange, other: _EditRange) -> bool:
    """Whether two ranges that both replace something only border on each other."""
    both_replace = one.start < one.end and other.start < other.end
    return both_replace and (one.end == other.start or other.end == one.start)
