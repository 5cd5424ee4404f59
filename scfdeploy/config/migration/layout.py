"""Where the parts of a block of YAML stand, line by line; a part that cannot be told apart by lines stops the work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from scfdeploy.config.migration.rewrite import Rewrite
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode
from scfdeploy.config.yaml.nodes import is_null
from scfdeploy.diagnostics import Position, Span


class NotMigratedError(Exception):
    """The file, or what of it was asked for, cannot be brought into today's form; it stays as it is."""

    def __init__(self, span: Span, detail: str, hint: str) -> None:
        super().__init__(detail)
        self.span, self.detail, self.hint = span, detail, hint


def block(node: Node, place: Span, rewrite: Rewrite) -> MappingNode:
    """A mapping with each key in a line of its own. Nothing at all counts as an empty one. NotMigratedError."""
    if is_null(node):
        return MappingNode((), place)
    if not isinstance(node, MappingNode):
        raise NotMigratedError(place, "Here a mapping is expected.", "Write `key: value` below it, indented.")
    keys = [entry.key.span.start for entry in node]
    in_order = all(first.line < second.line for first, second in pairwise(keys))
    alone = all(not _before(rewrite, key).strip(" \t-") for key in keys)
    aligned = len({key.column for key in keys}) <= 1
    if not (in_order and alone and aligned) or (keys and keys[0] < place.start):
        raise NotMigratedError(
            place,
            "What stands here is written between brackets, or comes from an anchor elsewhere.",
            "Write each key in a line of its own, then migrate again.",
        )
    return node


def items(node: SequenceNode, rewrite: Rewrite) -> list[tuple[int, int]]:
    """The first and the last line of each item of a list with a dash before each. NotMigratedError."""
    found = []
    for item in node.items:
        first = item.span.start.line
        while first > 1 and not rewrite.line(first).lstrip().startswith("-"):
            first -= 1
        found.append((first, last_line(item, item.span.start)))
    if any(before[1] >= after[0] for before, after in pairwise(found)) or (
        found and found[0][0] < node.span.start.line
    ):
        raise NotMigratedError(
            node.span,
            "This list is written between brackets.",
            "Write each item in a line of its own that begins with a dash, then migrate again.",
        )
    return found


def bare(entry: Entry, rewrite: Rewrite) -> None:
    """Make sure that nothing but a comment follows a key in its line. NotMigratedError."""
    end = entry.key.span.end
    rest = rewrite.line(end.line)[end.column - 1 :].lstrip(" \t:")
    if rest and not rest.startswith("#"):
        raise NotMigratedError(
            entry.key.span,
            "An anchor, a tag or a bracket follows this key.",
            "Write its value below it, without them, then migrate again.",
        )


def indent(entry: Entry) -> int:
    """How many blanks stand before a key."""
    return entry.key.span.start.column - 1


def first_line(entry: Entry) -> int:
    """The line of the key."""
    return entry.key.span.start.line


def after_colon(entry: Entry, rewrite: Rewrite) -> Position:
    """The place right behind the colon of a key."""
    end = entry.key.span.end
    return Position(end.line, rewrite.line(end.line).index(":", end.column - 1) + 2)


def end_line(entry: Entry) -> int:
    """The last line of the value."""
    return last_line(entry.value, entry.key.span.start)


def last_line(node: Node, since: Position) -> int:
    """The last line of a value; what an alias stands for does not count."""
    ends = [one.span.end.line for one in walk(node) if one.span.start >= since]
    return max([since.line, *ends])


def with_comments(first: int, rewrite: Rewrite) -> int:
    """The first of the lines of comment directly above a line, or the line itself."""
    while first > 1 and rewrite.is_comment(first - 1):
        first -= 1
    return first


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, keys too."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        match one:
            case MappingNode():
                waiting.extend(part for entry in one for part in (entry.key, entry.value))
            case SequenceNode(items=parts):
                waiting.extend(parts)


def entries_in(node: Node) -> Iterator[Entry]:
    """Every key with its value, at any depth."""
    for one in walk(node):
        if isinstance(one, MappingNode):
            yield from one


def mapping_of(entry: Entry | None) -> MappingNode | None:
    """The mapping below a key, if there is one."""
    return entry.value if entry is not None and isinstance(entry.value, MappingNode) else None


def text_of(entry: Entry | None) -> str | None:
    """The text of a scalar, if there is one that says something."""
    value = None if entry is None else entry.value
    return value.text if isinstance(value, ScalarNode) and not is_null(value) else None


def names(entries: Iterable[Entry]) -> list[str]:
    """The keys, each once, in the order of the file."""
    ordered = sorted(entries, key=lambda entry: entry.key.span.start)
    return list(dict.fromkeys(entry.key.text for entry in ordered))


def _before(rewrite: Rewrite, place: Position) -> str:
    return rewrite.line(place.line)[: place.column - 1]
