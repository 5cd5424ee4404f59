"""Looks at single resources as they are now: how each kind is read, and which of them share an answer."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scfdeploy.model import Address, Resource
from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.tencent.kinds import HANDLERS
from scfdeploy.providers.tencent.transport.client import Client

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
            answer = self._answers.setdefault(HANDLERS[address.kind].response_key(address), _Answer())
        with answer.lock:
            if address in answer.told or self._clock.monotonic() - answer.taken_at > _FRESH_S:
                answer.found = {one.address: one for one in self._read(address)}
                answer.taken_at = self._clock.monotonic()
                answer.told.clear()
            answer.told.add(address)
            return answer.found.get(address)

    def _read(self, address: Address) -> Iterable[Resource]:
        read = HANDLERS[address.kind].read
        if read is None:
            return ()
        try:
            return read(self._client, address)
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
