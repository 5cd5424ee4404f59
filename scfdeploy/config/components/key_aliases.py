"""Translate the keys of other component kinds to those of `component: scf`, keeping their positions."""

from __future__ import annotations

from collections.abc import Iterable

from scfdeploy.config.fields import Reading
from scfdeploy.config.fields.keys import report_keys
from scfdeploy.config.fields.scalars import wrong_type
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style, is_broken, is_null
from scfdeploy.diagnostics import Finding, Severity, message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Field, Kind, Path
from scfdeploy.records import replace

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
"""Names that other kinds have for fields of FUNCTION_FIELDS."""

_PAIR = (
    Field("key", Kind.STRING, "The name.", required=True, aliases=("Key", "name")),
    Field("value", Kind.STRING, "The text.", required=True, aliases=("Value",)),
)
_ITEM = Field("", Kind.BLOCK, "", fields=_PAIR)


def with_scf_keys(entries: Iterable[Entry], reading: Reading) -> list[Entry]:
    """The entries with the keys and forms of `component: scf`. Duplicate settings are reported."""
    converted: dict[str, Entry] = {}
    for original in entries:
        entry = _convert(original, reading)
        first = converted.setdefault(entry.key.text, entry)
        if first is not entry:
            _report_duplicate(first, original, reading)
    return list(converted.values())


def _convert(entry: Entry, reading: Reading) -> Entry:
    alias = entry.key.text
    name = KEY_ALIASES.get(alias, alias)
    key = entry.key if name == alias else replace(entry.key, text=name)
    match name, entry.value:
        case "environment", SequenceNode() as pairs:
            return Entry(key, _nest_variables(entry, _pairs_to_mapping(pairs, (alias,), reading)))
        case "environment", MappingNode() as values if alias == "environments" and values.get("variables") is None:
            return Entry(key, _nest_variables(entry, values))
        case "tags", SequenceNode() as pairs:
            return Entry(key, _pairs_to_mapping(pairs, (alias,), reading))
    return Entry(key, entry.value)


def _nest_variables(entry: Entry, values: Node) -> Node:
    if not isinstance(values, MappingNode) or not values.entries:
        return values
    return MappingNode((Entry(replace(entry.key, text="variables"), values),), entry.value.span)


def _pairs_to_mapping(pairs: SequenceNode, path: Path, reading: Reading) -> Node:
    """The mapping for a list of `{key, value}`. It is broken, not empty, if no item is valid: empty would clear it."""
    entries: dict[str, Entry] = {}
    for index, item in enumerate(pairs.items):
        entry = _pair(item, (*path, index), reading)
        if entry is None:
            continue
        first = entries.setdefault(entry.key.text, entry)
        if first is not entry:
            _report_duplicate(first, entry, reading)
    if pairs.items and not entries:
        return ScalarNode("", Style.BROKEN, pairs.span)
    return MappingNode(tuple(entries.values()), pairs.span)


def _pair(item: Node, path: Path, reading: Reading) -> Entry | None:
    if not isinstance(item, MappingNode):
        if not is_broken(item):
            reading.record(path, item)
            hint = message("Write `- key: NAME` and below it, indented, `value: …`.")
            wrong_type(_ITEM, item, path, reading, hint=hint)
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


def _report_duplicate(first: Entry, entry: Entry, reading: Reading) -> None:
    reading.diagnostics.report(SETTING_TWICE, entry.key.span, key=entry.key.text, line=first.key.span.start.line)
