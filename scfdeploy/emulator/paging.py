"""The parameters Order, OrderBy, Offset and Limit of list actions."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.numbers import whole_number

_DEFAULT_LIMIT = 20


def page(found: list[Json], parameters: Json, *, order_by: Mapping[str, str], default: str = "") -> list[Json]:
    """Sort `found` and return the requested page.

    `order_by` maps each allowed value of OrderBy to the field that it sorts by; without OrderBy (and without
    `default`) the order of `found` stays. Order is ASC or DESC in any case.
    """
    wanted = parameters.get("OrderBy") or parameters.get("Orderby") or default
    descending = parameters.get("Order", "ASC").upper()
    if descending not in ("ASC", "DESC"):
        raise CloudError("InvalidParameterValue.Order", "Order must be ASC or DESC.")
    ordered = list(found)
    if wanted:
        if wanted not in order_by:
            raise CloudError("InvalidParameterValue.OrderBy", f"The order `{wanted}` is not offered.")
        field = order_by[wanted]
        ordered.sort(key=lambda item: str(item[field]))
    if descending == "DESC":
        ordered.reverse()
    offset = _number(parameters, "Offset", 0)
    return ordered[offset : offset + _number(parameters, "Limit", _DEFAULT_LIMIT)]


def _number(parameters: Json, name: str, default: int) -> int:
    # ListAliases takes its numbers as text.
    found = whole_number(str(parameters.get(name, default)))
    if found is None:
        raise CloudError(f"InvalidParameterValue.{name}", f"{name} must be a number of at least 0.")
    return found
