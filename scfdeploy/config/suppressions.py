"""Read comments that suppress findings: `# scfdeploy: ignore RULE[, RULE] [-- reason]`, on a line or above it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, SequenceNode, parse
from scfdeploy.diagnostics import Diagnostics, Finding, Position, Severity, Span
from scfdeploy.diagnostics.page import yaml

_FIXED = yaml("memorySize: 4096   # scfdeploy: ignore memory-above-usual -- raised for this account")
SUPPRESSION_BARE = Finding(
    "suppression-bare",
    Severity.WARNING,
    "Ignore comment without a rule",
    detail="An ignore comment suppresses the rules that it names; this one names none, so it has no effect.",
    hint="Write the name shown in brackets after the finding: `# scfdeploy: ignore RULE`.",
    title="An ignore comment that names no rule.",
    what="`# scfdeploy: ignore` is written without a rule name.",
    why="It would suppress findings that nobody has seen yet, so it has no effect.",
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
"""What every such comment holds: a text without it needs no further look."""

_COMMENT = re.compile(rf"(?:(?<=\s)|^)#\s*{MARK}\s*ignore(?![\w-])(?P<names>.*)$")
_REASON = re.compile(r"(?:^|\s)--(?:\s|$).*|#.*")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment. `line` is the line it silences; `names` are the names as written, each with its place."""

    line: int
    names: tuple[tuple[str, Span], ...]
    span: Span


def read_suppressions(text: str, file: str) -> list[Suppression]:
    """The comments of one file; none when it is invalid YAML. Text in a quoted scalar is not a comment."""
    tree = parse(text, file, Diagnostics())
    if tree is None:
        return []
    lines = text.split("\n")
    scalars = sorted(scalar.span for scalar in _scalars(tree) if scalar.span.start < scalar.span.end)
    settings = [number for number, line in enumerate(lines, 1) if not _is_comment_or_empty(line)]
    numbers = [number for number, line in enumerate(lines, 1) if MARK in line]
    return [one for number in numbers for one in _in_line(number, lines[number - 1], settings, scalars, file)]


def _in_line(
    number: int, line: str, settings: Sequence[int], scalars: Sequence[Span], file: str
) -> Iterator[Suppression]:
    found = _COMMENT.search(line)
    if found is None or _is_text(Position(number, found.start() + 1), scalars):
        return
    words = _REASON.sub("", found["names"])
    names = tuple(
        (word[0], _stretch(file, number, found.start("names") + word.start(), len(word[0])))
        for word in re.finditer(r"[^\s,]+", words)
    )
    alone = not line[: found.start()].strip()
    later = bisect_right(settings, number)
    silenced = settings[later] if alone and later < len(settings) else number
    yield Suppression(silenced, names, _stretch(file, number, found.start(), len(line.rstrip()) - found.start()))


def _is_comment_or_empty(line: str) -> bool:
    text = line.strip()
    return not text or text.startswith("#")


def _is_text(place: Position, scalars: Sequence[Span]) -> bool:
    """Whether a place is in one of these scalars, which do not overlap."""
    index = bisect_right(scalars, place, key=lambda span: span.start) - 1
    return index >= 0 and place < scalars[index].end


def _stretch(file: str, line: int, column: int, length: int) -> Span:
    return Span(file, Position(line, column + 1), Position(line, column + 1 + length))


def _scalars(tree: Node) -> Iterator[ScalarNode]:
    """Every key and value. Without recursion: aliases may repeat a part, which is then looked at once."""
    waiting: list[Node] = [tree]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case ScalarNode():
                yield node
            case SequenceNode(items=items):
                waiting.extend(items)
            case MappingNode():
                waiting.extend(part for entry in node for part in (entry.key, entry.value))
