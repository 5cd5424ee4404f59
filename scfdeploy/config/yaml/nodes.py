"""The nodes of a YAML tree. A scalar is its text as written; what a text means is asked of `core`, by who needs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from scfdeploy.diagnostics import Span
from scfdeploy.model import Ref


class Style(StrEnum):
    """How a scalar was written. Only a plain one can mean a number, a truth value or nothing; all others are text."""

    PLAIN = "plain"
    QUOTED = "quoted"
    BLOCK = "block"
    RESOLVED = "resolved"  # from variables: text, whatever it looks like
    BROKEN = "broken"  # already reported; whoever meets it says nothing more


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """One scalar. `sensitive` marks a text that came from a variable whose name looks secret.

    `later` is what the whole of it stands for, where that is known only once something else is applied.
    """

    text: str
    style: Style
    span: Span
    sensitive: bool = False
    later: Ref | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One key with its value."""

    key: ScalarNode
    value: Node


@dataclass(frozen=True, slots=True)
class MappingNode:
    """A mapping, in the order of the file. A key occurs once. Merged entries stand after the written ones."""

    entries: tuple[Entry, ...]
    span: Span

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def get(self, key: str) -> Entry | None:
        """The entry of that key, or None."""
        return next((entry for entry in self.entries if entry.key.text == key), None)


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list."""

    items: tuple[Node, ...]
    span: Span


Node: TypeAlias = ScalarNode | MappingNode | SequenceNode
