"""Comments that silence findings: `# scfdeploy: ignore RULE[, RULE] [-- why]`, at the end of a line or above one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, SequenceNode, parse
from scfdeploy.diagnostics import Diagnostics, Position, Span

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
    """The comments of one file; none when it is not readable as YAML. What is quoted is text, not a comment."""
    tree = parse(text, file, Diagnostics())
    if tree is None:
        return []
    lines = text.split("\n")
    scalars = [scalar.span for scalar in _scalars(tree) if scalar.span.start < scalar.span.end]
    return [one for number in range(1, len(lines) + 1) for one in _in_line(number, lines, scalars, file)]


def _in_line(number: int, lines: Sequence[str], scalars: Sequence[Span], file: str) -> Iterator[Suppression]:
    line = lines[number - 1]
    found = _COMMENT.search(line) if MARK in line else None
    if found is None or any(_holds(span, Position(number, found.start() + 1)) for span in scalars):
        return
    words = _REASON.sub("", found["names"])
    names = tuple(
        (word[0], _stretch(file, number, found.start("names") + word.start(), len(word[0])))
        for word in re.finditer(r"[^\s,]+", words)
    )
    alone = not line[: found.start()].strip()
    silenced = _next_with_words(number, lines) if alone else number
    yield Suppression(silenced, names, _stretch(file, number, found.start(), len(line.rstrip()) - found.start()))


def _next_with_words(number: int, lines: Sequence[str]) -> int:
    """The next line below that is neither empty nor a comment."""
    for later in range(number + 1, len(lines) + 1):
        text = lines[later - 1].strip()
        if text and not text.startswith("#"):
            return later
    return number


def _holds(span: Span, place: Position) -> bool:
    return span.start <= place < span.end


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
