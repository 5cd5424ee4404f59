"""Iterates over all values of a function and its triggers, with the field definition of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from scfdeploy.diagnostics import Diagnostic, Span
from scfdeploy.model import FUNCTION_FIELDS, Field, FunctionSpec, Kind, Path, Value, dotted
from scfdeploy.records import NamedTuple
from scfdeploy.rules.rule import Rule, span_in
from scfdeploy.triggers import TRIGGER_TYPES, trigger_type

# The cloud's error code for an invalid value, by the outermost key.
_CODES = {
    "type": "InvalidParameterValue.FunctionType",
    "deadLetter": "InvalidParameterValue.DeadLetterConfig",
    "layers": "InvalidParameterValue.Layers",
    "additionalVersionWeights": "InvalidParameterValue.AdditionalVersionWeights",
    "traffic": "InvalidParameterValue.AdditionalVersionWeights",
    "msgTTL": "LimitExceeded.MsgTTL",
    "retryNum": "LimitExceeded.RetryNum",
    "image": "InvalidParameterValue.ImageType",
    "nodeType": "InvalidParameterValue.NodeType",
    "diskSize": "InvalidParameterValue.DiskSize",
    "cfs": "InvalidParameterValue.CfsParameterError",
    "protocolType": "InvalidParameterValue.ProtocolType",
    "protocolParams": "InvalidParameterValue.IdleTimeOut",
    "instanceConcurrencyConfig": "InvalidParameterValue.MaxConcurrency",
    "http": "InvalidParameterValue.TriggerDesc",
    "http.corsConfig": "InvalidParameterValue.Cors",
    "timer": "InvalidParameterValue.TriggerDesc",
    "ckafka": "InvalidParameterValue.Ckafka",
    "cls": "InvalidParameterValue.Cls",
    "cmq": "InvalidParameterValue.Cmq",
    "cos": "InvalidParameterValue.Cos",
}


class WrittenField(NamedTuple):
    """One value with its field, its path as text, its position and the error code of the cloud."""

    field: Field
    value: Value
    name: str
    span: Span
    address: str
    code: str | None

    def finding(self, rule: Rule, **values: Any) -> Diagnostic:
        """The rule's diagnostic at this value."""
        return rule.at(self.span, address=self.address, code=self.code, **values)


class _LastRead:
    """The fields of the function that was read last: several rules check one function after the other."""

    function: FunctionSpec | None = None
    fields: tuple[WrittenField, ...] = ()


def written_fields(function: FunctionSpec) -> tuple[WrittenField, ...]:
    """All values of the function's settings and of its triggers' parameters."""
    if _LastRead.function is not function:
        _LastRead.function, _LastRead.fields = function, tuple(_read_fields(function))
    return _LastRead.fields


def _read_fields(function: FunctionSpec) -> Iterator[WrittenField]:
    address = str(function.address)
    for field, path, value in _walk(FUNCTION_FIELDS, function.settings, ()):
        code = _CODES.get(str(path[0]))
        yield WrittenField(field, value, dotted(path), function.span_of(*path), address, code)
    for trigger in function.triggers:
        kind = trigger_type(trigger.type)
        if kind is None:
            continue
        for field, path, value in _walk(kind.fields, trigger.settings, ()):
            code = _CODES.get(f"{trigger.type}.{path[0]}") or _CODES.get(trigger.type)
            yield WrittenField(field, value, dotted(path), span_in(trigger, path), str(trigger.address), code)


def codes_where(matches: Callable[[Field], bool]) -> tuple[str, ...]:
    """The error codes of all fields for which `matches` is true, or of a nested one."""
    codes = {_CODES.get(field.name) for field in FUNCTION_FIELDS if _any_field([field], matches)}
    for kind in TRIGGER_TYPES:
        fields = [field for field in kind.fields if _any_field([field], matches)]
        codes.update(_CODES.get(f"{kind.type}.{field.name}") or _CODES.get(kind.type) for field in fields)
    return tuple(sorted(code for code in codes if code is not None))


def _any_field(fields: Iterable[Field], matches: Callable[[Field], bool]) -> bool:
    return any(matches(field) or _any_field(field.fields, matches) for field in fields)


def _walk(fields: tuple[Field, ...], settings: Mapping[str, Value], path: Path) -> Iterator[tuple[Field, Path, Value]]:
    for field in fields:
        if field.name not in settings:
            continue
        value, here = settings[field.name], (*path, field.name)
        if field.kind is Kind.BLOCK and isinstance(value, Mapping):
            yield from _walk(field.fields, value, here)
        elif field.kind is Kind.BLOCK_LIST and isinstance(value, Sequence) and not isinstance(value, str):
            for index, entry in enumerate(value):
                if isinstance(entry, Mapping):
                    yield from _walk(field.fields, entry, (*here, index))
        else:
            yield field, here, value
