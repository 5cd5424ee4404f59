"""Moves lines of a file to the right, as edits: the cure of what lacks its indentation."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.config.yaml.nodes import Entry
from scfdeploy.diagnostics import Edit, inserted


def indented(entries: Sequence[Entry], lines: Sequence[str], by: int = 2) -> tuple[Edit, ...]:
    """The fix that puts these neighbours, with the comments between them, further right; none where they share lines.

    `lines` are those of the file.
    """
    columns = {entry.key.span.start.column for entry in entries}
    starts = {entry.key.span.start.line for entry in entries}
    last = max(max(entry.key.span.end.line, entry.value.span.end.line) for entry in entries)
    if len(columns) != 1 or len(starts) != len(entries) or last > len(lines) or by < 1:
        return ()
    margin = columns.pop() - 1
    if any(lines[line - 1][:margin].strip() for line in starts):
        return ()  # something else stands before it: a dash, a bracket
    file = entries[0].key.span.file
    return tuple(inserted(file, line, 1, " " * by) for line in range(min(starts), last + 1) if lines[line - 1].strip())
