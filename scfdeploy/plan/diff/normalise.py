"""Brings what is written and what was observed to one form, so that only real differences are changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scfdeploy.model import FUNCTION_FIELDS, Field, FunctionSpec, Kind, Ref, Secret, UpdateMode, Value, is_secret
from scfdeploy.model.observed import is_own_tag
from scfdeploy.plan.diff.blocks import completed

_OF_FUNCTION = (UpdateMode.REPLACE, UpdateMode.CODE, UpdateMode.CONFIGURATION, UpdateMode.TAGS)


def function_fields(spec: FunctionSpec) -> tuple[Field, ...]:
    """The fields that the function's own change carries: not its name, packed code, triggers, asynchronous settings."""
    kind = "web" if spec.is_web else "event"
    return tuple(
        field
        for field in FUNCTION_FIELDS
        if field.update_mode in _OF_FUNCTION and field.supported and field.only_for in ("", kind)
    )


def async_fields() -> tuple[Field, ...]:
    """The fields of `async/<namespace>/<function>`."""
    return tuple(field for field in FUNCTION_FIELDS if field.update_mode is UpdateMode.ASYNC)


def alias_fields() -> tuple[Field, ...]:
    """The fields that an alias is compared by: its name is its address, `traffic` another way to say the same."""
    compared = ("aliasDescription", "aliasFunctionVersion", "additionalVersionWeights")
    return tuple(field for field in FUNCTION_FIELDS if field.name in compared)


def concurrency_fields(*names: str) -> tuple[Field, ...]:
    """Those of the fields of `concurrency/<namespace>/<function>[/<version>]` that are called so."""
    return tuple(
        field for field in FUNCTION_FIELDS if field.update_mode is UpdateMode.CONCURRENCY and field.name in names
    )


def normal_settings(fields: Iterable[Field], settings: Mapping[str, Value]) -> dict[str, Value]:
    """Those of `settings` that `fields` name, in normal form. A scalar that is None counts as not written."""
    found: dict[str, Value] = {}
    for field in fields:
        if field.name not in settings:
            continue
        value = completed(field.name, normal(field, settings[field.name]))
        if value is not None:
            found[field.name] = value
    return found


def normal(field: Field, value: Value) -> Value:
    """One value in normal form: typed by the field's kind, lists as tuples, blocks without their empty keys."""
    if isinstance(value, Ref):
        return value
    match field.kind:
        case Kind.BLOCK:
            return _block(field, value)
        case Kind.BLOCK_LIST:
            return tuple(_block(field, item) for item in _items(value))
        case Kind.STRING_MAP:
            return _texts(field, value)
        case Kind.STRING_LIST:
            return tuple(_text(item) for item in _items(value))
    return _scalar(field.kind, value)


def is_blank(value: Value) -> bool:
    """Whether a value says nothing: the cloud shows empty text, or blocks of it, where nothing is set."""
    if isinstance(value, Mapping):
        return all(is_blank(item) for item in value.values())
    return value is None or value in ("", ())


def _scalar(kind: Kind, value: Value) -> Value:
    if value is None or isinstance(value, Secret):
        return value
    match kind, value:
        case (Kind.INTEGER | Kind.NUMBER, str()):
            return _number(value)
        case (Kind.INTEGER, float()) if value.is_integer():
            return int(value)
        case (Kind.BOOLEAN, str()):
            return {"true": True, "false": False}.get(value.lower(), value)
        case (Kind.STRING, _):
            return _text(value)
    return value


def _number(text: str) -> Value:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def _text(value: Value) -> Value:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
    return value


def _items(value: Value) -> Iterable[Value]:
    return value if isinstance(value, list | tuple) else ()


def _block(field: Field, value: Value) -> dict[str, Value]:
    if not isinstance(value, Mapping):
        return {}
    found = {inner.name: normal(inner, value[inner.name]) for inner in field.fields if inner.name in value}
    # An empty map inside a block is a statement (no variables at all); an empty text is none.
    return {name: item for name, item in found.items() if item is not None and item != ""}


def _texts(field: Field, value: Value) -> dict[str, Value]:
    if not isinstance(value, Mapping):
        return {}
    if field.update_mode is UpdateMode.TAGS:
        return {key: _text(item) for key, item in value.items() if not is_own_tag(key)}
    return {key: _sealed(key, _text(item)) for key, item in value.items()}


def _sealed(name: str, value: Value) -> Value:
    return Secret(value) if isinstance(value, str) and is_secret(name, value) else value
