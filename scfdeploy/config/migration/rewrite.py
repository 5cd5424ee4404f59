"""A file's lines on their way to another form; every change names lines and columns as they stood."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from scfdeploy.diagnostics import Position, Span

_ENDS = re.compile("(\r\n|\n|\r)")


@dataclass(slots=True, eq=False)
class _Row:
    """One line of the file and what becomes of it.

    Lines in `before` and `after` are shifted as it is; of a shift, a line in `before` may have part in less.
    """

    text: str
    end: str
    shift: int = 0
    comment_at: int | None = None
    dropped: bool = False
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    before: list[tuple[str, int]] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


class Rewrite:
    """The new text of a file. Numbers count lines from 1, as they stood in the file; so do columns.

    `within_texts` are lines in the middle of a text of several lines, in which nothing is a comment.
    """

    def __init__(self, text: str, file: str, *, within_texts: Collection[int] = ()) -> None:
        parts = _ENDS.split(text)  # lines and their ends in turn; the last line has none
        self._rows = [_Row(line, end) for line, end in zip(parts[::2], [*parts[1::2], ""], strict=True)]
        self._order = list(self._rows)
        ends = Counter(row.end for row in self._rows if row.end)
        self._newline = ends.most_common(1)[0][0] if ends else "\n"
        self._within_texts = within_texts
        self.file = file

    def line(self, number: int) -> str:
        """What a line said."""
        return self._rows[number - 1].text

    def margin(self, number: int) -> int:
        """How many blanks a line began with."""
        text = self.line(number)
        return len(text) - len(text.lstrip())

    @property
    def end(self) -> int:
        """The last line with something in it."""
        return next((at for at in range(len(self._rows), 0, -1) if self.line(at).strip()), 1)

    def is_comment(self, number: int) -> bool:
        """Whether a line is a comment and nothing else."""
        return self.line(number).lstrip().startswith("#") and number not in self._within_texts

    def now(self, number: int) -> str:
        """What a line says with what was replaced in it."""
        return _edited(self._rows[number - 1])

    def written(self, span: Span) -> str:
        """What a stretch within one line said."""
        return self.line(span.start.line)[span.start.column - 1 : span.end.column - 1]

    def replace(self, span: Span, text: str) -> None:
        """Put another text in the place of a stretch within one line, and of what was replaced in it before."""
        start, end = span.start.column - 1, span.end.column - 1
        row = self._rows[span.start.line - 1]
        row.edits = [one for one in row.edits if one[1] <= start or one[0] >= end]
        row.edits.append((start, end, text))

    def insert(self, at: Position, text: str) -> None:
        """Put a text into a line."""
        self.replace(Span(self.file, at, at), text)

    def comment(self, first: int, last: int, indent: int) -> None:
        """Make lines into comments, with the mark behind so many blanks; comments further left stay as they are."""
        for row in self._rows[first - 1 : last]:
            row.comment_at = indent

    def shift(self, first: int, last: int, by: int) -> None:
        """Move lines to the right, or to the left as far as they have blanks."""
        for row in self._rows[first - 1 : last]:
            row.shift += by

    def drop(self, number: int, until: Position) -> None:
        """Leave out a line up to a place; a comment behind it stays."""
        row = self._rows[number - 1]
        rest = row.text[until.column - 1 :].lstrip(" \t:")
        if rest.startswith("#"):
            row.edits = [(self.margin(number), len(row.text), rest)]
        else:
            row.dropped = True

    def head(self, number: int, *lines: str) -> None:
        """Put lines above one that stay where they are, wherever that one goes."""
        at = self._order.index(self._rows[number - 1])
        self._order[at:at] = [_Row(line, self._newline) for line in lines]

    def before(self, number: int, *lines: str) -> None:
        """Put lines above one."""
        self._rows[number - 1].before.extend((line, 0) for line in lines)

    def nest(self, first: int, last: int, *heads: str, by: int = 2) -> None:
        """Put lines above others, and those further to the right."""
        self._rows[first - 1].before.extend((line, by) for line in heads)
        self.shift(first, last, by)

    def after(self, number: int, *lines: str) -> None:
        """Put lines below one."""
        self._rows[number - 1].after.extend(lines)

    def move(self, first: int, last: int, *, before: int) -> None:
        """Move lines to above another line."""
        rows = self._take(first, last)
        at = self._order.index(self._rows[before - 1])
        self._order[at:at] = rows

    def move_after(self, first: int, last: int, *, after: int) -> None:
        """Move lines to below another line and what was moved there before."""
        rows = self._take(first, last)
        at = self._order.index(self._rows[after - 1]) + 1
        self._order[at:at] = rows

    def _take(self, first: int, last: int) -> list[_Row]:
        """Take lines out of the order."""
        rows = self._rows[first - 1 : last]
        for row in rows:
            del self._order[self._order.index(row)]
        return rows

    def text(self) -> str:
        """The new text; its line ends are the file's, and so is a last line without one."""
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
    words = text.lstrip()
    blanks = len(text) - len(words)
    if at is None or not words or (words.startswith("#") and blanks <= at):
        return text
    at = min(at, blanks)
    return f"{text[:at]}# {text[at:]}"


def _shifted(text: str, by: int) -> str:
    if by >= 0:
        return " " * by + text if text else text
    blanks = len(text) - len(text.lstrip(" "))
    return text[min(-by, blanks) :]
