"""Normalise written and observed settings, so that only real differences become changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scfdeploy.facts import limit
from scfdeploy.model import FUNCTION_FIELDS, Field, FunctionSpec, Kind, Ref, Secret, UpdateMode, Value, is_secret
from scfdeploy.model.observed import is_own_tag

_FUNCTION_MODES = (UpdateMode.REPLACE, UpdateMode.CODE, UpdateMode.CONFIGURATION, UpdateMode.TAGS)
_MOUNT = ("cfsId", "mountInsId", "localMountDir", "remoteMountDir", "userId", "userGroupId")


def function_fields(spec: FunctionSpec) -> tuple[Field, ...]:
    """The fields of the function's own change: not its name, its code or the settings of other resources."""
    kind = "web" if spec.is_web else "event"
    return tuple(
        field
        for field in FUNCTION_FIELDS
        if field.update_mode in _FUNCTION_MODES and field.supported and field.only_for in ("", kind)
    )


def async_fields() -> tuple[Field, ...]:
    """The fields of `async/<namespace>/<function>`."""
    return tuple(field for field in FUNCTION_FIELDS if field.update_mode is UpdateMode.ASYNC)


def alias_fields() -> tuple[Field, ...]:
    """The compared fields of an alias: its name is in the address, and `traffic` is a short form of the weights."""
    compared = ("aliasDescription", "aliasFunctionVersion", "additionalVersionWeights")
    return tuple(field for field in FUNCTION_FIELDS if field.name in compared)


def concurrency_fields(*names: str) -> tuple[Field, ...]:
    """The fields of `concurrency/<namespace>/<function>[/<version>]` with these names."""
    return tuple(
        field for field in FUNCTION_FIELDS if field.update_mode is UpdateMode.CONCURRENCY and field.name in names
    )


def normal_settings(fields: Iterable[Field], settings: Mapping[str, Value]) -> dict[str, Value]:
    """The settings that `fields` name, in normal form. A scalar that is None counts as not written."""
    result: dict[str, Value] = {}
    for field in fields:
        if field.name not in settings:
            continue
        value = complete(field.name, normal(field, settings[field.name]))
        if value is not None:
            result[field.name] = value
    return result


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
            return _string_map(field, value)
        case Kind.STRING_LIST:
            return tuple(_text(item) for item in _items(value))
    return _scalar(field.kind, value)


def complete(name: str, value: Value) -> Value:
    """A setting in normal form, with the keys that follow from other keys; the API returns them all."""
    match name, value:
        case "cfs", tuple():
            mounts = [_mount(mount) for mount in value if isinstance(mount, Mapping)]
            # Their order has no meaning.
            return tuple(sorted(mounts, key=lambda mount: str(mount.get("localMountDir"))))
        case "image", Mapping() if value.get("registryId"):
            return {**value, "imageType": "enterprise"}
        case "instanceConcurrencyConfig", Mapping() if value:
            return {"enable": False} if value.get("enable") is False else {"enable": True, **value}
    return value


def is_blank(value: Value) -> bool:
    """Whether a value is not set: the API returns empty strings, or blocks of them, for unset values."""
    if isinstance(value, Mapping):
        return all(is_blank(item) for item in value.values())
    return value is None or value in ("", ())


def as_mapping(value: Value) -> Mapping[str, Value]:
    """The value if it is a mapping, otherwise an empty one."""
    return value if isinstance(value, Mapping) else {}


def _mount(mount: Mapping[str, Value]) -> dict[str, Value]:
    default = limit("cfs.user_id.default")
    complete_mount = {"mountInsId": mount.get("cfsId"), "userId": default, "userGroupId": default, **mount}
    return {key: complete_mount[key] for key in _MOUNT if key in complete_mount}


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
    block = {inner.name: normal(inner, value[inner.name]) for inner in field.fields if inner.name in value}
    # An empty map inside a block has a meaning (no variables at all); an empty string has none.
    return {name: item for name, item in block.items() if item is not None and item != ""}


def _string_map(field: Field, value: Value) -> dict[str, Value]:
    if not isinstance(value, Mapping):
        return {}
    if field.update_mode is UpdateMode.TAGS:
        return {key: _text(item) for key, item in value.items() if not is_own_tag(key)}
    return {key: _hidden(key, _text(item)) for key, item in value.items()}


def _hidden(name: str, value: Value) -> Value:
    return Secret(value) if isinstance(value, str) and is_secret(name, value) else value
