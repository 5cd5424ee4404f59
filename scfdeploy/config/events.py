"""`events`: the triggers of a function, read by the table of trigger types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from scfdeploy.config.event_items import trigger_entries
from scfdeploy.config.fields import Reading, read_fields
from scfdeploy.config.fields.reading import is_broken
from scfdeploy.config.fields.scalars import wrong_type
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode
from scfdeploy.config.yaml.nodes import is_null
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Address, Field, Kind, Path, TriggerSpec, UpdateMode, Value
from scfdeploy.triggers import TriggerType

TRIGGER_PARAMETERS = Finding(
    "trigger-parameters",
    Severity.ERROR,
    "Settings beside parameters",
    detail="Directly under a {type} trigger, only `name` and `parameters` are allowed, not {keys}.",
    hint="Indent it under `parameters:`.",
    title="Settings that are beside parameters, not in it.",
    what="Only `name` and `parameters` are allowed directly under the type of a trigger.",
    why="Every other setting belongs in `parameters`.",
    wrong=yaml("events:\n  - timer:\n      cronExpression: '0 0 2 * * * *'"),
    right=yaml("events:\n  - timer:\n      parameters:\n        cronExpression: '0 0 2 * * * *'"),
)
TRIGGER_NAME_TWICE = Finding(
    "trigger-name-twice",
    Severity.ERROR,
    "Two names for one trigger",
    detail='The trigger is called "{beside}" here and "{inside}" in its parameters.',
    hint="Keep one of the names.",
    title="Two names for one trigger.",
    what="The trigger has one name beside its parameters and another in them.",
    why="Only one can apply.",
    wrong=yaml("events:\n  - timer:\n      name: night\n      parameters:\n        name: nightly"),
    right=yaml("events:\n  - timer:\n      parameters:\n        name: nightly"),
)
TRIGGER_DUPLICATE = Finding(
    "trigger-duplicate",
    Severity.ERROR,
    "Two triggers with one name",
    detail='The function has two {type} triggers called "{name}", in line {first_line} and line {line}.',
    hint="Give them different names.",
    title="Two triggers with one name.",
    what="The function has two triggers of one type with the same name, set or by default.",
    why="The name tells a trigger from the others of its type.",
    wrong=yaml(
        "events:\n  - timer:\n      parameters: {cronExpression: '0 0 2 * * * *'}\n"
        "  - timer:\n      parameters: {cronExpression: '0 0 3 * * * *'}"
    ),
    right=yaml(
        "events:\n  - timer:\n      parameters: {name: two, cronExpression: '0 0 2 * * * *'}\n"
        "  - timer:\n      parameters: {name: three, cronExpression: '0 0 3 * * * *'}"
    ),
)
AUTH_TYPE_MISSING = Finding(
    "auth-type-missing",
    Severity.ERROR,
    "URL without authType",
    detail="authType has no value, so the file does not say who may call the URL.",
    hint="Write `CAM` for signed calls only, or `NONE` for anyone on the internet.",
    title="A function URL that does not say who may call it.",
    what="`authType` of a function URL is empty, or the URL replaces an API Gateway that restricted access: by "
    "signatures (CAM), applications, EIAM, OAuth or usage plans.",
    why="Without `authType`, anyone on the internet may call the function. A function URL supports only signed calls "
    "(CAM), and callers that used keys of the gateway must be changed for them, so the choice is yours.",
    wrong=yaml("apigatewayConf:\n  usagePlan: {usagePlanId: plan-1}"),
    right=yaml("events:\n  - http:\n      parameters:\n        authType: CAM"),
)
ENABLE_MISSING = Finding(
    "enable-missing",
    Severity.WARNING,
    "Trigger without enable",
    detail="A trigger without `enable` is created enabled; the vendor's own tool created it disabled.",
    hint="Write `enable: true` or `enable: false`.",
    title="A trigger without enable.",
    what="The trigger does not set `enable`.",
    why="It is created enabled, while the vendor's own tool created it disabled.",
    wrong=yaml("events:\n  - timer:\n      parameters:\n        cronExpression: '0 0 2 * * * *'"),
    right=yaml(
        "events:\n  - timer:\n      parameters:\n        name: nightly\n        cronExpression: '0 0 2 * * * *'\n"
        "        enable: true"
    ),
)

_FIELD = Field("events", Kind.TRIGGERS, "")
_NAME = Field("name", Kind.STRING, "Name of the trigger.")
_PARAMETERS = "parameters"


class TriggerContext(NamedTuple):
    """What a trigger needs to know of its surroundings: its function, the names for default names, the types."""

    function: Address
    instance: str
    stage: str
    types: Sequence[TriggerType]


def read_events(node: Node | None, context: TriggerContext, reading: Reading) -> tuple[TriggerSpec, ...]:
    """The triggers that could be read, no two of one type with one name."""
    match node:
        case None:
            return ()
        case SequenceNode(items=items):
            pass
        case _:
            if not is_null(node) and not is_broken(node):
                wrong_type(_FIELD, node, ("events",), reading)
            return ()
    triggers: dict[Address, TriggerSpec] = {}
    for index, item in enumerate(items):
        reading.record(("events", index), item)
        for entry, kind in trigger_entries(item, context.types, reading):
            trigger = _read(Entry(entry.key, reading.resolve(entry.value)), kind, context, reading)
            first = triggers.setdefault(trigger.address, trigger)
            if first is not trigger:
                _report_twice(trigger, first, kind, reading.diagnostics)
    return tuple(triggers.values())


def _read(entry: Entry, kind: TriggerType, context: TriggerContext, outer: Reading) -> TriggerSpec:
    reading = Reading(outer.diagnostics, f"the parameters of a {kind.type} trigger", outer.resolve, lines=outer.lines)
    beside, parameters = _parts(entry, kind, reading)
    settings = read_fields(parameters, kind.fields, reading=reading)
    default = f"{kind.type}-{context.instance}-{context.stage}"
    if beside is not None and kind.making.named:  # else a label, as the samples have it
        default = _name_beside(beside, settings, kind, default=default, reading=reading)
    if parameters.entries:  # else there is worse to say
        _warn_without_enable(entry, kind, reading)
    name = kind.name(settings, default)
    address = context.function.trigger(kind.type, name)
    span = Span(entry.key.span.file, entry.key.span.start, max(entry.key.span.end, entry.value.span.end))
    if kind.type == "http" and _lacks_auth_type(parameters, reading):
        settings.pop("authType", None)
    for key in _left_empty(parameters, settings, reading):
        del reading.spans[key,]  # it counts as not written, so a rule can ask for it
    return TriggerSpec(address, kind.type, name, settings, reading.spans, span, frozenset(reading.sensitive))


def _left_empty(parameters: MappingNode, settings: dict[str, Value], reading: Reading) -> list[str]:
    keys = (entry.key.text for entry in parameters if is_null(entry.value))
    return [key for key in keys if key not in settings and (key,) in reading.spans]


def _parts(entry: Entry, kind: TriggerType, reading: Reading) -> tuple[ScalarNode | None, MappingNode]:
    """The name that stands beside `parameters`, if any, and the parameters."""
    empty = MappingNode((), entry.key.span)
    if is_null(entry.value) or is_broken(entry.value):
        return None, empty
    if not isinstance(entry.value, MappingNode):
        shape = Field(kind.type, Kind.BLOCK, "", fields=(_NAME, Field(_PARAMETERS, Kind.BLOCK, "")))
        wrong_type(shape, entry.value, (kind.type,), reading)
        return None, empty
    name: ScalarNode | None = None
    parameters = empty
    stray: list[Entry] = []
    for inner in entry.value:
        match inner.key.text, inner.value:
            case "parameters", MappingNode() as mapping:
                parameters = mapping
            case "parameters", other if not is_null(other) and not is_broken(other):
                wrong_type(Field(_PARAMETERS, Kind.BLOCK, "", fields=kind.fields), other, (_PARAMETERS,), reading)
            case "name", ScalarNode() as scalar if not is_null(scalar):
                name = scalar
            case (("parameters" | "name"), _):
                pass
            case _:
                stray.append(inner)
    if stray:
        _beside_parameters(stray, kind, reading.diagnostics)
        parameters = MappingNode((*parameters.entries, *stray), parameters.span)
    return name, parameters


def _beside_parameters(stray: Sequence[Entry], kind: TriggerType, diagnostics: Diagnostics) -> None:
    names = ", ".join(entry.key.text for entry in stray)
    diagnostics.report(TRIGGER_PARAMETERS, stray[0].key.span, type=kind.type, keys=names)


def _name_beside(
    beside: ScalarNode, settings: dict[str, Value], kind: TriggerType, *, default: str, reading: Reading
) -> str:
    inside = settings.get("name")
    if is_broken(beside):
        return default
    if inside is not None and inside != beside.text:
        reading.diagnostics.report(TRIGGER_NAME_TWICE, beside.span, beside=beside.text, inside=inside)
        return default
    settings["name"] = beside.text
    reading.record(("name",), beside)
    return beside.text


def _warn_without_enable(entry: Entry, kind: TriggerType, reading: Reading) -> None:
    path: Path = ("enable",)
    if path in reading.spans or not any(
        field.name == "enable" and field.update_mode is not UpdateMode.TOOL for field in kind.fields
    ):
        return
    reading.diagnostics.report(ENABLE_MISSING, entry.key.span)


def _lacks_auth_type(parameters: MappingNode, reading: Reading) -> bool:
    """Report an `authType` without a value, whose default would open the URL to everybody; whether it is so."""
    entry = parameters.get("authType")
    value = None if entry is None else reading.resolve(entry.value)
    if entry is None or not isinstance(value, ScalarNode) or is_broken(value) or not (is_null(value) or not value.text):
        return False
    reading.diagnostics.report(AUTH_TYPE_MISSING, reading.spans["authType",])
    return True


def _report_twice(trigger: TriggerSpec, first: TriggerSpec, kind: TriggerType, diagnostics: Diagnostics) -> None:
    if any(field.required and field.name not in trigger.settings for field in kind.fields):
        return  # what it lacks has been said
    duplicate = TRIGGER_DUPLICATE.at(
        trigger.spans.get(("name",), trigger.span),
        hint=_how_to_differ(trigger, kind),
        type=trigger.type,
        name=trigger.name,
        first_line=first.span.start.line,
        line=trigger.span.start.line,
    )
    diagnostics.add(replace(duplicate, related=(("the first", first.span),)))


def _how_to_differ(trigger: TriggerSpec, kind: TriggerType) -> str:
    if not kind.making.named:
        return "Remove one of them: both are the same."
    return "Give them different names." if "name" in trigger.settings else "Give each a `name`, under `parameters`."
