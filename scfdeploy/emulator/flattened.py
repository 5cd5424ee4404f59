"""Turns the flat text form (`Layers.0.LayerName=a`) back into the action's own structure and types."""

from __future__ import annotations

from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.numbers import whole_number
from scfdeploy.emulator.schema import Shape

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
