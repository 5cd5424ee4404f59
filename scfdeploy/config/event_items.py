"""Find the trigger type of an item of `events`, and repair wrong dashes and indentation."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.config.fields import Reading
from scfdeploy.config.fields.keys import equal_ignoring_case
from scfdeploy.config.fields.scalars import WRONG_TYPE, describe_node
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, Style, is_broken, is_null
from scfdeploy.diagnostics import (
    Diagnostics,
    Edit,
    Finding,
    Severity,
    Span,
    did_you_mean,
    inserted,
    message,
    reworded,
    written_at,
)
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

_PARAMETERS = "parameters"
_KEYS_OF_TRIGGER = ("name", _PARAMETERS)


def trigger_entries(node: Node, types: Sequence[TriggerType], reading: Reading) -> list[tuple[Entry, TriggerType]]:
    """The triggers in one item with their types: exactly one if the item is valid."""
    if is_broken(node):
        return []
    if not isinstance(node, MappingNode) or not node.entries:
        _report_item(node, types, reading.diagnostics)
        return []
    known = {kind.type: kind for kind in types}
    triggers: list[tuple[Entry, TriggerType]] = []
    for entry in _entries(node, known, reading):
        kind = known.get(entry.key.text)
        if kind is None:
            _report_type(entry, known, reading.diagnostics)
        else:
            triggers.append((entry, kind))
    return triggers


def _entries(node: MappingNode, known: dict[str, TriggerType], reading: Reading) -> tuple[Entry, ...]:
    """The entries of an item that should have one. Further ones are reported, and moved below the first if possible."""
    diagnostics = reading.diagnostics
    if len(node.entries) == 1:
        return node.entries
    first, *others = node.entries
    type_entry = node.get("type")
    if type_entry is not None:
        kind = type_entry.value.text if isinstance(type_entry.value, ScalarNode) else "timer"
        diagnostics.report(TRIGGER_FORM, type_entry.key.span, fix=_fix_form(node, type_entry, reading), type=kind)
        return ()
    misplaced = tuple(entry for entry in others if entry.key.text in _KEYS_OF_TRIGGER)
    nested = first.value.entries if isinstance(first.value, MappingNode) else ()
    is_mapping = is_null(first.value) or isinstance(first.value, MappingNode)
    are_free = {entry.key.text for entry in nested}.isdisjoint(entry.key.text for entry in misplaced)
    if is_mapping and are_free and len(misplaced) == len(others):
        from scfdeploy.config.yaml.recovery.indent import indented

        column = misplaced[0].key.span.start.column
        by = nested[0].key.span.start.column - column if nested else 2
        diagnostics.report(
            TRIGGER_INDENTATION,
            misplaced[0].key.span,
            fix=indented(misplaced, reading.lines, by),
            key=misplaced[0].key.text,
            trigger=first.key.text,
        )
        return (Entry(first.key, MappingNode((*nested, *misplaced), node.span)),)
    with_settings = _with_settings(first, others, known, reading)
    if with_settings is not None:
        return (with_settings,)
    diagnostics.report(TRIGGER_DASH, others[0].key.span, key=others[0].key.text, first=first.key.text)
    return (first, *(entry for entry in others if entry.key.text in known))


def _fix_form(node: MappingNode, type_entry: Entry, reading: Reading) -> tuple[Edit, ...]:
    """The fix that writes `- type: timer` as `- timer:`; none if the item has more than a name and parameters."""
    from scfdeploy.config.yaml.recovery.indent import indented

    first, *others = node.entries
    value = type_entry.value
    is_known = all(entry.key.text in _KEYS_OF_TRIGGER for entry in others)
    if first is not type_entry or not is_known or not isinstance(value, ScalarNode) or not value.text.isalpha():
        return ()
    span = Span(first.key.span.file, first.key.span.start, value.span.end)
    written = written_at(span, reading.lines)
    moved = indented(others, reading.lines) if others else ()
    if not written or (others and not moved):
        return ()
    return (Edit(span, f"{value.text}:", written), *moved)


def _with_settings(
    first: Entry, others: Sequence[Entry], known: dict[str, TriggerType], reading: Reading
) -> Entry | None:
    """The trigger whose parameters are all beside its type, which is reported; None for anything else."""
    kind = known.get(first.key.text)
    names = {field.name for field in kind.fields} if kind is not None else set()
    outer = next((entry for entry in others if entry.key.text == _PARAMETERS), None)
    settings = [entry for entry in others if entry is not outer]
    has_others = any(entry.key.text not in names for entry in settings)
    is_mapping = outer is None or is_null(outer.value) or isinstance(outer.value, MappingNode)
    inner = outer.value.entries if outer is not None and isinstance(outer.value, MappingNode) else ()
    taken = {entry.key.text for entry in inner}
    if has_others or not is_null(first.value) or not is_mapping or any(one.key.text in taken for one in settings):
        return None
    reading.diagnostics.report(
        TRIGGER_INDENTATION,
        others[0].key.span,
        detail='"{key}" is beside "{trigger}" but belongs under its `parameters`.' if others[0] is not outer else None,
        hint="Indent it under `parameters:`, and that under `{trigger}:`.",
        fix=_indent_settings(others, outer, inner, reading),
        key=others[0].key.text,
        trigger=first.key.text,
    )
    span = first.key.span
    parameters = MappingNode((*inner, *settings), span)
    key = ScalarNode(_PARAMETERS, Style.PLAIN, span) if outer is None else outer.key
    return Entry(first.key, MappingNode((Entry(key, parameters),), span))


def _indent_settings(
    others: Sequence[Entry], outer: Entry | None, inner: Sequence[Entry], reading: Reading
) -> tuple[Edit, ...]:
    """The fix that indents settings under `parameters`, and that under the type of the trigger."""
    from scfdeploy.config.yaml.recovery.indent import indented

    start = others[0].key.span.start
    if outer is None:
        moved = indented(others, reading.lines, 4)
        if not moved:
            return ()
        key = inserted(others[0].key.span.file, start.line, 1, f"{' ' * (start.column + 1)}{_PARAMETERS}:\n    ")
        return (key, *(edit for edit in moved if edit.span.start.line != start.line))
    by = inner[0].key.span.start.column - start.column + 2 if inner else 4
    blocks = [indented([entry], reading.lines, 2 if entry is outer else by) for entry in others]
    # Settings above `parameters` would be above its line.
    return tuple(edit for block in blocks for edit in block) if others[0] is outer and all(blocks) else ()


def _report_item(node: Node, types: Sequence[TriggerType], diagnostics: Diagnostics) -> None:
    text = node.text if isinstance(node, ScalarNode) else ""
    suggested = text if any(kind.type == text for kind in types) else "timer"
    diagnostics.report(
        WRONG_TYPE,
        node.span,
        detail="An item of events must be a mapping from a type of trigger to its settings, but is {actual}.",
        hint="Write `- {type}:` and below it, indented, `parameters:`.",
        actual=describe_node(node),
        type=suggested,
    )


def _report_type(entry: Entry, known: dict[str, TriggerType], diagnostics: Diagnostics) -> None:
    key, span = entry.key.text, entry.key.span
    if key == "apigw":
        example = message("`- http:` with `parameters: {authType: AUTH_TYPE}`, a URL of the function's own")
        diagnostics.report(APIGW_RETIRED, span, hint="{advice}", advice=replace_gateway_advice(entry.value, example))
        return
    diagnostics.report(
        TRIGGER_UNKNOWN,
        span,
        fix=next((reworded(span, key, kind) for kind in known if equal_ignoring_case(key, kind)), ()),
        hint=did_you_mean(key, known),
        type=key,
        known=", ".join(sorted(known)),
    )


def replace_gateway_advice(gateway: Node, example: str) -> str:
    """What to write instead of a gateway. `example` is a URL whose authType is the word AUTH_TYPE."""
    from scfdeploy.config.api_gateway import access_controls, is_disabled

    if is_disabled(gateway):
        return message("It is disabled: remove it. `scfdeploy migrate` does it for you.")
    controls = access_controls(gateway)
    if not controls:
        return message(
            "Write {example}; anyone may call it, as with this gateway. `scfdeploy migrate` does it for you.",
            example=example.replace("AUTH_TYPE", "NONE"),
        )
    return message(
        "Write {example} for signed calls only, or NONE for anyone on the internet: this gateway restricted access "
        "({controls}). `scfdeploy migrate` writes CAM.",
        example=example.replace("AUTH_TYPE", "CAM"),
        controls=", ".join(controls),
    )
