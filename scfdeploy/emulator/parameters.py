"""Request parameters: names and types, the region, the flat form of older clients, and the pages of list actions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scfdeploy.emulator.messages import CloudError, Json, parse_number
from scfdeploy.emulator.schema import Shape

# A pattern instead of a list, so that new regions work.
_REGION = re.compile(r"[a-z]{2}-[a-z0-9-]+")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_DEFAULT_LIMIT = 20


def check_region(name: str) -> str:
    """Check the name of a region, which is a part of keys in the store."""
    if not _REGION.fullmatch(name):
        raise CloudError("UnsupportedRegion", f"The region `{name}` is not supported.")
    return name


def check_parameters(shape: Shape, parameters: Json) -> Json:
    """The parameters without nulls. Raises CloudError for an unknown name, a wrong type or a missing parameter."""
    checked = _check_object(shape, shape.parameters, parameters, "")
    for name in shape.required:
        if name not in checked:
            raise CloudError("MissingParameter", f"The request is missing a required parameter `{name}`.")
    return checked


def _check_object(shape: Shape, fields: dict[str, str], values: Json, path: str) -> Json:
    checked = {}
    for name, value in values.items():
        inner = f"{path}.{name}" if path else name
        if name not in fields:
            raise CloudError("UnknownParameter", f"The parameter `{inner}` is not recognized.")
        if value is not None:
            checked[name] = _check_value(shape, fields[name], value, inner)
    return checked


def _check_value(shape: Shape, kind: str, value: object, path: str) -> object:
    if kind.startswith("[") and isinstance(value, list):
        return [_check_value(shape, kind[1:-1], item, f"{path}.{i}") for i, item in enumerate(value)]
    if kind in shape.structs and isinstance(value, dict):
        return _check_object(shape, shape.structs[kind], value, path)
    match kind:
        case "string":
            fits = isinstance(value, str)
        case "integer":
            fits = isinstance(value, int) and not isinstance(value, bool)
        case "float":
            fits = isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            fits = isinstance(value, bool)
        case _:
            fits = False
    if not fits:
        raise _wrong_type(path)
    return value


def _wrong_type(path: str) -> CloudError:
    return CloudError("InvalidParameter", f"The value type of parameter `{path}` is not valid.")


def unflatten(shape: Shape, flat: dict[str, str]) -> Json:
    """Convert parameters under dotted names to the JSON form. Unknown names stay, for `check_parameters`."""
    tree: Json = {}
    for name, text in flat.items():
        *path, last = name.split(".")
        node = tree
        for step in path:
            node = node.setdefault(step, {})
            if not isinstance(node, dict):
                raise CloudError("InvalidParameter", f"The parameter `{name}` contradicts another one.")
        node[last] = text
    return {name: _convert(shape, shape.parameters.get(name, "string"), value, name) for name, value in tree.items()}


def _convert(shape: Shape, kind: str, value: object, path: str) -> object:
    if kind.startswith("["):
        if not isinstance(value, dict) or any(parse_number(index) is None for index in value):
            raise _wrong_type(path)
        return [_convert(shape, kind[1:-1], value[index], f"{path}.{index}") for index in sorted(value, key=int)]
    if isinstance(value, dict):
        fields = shape.structs.get(kind, {})
        return {name: _convert(shape, fields.get(name, "string"), v, f"{path}.{name}") for name, v in value.items()}
    text = str(value)
    try:
        match kind:
            case "integer":
                return int(text)
            case "float":
                return float(text)
            case "boolean":
                return _BOOLEANS[text.lower()]
    except (ValueError, KeyError) as error:
        raise _wrong_type(path) from error
    return text


def page(items: list[Json], parameters: Json, *, order_by: Mapping[str, str], default: str = "") -> list[Json]:
    """The page of `items` that the parameters Order, OrderBy, Offset and Limit select.

    `order_by` maps each allowed value of OrderBy to the field that it sorts by; without OrderBy (and without
    `default`) the order of `items` stays. Order is ASC or DESC in any case.
    """
    order = parameters.get("Order", "ASC").upper()
    if order not in ("ASC", "DESC"):
        raise CloudError("InvalidParameterValue.Order", "Order must be ASC or DESC.")
    key = parameters.get("OrderBy") or parameters.get("Orderby") or default
    ordered = list(items)
    if key:
        if key not in order_by:
            raise CloudError("InvalidParameterValue.OrderBy", f"OrderBy `{key}` is not supported.")
        ordered.sort(key=lambda item: str(item[order_by[key]]))
    if order == "DESC":
        ordered.reverse()
    offset = _page_number(parameters, "Offset", 0)
    return ordered[offset : offset + _page_number(parameters, "Limit", _DEFAULT_LIMIT)]


def _page_number(parameters: Json, name: str, default: int) -> int:
    # ListAliases has text here.
    number = parse_number(str(parameters.get(name, default)))
    if number is None:
        raise CloudError(f"InvalidParameterValue.{name}", f"{name} must be a number of at least 0.")
    return number
