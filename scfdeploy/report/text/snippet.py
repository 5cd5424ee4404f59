"""The line of a file that a finding is about, with a marker under the words at fault."""

from __future__ import annotations

from scfdeploy.diagnostics import Span
from scfdeploy.model.redaction import lines_without_secrets
from scfdeploy.report.terminal import safe, width
from scfdeploy.report.text.style import TextStyle

_TAB = 4
_INDENT = "  "
_NARROWEST = 20
_LONGEST = 2000  # what is shown around a mark, wider than any terminal: a line of 2 MB is not measured as a whole


def snippet(span: Span, text: str, style: TextStyle) -> list[str]:
    """The source line and the marker line, or nothing when `text` has no such line.

    The marker stands under the characters as a terminal shows them: tabs and wide characters count for what they take.
    A line that is too long is cut around the marker. Values of keys that look secret are stars.
    """
    line = _line(text, span.start.line)
    if line is None:
        return []
    gutter = f"{_INDENT}{span.start.line:>4} | "
    left_out = max(0, span.start.column - 1 - _LONGEST) if len(line) > 2 * _LONGEST else 0
    cells = _cells(line[left_out : left_out + 2 * _LONGEST])
    first = min(span.start.column - 1 - left_out, len(cells))
    same_line = span.end.line == span.start.line
    last = max(first + 1, min(span.end.column - 1 - left_out, len(cells)) if same_line else len(cells))
    shown, before, marked = _window(cells, first, last, max(_NARROWEST, style.width - len(gutter)))
    marker = "^" + "~" * (marked - 1)
    empty = " " * (len(gutter) - 2) + "| "
    return [
        style.paint(gutter, "dim") + shown,
        style.paint(empty, "dim") + " " * before + style.paint(marker, "green", "bold"),
    ]


def _line(text: str, number: int) -> str | None:
    lines = lines_without_secrets(text)
    return lines[number - 1] if 0 < number <= len(lines) else None


def _cells(line: str) -> list[tuple[str, int]]:
    """Each character of the line as it is shown, with the columns it takes."""
    if line.isascii() and line.isprintable():
        return [(character, 1) for character in line]
    cells: list[tuple[str, int]] = []
    column = 0
    for character in line:
        shown = " " * (_TAB - column % _TAB) if character == "\t" else safe(character)
        cells.append((shown, width(shown)))
        column += cells[-1][1]
    return cells


def _window(cells: list[tuple[str, int]], first: int, last: int, columns: int) -> tuple[str, int, int]:
    """The part of the line that fits around the marked cells, the columns before the mark, and those of the mark."""
    start, stop = 0, len(cells)
    if _columns(cells, start, stop) > columns:
        start, stop = _around(cells, first, columns)
    last = min(last, stop) if stop > first else last
    left, right = ("…" if start > 0 else ""), ("…" if stop < len(cells) else "")
    shown = left + "".join(cell for cell, _ in cells[start:stop]) + right
    before = len(left) + _columns(cells, start, first)
    return shown.rstrip(), before, max(1, _columns(cells, first, last))


def _around(cells: list[tuple[str, int]], first: int, columns: int) -> tuple[int, int]:
    """Which cells to keep: a third of the room before the mark, the rest from the mark on, two columns for ellipses."""
    room = columns - 2
    start = first
    while start > 0 and _columns(cells, start - 1, first) <= room // 3:
        start -= 1
    stop = start
    used = 0
    while stop < len(cells) and used + cells[stop][1] <= room:
        used += cells[stop][1]
        stop += 1
    while start > 0 and used + cells[start - 1][1] <= room:
        start -= 1
        used += cells[start][1]
    return start, stop


def _columns(cells: list[tuple[str, int]], start: int, stop: int) -> int:
    return sum(columns for _, columns in cells[start:stop])
