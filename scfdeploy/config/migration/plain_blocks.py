"""Require what can be converted line by line: keys and items on lines of their own."""

from __future__ import annotations

from itertools import pairwise

from scfdeploy.config.rewriting.layout import last_line
from scfdeploy.config.rewriting.rewrite import Rewrite
from scfdeploy.config.yaml import Entry, MappingNode, Node, SequenceNode, is_null
from scfdeploy.diagnostics import Span, message


class NotMigratedError(Exception):
    """The file cannot be converted, and stays unchanged. `detail` and `hint` are translated texts."""

    def __init__(self, span: Span, detail: str, hint: str) -> None:
        super().__init__(detail)
        self.span, self.detail, self.hint = span, detail, hint


def block_mapping(node: Node, place: Span, rewrite: Rewrite) -> MappingNode:
    """The mapping `node`, whose keys are each on a line of their own; null is an empty one.

    Raises NotMigratedError for anything else.
    """
    if is_null(node):
        return MappingNode((), place)
    if not isinstance(node, MappingNode):
        raise NotMigratedError(
            place, message("The value must be a mapping."), message("Write `key: value` below it, indented.")
        )
    keys = [entry.key.span.start for entry in node]
    in_order = all(first.line < second.line for first, second in pairwise(keys))
    alone = all(not rewrite.source_line(key.line)[: key.column - 1].strip(" \t-") for key in keys)
    aligned = len({key.column for key in keys}) <= 1
    if not (in_order and alone and aligned) or (keys and keys[0] < place.start):
        raise NotMigratedError(
            place,
            message("The value is written between brackets, or comes from an anchor."),
            message("Write each key on a line of its own, then migrate again."),
        )
    return node


def item_lines(node: SequenceNode, rewrite: Rewrite) -> list[tuple[int, int]]:
    """The first and the last line of each item. Raises NotMigratedError for a list without dashes."""
    lines: list[tuple[int, int]] = []
    for item in node.items:
        first = item.span.start.line
        while first > 1 and not rewrite.source_line(first).lstrip().startswith("-"):
            first -= 1
        lines.append((first, last_line(item, item.span.start)))
    overlap = any(before[1] >= after[0] for before, after in pairwise(lines))
    if overlap or (lines and lines[0][0] < node.span.start.line):
        raise NotMigratedError(
            node.span,
            message("The list is written between brackets."),
            message("Write each item on a line of its own that begins with a dash, then migrate again."),
        )
    return lines


def require_end_of_line(entry: Entry, rewrite: Rewrite) -> None:
    """Raise NotMigratedError if anything but a comment follows the key on its line."""
    end = entry.key.span.end
    rest = rewrite.source_line(end.line)[end.column - 1 :].lstrip(" \t:")
    if rest and not rest.startswith("#"):
        raise NotMigratedError(
            entry.key.span,
            message("An anchor, a tag or a bracket follows this key."),
            message("Write its value below it, without them, then migrate again."),
        )
