"""Reads the current state of single resources, and shares responses that contain several of them."""

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
    """Thread-safe. Changes of one function that start together share one list response."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._answers: dict[object, _Answer] = {}

    def read(self, address: Address) -> Resource | None:
        """The resource at most a second ago; None when it does not exist. Raises CloudError.

        Reading the same resource again always makes a new call: this run may have written it in between.
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
            if error.kind is ErrorKind.MISSING:  # its function does not exist
                return ()
            raise


@dataclass(slots=True)
class _Answer:
    lock: threading.Lock = field(default_factory=threading.Lock)
    taken_at: float = float("-inf")
    found: Mapping[Address, Resource] = field(default_factory=dict)
    told: set[Address] = field(default_factory=set)
