"""Looks at single resources as they are now: how each kind is read, and which of them share an answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from scfdeploy.model import Address, Resource
from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.tencent.resources.aliases import read_aliases
from scfdeploy.providers.tencent.resources.async_invocation import read_async
from scfdeploy.providers.tencent.resources.concurrency import read_provisioned, read_reserved
from scfdeploy.providers.tencent.resources.functions import read_function
from scfdeploy.providers.tencent.resources.layers import read_layer
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.triggers.products import product_of, read_triggers

_FRESH_S = 1.0


class ResourceReader:
    """Shared by threads. Changes of one function that start together share the list that tells of them all."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._answers: dict[object, _Answer] = {}

    def read(self, address: Address) -> Resource | None:
        """The resource, None where there is none, as it was a second ago or later. Raises CloudError.

        Each question about the same resource is a new one: in between this run may have written it.
        """
        with self._lock:
            answer = self._answers.setdefault(_shared_by(address), _Answer())
        with answer.lock:
            if address in answer.told or self._clock.monotonic() - answer.taken_at > _FRESH_S:
                answer.found = {one.address: one for one in self._read(address)}
                answer.taken_at = self._clock.monotonic()
                answer.told.clear()
            answer.told.add(address)
            return answer.found.get(address)

    def _read(self, address: Address) -> Iterable[Resource]:
        try:
            return READERS[address.kind](self._client, address)
        except CloudError as error:
            if error.kind is ErrorKind.MISSING:  # the function that it belongs to is gone
                return ()
            raise


@dataclass(slots=True)
class _Answer:
    lock: threading.Lock = field(default_factory=threading.Lock)
    taken_at: float = float("-inf")
    found: Mapping[Address, Resource] = field(default_factory=dict)
    told: set[Address] = field(default_factory=set)


def _shared_by(address: Address) -> object:
    """What the resources have in common that one answer tells of; the resource alone where that is one."""
    match address.kind:
        case "trigger":
            return address.of, _product(address)
        case "alias":
            return address.of, address.kind
    return address


def _triggers(client: Client, trigger: Address) -> Iterable[Resource]:
    return read_triggers(client, trigger.of, (_product(trigger),))


def _product(trigger: Address) -> str:
    return product_of(trigger.name.partition("/")[0])


def _concurrency(client: Client, address: Address) -> Iterable[Resource]:
    return read_provisioned(client, address.of) if address.name else (read_reserved(client, address.of),)


def _one(read: Callable[[Client, Address], Resource | None]) -> Callable[[Client, Address], Iterable[Resource]]:
    def found(client: Client, address: Address) -> Iterable[Resource]:
        resource = read(client, address)
        return () if resource is None else (resource,)

    return found


READERS: Mapping[str, Callable[[Client, Address], Iterable[Resource]]] = {
    "function": _one(read_function),
    "trigger": _triggers,
    "alias": lambda client, alias: read_aliases(client, alias.of),
    "async": lambda client, settings: (read_async(client, settings.of),),
    "concurrency": _concurrency,
    "layer": _one(read_layer),
}
"""How the resource at an address is read, by its kind; others that the same answer tells of may come with it."""
