"""Read comments that suppress findings: `# scfdeploy: ignore RULE[, RULE] [-- reason]`, on a line or above it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, SequenceNode, parse
from scfdeploy.diagnostics import Diagnostics, Finding, Position, Severity, Span
from scfdeploy.diagnostics.page import yaml
from scfdeploy.records import dataclass

_FIXED = yaml("memorySize: 4096   # scfdeploy: ignore memory-above-usual -- raised for this account")
SUPPRESSION_BARE = Finding(
    "suppression-bare",
    Severity.WARNING,
    "Ignore comment without a rule",
    detail="An ignore comment suppresses the rules that it names; this one names none, so it has no effect.",
    hint="Write the name shown in brackets after the finding: `# scfdeploy: ignore RULE`.",
    title="An ignore comment that names no rule.",
    what="`# scfdeploy: ignore` is written without a rule name.",
    why="It would suppress findings that do not exist yet, so it has no effect.",
    wrong=yaml("memorySize: 4096   # scfdeploy: ignore"),
    right=_FIXED,
)
SUPPRESSION_UNKNOWN = Finding(
    "suppression-unknown",
    Severity.WARNING,
    "Ignore comment with an unknown rule",
    detail='There is no rule "{name}", so this suppresses nothing.',
    hint="Write the name shown in brackets after the finding; a reason comes after `--`.",
    title="An ignore comment that names an unknown rule.",
    what="A name in `# scfdeploy: ignore` is not the name of a finding.",
    why="It suppresses nothing; a reason comes after two dashes.",
    wrong=yaml("memorySize: 4096   # scfdeploy: ignore memory-above-usaul"),
    right=_FIXED,
)
SUPPRESSION_UNUSED = Finding(
    "suppression-unused",
    Severity.INFO,
    "Ignore comment without effect",
    detail='"{name}" reports nothing in line {line} that can be suppressed; errors of reading cannot.',
    hint="Remove it, or put it at the end of the line of the finding, or alone on the line above.",
    title="An ignore comment that has no effect.",
    what="The rule named in the comment reports nothing in its line. Errors of reading cannot be suppressed: what "
    "could not be read would be missing from the deployment.",
    why="Its cause is fixed, or the comment is in the wrong line; left there, it may hide a mistake later.",
    wrong=yaml("memorySize: 128   # scfdeploy: ignore memory-above-usual"),
    right=yaml("memorySize: 128"),
)

MARK = "scfdeploy:"
"""Part of every such comment; a text without it has none."""

_COMMENT = re.compile(rf"(?:(?<=\s)|^)#\s*{MARK}\s*ignore(?![\w-])(?P<names>.*)$")
_REASON = re.compile(r"(?:^|\s)--(?:\s|$).*|#.*")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment."""

    line: int
    """The line to which it applies."""
    names: tuple[tuple[str, Span], ...]
    """The names of rules in the comment, with their spans."""
    span: Span


def read_suppressions(text: str, file: str) -> list[Suppression]:
    """The comments of one file; none if it is invalid YAML. Text in a quoted scalar is not a comment."""
    tree = parse(text, file, Diagnostics())
    if tree is None:
        return []
    lines = text.split("\n")
    scalars = sorted(scalar.span for scalar in _scalars(tree) if scalar.span.start < scalar.span.end)
    content_lines = [number for number, line in enumerate(lines, 1) if not _is_comment_or_blank(line)]
    numbers = [number for number, line in enumerate(lines, 1) if MARK in line]
    in_lines = (_read_line(number, lines[number - 1], content_lines, scalars, file) for number in numbers)
    return [suppression for suppression in in_lines if suppression is not None]


def _read_line(
    number: int, line: str, content_lines: Sequence[int], scalars: Sequence[Span], file: str
) -> Suppression | None:
    comment = _COMMENT.search(line)
    if comment is None or _is_text(Position(number, comment.start() + 1), scalars):
        return None
    names = tuple(
        (name[0], _span(file, number, comment.start("names") + name.start(), len(name[0])))
        for name in re.finditer(r"[^\s,]+", _REASON.sub("", comment["names"]))
    )
    span = _span(file, number, comment.start(), len(line.rstrip()) - comment.start())
    next_content = bisect_right(content_lines, number)
    is_alone = not line[: comment.start()].strip()
    applies_to = content_lines[next_content] if is_alone and next_content < len(content_lines) else number
    return Suppression(applies_to, names, span)


def _is_comment_or_blank(line: str) -> bool:
    text = line.strip()
    return not text or text.startswith("#")


def _is_text(position: Position, scalars: Sequence[Span]) -> bool:
    """Whether a position is in one of the scalars, which do not overlap."""
    index = bisect_right(scalars, position, key=lambda span: span.start) - 1
    return index >= 0 and position < scalars[index].end


def _span(file: str, line: int, column: int, length: int) -> Span:
    return Span(file, Position(line, column + 1), Position(line, column + 1 + length))


def _scalars(tree: Node) -> Iterator[ScalarNode]:
    """All keys and values. Each node is visited once, even if aliases repeat it."""
    pending: list[Node] = [tree]
    visited: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in visited:
            continue
        visited.add(id(node))
        match node:
            case ScalarNode():
                yield node
            case SequenceNode(items=items):
                pending.extend(items)
            case MappingNode():
                pending.extend(part for entry in node for part in (entry.key, entry.value))
