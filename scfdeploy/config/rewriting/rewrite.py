"""Edit a file line by line. Every edit names lines and columns of the original text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from scfdeploy.diagnostics import Position, Span
from scfdeploy.records import dataclass, field

_ENDS = re.compile("(\r\n|\n|\r)")


@dataclass(slots=True, eq=False)
class _Row:
    """One line of the file and its edits."""

    text: str
    end: str
    shift: int = 0
    comment_at: int | None = None
    dropped: bool = False
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    """The start column, the end column and the new text of each edit."""
    before: list[tuple[str, int]] = field(default_factory=list)
    """Lines to insert above, each with the number of columns by which it is shifted less than this line."""
    after: list[str] = field(default_factory=list)
    """Lines to insert below; they are shifted with this line."""


class Rewrite:
    """The edited text of a file. Line numbers count from 1 in the original text.

    `within_texts` are the continuation lines of multi-line scalars, which contain no comments.
    """

    def __init__(self, text: str, file: str, *, within_texts: Collection[int] = ()) -> None:
        parts = _ENDS.split(text)  # lines and line ends alternate; the last line has no end
        self._rows = [_Row(line, end) for line, end in zip(parts[::2], [*parts[1::2], ""], strict=True)]
        self._order = list(self._rows)
        ends = Counter(row.end for row in self._rows if row.end)
        self._newline = ends.most_common(1)[0][0] if ends else "\n"
        self._within_texts = within_texts
        self.file = file

    def source_line(self, number: int) -> str:
        """The original text of a line."""
        return self._rows[number - 1].text

    def source_text(self, span: Span) -> str:
        """The original text of a span within one line."""
        return self.source_line(span.start.line)[span.start.column - 1 : span.end.column - 1]

    def edited_line(self, number: int) -> str:
        """The text of a line with its replacements, before it is shifted or commented out."""
        return _edited(self._rows[number - 1])

    def line_indent(self, number: int) -> int:
        """The width of the original indentation of a line."""
        text = self.source_line(number)
        return len(text) - len(text.lstrip())

    @property
    def end(self) -> int:
        """The last line that is not blank."""
        return next((at for at in range(len(self._rows), 0, -1) if self.source_line(at).strip()), 1)

    def is_comment(self, number: int) -> bool:
        """Whether a line consists of a comment only."""
        return self.source_line(number).lstrip().startswith("#") and number not in self._within_texts

    def replace(self, span: Span, text: str) -> None:
        """Replace a span within one line. Earlier replacements that overlap it are discarded."""
        start, end = span.start.column - 1, span.end.column - 1
        row = self._rows[span.start.line - 1]
        row.edits = [edit for edit in row.edits if edit[1] <= start or edit[0] >= end]
        row.edits.append((start, end, text))

    def insert(self, at: Position, text: str) -> None:
        """Insert text into a line."""
        self.replace(Span(self.file, at, at), text)

    def comment(self, first: int, last: int, indent: int) -> None:
        """Comment out lines, with the `#` in column `indent`; comments to the left of it stay unchanged."""
        for row in self._rows[first - 1 : last]:
            row.comment_at = indent

    def shift(self, first: int, last: int, by: int) -> None:
        """Indent lines by `by` columns; a negative number removes indentation, as far as there is any."""
        for row in self._rows[first - 1 : last]:
            row.shift += by

    def drop(self, number: int, until: Position) -> None:
        """Remove a line whose content ends at `until`; a comment after it stays."""
        row = self._rows[number - 1]
        rest = row.text[until.column - 1 :].lstrip(" \t:")
        if rest.startswith("#"):
            row.edits = [(self.line_indent(number), len(row.text), rest)]
        else:
            row.dropped = True

    def remove(self, first: int, last: int) -> None:
        """Remove lines with everything on them."""
        for row in self._rows[first - 1 : last]:
            row.dropped = True

    def prepend(self, number: int, *lines: str) -> None:
        """Insert lines above a line; they stay in place when that line is moved."""
        at = self._order.index(self._rows[number - 1])
        self._order[at:at] = [_Row(line, self._newline) for line in lines]

    def before(self, number: int, *lines: str) -> None:
        """Insert lines above a line; they are moved and shifted with it."""
        self._rows[number - 1].before.extend((line, 0) for line in lines)

    def nest(self, first: int, last: int, *heads: str, by: int = 2) -> None:
        """Insert `heads` above a block of lines, and indent the block."""
        self._rows[first - 1].before.extend((line, by) for line in heads)
        self.shift(first, last, by)

    def after(self, number: int, *lines: str) -> None:
        """Insert lines below a line; they are moved and shifted with it."""
        self._rows[number - 1].after.extend(lines)

    def move(self, first: int, last: int, *, before: int) -> None:
        """Move lines above another line."""
        rows = self._remove(first, last)
        at = self._order.index(self._rows[before - 1])
        self._order[at:at] = rows

    def move_after(self, first: int, last: int, *, after: int) -> None:
        """Move lines below another line."""
        rows = self._remove(first, last)
        at = self._order.index(self._rows[after - 1]) + 1
        self._order[at:at] = rows

    def _remove(self, first: int, last: int) -> list[_Row]:
        rows = self._rows[first - 1 : last]
        for row in rows:
            del self._order[self._order.index(row)]
        return rows

    def text(self) -> str:
        """The edited text, with the line ends of the file."""
        lines: list[tuple[str, str]] = []
        for row in self._order:
            lines += [(_shifted(text, row.shift - less), "") for text, less in row.before]
            if not row.dropped:
                lines.append((_shifted(_commented(_edited(row), row.comment_at), row.shift), row.end))
            lines += [(_shifted(text, row.shift), "") for text in row.after]
        if not lines:
            return ""
        return "".join(text + (end or self._newline) for text, end in lines[:-1]) + "".join(lines[-1])


def _edited(row: _Row) -> str:
    text = row.text
    for start, end, new in sorted(row.edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text.rstrip() if row.edits else text


def _commented(text: str, at: int | None) -> str:
    content = text.lstrip()
    indent = len(text) - len(content)
    if at is None or not content or (content.startswith("#") and indent <= at):
        return text
    at = min(at, indent)
    return f"{text[:at]}# {text[at:]}"


def _shifted(text: str, by: int) -> str:
    if by >= 0:
        return " " * by + text if text else text
    indent = len(text) - len(text.lstrip(" "))
    return text[min(-by, indent) :]
