"""Merge keys: `<<: *defaults` brings another mapping's entries in; what is written beside it wins."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.config.yaml.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style
from scfdeploy.diagnostics import Diagnostics, Finding, Severity
from scfdeploy.diagnostics.page import yaml

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


def apply_merge_key(written: Mapping[str, Entry], merge: Entry, diagnostics: Diagnostics) -> tuple[Entry, ...]:
    """The written entries, by key, then those that the merge key brings in; of several sources the first wins."""
    found = dict(written)
    for source in _sources(merge, diagnostics):
        for entry in source:
            found.setdefault(entry.key.text, entry)
    return tuple(found.values())


def _sources(merge: Entry, diagnostics: Diagnostics) -> list[MappingNode]:
    match merge.value:
        case MappingNode() as one:
            return [one]
        case SequenceNode(items=items) if all(isinstance(item, MappingNode) for item in items):
            return [item for item in items if isinstance(item, MappingNode)]
        case ScalarNode(style=Style.BROKEN):
            return []
        case other:
            _not_a_mapping(other, merge, diagnostics)
            return []


def _not_a_mapping(value: Node, merge: Entry, diagnostics: Diagnostics) -> None:
    diagnostics.report(YAML_MERGE, value.span if value.span.start != value.span.end else merge.key.span)
