"""A mistake in the text of a file, before it is a tree: its place, the words for it, and how to read on regardless."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_COMMENT = re.compile(r"\s+#.*$")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake. Lines and columns count from 0, in the text as it was parsed.

    `mended` are lines as they would be without the mistake, so that the rest can be read and its mistakes found too;
    `inserted` are the places, in the mended lines, of characters put in. Nothing is mended on a guess. `is_cure` says
    that the file itself should be so: there is no other way to mean it.
    """

    rule: str
    line: int
    column: int
    length: int
    summary: str
    detail: str
    hint: str
    mended: Mapping[int, str] = field(default_factory=dict)
    inserted: Sequence[tuple[int, int]] = ()
    is_cure: bool = False


@dataclass(frozen=True, slots=True)
class Broken:
    """What the parser said of a text: its words, where it stopped, and where what it was reading began."""

    lines: Sequence[str]
    problem: str
    line: int
    column: int
    context: str
    context_line: int
    context_column: int

    def text(self, line: int) -> str:
        """One line, empty when there is none."""
        return self.lines[line] if 0 <= line < len(self.lines) else ""

    def char(self, line: int, column: int) -> str:
        """One character, empty when there is none."""
        return self.text(line)[column : column + 1]

    def line_before(self, line: int) -> int:
        """The nearest line above that says something; -1 when there is none."""
        line -= 1
        while line >= 0 and (not self.text(line).strip() or self.text(line).lstrip().startswith("#")):
            line -= 1
        return line


def value_end(line: str, start: int) -> int:
    """Where a value that starts at a column of this line ends: before a comment and trailing blanks."""
    return len(_COMMENT.sub("", line[start:]).rstrip()) + start


def quoted(broken: Broken, line: int, start: int, end: int) -> tuple[dict[int, str], list[tuple[int, int]]]:
    """`mended` and `inserted` for putting quotes around a stretch of a line."""
    text = broken.text(line)
    mark = "'" if "'" not in text[start:end] else '"'
    if mark in text[start:end]:
        return {}, []
    mended = text[:start] + mark + text[start:end] + mark + text[end:]
    return {line: mended}, [(line, start), (line, end + 1)]


def indent_of(line: str) -> int:
    """How many blanks a line begins with."""
    return len(line) - len(line.lstrip(" "))
