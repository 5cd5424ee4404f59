"""The instances of event functions: warm ones wait frozen for the next call of the same version."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar

from scfdeploy.emulator.runtime.child import Child
from scfdeploy.emulator.runtime.invocation import Invocation
from scfdeploy.emulator.runtime.sandbox import Sandbox
from scfdeploy.facts import delivery_value

# Frozen processes take memory of this machine.
_MAX_IDLE = 100
RECYCLING_STATUSES = frozenset({433, 434, 439})
"""The statuses after which the platform recycles an instance."""


class InstanceKey(NamedTuple):
    """What an instance serves: a version of a function in one state of its code and configuration."""

    function_id: str
    version: str
    revision: str


def instance_key(invocation: Invocation) -> InstanceKey:
    """The key of the instances that can serve an invocation."""
    version = invocation.version
    revision = "/".join((version.get("revision", ""), version["blob"], *(sha256 for sha256, _ in invocation.layers)))
    return InstanceKey(invocation.function["FunctionId"], version["FunctionVersion"], revision)


@dataclass(slots=True, eq=False)
class Instance:
    """A process that has loaded the code of a version. It serves one call at a time."""

    key: InstanceKey
    child: Child
    sandbox: Sandbox
    idle_since: float = 0.0

    def is_alive(self) -> bool:
        """Whether the process runs or is frozen."""
        return self.child.is_alive()

    def end(self) -> str:
        """End the process, and return the rest of its output."""
        output = self.child.end()
        self.sandbox.close()
        return output


class Reusable(Protocol):
    """What a pool keeps."""

    key: InstanceKey
    idle_since: float

    def is_alive(self) -> bool:
        """Whether it can serve a call."""
        ...

    def end(self) -> str:
        """End it, and return the rest of its output."""
        ...


InstanceT = TypeVar("InstanceT", bound=Reusable)


class InstancePool(Generic[InstanceT]):
    """The idle instances of one server. Thread-safe. `now` is the time of invocations."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._idle: list[InstanceT] = []
        """The one that was used last stands at the end."""
        self._stopped = False

    def take(self, key: InstanceKey) -> InstanceT | None:
        """The idle instance of this key that was used last. Ends all that no call can reach any more."""
        with self._lock:
            now, idle_s = self._now(), delivery_value("scf", "instance.idle_ms") / 1000
            outdated = [
                instance
                for instance in self._idle
                if (instance.key[:2] == key[:2] and instance.key != key)
                or not 0 <= now - instance.idle_since <= idle_s
                or not instance.is_alive()
            ]
            self._idle = [instance for instance in self._idle if instance not in outdated]
            taken = next((instance for instance in reversed(self._idle) if instance.key == key), None)
            if taken is not None:
                self._idle.remove(taken)
        for instance in outdated:
            instance.end()
        return taken

    def put(self, instance: InstanceT) -> None:
        """Keep a frozen instance for the next call."""
        with self._lock:
            instance.idle_since = self._now()
            surplus = [instance] if self._stopped else self._idle[: max(0, len(self._idle) + 1 - _MAX_IDLE)]
            self._idle = [other for other in (*self._idle, instance) if other not in surplus]
        for other in surplus:
            other.end()

    def recycle(self) -> None:
        """End all idle instances."""
        with self._lock:
            instances, self._idle = self._idle, []
        for instance in instances:
            instance.end()

    def close(self) -> None:
        """End all idle instances, and each that `put` returns later."""
        with self._lock:
            self._stopped = True
        self.recycle()
