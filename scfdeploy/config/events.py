"""Read `events`, the triggers of a function, by the table of trigger types."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.config.event_items import trigger_entries
from scfdeploy.config.fields import Reading, read_fields
from scfdeploy.config.fields.misindented import enclose
from scfdeploy.config.fields.scalars import wrong_type
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, is_broken, is_null
from scfdeploy.config.yaml.nodes import is_blank
from scfdeploy.diagnostics import Diagnostics, Edit, Finding, Severity, Span, message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Address, Field, Kind, TriggerSpec, UpdateMode, Value
from scfdeploy.records import NamedTuple, replace
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
_INSTANCE = ("instanceId", "name")
"""The two names for the id of a CKafka instance."""


class TriggerContext(NamedTuple):
    """The function of the triggers, the names for their default names, and all trigger types."""

    function: Address
    instance: str
    stage: str
    types: Sequence[TriggerType]


def read_events(node: Node | None, context: TriggerContext, reading: Reading) -> tuple[TriggerSpec, ...]:
    """The valid triggers, with unique names for each type."""
    match node:
        case None:
            return ()
        case SequenceNode(items=items):
            pass
        case _:
            if not is_null(node) and not is_broken(node):
                wrong_type(_FIELD, node, ("events",), reading, fix=_add_dashes(node, context.types, reading))
            return ()
    triggers: dict[Address, TriggerSpec] = {}
    for index, item in enumerate(items):
        reading.record(("events", index), item)
        for entry, kind in trigger_entries(item, context.types, reading):
            trigger = _read(Entry(entry.key, reading.resolve(entry.value)), kind, context, reading)
            first = triggers.setdefault(trigger.address, trigger)
            if first is not trigger:
                _report_duplicate(trigger, first, kind, reading.diagnostics)
    return tuple(triggers.values())


def _add_dashes(node: Node, types: Sequence[TriggerType], reading: Reading) -> tuple[Edit, ...]:
    """The fix that makes an item of each trigger of a mapping; none if a key is not a type of trigger."""
    from scfdeploy.config.yaml.recovery.indent import itemized

    entries = node.entries if isinstance(node, MappingNode) else ()
    known = {"apigw", *(kind.type for kind in types)}
    groups = [(entry,) for entry in entries if entry.key.text in known]
    if groups and len(groups) == len(entries):
        return itemized(groups, reading.lines)
    if len(groups) != 1 or entries[0].key.text not in known:
        return ()
    # One trigger, with its settings beside it.
    return (
        itemized([entries], reading.lines) if all(one.key.text in ("name", _PARAMETERS) for one in entries[1:]) else ()
    )


def _read(entry: Entry, kind: TriggerType, context: TriggerContext, outer: Reading) -> TriggerSpec:
    thing = message("the parameters of a {type} trigger", type=kind.type)
    reading = Reading(
        outer.diagnostics, thing, outer.resolve, lines=outer.lines, owner=kind.type, proposed=outer.proposed
    )
    outer_name, parameters = _name_and_parameters(entry, kind, reading)
    fields = _fields_for(kind, parameters)
    settings = read_fields(parameters, fields, reading=reading)
    default = f"{kind.type}-{context.instance}-{context.stage}"
    if outer_name is not None and kind.making.named:  # other types ignore the name, which the vendor's samples have
        default = _apply_outer_name(outer_name, settings, default, reading)
    if parameters.entries:  # without parameters, a missing `enable` is not worth a warning
        _warn_without_enable(entry, kind, reading)
    name = kind.name(settings, default)
    address = context.function.trigger(kind.type, name)
    span = Span(entry.key.span.file, entry.key.span.start, max(entry.key.span.end, entry.value.span.end))
    if kind.type == "http" and _lacks_auth_type(parameters, reading):
        settings.pop("authType", None)
    for key in (inner.key.text for inner in parameters if is_null(inner.value)):
        if key not in settings and key not in _INSTANCE:
            reading.spans.pop((key,), None)  # it is treated as not set
    return TriggerSpec(address, kind.type, name, settings, reading.spans, span, frozenset(reading.sensitive))


def _fields_for(kind: TriggerType, parameters: MappingNode) -> Sequence[Field]:
    """The fields of a type. Of the two names for the instance of CKafka, one that is left empty is required."""
    empty = [entry.key.text for entry in parameters if is_null(entry.value)]
    has_instance = any(entry.key.text in _INSTANCE and entry.key.text not in empty for entry in parameters)
    required = next((key for key in _INSTANCE if key in empty), None)
    if kind.type != "ckafka" or has_instance or required is None:
        return kind.fields
    return tuple(replace(field, required=True) if field.name == required else field for field in kind.fields)


def _name_and_parameters(entry: Entry, kind: TriggerType, reading: Reading) -> tuple[ScalarNode | None, MappingNode]:
    """The `name` beside `parameters`, if any, and the parameters."""
    empty = MappingNode((), entry.key.span)
    if is_null(entry.value) or is_broken(entry.value):
        return None, empty
    if not isinstance(entry.value, MappingNode):
        field = Field(kind.type, Kind.BLOCK, "", fields=(_NAME, Field("parameters", Kind.BLOCK, "")))
        wrong_type(field, entry.value, (kind.type,), reading)
        return None, empty
    name: ScalarNode | None = None
    parameters = empty
    misplaced: list[Entry] = []
    for inner in entry.value:
        match inner.key.text, inner.value:
            case "parameters", MappingNode() as mapping:
                parameters = mapping
            case "parameters", value if not is_null(value) and not is_broken(value):
                wrong_type(Field("parameters", Kind.BLOCK, "", fields=kind.fields), value, ("parameters",), reading)
            case "name", ScalarNode() as scalar if not is_null(scalar):
                name = scalar
            case (("parameters" | "name"), _):
                pass
            case _:
                misplaced.append(inner)
    if misplaced:
        keys = ", ".join(inner.key.text for inner in misplaced)
        reading.diagnostics.report(
            TRIGGER_PARAMETERS,
            misplaced[0].key.span,
            fix=_move_into_parameters(entry.value, misplaced, reading),
            type=kind.type,
            keys=keys,
        )
        parameters = MappingNode((*parameters.entries, *misplaced), parameters.span)
    return name, parameters


def _move_into_parameters(trigger: MappingNode, misplaced: Sequence[Entry], reading: Reading) -> tuple[Edit, ...]:
    """The fix that indents settings under `parameters`; none unless they are adjacent and can follow what it has."""
    from scfdeploy.config.yaml.recovery.indent import indented

    entries = list(trigger)
    first = entries.index(misplaced[0])
    if tuple(entries[first : first + len(misplaced)]) != tuple(misplaced):
        return ()
    outer = trigger.get(_PARAMETERS)
    if outer is None:
        return enclose(misplaced, _PARAMETERS, reading)
    inner = outer.value.entries if isinstance(outer.value, MappingNode) else ()
    is_open = is_blank(outer.value) or (inner and inner[0].key.span.start.line > outer.key.span.start.line)
    if not is_open or entries[first - 1] is not outer:
        return ()
    by = inner[0].key.span.start.column - misplaced[0].key.span.start.column if inner else 2
    names = {entry.key.text for entry in inner}
    return () if any(entry.key.text in names for entry in misplaced) else indented(misplaced, reading.lines, by)


def _apply_outer_name(name: ScalarNode, settings: dict[str, Value], default: str, reading: Reading) -> str:
    """Set the name from beside the parameters. Returns it, or the default after a report."""
    inside = settings.get("name")
    if is_broken(name):
        return default
    if inside is not None and inside != name.text:
        reading.diagnostics.report(TRIGGER_NAME_TWICE, name.span, beside=name.text, inside=inside)
        return default
    settings["name"] = name.text
    reading.record(("name",), name)
    return name.text


def _warn_without_enable(entry: Entry, kind: TriggerType, reading: Reading) -> None:
    has_enable = any(field.name == "enable" and field.update_mode is not UpdateMode.TOOL for field in kind.fields)
    if has_enable and ("enable",) not in reading.spans:
        reading.diagnostics.report(ENABLE_MISSING, entry.key.span)


def _lacks_auth_type(parameters: MappingNode, reading: Reading) -> bool:
    """Whether `authType` has no value, which is reported: its default would let anyone call the URL."""
    entry = parameters.get("authType")
    value = None if entry is None else reading.resolve(entry.value)
    if entry is None or not isinstance(value, ScalarNode) or is_broken(value) or not (is_null(value) or not value.text):
        return False
    reading.diagnostics.report(AUTH_TYPE_MISSING, reading.spans["authType",])
    return True


def _report_duplicate(trigger: TriggerSpec, first: TriggerSpec, kind: TriggerType, diagnostics: Diagnostics) -> None:
    if any(field.required and field.name not in trigger.settings for field in kind.fields):
        return  # a missing key is reported, which makes the names equal
    diagnostics.report(
        TRIGGER_DUPLICATE,
        trigger.spans.get(("name",), trigger.span),
        hint="Remove one of them: both are the same."
        if not kind.making.named
        else None
        if "name" in trigger.settings
        else "Give each a `name`, under `parameters`.",
        related=((message("the first"), first.span),),
        type=trigger.type,
        name=trigger.name,
        first_line=first.span.start.line,
        line=trigger.span.start.line,
    )
