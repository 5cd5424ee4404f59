"""Read request parameters: check their names and types, and unflatten form parameters."""

from __future__ import annotations

from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.numbers import whole_number
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


_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def unflatten(shape: Shape, flat: dict[str, str]) -> Json:
    """The parameters as JSON would have carried them. Unknown names are kept for the check that follows."""
    tree: Json = {}
    for name, text in flat.items():
        *path, last = name.split(".")
        place = tree
        for step in path:
            inner = place.setdefault(step, {})
            if not isinstance(inner, dict):
                raise CloudError("InvalidParameter", f"The parameter `{name}` contradicts another one.")
            place = inner
        place[last] = text
    return {name: _typed(shape, shape.parameters.get(name, "string"), value, name) for name, value in tree.items()}


def _typed(shape: Shape, kind: str, value: object, place: str) -> object:
    if kind.startswith("["):
        return _listed(shape, kind[1:-1], value, place)
    if isinstance(value, dict):
        fields = shape.structs.get(kind, {})
        return {name: _typed(shape, fields.get(name, "string"), v, f"{place}.{name}") for name, v in value.items()}
    return _scalar(kind, str(value), place)


def _listed(shape: Shape, kind: str, value: object, place: str) -> object:
    if not isinstance(value, dict) or any(whole_number(index) is None for index in value):
        raise CloudError("InvalidParameter", f"The value type of parameter `{place}` is not valid.")
    ordered = sorted(value, key=int)
    return [_typed(shape, kind, value[index], f"{place}.{index}") for index in ordered]


def _scalar(kind: str, text: str, place: str) -> object:
    try:
        match kind:
            case "integer":
                return int(text)
            case "float":
                return float(text)
            case "boolean":
                return _BOOLEANS[text.lower()]
    except (ValueError, KeyError) as error:
        message = f"The value type of parameter `{place}` is not valid."
        raise CloudError("InvalidParameter", message) from error
    return text
