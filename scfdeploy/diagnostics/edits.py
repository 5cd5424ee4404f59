"""Applies edits to a text and preserves line endings, byte-order mark and trailing spaces."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence

from scfdeploy.diagnostics.span import Position
from scfdeploy.diagnostics.suggestions import Edit
from scfdeploy.records import NamedTuple

_BYTE_ORDER_MARK = "\ufeff"


class _EditRange(NamedTuple):
    """An edit as offsets in one text."""

    start: int
    end: int
    replacement: str


class SourceText:
    """A file's text as stored. Positions are those of diagnostics: without the byte-order mark, one line break each."""

    def __init__(self, text: str) -> None:
        self._text = text
        first = len(_BYTE_ORDER_MARK) if text.startswith(_BYTE_ORDER_MARK) else 0
        ends = [(found.start(), found.end()) for found in re.finditer(r"\r\n|\r|\n", text)]
        self._starts = [first, *(end for _, end in ends)]
        self._ends = [*(start for start, _ in ends), len(text)]
        self._line_end = text[slice(*ends[0])] if ends else "\n"

    def edited(self, fixes: Sequence[tuple[Edit, ...]]) -> tuple[str, tuple[bool, ...]]:
        """The text with the fixes applied, and for each fix whether it was applied.

        A fix is applied completely or, when it overlaps an earlier one, not at all. Duplicate edits are applied once.
        """
        accepted: list[_EditRange] = []  # sorted
        applied = []
        for fix in fixes:
            ranges = [self._range_of(edit) for edit in fix]
            fits = bool(fix) and all(edit is not None and _is_free(edit, accepted) for edit in ranges)
            applied.append(fits)
            if fits:
                for edit in ranges:
                    if edit is not None and edit not in _near(edit, accepted):
                        insort(accepted, edit)
        parts: list[str] = []
        position = 0
        for edit in accepted:
            parts += (self._text[position : edit.start], edit.replacement.replace("\n", self._line_end))
            position = edit.end
        return "".join((*parts, self._text[position:])), tuple(applied)

    def _range_of(self, edit: Edit) -> _EditRange | None:
        start, end = self._offset(edit.span.start), self._offset(edit.span.end)
        if start is None or end is None or end < start:
            return None
        current = self._text[start:end].replace("\r\n", "\n").replace("\r", "\n")
        return _EditRange(start, end, edit.replacement) if current == edit.original else None

    def _offset(self, position: Position) -> int | None:
        if not 1 <= position.line <= len(self._starts) or position.column < 1:
            return None
        offset = self._starts[position.line - 1] + position.column - 1
        return offset if offset <= self._ends[position.line - 1] else None


def _is_free(edit: _EditRange, accepted: Sequence[_EditRange]) -> bool:
    """Whether a range overlaps no other. Two different insertions at one position overlap."""
    return all(
        edit == other or edit.end < other.start or other.end < edit.start or _touch(edit, other)
        for other in _near(edit, accepted)
    )


def _near(edit: _EditRange, accepted: Sequence[_EditRange]) -> Sequence[_EditRange]:
    """The ranges that the edit could overlap. `accepted` is sorted and free of overlaps."""
    first = max(0, bisect_left(accepted, edit.start, key=lambda other: other.start) - 1)
    return accepted[first : bisect_right(accepted, edit.end, key=lambda other: other.start)]


def _touch(edit: _EditRange, other: _EditRange) -> bool:
    """Whether two replacements are adjacent without overlapping."""
    both_replace = edit.start < edit.end and other.start < other.end
    return both_replace and (edit.end == other.start or other.end == edit.start)
