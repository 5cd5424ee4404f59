"""Assign the `triggers` of multi-scf, which name their function, to the `events` of that function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scfdeploy.config.event_items import APIGW_RETIRED, TRIGGER_FORM, replace_gateway_advice
from scfdeploy.config.fields import Reading
from scfdeploy.config.fields.keys import report_keys
from scfdeploy.config.fields.scalars import wrong_type
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, is_broken, is_null
from scfdeploy.diagnostics import Finding, Severity, did_you_mean, message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Field, Kind
from scfdeploy.triggers import TRIGGER_TYPES

TRIGGER_FUNCTION = Finding(
    "trigger-function",
    Severity.ERROR,
    "Trigger of a function that does not exist",
    detail='There is no function "{function}" under `functions`.',
    hint="Write one of {known}.",
    title="A trigger of a function that does not exist.",
    what="An item of `triggers` names a function that is not under `functions`.",
    why="There is nothing for it to call.",
    wrong=yaml("functions:\n  hello: {handler: index.main}\ntriggers:\n  - type: timer\n    function: helo"),
    right=yaml("functions:\n  hello: {handler: index.main}\ntriggers:\n  - type: timer\n    function: hello"),
)

_LIST = Field("triggers", Kind.TRIGGERS, "")
_FIELDS = (
    Field("type", Kind.STRING, "The type of trigger, such as `timer`.", required=True),
    Field("function", Kind.STRING, "The key of the function that it calls.", required=True),
    Field("name", Kind.STRING, "Name of the trigger."),
    Field("parameters", Kind.BLOCK, "Its settings."),
)
_NAMES = frozenset(field.name for field in _FIELDS)
_TYPES = frozenset((*(kind.type for kind in TRIGGER_TYPES), "apigw", "cos", "cmq", "ckafka", "cls", "mps", "clb"))


def events_by_function(
    entry: Entry | None, keys: Mapping[str, str], reading: Reading
) -> dict[str, tuple[MappingNode, ...]]:
    """The triggers as items of `events`, by the key of their function. `keys` has the key for each name."""
    events: dict[str, list[MappingNode]] = {}
    known = sorted(set(keys.values()))
    match entry:
        case None:
            pass
        case Entry(value=SequenceNode(items=items)):
            for index, item in enumerate(items):
                key, event = _event(item, index, keys, known, reading)
                if key is not None and event is not None:
                    events.setdefault(key, []).append(event)
        case Entry(value=value) if not is_null(value) and not is_broken(value):
            wrong_type(_LIST, value, ("triggers",), reading)
    return {key: tuple(items) for key, items in events.items()}


def _event(
    item: Node, index: int, keys: Mapping[str, str], known: Sequence[str], reading: Reading
) -> tuple[str | None, MappingNode | None]:
    path = ("triggers", index)
    reading.record(path, item)
    if not isinstance(item, MappingNode):
        if not is_broken(item):
            hint = message("Write `- type: timer`, and below `type` also `function` and `parameters`.")
            wrong_type(Field("", Kind.BLOCK, ""), item, path, reading, hint=hint)
        return None, None
    if _has_scf_form(item, reading):
        return None, None
    kind = _text(item.get("type"), reading)
    if kind is not None and kind.text == "apigw":
        _report_retired(kind, item, reading)
        return None, None
    unknown = [entry for entry in item if entry.key.text not in _NAMES]
    report_keys(item, _FIELDS, unknown=unknown, path=path, reading=reading)
    called = _text(item.get("function"), reading)
    if kind is None or called is None:
        return None, None
    key = keys.get(called.text)
    if key is None:
        reading.diagnostics.report(
            TRIGGER_FUNCTION,
            called.span,
            hint=did_you_mean(called.text, known),
            function=called.text,
            known=", ".join(known[:10]),
        )
        return None, None
    settings = MappingNode(tuple(entry for entry in item if entry.key.text in ("name", "parameters")), item.span)
    return key, MappingNode((Entry(kind, settings),), item.span)


def _text(entry: Entry | None, reading: Reading) -> ScalarNode | None:
    """The text of a key; None when it is missing or was reported."""
    value = None if entry is None else reading.resolve(entry.value)
    if entry is None or value is None or is_broken(value):
        return None
    if isinstance(value, ScalarNode) and not is_null(value):
        return value
    wrong_type(Field(entry.key.text, Kind.STRING, ""), value, (entry.key.text,), reading)
    return None


def _has_scf_form(item: MappingNode, reading: Reading) -> bool:
    """Whether the type is the key of the item, as in `component: scf`, which is reported."""
    match item.entries:
        case (Entry(key=key),) if key.text in _TYPES:
            reading.diagnostics.report(
                TRIGGER_FORM,
                key.span,
                detail="`- {type}:` is the form of component: scf; in multi-scf the type is a value.",
                hint="Write `- type: {type}`, and below `type` also `function` and `parameters`.",
                type=key.text,
            )
            return True
    return False


def _report_retired(kind: ScalarNode, item: MappingNode, reading: Reading) -> None:
    called = _called_functions(item, reading)
    example = f"`- {{type: http, function: {called[0] if called else 'KEY'}, parameters: {{authType: AUTH_TYPE}}}}`"
    if len(called) > 1:
        example = message("{example} for each of these functions", example=example)
    reading.diagnostics.report(
        APIGW_RETIRED,
        kind.span,
        detail="{functions}{retired} A function URL replaces it; it passes every path and method to its one function.",
        hint="{advice}",
        functions=message("This is the API Gateway of {names}. ", names=", ".join(called)) if called else "",
        retired=message(APIGW_RETIRED.detail),
        advice=replace_gateway_advice(item, example),
    )


def _called_functions(item: MappingNode, reading: Reading) -> list[str]:
    """The functions that an API Gateway calls. Those in `apis` take precedence over the one of the trigger."""
    parameters = item.get("parameters")
    apis = parameters.value.get("apis") if parameters and isinstance(parameters.value, MappingNode) else None
    nodes = apis.value.items if apis and isinstance(apis.value, SequenceNode) else ()
    entries = [node.get("function") for node in nodes if isinstance(node, MappingNode)]
    if not entries or None in entries:
        entries.append(item.get("function"))
    texts = [text for entry in entries if (text := _text(entry, reading)) is not None]
    return list(dict.fromkeys(text.text for text in texts))
