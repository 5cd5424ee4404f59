"""Write out what older files abbreviate: components between brackets, and variables that stand for a whole block."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scfdeploy.config.document import component_kind
from scfdeploy.config.migration.plain_blocks import NotMigratedError
from scfdeploy.config.rewriting.layout import end_line, first_line, get, indent, mapping_of, text_of
from scfdeploy.config.rewriting.rewrite import Rewrite
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style, is_null
from scfdeploy.config.yaml.nodes import node_at
from scfdeploy.diagnostics import message
from scfdeploy.records import NamedTuple

CONSTANTS = "serverless-global"
"""A component that only holds values for others."""
IDENTITY = ("app", "stage", "org", "name")

_VARIABLE = re.compile(r"\$\{\s*([\w.-]+)\s*\}")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")
_MOST_LINES = 5_000
_MOST_LEVELS = 30


class WrittenOut(NamedTuple):
    """The text, with the line of the original text for each of its lines."""

    text: str
    lines: tuple[int, ...]


def write_out(tree: MappingNode, rewrite: Rewrite, text: str) -> WrittenOut:
    """The text with each component in lines of its own. Raises NotMigratedError if a comment would be lost."""
    source = _LINE.findall(text)
    newline = "\r\n" if source and source[0].endswith("\r\n") else "\n"
    new: list[str] = []
    lines: list[int] = []
    following = 1
    for entry in sorted(_abbreviated(tree), key=first_line):
        first, last = first_line(entry), end_line(entry)
        if first < following:
            continue
        new += source[following - 1 : first - 1]
        lines += range(following, first)
        written = _Writer(tree, rewrite).entry(entry)
        new += [line + newline for line in written]
        lines += [first] * len(written)
        following = last + 1
    new += source[following - 1 :]
    lines += range(following, len(source) + 2)
    return WrittenOut("".join(new), tuple(lines))


def value_at(tree: MappingNode, path: str) -> Node | None:
    """What a variable of the first Serverless Components names: a top-level value, or one of `serverless-global`."""
    head, _, rest = path.partition(".")
    entry = tree.get(head)
    if entry is None or head in IDENTITY:
        return None
    component = text_of(get(entry.value, "component"))
    node: Node | None = entry.value
    if component is not None:
        if component_kind(component) != CONSTANTS or not rest:
            return None
        inputs = get(entry.value, "inputs")
        node = None if inputs is None else inputs.value
    return node_at(node, rest.split(".")) if rest else node


def _abbreviated(tree: MappingNode) -> Iterator[Entry]:
    """The entries of components that have to be written out."""
    for entry in tree:
        if text_of(get(entry.value, "component")) is None:
            continue
        inputs = get(entry.value, "inputs")
        if _is_between_brackets(entry):
            yield entry
        elif inputs is not None and _is_between_brackets(inputs):
            yield inputs
        elif inputs is not None:
            yield from _abbreviated_below(inputs, tree)


def _abbreviated_below(entry: Entry, tree: MappingNode) -> Iterator[Entry]:
    if _is_block(entry.value, tree) or (_is_between_brackets(entry) and _contains_block(entry.value, tree)):
        yield entry
        return
    for inner in mapping_of(entry) or ():
        yield from _abbreviated_below(inner, tree)


def _is_between_brackets(entry: Entry) -> bool:
    value = entry.value
    return isinstance(value, MappingNode) and bool(value.entries) and value.span.start.line == first_line(entry)


def _contains_block(node: Node, tree: MappingNode) -> bool:
    match node:
        case MappingNode(entries=entries):
            return any(_contains_block(entry.value, tree) for entry in entries)
        case SequenceNode(items=items):
            return any(_contains_block(item, tree) for item in items)
    return _is_block(node, tree)


def _is_block(node: Node, tree: MappingNode) -> bool:
    return isinstance(node, ScalarNode) and not isinstance(_resolved(node, tree), ScalarNode)


def _resolved(node: Node, tree: MappingNode) -> Node:
    """The mapping or list that a variable stands for; any other node unchanged."""
    match = _VARIABLE.fullmatch(node.text) if isinstance(node, ScalarNode) else None
    value = None if match is None else value_at(tree, match[1])
    return node if value is None or isinstance(value, ScalarNode) else value


class _Writer:
    """Writes one entry as a block."""

    def __init__(self, tree: MappingNode, rewrite: Rewrite) -> None:
        self._tree, self._rewrite = tree, rewrite
        self._lines: list[str] = []
        self._place = tree.span

    def entry(self, entry: Entry) -> list[str]:
        """The lines of an entry."""
        self._place = entry.key.span
        self._entry(entry, " " * indent(entry), 0)
        comment = self._comment(entry)
        if comment:
            self._lines[0] += f" {comment}"
        return self._lines

    def _comment(self, entry: Entry) -> str:
        """The comment behind the entry. Raises NotMigratedError for a comment within it."""
        first, last = first_line(entry), end_line(entry)
        for number in range(first, last):
            if re.search(r"(^|\s)#", self._rewrite.source_line(number)):
                raise self._error(message("A comment stands between the brackets."))
        rest = self._rewrite.source_line(last)[max(entry.value.span.end.column - 1, 0) :]
        match = re.search(r"(?:^|\s)(#.*)$", rest)
        return match[1] if match else ""

    def _entry(self, entry: Entry, head: str, level: int) -> None:
        value = _resolved(entry.value, self._tree)
        key = head + self._source(entry.key) + ":"
        pad = " " * (len(head) + 2)
        if isinstance(value, ScalarNode):
            text = self._source(value)
            self._add(f"{key} {text}" if text else key)
        elif isinstance(value, MappingNode):
            self._add(key if value.entries else f"{key} {{}}")
            self._block(value, pad, level + 1)
        else:
            self._add(key if value.items else f"{key} []")
            self._block(value, pad, level + 1)

    def _block(self, node: MappingNode | SequenceNode, pad: str, level: int) -> None:
        if level > _MOST_LEVELS:
            raise self._error(message("A variable refers to itself, or the value has too many levels."))
        if isinstance(node, MappingNode):
            for entry in node:
                self._entry(entry, pad, level)
            return
        for item in node.items:
            value = _resolved(item, self._tree)
            if isinstance(value, ScalarNode):
                self._add(f"{pad}- {self._source(value)}")
            elif isinstance(value, MappingNode) and value.entries:
                start = len(self._lines)
                self._block(value, f"{pad}  ", level + 1)
                self._lines[start] = f"{pad}- {self._lines[start].lstrip()}"
            else:
                raise self._error(message("A list is an item of another list."))

    def _source(self, node: ScalarNode) -> str:
        if is_null(node) and not node.text:
            return ""
        if node.style in (Style.BLOCK, Style.BROKEN) or node.span.start.line != node.span.end.line:
            raise self._error(message("A value has several lines."))
        return self._rewrite.source_text(node.span)

    def _add(self, line: str) -> None:
        if len(self._lines) >= _MOST_LINES:
            raise self._error(message("The variables stand for too many lines."))
        self._lines.append(line)

    def _error(self, reason: str) -> NotMigratedError:
        return NotMigratedError(
            self._place, reason, message("Write each key on a line of its own, then migrate again.")
        )
