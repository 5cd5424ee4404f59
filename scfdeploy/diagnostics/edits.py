"""Applies edits to a text and leaves everything else as it is: line ends, byte-order mark, trailing blanks.

Nothing but the text is known here; reading and writing files is for others.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from scfdeploy.diagnostics.span import Position
from scfdeploy.diagnostics.suggestions import Edit

_MARK = "\ufeff"


class _Stretch(NamedTuple):
    """An edit as offsets in one text."""

    start: int
    end: int
    replacement: str


class SourceText:
    """A file's text as it is stored, whose places are those of diagnostics: without the mark, each line end one."""

    def __init__(self, text: str) -> None:
        self._text = text
        first = len(_MARK) if text.startswith(_MARK) else 0
        ends = [(found.start(), found.end()) for found in re.finditer(r"\r\n|\r|\n", text)]
        self._starts = [first, *(end for _, end in ends)]
        self._ends = [*(start for start, _ in ends), len(text)]
        self._line_end = text[slice(*ends[0])] if ends else "\n"

    def holds(self, fix: Iterable[Edit]) -> bool:
        """Whether the text says what every edit expects to find."""
        return all(self._stretch(edit) is not None for edit in fix)

    def edited(self, fixes: Sequence[tuple[Edit, ...]]) -> tuple[str, tuple[bool, ...]]:
        """The text with the fixes made, and which were: one whose edits meet those of an earlier one has to wait.

        A fix is made as a whole or not at all. The same edit twice counts once.
        """
        taken: list[_Stretch] = []  # kept in order
        made = []
        for fix in fixes:
            stretches = [self._stretch(edit) for edit in fix]
            fits = bool(fix) and all(one is not None and _is_free(one, taken) for one in stretches)
            made.append(fits)
            if fits:
                for one in stretches:
                    if one is not None and one not in _near(one, taken):
                        insort(taken, one)
        parts: list[str] = []
        at = 0
        for one in taken:
            parts += (self._text[at : one.start], one.replacement.replace("\n", self._line_end))
            at = one.end
        return "".join((*parts, self._text[at:])), tuple(made)

    def _stretch(self, edit: Edit) -> _Stretch | None:
        start, end = self._offset(edit.span.start), self._offset(edit.span.end)
        if start is None or end is None or end < start:
            return None
        standing = self._text[start:end].replace("\r\n", "\n").replace("\r", "\n")
        return _Stretch(start, end, edit.replacement) if standing == edit.original else None

    def _offset(self, place: Position) -> int | None:
        if not 1 <= place.line <= len(self._starts) or place.column < 1:
            return None
        offset = self._starts[place.line - 1] + place.column - 1
        return offset if offset <= self._ends[place.line - 1] else None


def _is_free(one: _Stretch, taken: Sequence[_Stretch]) -> bool:
    """Whether a stretch meets no other. Two insertions at one place meet, unless they are the same."""
    return all(
        one == other or one.end < other.start or other.end < one.start or _touch(one, other)
        for other in _near(one, taken)
    )


def _near(one: _Stretch, taken: Sequence[_Stretch]) -> Sequence[_Stretch]:
    """Those that one could meet. `taken` is in order, and its members lie apart or border on each other."""
    first = max(0, bisect_left(taken, one.start, key=lambda other: other.start) - 1)
    return taken[first : bisect_right(taken, one.end, key=lambda other: other.start)]


def _touch(one: _Stretch, other: _Stretch) -> bool:
    """Whether two stretches that both replace something only border on each other."""
    both_replace = one.start < one.end and other.start < other.end
    return both_replace and (one.end == other.start or other.end == one.start)
