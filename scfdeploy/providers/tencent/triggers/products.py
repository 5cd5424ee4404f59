"""Reads and writes triggers through the product that manages each type."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from scfdeploy.model import Address, Owner, Resource, Value
from scfdeploy.plan import Change
from scfdeploy.providers.base import Step
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.triggers.list_triggers import list_triggers, trigger_urls
from scfdeploy.triggers import CloudTrigger, trigger_type

_SCF = "scf"


class _ProductTriggers(Protocol):
    """Reads and writes the triggers that one product manages."""

    def read_row(self, row: Mapping[str, Any]) -> CloudTrigger | None:
        """The trigger of a row of SCF's list; None if the list has it but it is no longer bound."""

    def create(self, change: Change) -> Sequence[Step]: ...

    def update(self, change: Change) -> Sequence[Step]: ...

    def delete(self, change: Change) -> Sequence[Step]: ...


_PRODUCTS: Mapping[str, str] = {_SCF: "ScfTriggers", "clb": "ClbTriggers", "cls": "ClsTriggers", "mps": "MpsTriggers"}
"""The class for each product, in the module with its name."""


class TriggerWriter:
    """Plans steps for the kind `trigger`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, change: Change) -> Sequence[Step]:
        """The steps that create the trigger."""
        return self._product(change).create(change)

    def update(self, change: Change) -> Sequence[Step]:
        """The steps that change the trigger in place."""
        return self._product(change).update(change)

    def delete(self, change: Change) -> Sequence[Step]:
        """The steps that delete the trigger."""
        return self._product(change).delete(change)

    def _product(self, change: Change) -> _ProductTriggers:
        return _product_triggers(self._client, change.address.trigger_type)


def read_triggers(
    client: Client, function: Address, products: Collection[str] = frozenset(_PRODUCTS)
) -> tuple[Resource, ...]:
    """The triggers of a function, of all versions and aliases, that `products` manage. Raises CloudError."""
    return tuple(
        resource
        for row in list_triggers(client, function)
        if product_of(str(row.get("Type") or "")) in products
        and (resource := _resource(client, function, row)) is not None
    )


def product_of(type_name: str) -> str:
    """The product that manages triggers of a type."""
    kind = trigger_type(type_name)
    return kind.making.product if kind else _SCF


def _product_triggers(client: Client, type_name: str) -> _ProductTriggers:
    return _class_of(product_of(type_name))(client)


@cache
def _class_of(product: str) -> Callable[[Client], _ProductTriggers]:
    triggers = import_module(f"scfdeploy.providers.tencent.triggers.{product}")
    found: Callable[[Client], _ProductTriggers] = getattr(triggers, _PRODUCTS[product])
    return found


def _resource(client: Client, function: Address, row: Mapping[str, Any]) -> Resource | None:
    type_name = str(row.get("Type") or "")
    trigger = _product_triggers(client, type_name).read_row(row)
    if trigger is None:
        return None
    kind = trigger_type(type_name)
    name = kind.name_of(trigger) if kind else trigger.name
    settings: Mapping[str, Value] = (
        kind.from_cloud(trigger) if kind else {"description": trigger.description, "qualifier": trigger.qualifier}
    )
    attributes: dict[str, Value] = {"modified": str(row.get("ModTime") or "")}
    if urls := trigger_urls(trigger):
        attributes["urls"] = urls
    owner = Owner.from_text(str(row.get("Description") or ""))
    return Resource(function.trigger(type_name, name), settings, owner, attributes=attributes)
