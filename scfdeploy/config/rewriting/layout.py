"""Find the lines of keys, values and items in block-style YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scfdeploy.config.rewriting.rewrite import Rewrite
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, is_null
from scfdeploy.diagnostics import Position


def comment_entry(entry: Entry, rewrite: Rewrite) -> None:
    """Comment out a key and its value."""
    rewrite.comment(first_line(entry), end_line(entry), indent(entry))


def indent(entry: Entry) -> int:
    """The number of columns before the key."""
    return entry.key.span.start.column - 1


def first_line(entry: Entry) -> int:
    """The line of the key."""
    return entry.key.span.start.line


def after_colon(entry: Entry, rewrite: Rewrite) -> Position:
    """The position after the colon of the key."""
    end = entry.key.span.end
    return Position(end.line, rewrite.source_line(end.line).index(":", end.column - 1) + 2)


def end_line(entry: Entry) -> int:
    """The last line of the value."""
    return last_line(entry.value, entry.key.span.start)


def last_line(node: Node, since: Position) -> int:
    """The last line of a value that starts at `since`. Values of aliases are before it and do not count."""
    return max([since.line, *(part.span.end.line for part in walk(node) if part.span.start >= since)])


def last_line_before_next(entry: Entry, tree: MappingNode, rewrite: Rewrite) -> int:
    """The last line of an entry of `tree`: the one before the next key and the comments above that key."""
    following = [first_line(other) for other in tree if first_line(other) > first_line(entry)]
    if not following:
        return rewrite.end
    return max(end_line(entry), first_comment_line(min(following), rewrite) - 1)


def first_comment_line(first: int, rewrite: Rewrite) -> int:
    """The first line of the comment directly above the line `first`, or `first` if there is none."""
    while first > 1 and rewrite.is_comment(first - 1):
        first -= 1
    return first


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes below it, including keys."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        match current:
            case MappingNode():
                pending.extend(part for entry in current for part in (entry.key, entry.value))
            case SequenceNode(items=items):
                pending.extend(items)


def multi_line_scalar_lines(tree: Node) -> frozenset[int]:
    """The lines of multi-line scalars except the first of each."""
    spans = {node.span for node in walk(tree) if isinstance(node, ScalarNode)}
    return frozenset(line for span in spans for line in range(span.start.line + 1, span.end.line + 1))


def get(node: Node | None, key: str) -> Entry | None:
    """The entry of `key` if `node` is a mapping that has it."""
    return node.get(key) if isinstance(node, MappingNode) else None


def sequence_items(entry: Entry | None) -> tuple[Node, ...]:
    """The items of a value that is a sequence; none for any other value."""
    return entry.value.items if entry is not None and isinstance(entry.value, SequenceNode) else ()


def mapping_of(entry: Entry | None) -> MappingNode | None:
    """The value if it is a mapping."""
    return entry.value if entry is not None and isinstance(entry.value, MappingNode) else None


def text_of(entry: Entry | None) -> str | None:
    """The text of the value if it is a scalar and not null."""
    value = None if entry is None else entry.value
    return value.text if isinstance(value, ScalarNode) and not is_null(value) else None


def key_names(entries: Iterable[Entry]) -> list[str]:
    """The distinct keys in file order."""
    ordered = sorted(entries, key=lambda entry: entry.key.span.start)
    return list(dict.fromkeys(entry.key.text for entry in ordered))
