"""Translate the keys of other component kinds to those of `component: scf`, keeping their positions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from scfdeploy.config.fields import Reading
from scfdeploy.config.fields.keys import report_keys
from scfdeploy.config.fields.reading import is_broken
from scfdeploy.config.fields.scalars import wrong_type
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style
from scfdeploy.config.yaml.nodes import is_null
from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Field, Kind, Path

SETTING_TWICE = Finding(
    "setting-twice",
    Severity.ERROR,
    "Setting is written twice",
    detail='"{key}" sets the same thing as line {line}.',
    hint="Keep one of them.",
    title="One setting written under two names.",
    what="Two keys of this block are two spellings of one setting.",
    why="Only one of them can apply.",
    wrong=yaml("memorySize: 128\nmemory: 256"),
    right=yaml("memorySize: 256"),
)

KEY_ALIASES = {
    "environments": "environment",
    "vpc": "vpcConfig",
    "functionName": "name",
    "isAutoPublish": "publish",
}
"""What the other kinds call a field of FUNCTION_FIELDS."""

_PAIR = (
    Field("key", Kind.STRING, "The name.", required=True, aliases=("Key", "name")),
    Field("value", Kind.STRING, "The text.", required=True, aliases=("Value",)),
)
_ITEM = Field("", Kind.BLOCK, "", fields=_PAIR)


def with_scf_keys(entries: Iterable[Entry], reading: Reading) -> list[Entry]:
    """The entries with keys and shapes as `component: scf` has them. A setting that is there twice is reported."""
    found: dict[str, Entry] = {}
    for written in entries:
        entry = _reshaped(written, reading)
        first = found.setdefault(entry.key.text, entry)
        if first is not entry:
            _twice(first, written, reading)
    return list(found.values())


def _reshaped(entry: Entry, reading: Reading) -> Entry:
    word = entry.key.text
    name = KEY_ALIASES.get(word, word)
    key = entry.key if name == word else replace(entry.key, text=name)
    match name, entry.value:
        case "environment", SequenceNode() as pairs:
            return Entry(key, _variables(entry, _named(pairs, (word,), reading)))
        case "environment", MappingNode() as names if word == "environments" and names.get("variables") is None:
            return Entry(key, _variables(entry, names))
        case "tags", SequenceNode() as pairs:
            return Entry(key, _named(pairs, (word,), reading))
    return Entry(key, entry.value)


def _variables(entry: Entry, names: Node) -> Node:
    if not isinstance(names, MappingNode) or not names.entries:
        return names
    return MappingNode((Entry(replace(entry.key, text="variables"), names),), entry.value.span)


def _named(pairs: SequenceNode, path: Path, reading: Reading) -> Node:
    """A list of `{key, value}` as the mapping that it stands for. An empty one clears; one of mistakes must not."""
    found: dict[str, Entry] = {}
    for index, item in enumerate(pairs.items):
        entry = _pair(item, (*path, index), reading)
        if entry is None:
            continue
        first = found.setdefault(entry.key.text, entry)
        if first is not entry:
            _twice(first, entry, reading)
    if pairs.items and not found:
        return ScalarNode("", Style.BROKEN, pairs.span)
    return MappingNode(tuple(found.values()), pairs.span)


def _pair(item: Node, path: Path, reading: Reading) -> Entry | None:
    if not isinstance(item, MappingNode):
        if not is_broken(item):
            reading.record(path, item)
            wrong_type(_ITEM, item, path, reading, hint="Write `- key: NAME` and below it, indented, `value: …`.")
        return None
    unknown = [entry for entry in item if entry.key.text not in ("key", "value")]
    report_keys(item, _PAIR, unknown=unknown, path=path, reading=reading)
    key, value = item.get("key"), item.get("value")
    if key is None or value is None:
        return None
    name = reading.resolve(key.value)
    if not isinstance(name, ScalarNode) or is_null(name):
        wrong_type(_PAIR[0], name, (*path, "key"), reading)
        return None
    return None if is_broken(name) else Entry(name, value.value)


def _twice(first: Entry, entry: Entry, reading: Reading) -> None:
    reading.diagnostics.report(SETTING_TWICE, entry.key.span, key=entry.key.text, line=first.key.span.start.line)
