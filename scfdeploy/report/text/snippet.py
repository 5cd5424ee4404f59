"""The source line of a finding, with a marker below the position."""

from __future__ import annotations

from scfdeploy.diagnostics import Span
from scfdeploy.model.redaction import lines_without_secrets
from scfdeploy.report.terminal import safe, width
from scfdeploy.report.text.style import TextStyle

_TAB = 4
_INDENT = "  "
_MIN_COLUMNS = 20
_MAX_CONTEXT = 2000
"""Characters before and after the marker that are measured, so that a line of 2 MB stays cheap."""


def snippet(span: Span, text: str, style: TextStyle) -> list[str]:
    """The source line and the marker line; empty if `text` has no such line.

    The marker is aligned as on a terminal, with tabs and wide characters. A long line is cut around the marker. Values
    of keys that look secret are replaced by stars.
    """
    line = _line(text, span.start.line)
    if line is None:
        return []
    gutter = f"{_INDENT}{span.start.line:>4} | "
    offset = max(0, span.start.column - 1 - _MAX_CONTEXT) if len(line) > 2 * _MAX_CONTEXT else 0
    cells = _cells(line[offset : offset + 2 * _MAX_CONTEXT])
    first = min(span.start.column - 1 - offset, len(cells))
    same_line = span.end.line == span.start.line
    last = max(first + 1, min(span.end.column - 1 - offset, len(cells)) if same_line else len(cells))
    text_shown, before, marked = _window(cells, first, last, max(_MIN_COLUMNS, style.width - len(gutter)))
    marker = "^" + "~" * (marked - 1)
    empty = " " * (len(gutter) - 2) + "| "
    return [
        style.paint(gutter, "dim") + text_shown,
        style.paint(empty, "dim") + " " * before + style.paint(marker, "green", "bold"),
    ]


def _line(text: str, number: int) -> str | None:
    lines = lines_without_secrets(text)
    return lines[number - 1] if 0 < number <= len(lines) else None


def _cells(line: str) -> list[tuple[str, int]]:
    """Each character of the line as displayed, with its width in columns."""
    if line.isascii() and line.isprintable():
        return [(character, 1) for character in line]
    cells: list[tuple[str, int]] = []
    column = 0
    for character in line:
        cell = " " * (_TAB - column % _TAB) if character == "\t" else safe(character)
        cells.append((cell, width(cell)))
        column += cells[-1][1]
    return cells


def _window(cells: list[tuple[str, int]], first: int, last: int, columns: int) -> tuple[str, int, int]:
    """The text that fits around the marked cells, the columns before the marker, and the columns of the marker."""
    start, stop = 0, len(cells)
    if _columns(cells, start, stop) > columns:
        start, stop = _around(cells, first, columns)
    last = min(last, stop) if stop > first else last
    left, right = ("…" if start > 0 else ""), ("…" if stop < len(cells) else "")
    text = left + "".join(cell for cell, _ in cells[start:stop]) + right
    before = len(left) + _columns(cells, start, first)
    return text.rstrip(), before, max(1, _columns(cells, first, last))


def _around(cells: list[tuple[str, int]], first: int, columns: int) -> tuple[int, int]:
    """The range of cells to display: a third of the columns before the marker, the rest after it."""
    room = columns - 2  # for two ellipses
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
