"""One item of `events`: which type of trigger it is, also where dashes or indentation have gone wrong."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.config.api_gateway import access_controls, is_switched_off
from scfdeploy.config.fields import Reading
from scfdeploy.config.fields.keys import equal_ignoring_case
from scfdeploy.config.fields.reading import is_broken
from scfdeploy.config.fields.scalars import describe_node
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode
from scfdeploy.config.yaml.nodes import is_null
from scfdeploy.config.yaml.recovery.indent import indented
from scfdeploy.diagnostics import Diagnostics, did_you_mean, reworded
from scfdeploy.triggers import TriggerType

_PARTS = ("name", "parameters")


def trigger_entries(node: Node, types: Sequence[TriggerType], reading: Reading) -> list[tuple[Entry, TriggerType]]:
    """The triggers in one item, as the mapping should be, each with its type: one, unless something went wrong."""
    if is_broken(node):
        return []
    if not isinstance(node, MappingNode):
        _not_a_mapping(node, types, reading.diagnostics)
        return []
    known = {kind.type: kind for kind in types}
    triggers: list[tuple[Entry, TriggerType]] = []
    for entry in _entries(node, known, reading):
        kind = known.get(entry.key.text)
        if kind is None:
            _not_a_type(entry, known, reading.diagnostics)
        else:
            triggers.append((entry, kind))
    return triggers


def _entries(node: MappingNode, known: dict[str, TriggerType], reading: Reading) -> tuple[Entry, ...]:
    """The item's entries with the one mistake mended that its shape may have."""
    diagnostics = reading.diagnostics
    if len(node.entries) < 2:
        if not node.entries:
            _not_a_mapping(node, tuple(known.values()), diagnostics)
        return node.entries
    first, *others = node.entries
    if first.key.text == "type" or node.get("type") is not None:
        _other_component(node, diagnostics)
        return ()
    parts = tuple(entry for entry in others if entry.key.text in _PARTS)
    within = first.value.entries if isinstance(first.value, MappingNode) else ()
    has_room = {entry.key.text for entry in within}.isdisjoint(entry.key.text for entry in parts)
    is_mapping = is_null(first.value) or isinstance(first.value, MappingNode)
    if is_mapping and has_room and len(parts) == len(others):
        diagnostics.error(
            "trigger-indentation",
            parts[0].key.span,
            "Not indented under the trigger",
            detail=f'"{parts[0].key.text}" stands beside "{first.key.text}" and belongs below it.',
            hint=f"Indent it by two blanks more than `{first.key.text}:`.",
            fix=indented(parts, reading.lines, _depth(first.value, parts[0])),
        )
        return (Entry(first.key, MappingNode((*within, *parts), node.span)),)
    diagnostics.error(
        "trigger-dash",
        others[0].key.span,
        "Two keys in one item of events",
        detail=f'"{others[0].key.text}" stands in the same item as "{first.key.text}"; each trigger is an item of its '
        "own.",
        hint="Begin it with a dash, or indent it if it belongs to the trigger above.",
    )
    return (first, *(entry for entry in others if entry.key.text in known))


def _depth(value: Node, part: Entry) -> int:
    """How much further right a part has to stand: beside what is under the trigger already, if anything is."""
    if isinstance(value, MappingNode) and value.entries:
        return value.entries[0].key.span.start.column - part.key.span.start.column
    return 2


def _not_a_mapping(node: Node, types: Sequence[TriggerType], diagnostics: Diagnostics) -> None:
    word = node.text if isinstance(node, ScalarNode) else ""
    suggested = word if any(kind.type == word for kind in types) else "timer"
    diagnostics.error(
        "wrong-type",
        node.span,
        "Wrong type of value",
        detail="An item of events must be a mapping from a type of trigger to its settings; "
        f"{describe_node(node)} is written.",
        hint=f"Write `- {suggested}:` and below it, indented, `parameters:`.",
    )


def _other_component(node: MappingNode, diagnostics: Diagnostics) -> None:
    entry = node.get("type")
    if entry is None:
        return
    word = entry.value.text if isinstance(entry.value, ScalarNode) else "timer"
    diagnostics.error(
        "trigger-form",
        entry.key.span,
        "Trigger in the form of another component",
        detail="`- type: …` is how multi-scf writes triggers; in component: scf the type is the key.",
        hint=f"Write `- {word}:` and below it, indented, `parameters:`.",
    )


def _not_a_type(entry: Entry, known: dict[str, TriggerType], diagnostics: Diagnostics) -> None:
    word = entry.key.text
    if word == "apigw":
        _retired(entry, diagnostics)
    else:
        diagnostics.error(
            "trigger-unknown",
            entry.key.span,
            "Unknown type of trigger",
            detail=f'SCF has no triggers of the type "{word}".',
            hint=did_you_mean(word, known) or f"Write one of {', '.join(sorted(known))}.",
            fix=next((reworded(entry.key.span, word, kind) for kind in known if equal_ignoring_case(word, kind)), ()),
            code="InvalidParameterValue.Type",
        )


def instead_of_gateway(gateway: Node, example: str) -> str:
    """What to write in place of a gateway; `example` is a URL whose authType is `{}`."""
    if is_switched_off(gateway):
        return "It was switched off: remove it. `scfdeploy migrate` does it for you."
    guarded_by = access_controls(gateway)
    if not guarded_by:
        url = example.format("NONE")
        return f"Write {url}; anybody may call it, as with this gateway. `scfdeploy migrate` does it for you."
    return (
        f"Write {example.format('CAM')} for signed calls only, or NONE in its place for anybody on the internet: this "
        f"gateway kept callers out ({', '.join(guarded_by)})."
    )


def _retired(entry: Entry, diagnostics: Diagnostics) -> None:
    diagnostics.error(
        "apigw-retired",
        entry.key.span,
        "API Gateway triggers are gone",
        detail="Since 2024-07-01 no new ones can be made, and on 2025-06-30 all were taken offline.",
        hint=instead_of_gateway(
            entry.value, "`- http:` with `parameters: {{authType: {}}}`, a URL of the function's own"
        ),
        code="FailedOperation.Apigw",
    )
