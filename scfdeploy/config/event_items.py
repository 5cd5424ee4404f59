"""Find the trigger type of an item of `events`, and repair wrong dashes and indentation."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.config.api_gateway import access_controls, is_disabled
from scfdeploy.config.fields import Reading
from scfdeploy.config.fields.keys import equal_ignoring_case
from scfdeploy.config.fields.reading import is_broken
from scfdeploy.config.fields.scalars import WRONG_TYPE, describe_node
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode
from scfdeploy.config.yaml.nodes import is_null
from scfdeploy.config.yaml.recovery.indent import indented
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, did_you_mean, reworded
from scfdeploy.diagnostics.page import yaml
from scfdeploy.triggers import TriggerType

TRIGGER_UNKNOWN = Finding(
    "trigger-unknown",
    Severity.ERROR,
    "Unknown type of trigger",
    detail='SCF has no triggers of type "{type}".',
    hint="Write one of {known}.",
    code="InvalidParameterValue.Type",
    title="An unknown type of trigger.",
    what="The key of an item of `events` is not a type of trigger.",
    why="The API accepts only its own types.",
    wrong=yaml("events:\n  - tiemr:\n      parameters: {name: nightly, cronExpression: '0 0 2 * * * *', enable: true}"),
    right=yaml("events:\n  - timer:\n      parameters: {name: nightly, cronExpression: '0 0 2 * * * *', enable: true}"),
)
APIGW_RETIRED = Finding(
    "apigw-retired",
    Severity.ERROR,
    "API Gateway triggers are retired",
    detail="Since 2024-07-01 none can be created, and on 2025-06-30 all were taken offline.",
    code="FailedOperation.Apigw",
    title="An API Gateway trigger.",
    what="The function has a trigger of type `apigw`.",
    why="Since 2024-07-01 none can be created, and on 2025-06-30 all were taken offline. A function URL replaces them.",
    wrong=yaml("events:\n  - apigw:\n      parameters:\n        environment: release"),
    right=yaml("events:\n  - http:\n      parameters:\n        authType: NONE"),
)
TRIGGER_FORM = Finding(
    "trigger-form",
    Severity.ERROR,
    "Trigger in the form of another component",
    detail="`- type: …` is the form of multi-scf; in component: scf the type is the key.",
    hint="Write `- {type}:` and below it, indented, `parameters:`.",
    title="A trigger in the form of another component.",
    what="The item sets its type with `- type:`.",
    why="That is the form of multi-scf; in `component: scf` the type is the key of the item.",
    wrong=yaml("events:\n  - type: timer\n    name: nightly"),
    right=yaml("events:\n  - timer:\n      parameters:\n        name: nightly"),
)
TRIGGER_DASH = Finding(
    "trigger-dash",
    Severity.ERROR,
    "Two keys in one item of events",
    detail='"{key}" is in the same item as "{first}"; each trigger must be an item of its own.',
    hint="Begin it with a dash, or indent it if it belongs to the trigger above.",
    title="Two keys in one item of events.",
    what="An item of `events` has a second key: a dash, or the spaces before it, are missing.",
    why="Each trigger is an item of its own.",
    wrong=yaml(
        "events:\n  - timer:\n      parameters: {cronExpression: '0 0 2 * * * *'}\n    http:\n"
        "      parameters: {authType: NONE}"
    ),
    right=yaml(
        "events:\n  - timer:\n      parameters: {cronExpression: '0 0 2 * * * *'}\n  - http:\n"
        "      parameters: {authType: NONE}"
    ),
)
TRIGGER_INDENTATION = Finding(
    "trigger-indentation",
    Severity.ERROR,
    "Not indented under the trigger",
    detail='"{key}" is beside "{trigger}" but belongs under it.',
    hint="Indent it by two spaces more than `{trigger}:`.",
    title="Parameters that are not indented under their trigger.",
    what="`parameters` or `name` is beside the type of the trigger.",
    why="It belongs under it; in this place it is a separate key.",
    wrong=yaml("events:\n  - timer:\n    parameters:\n      cronExpression: '0 0 2 * * * *'"),
    right=yaml("events:\n  - timer:\n      parameters:\n        cronExpression: '0 0 2 * * * *'"),
)

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
        diagnostics.report(
            TRIGGER_INDENTATION,
            parts[0].key.span,
            fix=indented(parts, reading.lines, _depth(first.value, parts[0])),
            key=parts[0].key.text,
            trigger=first.key.text,
        )
        return (Entry(first.key, MappingNode((*within, *parts), node.span)),)
    diagnostics.report(TRIGGER_DASH, others[0].key.span, key=others[0].key.text, first=first.key.text)
    return (first, *(entry for entry in others if entry.key.text in known))


def _depth(value: Node, part: Entry) -> int:
    """How much further right a part has to stand: beside what is under the trigger already, if anything is."""
    if isinstance(value, MappingNode) and value.entries:
        return value.entries[0].key.span.start.column - part.key.span.start.column
    return 2


def _not_a_mapping(node: Node, types: Sequence[TriggerType], diagnostics: Diagnostics) -> None:
    word = node.text if isinstance(node, ScalarNode) else ""
    suggested = word if any(kind.type == word for kind in types) else "timer"
    diagnostics.report(
        WRONG_TYPE,
        node.span,
        detail="An item of events must be a mapping from a type of trigger to its settings, but is {actual}.",
        hint="Write `- {type}:` and below it, indented, `parameters:`.",
        actual=describe_node(node),
        type=suggested,
    )


def _other_component(node: MappingNode, diagnostics: Diagnostics) -> None:
    entry = node.get("type")
    if entry is None:
        return
    word = entry.value.text if isinstance(entry.value, ScalarNode) else "timer"
    diagnostics.report(TRIGGER_FORM, entry.key.span, type=word)


def _not_a_type(entry: Entry, known: dict[str, TriggerType], diagnostics: Diagnostics) -> None:
    word = entry.key.text
    if word == "apigw":
        _retired(entry, diagnostics)
    else:
        diagnostics.report(
            TRIGGER_UNKNOWN,
            entry.key.span,
            fix=next((reworded(entry.key.span, word, kind) for kind in known if equal_ignoring_case(word, kind)), ()),
            hint=did_you_mean(word, known),
            type=word,
            known=", ".join(sorted(known)),
        )


def instead_of_gateway(gateway: Node, example: str) -> str:
    """What to write in place of a gateway; `example` is a URL whose authType is `{}`."""
    if is_disabled(gateway):
        return "It was switched off: remove it. `scfdeploy migrate` does it for you."
    guarded_by = access_controls(gateway)
    if not guarded_by:
        url = example.format("NONE")
        return f"Write {url}; anyone may call it, as with this gateway. `scfdeploy migrate` does it for you."
    return (
        f"Write {example.format('CAM')} for signed calls only, or NONE for anyone on the internet: this "
        f"gateway restricted access ({', '.join(guarded_by)})."
    )


def _retired(entry: Entry, diagnostics: Diagnostics) -> None:
    diagnostics.report(
        APIGW_RETIRED,
        entry.key.span,
        hint=instead_of_gateway(
            entry.value, "`- http:` with `parameters: {{authType: {}}}`, a URL of the function's own"
        ),
    )
