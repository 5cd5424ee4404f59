"""Reads and writes triggers through the product that manages each type."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from scfdeploy.model import Address, Owner, Resource, Value
from scfdeploy.plan import Change
from scfdeploy.providers.base import Step
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.triggers.clb import ClbTriggers
from scfdeploy.providers.tencent.triggers.cls import ClsTriggers
from scfdeploy.providers.tencent.triggers.list_triggers import rows, urls_in
from scfdeploy.providers.tencent.triggers.mps import MpsTriggers
from scfdeploy.providers.tencent.triggers.scf import ScfTriggers
from scfdeploy.triggers import CloudTrigger, trigger_type

_SCF = "scf"


class _Maker(Protocol):
    """The triggers that one product manages."""

    def shown(self, row: Mapping[str, Any]) -> CloudTrigger | None:
        """A row of SCF's list as a trigger, or None when it is listed and not there."""

    def create(self, change: Change) -> Sequence[Step]: ...

    def update(self, change: Change) -> Sequence[Step]: ...

    def delete(self, change: Change) -> Sequence[Step]: ...


_MAKERS: Mapping[str, Callable[[Client], _Maker]] = {
    _SCF: ScfTriggers,
    "clb": ClbTriggers,
    "cls": ClsTriggers,
    "mps": MpsTriggers,
}


class TriggerWriter:
    """Steps for addresses of the kind `trigger`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, change: Change) -> Sequence[Step]:
        """The steps that create the trigger."""
        return self._maker(change).create(change)

    def update(self, change: Change) -> Sequence[Step]:
        """The steps that change it in place."""
        return self._maker(change).update(change)

    def delete(self, change: Change) -> Sequence[Step]:
        """The steps that remove it."""
        return self._maker(change).delete(change)

    def _maker(self, change: Change) -> _Maker:
        return _maker(self._client, change.address.name.partition("/")[0])


def read_triggers(
    client: Client, function: Address, products: Collection[str] = frozenset(_MAKERS)
) -> tuple[Resource, ...]:
    """Every trigger of a function, for all versions and aliases, managed by `products`. Raises CloudError."""
    wanted = (row for row in rows(client, function) if product_of(str(row.get("Type") or "")) in products)
    found = (_resource(client, function, row) for row in wanted)
    return tuple(resource for resource in found if resource is not None)


def product_of(word: str) -> str:
    """The product that manages triggers of a type."""
    kind = trigger_type(word)
    return kind.making.product if kind else _SCF


def _maker(client: Client, word: str) -> _Maker:
    return _MAKERS[product_of(word)](client)


def _resource(client: Client, function: Address, row: Mapping[str, Any]) -> Resource | None:
    word = str(row.get("Type") or "")
    trigger = _maker(client, word).shown(row)
    if trigger is None:
        return None
    kind = trigger_type(word)
    name = kind.name_of(trigger) if kind else trigger.name
    settings: Mapping[str, Value] = (
        kind.from_cloud(trigger) if kind else {"description": trigger.description, "qualifier": trigger.qualifier}
    )
    attributes: dict[str, Value] = {"modified": str(row.get("ModTime") or "")}
    urls = tuple(urls_in(trigger.description))
    if urls:
        attributes["urls"] = urls
    owner = Owner.from_text(str(row.get("Description") or ""))
    return Resource(function.trigger(word, name), settings, owner, attributes=attributes)
