"""The instances of event functions: warm ones wait frozen for the next call of the same version."""

from __future__ import annotations

import contextlib
import logging
import threading
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar

from scfdeploy.emulator.runtime.child import Child
from scfdeploy.emulator.runtime.invocation import SUCCESS, Invocation
from scfdeploy.emulator.runtime.sandbox import Sandbox
from scfdeploy.facts import delivery_value

_log = logging.getLogger(__name__)
# Frozen processes take memory of this machine.
_MAX_IDLE = 100
_MIN_REAP_S = 0.05
_RECYCLING_STATUSES = frozenset({433, 434, 439})


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


def ends_instance(invocation: Invocation, status: int) -> bool:
    """Whether the platform recycles an instance after this status of an invocation."""
    runs_asynchronously = invocation.version.get("AsyncRunEnable") == "TRUE"
    return status in _RECYCLING_STATUSES or (runs_asynchronously and status != SUCCESS)


@dataclass(slots=True, weakref_slot=True, eq=False)
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


class _Start:
    """The start of an instance in progress."""

    def __init__(self, key: InstanceKey) -> None:
        self.key = key


class InstancePool(Generic[InstanceT]):
    """The idle instances of one server. Thread-safe. `now` is the time of invocations."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._changed = threading.Condition(threading.Lock())
        self._idle: list[InstanceT] = []
        """The one that was used last stands at the end."""
        # Weak: an instance that ends in its call is not put back.
        self._busy: weakref.WeakSet[InstanceT] = weakref.WeakSet()
        """Those that serve a call and that another one may use."""
        self._starts: set[_Start] = set()
        """Those of instances that another call may use after the first one."""
        self._reaper: threading.Thread | None = None
        self._stopped = False

    def take(self, key: InstanceKey) -> InstanceT | None:
        """The idle instance of this key that was used last. Ends all that no call can reach any more."""
        taken = None
        with self._changed:
            outdated = self._remove(
                lambda instance: (instance.key[:2] == key[:2] and instance.key != key) or self._left_s(instance) < 0
            )
            while taken is None:
                taken = next((instance for instance in reversed(self._idle) if instance.key == key), None)
                if taken is None:
                    break
                self._idle.remove(taken)
                if not taken.is_alive():
                    outdated.append(taken)
                    taken = None
            if taken is not None:
                self._busy.add(taken)
        end_all(outdated)
        return taken

    def start(self, key: InstanceKey, make: Callable[[], InstanceT]) -> InstanceT:
        """A new instance for a first call. One that is withdrawn while `make` runs ends after that call."""
        start = _Start(key)
        with self._changed:
            self._starts.add(start)
        try:
            instance = make()
        except BaseException:
            with self._changed:
                self._starts.discard(start)
            raise
        with self._changed:
            if start in self._starts:
                self._starts.remove(start)
                self._busy.add(instance)
        return instance

    def put(self, instance: InstanceT) -> None:
        """Keep a frozen instance for the next call, or end it if it was withdrawn during this one."""
        with self._changed:
            is_kept = instance in self._busy and not self._stopped
            self._busy.discard(instance)
            instance.idle_since = self._now()
            surplus = self._idle[: max(0, len(self._idle) + 1 - _MAX_IDLE)] if is_kept else [instance]
            self._idle = [other for other in (*self._idle, instance) if other not in surplus]
            if self._reaper is None and self._idle:
                self._reaper = threading.Thread(target=self._reap, name="scfdeploy-idle", daemon=True)
                self._reaper.start()
        end_all(surplus)

    def end_expired(self) -> None:
        """End the instances that were idle for too long, and those whose process has ended. Called after time moved."""
        with self._changed:
            expired = self._remove(lambda instance: self._left_s(instance) < 0 or not instance.is_alive())
            self._changed.notify_all()
        end_all(expired)

    def withdraw(self, function_id: str, version: str = "") -> list[InstanceT]:
        """The idle instances of a function, or only of a version, which the caller must end.

        Others end after the call that they serve or start for.
        """

        def is_chosen(instance: InstanceT | _Start) -> bool:
            return instance.key.function_id == function_id and version in ("", instance.key.version)

        with self._changed:
            self._busy.difference_update(list(filter(is_chosen, self._busy)))
            self._starts.difference_update([start for start in self._starts if is_chosen(start)])
            return self._remove(is_chosen)

    def recycle(self) -> None:
        """End all idle instances, and each busy one after its call."""
        with self._changed:
            self._busy.clear()
            self._starts.clear()
            instances = self._remove(lambda _: True)
            self._changed.notify_all()
        end_all(instances)

    def close(self) -> None:
        """End all idle instances, and each that `put` returns later."""
        with self._changed:
            self._stopped = True
        self.recycle()

    def _reap(self) -> None:
        """End instances that were idle for too long, until none is idle."""
        while True:
            with self._changed:
                if not self._idle:
                    self._reaper = None
                    return
                # The clock of invocations can stand still, or be moved: `end_expired` then wakes this thread.
                self._changed.wait(max(_MIN_REAP_S, min(map(self._left_s, self._idle))))
            try:
                self.end_expired()
            except Exception:  # noqa: BLE001 - of whatever an instance is
                # Later ones must still end in time.
                _log.exception("an idle instance could not be ended")

    def _left_s(self, instance: InstanceT) -> float:
        """How much longer an instance may be idle. Negative if that is over, or if the clock was set back."""
        idle_s = self._now() - instance.idle_since
        return delivery_value("scf", "instance.idle_ms") / 1000 - idle_s if idle_s >= 0 else -1

    def _remove(self, is_chosen: Callable[[InstanceT], bool]) -> list[InstanceT]:
        """Remove idle instances, which the caller ends without the lock."""
        removed = [instance for instance in self._idle if is_chosen(instance)]
        if removed:
            self._idle = [instance for instance in self._idle if instance not in removed]
        return removed


def end_all(instances: Iterable[Reusable]) -> None:
    """End instances that are in no pool: all of them, even if the end of one fails."""
    with contextlib.ExitStack() as ends:
        for instance in instances:
            ends.callback(instance.end)
