"""Compose the parser's events into a tree, without recursion.

Events cost less than the parser's own tree, and let aliases that would exhaust the memory be rejected early.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from scfdeploy.config.yaml.marks import SourcePositions
from scfdeploy.config.yaml.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style, is_blank
from scfdeploy.diagnostics import Diagnostics, Edit, Finding, Position, Severity, Span, message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.records import dataclass, field

MAX_DEPTH = 100
"""The deepest nesting that is accepted; real files have ten levels at most."""
MAX_EXPANDED = 20_000
"""The number of nodes that aliases can add to a file."""

_TEXT_TAGS = ("!", "tag:yaml.org,2002:str")
_CORE_TAG = "tag:yaml.org,2002:"
_PROPERTIES = r"(?:[&!]\S*[ \t]+)+(?=[^\s#])"
_DUPLICATE_HINTS = {"component": "Write `name:` if this is the name of the instance; otherwise remove one of them."}
_STYLES = {"'": Style.QUOTED, '"': Style.QUOTED, "|": Style.BLOCK, ">": Style.BLOCK}

_MOST_DUPLICATES = 100

YAML_PLACEHOLDER = Finding(
    "yaml-placeholder",
    Severity.ERROR,
    "Unfilled placeholder",
    detail="{placeholder} is a placeholder of a template engine or a pipeline; scfdeploy does not fill it.",
    hint="Fill the template first, or write ${env:NAME} and set that variable.",
    title="A placeholder of another tool.",
    what="The file has double braces, `$(…)` or similar, which a template engine or a pipeline should have replaced.",
    why="Nothing replaced them, and scfdeploy does not.",
    wrong=yaml("name: {{ name }}"),
    right=yaml("name: ${env:NAME}"),
)
YAML_TAG = Finding(
    "yaml-tag",
    Severity.ERROR,
    "Unsupported YAML tag",
    detail="A word that begins with an exclamation mark, {tag}, is a YAML tag; scfdeploy supports no tags.",
    hint="Quote the value if the exclamation mark belongs to it.",
    title="A YAML tag.",
    what="A word that begins with an exclamation mark is a tag in YAML, such as `!Ref` in CloudFormation.",
    why="scfdeploy supports no tags; the value would be read as something else.",
    wrong=yaml("role: !Ref Role"),
    right=yaml("role: ${env:ROLE}"),
)
YAML_NESTING = Finding(
    "yaml-nesting",
    Severity.ERROR,
    "Nested too deeply",
    detail="This value is more than {limit} levels deep; no setting is.",
    hint="Check the indentation or the brackets around it.",
    title="A value that is nested too deeply.",
    what="The value is more than a hundred levels deep.",
    why="No setting is nested that deeply, and such files can crash a program.",
    wrong="A hundred opening brackets in a row.",
    right="Settings as shown in the documentation.",
)
YAML_KEY = Finding(
    "yaml-key",
    Severity.ERROR,
    "Key is not text",
    detail="A list or a mapping is used as a key; keys must be text.",
    hint="Quote it if it is meant as text.",
    title="A key that is not text.",
    what="A list or a mapping is used as a key.",
    why="Every key in this file is text.",
    wrong=yaml("? [a, b]\n: value"),
    right=yaml("'[a, b]': value"),
)
DUPLICATE_KEY = Finding(
    "duplicate-key",
    Severity.ERROR,
    "Duplicate key",
    detail='"{key}" is set in line {first_line} and again in line {line}.',
    hint="Remove one of them, or correct its name.",
    title="The same key twice in one mapping.",
    what="A mapping has the same key twice.",
    why="YAML forbids it, and readers disagree about which value applies.",
    wrong=yaml("timeout: 3\nmemorySize: 128\ntimeout: 10"),
    right=yaml("timeout: 10\nmemorySize: 128"),
)
YAML_ALIAS = Finding(
    "yaml-alias",
    Severity.ERROR,
    "Alias without an anchor",
    detail="A word that begins with an asterisk, *{name}, repeats the value marked &{name}, but no such anchor comes "
    "before it.",
    hint="Quote the value if the asterisk belongs to it.",
    title="An alias without an anchor.",
    what="A word that begins with an asterisk repeats a value marked with `&`, but no such anchor comes before it.",
    why="There is no value to repeat.",
    wrong=yaml("environment: *common"),
    right=yaml("common: &common\n  variables: {LANG: en}\nenvironment: *common"),
)
YAML_ALIAS_BOMB = Finding(
    "yaml-alias-bomb",
    Severity.ERROR,
    "Aliases expand to too many values",
    detail="With this alias, aliases would add more than {limit} values to the file.",
    hint="Write the values out, or use fewer aliases of aliases.",
    title="Aliases that expand to too many values.",
    what="Aliases of aliases would add tens of thousands of values to the file.",
    why="A small file of this kind can exhaust the memory of the machine.",
    wrong="Nine levels of lists, each of which repeats the one before it nine times.",
    right="The values written out, or fewer aliases.",
)
YAML_DOCUMENTS = Finding(
    "yaml-documents",
    Severity.ERROR,
    "Several documents in one file",
    detail="A line of three dashes begins another document; only the first is read.",
    hint="Write one instance per file: put each into a folder of its own.",
    title="Several documents in one file.",
    what="A line of three dashes begins another document, or text follows a line of three dots.",
    why="Only the first document is read; a file describes one instance.",
    wrong=yaml("component: scf\nname: one\n---\ncomponent: scf\nname: two"),
    right="A folder with a serverless.yml for each.",
)

YAML_MERGE = Finding(
    "yaml-merge",
    Severity.ERROR,
    "Merge key without a mapping",
    detail='The key "<<" merges the entries of another mapping, but its value is not a mapping.',
    hint="Write an alias of a mapping, such as `<<: *defaults`, or a list of aliases.",
    title="A merge key without a mapping.",
    what="The key `<<` merges the entries of another mapping, but its value is not a mapping.",
    why="There is nothing to merge.",
    wrong=yaml("environment:\n  <<: common"),
    right=yaml("common: &common {variables: {LANG: en}}\nenvironment:\n  <<: *common"),
)

Event: TypeAlias = Any  # ruamel.yaml's events are untyped


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is being read."""

    is_mapping: bool
    start: Position
    end: Position
    anchor: str | None
    weight: int = 1
    """The number of nodes, with those of aliases."""
    nodes: list[Node] = field(default_factory=list)
    """The items of a list, or the alternating keys and values of a mapping."""


class Composer:
    """Composes one document."""

    def __init__(self, text: str, positions: SourcePositions, diagnostics: Diagnostics) -> None:
        self._lines = text.split("\n")
        self._positions = positions
        self._diagnostics = diagnostics
        self._frames: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._expanded = 0
        self._duplicates = 0
        self._rejected = False

    def compose(self, events: Iterator[Event]) -> Node | None:
        """The first document; None when there is none or it is rejected. Does not catch errors of the parser."""
        from ruamel.yaml import events as kinds

        document: Node | None = None
        node: Node | None
        started = False
        scalar, frames = kinds.ScalarEvent, self._frames
        for event in events:
            if type(event) is scalar:  # as most are; the sequence of tests below takes longer
                node = self._scalar(event)
                if not frames:
                    document = node
                continue
            match event:
                case kinds.MappingStartEvent() | kinds.SequenceStartEvent():
                    self._open(event, isinstance(event, kinds.MappingStartEvent))
                    node = None
                case kinds.MappingEndEvent() | kinds.SequenceEndEvent():
                    node = self._close(event)
                case kinds.AliasEvent():
                    node = self._alias(event)
                case kinds.DocumentStartEvent() if started:
                    mark = event.start_mark
                    self._diagnostics.report(YAML_DOCUMENTS, self._positions.span_at(mark.line, mark.column, 3))
                    break
                case _:
                    started = started or isinstance(event, kinds.DocumentStartEvent)
                    node = None
            if self._rejected:
                return None
            if node is not None and not frames:
                document = node
        return document

    def _scalar(self, event: Event) -> Node:
        positions, anchor, tag = self._positions, event.anchor, event.tag
        end = positions.at(event.end_mark)
        has_properties = anchor is not None or tag is not None
        start = min(self._value_start(event), end) if has_properties else positions.at(event.start_mark)
        style = _STYLES.get(event.style, Style.PLAIN)
        if style is Style.BLOCK and event.end_mark.column == 0 and event.end_mark.line > event.start_mark.line:
            last = event.end_mark.line - 1
            end = positions.position(last, len(self._lines[last]) if last < len(self._lines) else 0)
        if tag is not None:
            style = self._style_of_tag(event, style)
        return self._add(ScalarNode(event.value, style, positions.span(start, end)), end, 1, anchor)

    def _value_start(self, event: Event) -> Position:
        """The position after an anchor and a tag."""
        mark = event.start_mark
        properties = re.match(_PROPERTIES, self._lines[mark.line][mark.column :])
        return self._positions.position(mark.line, mark.column + (properties.end() if properties else 0))

    def _style_of_tag(self, event: Event, style: Style) -> Style:
        tag = str(event.tag)
        if tag in _TEXT_TAGS:
            return Style.QUOTED
        if tag.startswith(_CORE_TAG):
            return style
        self._report_tag(event, tag)
        return Style.BROKEN

    def _report_tag(self, event: Event, tag: str) -> None:
        self._diagnostics.report(
            YAML_TAG,
            self._positions.span_at(event.start_mark.line, event.start_mark.column, len(tag)),
            tag=repr(tag),
        )

    def _open(self, event: Event, is_mapping: bool) -> None:
        start = self._positions.at(event.start_mark)
        tag = None if event.tag is None else str(event.tag)
        if tag not in (None, "!") and not str(tag).startswith(_CORE_TAG):
            self._report_tag(event, str(tag))
        if len(self._frames) >= MAX_DEPTH:
            self._diagnostics.report(YAML_NESTING, self._positions.span(start, start), limit=MAX_DEPTH)
            self._rejected = True
        self._frames.append(_Frame(is_mapping, start, start, event.anchor))

    def _close(self, event: Event) -> Node:
        frame = self._frames.pop()
        if (event.start_mark.line, event.start_mark.column) != (event.end_mark.line, event.end_mark.column):
            frame.end = self._positions.at(event.end_mark)  # of the closing bracket; a block ends with its last value
        span = self._positions.span(frame.start, frame.end)
        node: Node
        if frame.is_mapping:
            entries = self._entries(frame.nodes)
            is_broken = bool(frame.nodes) and not entries and not isinstance(frame.nodes[0], ScalarNode)
            node = ScalarNode("", Style.BROKEN, span) if is_broken else MappingNode(entries, span)
        else:
            node = SequenceNode(tuple(frame.nodes), span)
        return self._add(node, frame.end, frame.weight, frame.anchor)

    def _add(self, node: Node, end: Position, weight: int, anchor: str | None) -> Node:
        """Add a complete node to the enclosing mapping or list."""
        if anchor is not None:
            self._anchors[anchor] = (node, weight)
        if self._frames:
            frame = self._frames[-1]
            frame.nodes.append(node)
            frame.end = end
            frame.weight += weight
        return node

    def _entries(self, nodes: list[Node]) -> tuple[Entry, ...]:
        entries: dict[str, Entry] = {}
        duplicates: list[Entry] = []
        for key, value in zip(nodes[::2], nodes[1::2], strict=True):
            if not isinstance(key, ScalarNode):
                line = self._lines[min(key.span.start.line, len(self._lines)) - 1]
                fix = _variable_instead(key, line) if "{{" in line else ()
                finding = YAML_PLACEHOLDER if "{{" in line else YAML_KEY
                self._diagnostics.report(finding, key.span, fix=fix, placeholder="{{")
                continue
            first = entries.setdefault(key.text, Entry(key, value))
            if first.key is key:
                continue
            duplicates.append(Entry(key, value))
            if is_blank(first.value):  # the one with a value is probably meant
                entries[key.text] = Entry(first.key, value)
        if duplicates:
            self._report_duplicates(duplicates, nodes)
        merge = entries.get("<<")
        if merge is not None and merge.key.style is Style.PLAIN:
            del entries["<<"]
            for mapping in self._merged_mappings(merge):
                for entry in mapping:
                    entries.setdefault(entry.key.text, entry)
        return tuple(entries.values())

    def _merged_mappings(self, merge: Entry) -> list[MappingNode]:
        """The mappings that a merge key adds, in order of precedence."""
        match merge.value:
            case MappingNode() as mapping:
                return [mapping]
            case SequenceNode(items=items) if all(isinstance(item, MappingNode) for item in items):
                return [item for item in items if isinstance(item, MappingNode)]
            case ScalarNode(style=Style.BROKEN):
                return []
        span = merge.value.span
        self._diagnostics.report(YAML_MERGE, span if span.start != span.end else merge.key.span)
        return []

    def _report_duplicates(self, duplicates: list[Entry], nodes: list[Node]) -> None:
        from scfdeploy.config.yaml.recovery.duplicates import fix_duplicate, is_beside_empty_inputs

        pairs = zip(nodes[::2], nodes[1::2], strict=True)
        firsts: dict[str, Entry] = {}
        for key, value in pairs:
            if isinstance(key, ScalarNode):
                firsts.setdefault(key.text, Entry(key, value))
        is_top_level = not self._frames
        for entry in duplicates:
            if is_top_level and is_beside_empty_inputs(entry.key, firsts):
                continue
            first = firsts[entry.key.text]
            fix = fix_duplicate(entry, firsts, self._lines)
            advice = "" if fix else _duplicate_advice(entry, first)
            self._report_duplicate(entry.key, first.key, fix, advice)

    def _report_duplicate(self, key: ScalarNode, first: ScalarNode, fix: tuple[Edit, ...], advice: str) -> None:
        self._duplicates += 1
        if self._duplicates > _MOST_DUPLICATES:
            return
        self._diagnostics.report(
            DUPLICATE_KEY,
            key.span,
            hint=_DUPLICATE_HINTS.get(key.text, "{advice}" if advice else None),
            detail='"{key}" is set in line {first_line} and again in line {line}. Further duplicate keys are not '
            "listed."
            if self._duplicates == _MOST_DUPLICATES
            else None,
            fix=fix,
            related=((message("first set here"), first.span),),
            key=key.text,
            first_line=first.span.start.line,
            line=key.span.start.line,
            advice=advice,
        )

    def _alias(self, event: Event) -> Node:
        start, end = self._positions.at(event.start_mark), self._positions.at(event.end_mark)
        span = self._positions.span(start, end)
        name = str(event.anchor)
        if name not in self._anchors:
            inside = any(frame.anchor == name for frame in self._frames)
            self._diagnostics.report(
                YAML_ALIAS,
                span,
                summary="Alias inside the value it repeats" if inside else None,
                detail="*{name} repeats the value marked &{name}, but is part of that value." if inside else None,
                name=name,
            )
            return self._add(ScalarNode(f"*{name}", Style.BROKEN, span), end, 1, None)
        node, weight = self._anchors[name]
        self._expanded += weight
        if self._expanded > MAX_EXPANDED:
            self._diagnostics.report(YAML_ALIAS_BOMB, span, limit=MAX_EXPANDED)
            self._rejected = True
        return self._add(node, end, weight, None)


def _duplicate_advice(second: Entry, first: Entry) -> str:
    """What to do about two entries with different values; empty for two with the same value."""
    match first.value, second.value:
        case MappingNode() as one, MappingNode() as other if one.get("component") and other.get("component"):
            return message("Each component needs a name of its own: change one of them, and the `name` below it.")
        case ScalarNode(text=one), ScalarNode(text=other) if one != other:
            return message("The values differ: keep the line with the one that applies, and remove the other.")
        case MappingNode() | SequenceNode(), MappingNode() | SequenceNode():
            return message("Keep one of the two blocks, with all that applies, and remove the other.")
    return ""


def _variable_instead(key: Node, line: str) -> tuple[Edit, ...]:
    """The fix that writes a variable instead of `{{ name }}` as a whole value; none for any other placeholder."""
    from scfdeploy.model.environment_name import environment_name

    start = key.span.start.column - 2  # of the outer brace
    match = re.fullmatch(r"(\{\{\s*([A-Za-z_]\w*)\s*\}\})\s*(#.*)?", line[max(start, 0) :], re.ASCII)
    is_value = re.fullmatch(r"\s*(- +)*([^\s{\[,#]+:\s+)?", line[: max(start, 0)]) is not None
    name = environment_name(match[2]) if match is not None and is_value else ""
    if match is None or not name:
        return ()
    first = Position(key.span.start.line, start + 1)
    span = Span(key.span.file, first, Position(first.line, start + 1 + len(match[1])))
    return (Edit(span, f"${{env:{name}}}", match[1]),)
