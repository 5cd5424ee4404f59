"""Checks parameters by name and type, as the gateway does before an action sees them. Values are the actions' own."""

from __future__ import annotations

from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.schema import Shape


def checked(shape: Shape, given: Json) -> Json:
    """The parameters without nulls. Raises CloudError for an unknown name, a wrong type or a missing one."""
    found = _object(shape, shape.parameters, given, "")
    for name in shape.required:
        if name not in found:
            raise CloudError("MissingParameter", f"The request is missing a required parameter `{name}`.")
    return found


def _object(shape: Shape, fields: dict[str, str], given: Json, path: str) -> Json:
    found = {}
    for name, value in given.items():
        place = f"{path}.{name}" if path else name
        if name not in fields:
            raise CloudError("UnknownParameter", f"The parameter `{place}` is not recognized.")
        if value is not None:
            found[name] = _value(shape, fields[name], value, place)
    return found


def _value(shape: Shape, kind: str, value: object, place: str) -> object:
    if kind.startswith("["):
        if not isinstance(value, list):
            raise _wrong_type(place)
        return [_value(shape, kind[1:-1], item, f"{place}.{i}") for i, item in enumerate(value)]
    if kind in shape.structs:
        if not isinstance(value, dict):
            raise _wrong_type(place)
        return _object(shape, shape.structs[kind], value, place)
    if not _is_scalar(kind, value):
        raise _wrong_type(place)
    return value


def _is_scalar(kind: str, value: object) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
    return False


def _wrong_type(place: str) -> CloudError:
    return CloudError("InvalidParameter", f"The value type of parameter `{place}` is not valid.")
