"""The parser's events to a tree: without recursion, with duplicate keys, aliases, merge keys and tags seen to.

The C parser's events are read instead of its ready tree: those come in order, so that a bomb is refused while it is
still small, and cost less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from scfdeploy.config.yaml.marks import Places
from scfdeploy.config.yaml.merge_keys import merged
from scfdeploy.config.yaml.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style, is_blank
from scfdeploy.diagnostics import Diagnostic, Diagnostics, Position, Severity

MAX_DEPTH = 100
"""Levels of nesting that are read; people use ten at most."""
MAX_EXPANDED = 20_000
"""Nodes that aliases may add to a file."""

_TEXT_TAGS = ("!", "tag:yaml.org,2002:str")
_CORE_TAG = "tag:yaml.org,2002:"
_PROPERTIES = r"(?:[&!]\S*[ \t]+)+(?=[^\s#])"
_MEANT = {"component": "Write `name:` where the name of the instance is meant; otherwise remove one of them."}
_STYLES = {"'": Style.QUOTED, '"': Style.QUOTED, "|": Style.BLOCK, ">": Style.BLOCK}

_MOST_DUPLICATES = 100

Event: TypeAlias = Any  # ruamel.yaml's events carry no types


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is being read. `nodes` are its items, or its keys and values in turn."""

    is_mapping: bool
    start: Position
    end: Position
    anchor: str | None
    weight: int = 1
    nodes: list[Node] = field(default_factory=list)


class Composer:
    """Reads the events of one document."""

    def __init__(self, text: str, places: Places, diagnostics: Diagnostics) -> None:
        self._lines = text.split("\n")
        self._places = places
        self._diagnostics = diagnostics
        self._frames: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._expanded = 0
        self._duplicates = 0
        self._refused = False

    def compose(self, events: Iterator[Event]) -> Node | None:
        """The first document, or None when there is none or it was refused. Lets the parser's errors through."""
        from ruamel.yaml import events as kinds

        document: Node | None = None
        done: Node | None
        started = False
        for event in events:
            match event:
                case kinds.ScalarEvent():
                    done = self._scalar(event)
                case kinds.MappingStartEvent() | kinds.SequenceStartEvent():
                    self._open(event, isinstance(event, kinds.MappingStartEvent))
                    done = None
                case kinds.MappingEndEvent() | kinds.SequenceEndEvent():
                    done = self._close(event)
                case kinds.AliasEvent():
                    done = self._alias(event)
                case kinds.DocumentStartEvent() if started:
                    self._second_document(event)
                    break
                case _:
                    started = started or isinstance(event, kinds.DocumentStartEvent)
                    done = None
            if self._refused:
                return None
            if done is not None and not self._frames:
                document = done
        return document

    def _scalar(self, event: Event) -> Node:
        end = self._places.at(event.end_mark)
        start = min(self._value_start(event), end)
        style = _STYLES.get(event.style, Style.PLAIN)
        if style is Style.BLOCK and event.end_mark.column == 0 and event.end_mark.line > event.start_mark.line:
            last = event.end_mark.line - 1
            end = self._places.position(last, len(self._lines[last]) if last < len(self._lines) else 0)
        if event.tag is not None:
            style = self._tagged(event, style)
        node = ScalarNode(event.value, style, self._places.span(start, end))
        return self._place(node, node.span.end, 1, event.anchor)

    def _value_start(self, event: Event) -> Position:
        mark = event.start_mark
        if event.anchor is None and event.tag is None:
            return self._places.at(mark)
        properties = re.match(_PROPERTIES, self._lines[mark.line][mark.column :])
        return self._places.position(mark.line, mark.column + (properties.end() if properties else 0))

    def _tagged(self, event: Event, style: Style) -> Style:
        tag = str(event.tag)
        if tag in _TEXT_TAGS:
            return Style.QUOTED
        if tag.startswith(_CORE_TAG):
            return style
        self._refuse_tag(event, tag)
        return Style.BROKEN

    def _refuse_tag(self, event: Event, tag: str) -> None:
        self._diagnostics.error(
            "yaml-tag",
            self._places.stretch(event.start_mark.line, event.start_mark.column, len(tag)),
            "Tag without a meaning here",
            detail=f"A word that begins with an exclamation mark, {tag!r}, is a tag in YAML; this tool knows none.",
            hint="Quote the value if the mark belongs to it.",
        )

    def _open(self, event: Event, is_mapping: bool) -> None:
        start = self._places.at(event.start_mark)
        tag = None if event.tag is None else str(event.tag)
        if tag not in (None, "!") and not str(tag).startswith(_CORE_TAG):
            self._refuse_tag(event, str(tag))
        if len(self._frames) >= MAX_DEPTH:
            self._diagnostics.error(
                "yaml-nesting",
                self._places.span(start, start),
                "Nested too deeply",
                detail=f"This value lies more than {MAX_DEPTH} levels deep; no setting does.",
                hint="Check the indentation or the brackets around it.",
            )
            self._refused = True
        self._frames.append(_Frame(is_mapping, start, start, event.anchor))

    def _close(self, event: Event) -> Node:
        frame = self._frames.pop()
        if (event.start_mark.line, event.start_mark.column) != (event.end_mark.line, event.end_mark.column):
            frame.end = self._places.at(event.end_mark)  # a closing bracket; a block ends with its last value
        span = self._places.span(frame.start, frame.end)
        node: Node
        if frame.is_mapping:
            node = MappingNode(self._entries(frame.nodes), span)
        else:
            node = SequenceNode(tuple(frame.nodes), span)
        return self._place(node, frame.end, frame.weight, frame.anchor)

    def _place(self, node: Node, end: Position, weight: int, anchor: str | None) -> Node:
        """Put a finished node where it belongs."""
        if anchor is not None:
            self._anchors[anchor] = (node, weight)
        if self._frames:
            frame = self._frames[-1]
            frame.nodes.append(node)
            frame.end = end
            frame.weight += weight
        return node

    def _entries(self, nodes: list[Node]) -> tuple[Entry, ...]:
        found: dict[str, Entry] = {}
        for key, value in zip(nodes[::2], nodes[1::2], strict=True):
            if not isinstance(key, ScalarNode):
                self._key_is_no_text(key)
                continue
            known = found.setdefault(key.text, Entry(key, value))
            if known.key is key:
                continue
            self._duplicate(key, known.key)
            if is_blank(known.value):  # the other one is probably meant
                found[key.text] = Entry(known.key, value)
        merge = found.get("<<")
        if merge is None or merge.key.style is not Style.PLAIN:
            return tuple(found.values())
        del found["<<"]
        return merged(found, merge, self._diagnostics)

    def _key_is_no_text(self, key: Node) -> None:
        line = self._lines[min(key.span.start.line, len(self._lines)) - 1]
        if "{{" in line:
            self._diagnostics.error(
                "yaml-placeholder",
                key.span,
                "Placeholder of another tool",
                detail="Double braces mean something to a template engine, not here.",
                hint="Fill the template first, or write ${env:NAME} and set that variable.",
            )
            return
        self._diagnostics.error(
            "yaml-key",
            key.span,
            "A key must be a word",
            detail="Here a list or a mapping stands where a key should be.",
            hint="Quote it if it is meant as text.",
        )

    def _duplicate(self, key: ScalarNode, first: ScalarNode) -> None:
        self._duplicates += 1
        if self._duplicates > _MOST_DUPLICATES:
            return
        last = self._duplicates == _MOST_DUPLICATES
        self._diagnostics.add(
            Diagnostic(
                "duplicate-key",
                Severity.ERROR,
                "The same key twice",
                f'"{key.text}" is written in line {first.span.start.line} and again in line {key.span.start.line}; '
                f"only one can hold.{' Further keys that are written twice are not listed.' if last else ''}",
                key.span,
                hint=_MEANT.get(key.text, "Remove one of them, or correct its name."),
                related=(("first written here", first.span),),
            )
        )

    def _alias(self, event: Event) -> Node:
        start, end = self._places.at(event.start_mark), self._places.at(event.end_mark)
        span = self._places.span(start, end)
        name = str(event.anchor)
        if name not in self._anchors:
            inside = any(frame.anchor == name for frame in self._frames)
            self._diagnostics.error(
                "yaml-alias",
                span,
                "Alias inside the value it names" if inside else "Alias without an anchor",
                detail=f"A word that begins with an asterisk, *{name}, repeats the value that is marked &{name}; "
                + ("it stands within that very value." if inside else "no such mark comes before it."),
                hint="Quote the value if the asterisk belongs to it.",
            )
            return self._place(ScalarNode(f"*{name}", Style.BROKEN, span), end, 1, None)
        node, weight = self._anchors[name]
        self._expanded += weight
        if self._expanded > MAX_EXPANDED:
            self._diagnostics.error(
                "yaml-alias-bomb",
                span,
                "Aliases that grow without measure",
                detail=f"With this alias, aliases would add more than {MAX_EXPANDED} values to the file.",
                hint="Write the values out, or use fewer aliases of aliases.",
            )
            self._refused = True
        return self._place(node, end, weight, None)

    def _second_document(self, event: Event) -> None:
        self._diagnostics.error(
            "yaml-documents",
            self._places.stretch(event.start_mark.line, event.start_mark.column, 3),
            "Several documents in one file",
            detail="A line of three dashes begins another document; only the first is read.",
            hint="Keep one instance in a file: put each into a folder of its own.",
        )
