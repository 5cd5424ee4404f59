"""Steps before the first write of a change: wait until the resource is idle, then check that it has not changed.

Minutes may pass between plan and apply. Changes that others make meanwhile are not overwritten, and a resource that
this project no longer owns is not deleted.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.model import Address, Resource
from scfdeploy.plan import Action, Change
from scfdeploy.plan.conflict import describe_conflict
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step, none_if_missing, wait_step
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.tencent.kinds import HANDLERS
from scfdeploy.providers.tencent.resources.function_status import (
    TRANSITIONAL_STATES,
    FunctionStatusCache,
    FunctionWaiter,
)
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.records import dataclass, field

_CONFLICT = "ChangedMeanwhile"
# The API may return the previous state for a second or two, so only a difference that persists is a conflict.
_READS = 6
_MAX_AGE_S = 1.0


class PreconditionGuard:
    """Adds the steps to changes. Thread-safe once `planned` has all resources that the plan is made from."""

    def __init__(
        self, client: Client, statuses: FunctionStatusCache, clock: Clock, planned: dict[Address, Resource]
    ) -> None:
        self._statuses = statuses
        self._clock = clock
        self._reader = ResourceReader(client, clock)
        self._planned = planned
        self._created: set[Address] = set()
        self._written: set[Address] = set()

    def expect(self, resource: Resource) -> None:
        """Expect this state at the next write, although this run has already written the resource."""
        self._planned[resource.address] = resource
        self._written.discard(resource.address)

    def before(self, change: Change, steps: Sequence[Step]) -> Sequence[Step]:
        """The steps of a change, with those to run before its first write."""
        if change.address == change.address.of and change.action in (Action.CREATE, Action.REPLACE):
            self._created.add(change.address)
        at = next((number for number, step in enumerate(steps) if not step.before_refresh), len(steps))
        check = self._check(change) if steps[at:] else ()
        return (*self._wait_until_idle(change.address), *steps[:at], *check, *steps[at:])

    def _wait_until_idle(self, address: Address) -> Sequence[Step]:
        """While an interrupted run's change is in progress, the platform refuses changes, also of triggers.

        Versions of a layer are independent of each other.
        """
        planned = self._planned.get(address.of)
        if not _is_in_transition(planned) or not HANDLERS[address.kind].waits_for_parent:
            return ()
        waiter = FunctionWaiter(self._statuses, self._clock, address.of, "GetFunction")
        title = message("wait until the function is idle")
        return (Step(title, lambda: "", readiness=waiter.is_idle, idempotent=True),)

    def _check(self, change: Change) -> Sequence[Step]:
        handler = HANDLERS[change.address.kind]
        target = handler.written_address(change)
        # Check each resource once per run; later differences are our own writes.
        if target in self._written or not handler.is_checked(change, self._planned, self._created):
            return ()
        check = PreconditionCheck(self._reader, change, target, self._planned.get(target), self._written)
        return (wait_step(message("check for changes"), check.readiness),)


class PreconditionCheck:
    """Reads one resource right before it is written."""

    def __init__(
        self, reader: ResourceReader, change: Change, target: Address, planned: Resource | None, written: set[Address]
    ) -> None:
        self._reader = reader
        self._change = change
        self._target = target
        self._planned = planned
        self._written = written
        self._reads = 0

    def readiness(self) -> Readiness:
        """Ready without a conflict. Raises CloudError (CONFLICT) when one persists."""
        current = self._reader.read(self._target)
        was_changing = _is_in_transition(self._planned)
        conflict = describe_conflict(self._change, self._planned, current, was_changing=was_changing)
        if conflict is None:
            self._written.add(self._target)
            return Readiness.READY
        self._reads += 1
        if self._reads < _READS:
            return Readiness.PENDING
        hint = message("Nothing was overwritten. Run it again: the new plan shows the current state.")
        raise CloudError(ErrorKind.CONFLICT, _CONFLICT, conflict, action=self._change.action.value, hint=hint)


class ResourceReader:
    """Reads the current state of single resources. Thread-safe.

    Changes of one function that start together share one list response.
    """

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._responses: dict[object, _Response] = {}

    def read(self, address: Address) -> Resource | None:
        """The resource as it was at most one second ago; None if it does not exist. Raises CloudError.

        Reading the same resource again always makes a new call: this run may have written it in between.
        """
        with self._lock:
            response = self._responses.setdefault(HANDLERS[address.kind].response_key(address), _Response())
        with response.lock:
            if address in response.used or self._clock.monotonic() - response.read_at > _MAX_AGE_S:
                response.resources = {resource.address: resource for resource in self._read(address)}
                response.read_at = self._clock.monotonic()
                response.used.clear()
            response.used.add(address)
            return response.resources.get(address)

    def _read(self, address: Address) -> Iterable[Resource]:
        read = HANDLERS[address.kind].read
        # Nothing to read is also the result when the function of the resource does not exist.
        return () if read is None else none_if_missing(lambda: read(self._client, address)) or ()


@dataclass(slots=True)
class _Response:
    lock: threading.Lock = field(default_factory=threading.Lock)
    read_at: float = float("-inf")
    resources: Mapping[Address, Resource] = field(default_factory=dict)
    used: set[Address] = field(default_factory=set)


def _is_in_transition(resource: Resource | None) -> bool:
    return resource is not None and resource.state in TRANSITIONAL_STATES
