"""The nodes of a YAML tree, and the meaning of scalars in the YAML 1.2 core schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import TypeAlias

from scfdeploy.diagnostics import Span, message
from scfdeploy.model import Ref
from scfdeploy.records import dataclass


class Style(StrEnum):
    """How a scalar is written. Only a plain one can be a number, a boolean or null; all others are text."""

    PLAIN = "plain"
    QUOTED = "quoted"
    BLOCK = "block"
    RESOLVED = "resolved"
    """The result of resolving variables, which is text."""
    BROKEN = "broken"
    """Invalid and already reported; no further diagnostics about it."""


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """One scalar."""

    text: str
    style: Style
    span: Span
    sensitive: bool = False
    """Whether the text comes from a variable whose name looks secret."""
    ref: Ref | None = None
    """The output that is the value, if it is known only after apply."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One key with its value."""

    key: ScalarNode
    value: Node


@dataclass(frozen=True, slots=True)
class MappingNode:
    """A mapping with unique keys in file order; merged entries come last."""

    entries: tuple[Entry, ...]
    span: Span

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def get(self, key: str) -> Entry | None:
        """The entry with this key, or None."""
        for entry in self.entries:
            if entry.key.text == key:
                return entry
        return None


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list."""

    items: tuple[Node, ...]
    span: Span


Node: TypeAlias = ScalarNode | MappingNode | SequenceNode


_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
_NUMBER = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"


def node_at(node: Node | None, keys: Iterable[str]) -> Node | None:
    """The value below a node that the keys lead to, one after the other; None if there is none."""
    for key in keys:
        entry = node.get(key) if isinstance(node, MappingNode) else None
        node = None if entry is None else entry.value
    return node


def entries_below(node: Node, descend: Callable[[Entry], bool] = lambda _: True) -> Iterator[Entry]:
    """The entries at any depth, but nothing below those for which `descend` is false."""
    pending = [node]
    while pending:
        match pending.pop():
            case MappingNode() as mapping:
                yield from mapping
                pending.extend(entry.value for entry in mapping if descend(entry))
            case SequenceNode(items=items):
                pending.extend(items)


def is_block(mapping: MappingNode) -> bool:
    """Whether a mapping is written in lines of its own; false between brackets and for an empty one."""
    return any(entry.key.span.start == mapping.span.start for entry in mapping)


def is_null(node: Node) -> bool:
    """Whether a value is empty, `~` or `null`, without quotes."""
    return isinstance(node, ScalarNode) and node.style is Style.PLAIN and node.text in _NULLS


def is_blank(node: Node) -> bool:
    """Whether the value is omitted, as after `key:`."""
    return isinstance(node, ScalarNode) and node.style is Style.PLAIN and not node.text


def is_empty(node: Node) -> bool:
    """Whether the value is null, or a block or list without content."""
    match node:
        case MappingNode(entries=content) | SequenceNode(items=content):
            return not content
    return is_null(node)


def is_broken(node: Node) -> bool:
    """Whether the value is invalid and was reported."""
    return isinstance(node, ScalarNode) and node.style is Style.BROKEN


def boolean(text: str) -> bool | None:
    """The boolean that a text represents, or None."""
    return _BOOLEANS.get(text)


def truth_value(node: Node) -> bool | None:
    """The boolean that a node represents, or None."""
    return boolean(node.text) if isinstance(node, ScalarNode) else None


def is_false(node: Node) -> bool:
    """Whether a node is the boolean false, and not a text of that form."""
    return isinstance(node, ScalarNode) and node.style is Style.PLAIN and boolean(node.text) is False


def integer(text: str) -> int | None:
    """The integer that a text represents, or None. Leading zeros (`010`) are rejected: parsers disagree on them."""
    if len(text) > 20 or re.fullmatch(_INTEGER, text) is None:
        return None
    if text.startswith(("0o", "0x")):
        return int(text, 0)
    digits = text.lstrip("+-")
    return int(text) if digits == "0" or not digits.startswith("0") else None


def number(text: str) -> int | float | None:
    """The number that a text represents, or None."""
    value = integer(text)
    if value is not None:
        return value
    return float(text) if len(text) <= 40 and re.fullmatch(_NUMBER, text) is not None else None


def is_plain_text(text: str) -> bool:
    """Whether a text can be the value of a key without quotes; it can still look like a number or a boolean."""
    is_plain = text.isprintable() and re.match(r"[\w./$]", text) is not None
    return is_plain and "#" not in text and re.search(r":(\s|$)|\s$", text) is None


def describe_scalar(node: ScalarNode) -> str:
    """The type of a scalar for messages, with its article: "an integer", "text"."""
    if node.style is Style.PLAIN:
        if node.text in _NULLS:
            return message("null")
        if node.text in _BOOLEANS:
            return message("a boolean")
        if re.fullmatch(_INTEGER, node.text):
            return message("an integer")
        if re.fullmatch(_NUMBER, node.text):
            return message("a number")
    return message("text")
