"""A cloud for tests of apply: a set of names, and a script of what goes wrong."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scfdeploy.model import Address
from scfdeploy.plan import Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step


def function(name: str) -> Address:
    return Address.of_function("default", name)


def error(kind: ErrorKind, code: str = "Some.Code") -> CloudError:
    return CloudError(kind, code, "because", action="Act", request_id=f"failed-{kind}")


@dataclass
class FakeWriter:
    """Implements `providers.base.Writer`.

    `script` says, for an address, what its writes answer in turn: None works; an error is raised before the effect;
    `("lost", error)` has its effect first. `pending` says how many looks it takes until it is ready.
    """

    script: dict[Address, list[object]] = field(default_factory=dict)
    pending: dict[Address, int] = field(default_factory=dict)
    fails_to_settle: dict[Address, CloudError] = field(default_factory=dict)
    idempotent: bool = False
    on_write: Callable[[Address], None] = lambda _: None
    exists: set[Address] = field(default_factory=set)
    writes: list[tuple[str, Address]] = field(default_factory=list)
    looks: dict[Address, int] = field(default_factory=lambda: defaultdict(int))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def create(self, change: Change) -> Sequence[Step]:
        return (self._step("create", change.address),)

    def update(self, change: Change) -> Sequence[Step]:
        return (self._step("update", change.address),)

    def delete(self, change: Change) -> Sequence[Step]:
        return (self._step("delete", change.address),)

    def _step(self, word: str, address: Address) -> Step:
        return Step(
            word,
            run=lambda: self._write(word, address),
            took_effect=lambda: address in self.exists,
            readiness=lambda: self._readiness(address),
            idempotent=self.idempotent or word != "create",
        )

    def _write(self, word: str, address: Address) -> str:
        with self.lock:
            self.writes.append((word, address))
            number = len(self.writes)
            turn = self.script.get(address) or [None]
            now = turn.pop(0)
        self.on_write(address)
        match now:
            case ("lost", CloudError() as failure):
                self._change(word, address)
                raise failure
            case CloudError():
                raise now
        self._change(word, address)
        return f"request-{number}"

    def _change(self, word: str, address: Address) -> None:
        with self.lock:
            if word == "create" and address in self.exists:
                raise error(ErrorKind.EXISTS, "ResourceInUse.Function")
            if word == "delete" and address not in self.exists:
                raise error(ErrorKind.MISSING, "ResourceNotFound.Function")
            (self.exists.discard if word == "delete" else self.exists.add)(address)

    def _readiness(self, address: Address) -> Readiness:
        with self.lock:
            self.looks[address] += 1
            if address in self.fails_to_settle:
                raise self.fails_to_settle[address]
            left = self.pending.get(address, 0)
            self.pending[address] = left - 1
        return Readiness.PENDING if left > 0 else Readiness.READY
