"""A mistake in the text of a YAML file: its diagnostic, its position, and how to continue reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from scfdeploy.diagnostics import Diagnostic
from scfdeploy.model.lazy_pattern import lazy_pattern
from scfdeploy.records import dataclass, field

_COMMENT = lazy_pattern(r"(?<!\s)\s++#.*$")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake. Lines and columns count from 0, in the text as it was parsed."""

    diagnostic: Diagnostic
    line: int
    column: int
    length: int
    repaired: Mapping[int, str] = field(default_factory=dict)
    """Corrected lines by number, so that the rest of the file can be read. Empty when the correction is uncertain."""
    inserted: Sequence[tuple[int, int]] = ()
    """Lines and columns, in the corrected lines, of inserted characters."""
    joined: Sequence[int] = ()
    """Lines that the fix joins to the line above."""
    removed: Mapping[int, int] = field(default_factory=dict)
    """The number of spaces that the correction removes at the beginning of each line."""
    replacement: tuple[int, int, int, int, str] | None = None
    """The fix, if it differs from the correction: line and column of its start and of its end, and the new text."""
    is_fix: bool = False
    """Whether the correction is the only possible meaning, so that it is offered as a fix."""


@dataclass(frozen=True, slots=True)
class ParseFailure:
    """An error of the parser: its messages, where it stopped, and where the construct that it was reading began."""

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

    def has_content(self, line: int) -> bool:
        """Whether a line is neither blank nor a comment."""
        text = self.text(line).strip()
        return bool(text) and not text.startswith("#")

    def line_before(self, line: int) -> int:
        """The nearest line above that is neither blank nor a comment; -1 when there is none."""
        line -= 1
        while line >= 0 and not self.has_content(line):
            line -= 1
        return line


def block_below(failure: ParseFailure, line: int, column: int) -> Iterator[int]:
    """The lines below that are indented more than `column`, without blank lines and comments after the last."""
    passed: list[int] = []
    for number in range(line + 1, len(failure.lines)):
        if not failure.has_content(number):
            passed.append(number)
            continue
        if indent_of(failure.text(number)) <= column:
            return
        yield from (*passed, number)
        passed = []


def shift(failure: ParseFailure, diagnostic: Diagnostic, line: int, lines: Iterable[int], by: int) -> Mistake:
    """The mistake of `line`, whose fix moves `lines` by some columns; to the left, as far as there are spaces."""
    text = failure.text(line)
    column = indent_of(text)
    widths = {number: max(by, -indent_of(failure.text(number))) for number in lines if failure.text(number).strip()}
    return Mistake(
        diagnostic,
        line,
        column,
        max(value_end(text, column) - column, 1),
        {number: " " * width + failure.text(number)[max(-width, 0) :] for number, width in widths.items() if width},
        [(number, at) for number, width in widths.items() for at in range(width)],
        removed={number: -width for number, width in widths.items() if width < 0},
        is_fix=True,
    )


def value_end(line: str, start: int) -> int:
    """The end column of a value that starts at column `start`: before trailing spaces and a comment."""
    return len(_COMMENT.sub("", line[start:]).rstrip()) + start


def quote_range(failure: ParseFailure, line: int, start: int, end: int) -> tuple[dict[int, str], list[tuple[int, int]]]:
    """The fields `repaired` and `inserted` of a mistake that quotes fix. Both are empty if the text has both quotes."""
    text = failure.text(line)
    mark = "'" if "'" not in text[start:end] else '"'
    if mark in text[start:end]:
        return {}, []
    repaired = text[:start] + mark + text[start:end] + mark + text[end:]
    return {line: repaired}, [(line, start), (line, end + 1)]


def indent_of(line: str) -> int:
    """The number of spaces at the start of a line."""
    return len(line) - len(line.lstrip(" "))
