"""The actions of each product: which parameters each takes, of which type; read from tables/ once, when first asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from scfdeploy.emulator.event_source_schemas import BALANCERS, LOGS, MEDIA
from scfdeploy.emulator.schema_overrides import ACCESS_MANAGEMENT, EXTRA_PARAMETERS, REQUIRED

_PRODUCTS = ("scf", "tag")
# Those without a generated table.
_BY_HAND = {"cam": ACCESS_MANAGEMENT, "clb": BALANCERS, "cls": LOGS, "mps": MEDIA}


@dataclass(frozen=True, slots=True)
class Shape:
    """What one action takes. A type is string, integer, float, boolean, a struct's name, or one of these in []."""

    parameters: dict[str, str]
    required: tuple[str, ...]
    structs: dict[str, dict[str, str]]


def product_of(version: str) -> str | None:
    """The product whose API has that version. Versions differ, and host names of local clients do not say it."""
    return _by_version().get(version)


@cache
def shape_of(product: str, action: str) -> Shape | None:
    """What `action` takes, or None when the product has no such action. Names are case-sensitive."""
    table = _table(product)
    entry = table["actions"].get(action)
    if entry is None:
        return None
    parameters = entry["parameters"] | EXTRA_PARAMETERS.get((product, action), {})
    required = REQUIRED.get((product, action)) or entry.get("required", ())
    return Shape(parameters, required, table["structs"])


@cache
def _by_version() -> dict[str, str]:
    return {_table(product)["api"]: product for product in (*_PRODUCTS, *_BY_HAND)}


@cache
def _table(product: str) -> dict[str, Any]:
    if product in _BY_HAND:
        return _BY_HAND[product]
    text = resources.files("scfdeploy.emulator").joinpath("tables", f"{product}.json").read_text("utf-8")
    table: dict[str, Any] = json.loads(text)
    return table
