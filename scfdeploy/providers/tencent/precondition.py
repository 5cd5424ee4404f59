"""Steps before the first write of a change: wait until the resource is idle, then check that it has not changed.

Minutes may pass between plan and apply. Changes that others make meanwhile are not overwritten, and a resource that
this project no longer owns is not deleted.
"""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.model import Address, Observed, Resource
from scfdeploy.plan import Action, Change
from scfdeploy.plan.conflict import describe_conflict
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step, wait_step
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.tencent.kinds import HANDLERS
from scfdeploy.providers.tencent.refresh import ResourceReader
from scfdeploy.providers.tencent.resources.function_status import (
    TRANSITIONAL_STATES,
    FunctionStatusCache,
    FunctionWaiter,
)
from scfdeploy.providers.tencent.transport.client import Client

_CONFLICT = "ChangedMeanwhile"
_HINT = "Nothing was overwritten. Run it again: the new plan shows the current state."
# The API may return the previous state for a second or two, so only a difference that persists is a conflict.
_READS = 6


class PreconditionGuard:
    """Adds the steps to changes. Thread-safe once all resources are recorded."""

    def __init__(self, client: Client, statuses: FunctionStatusCache, clock: Clock) -> None:
        self._statuses = statuses
        self._clock = clock
        self._reader = ResourceReader(client, clock)
        self._seen: dict[Address, Resource] = {}
        self._made: set[Address] = set()
        self._written: set[Address] = set()

    def record(self, observed: Observed) -> None:
        """Record the resources that the plan is made from."""
        found = (*observed.resources.values(), *observed.unlisted)
        self._seen |= {resource.address: resource for resource in found}

    def expect(self, resource: Resource) -> None:
        """Expect this state at the next write, although this run has already written the resource."""
        self._seen[resource.address] = resource
        self._written.discard(resource.address)

    def before(self, change: Change, steps: Sequence[Step]) -> Sequence[Step]:
        """The steps of a change, with those to run before its first write."""
        if change.address == change.address.of and change.action in (Action.CREATE, Action.REPLACE):
            self._made.add(change.address)
        at = next((number for number, step in enumerate(steps) if not step.before_refresh), len(steps))
        check = self._check(change) if steps[at:] else ()
        return (*self._wait_until_idle(change.address), *steps[:at], *check, *steps[at:])

    def _wait_until_idle(self, address: Address) -> Sequence[Step]:
        """While an interrupted run's change is in progress, the platform refuses changes, also of triggers.

        Versions of a layer are independent of each other.
        """
        seen = self._seen.get(address.of)
        if seen is None or seen.state not in TRANSITIONAL_STATES or not HANDLERS[address.kind].waits_for_parent:
            return ()
        waiter = FunctionWaiter(self._statuses, self._clock, address.of, "GetFunction")
        return (Step("wait until the function is idle", lambda: "", readiness=waiter.is_idle, idempotent=True),)

    def _check(self, change: Change) -> Sequence[Step]:
        handler = HANDLERS[change.address.kind]
        subject = handler.written_address(change)
        # Check each resource once per run; later differences are our own writes.
        if subject in self._written or not handler.is_checked(change, self._seen, self._made):
            return ()
        check = PreconditionCheck(self._reader, change, subject, self._seen.get(subject), self._written)
        return (wait_step("check for changes", check.readiness),)


class PreconditionCheck:
    """Reads one resource right before it is written."""

    def __init__(
        self, reader: ResourceReader, change: Change, subject: Address, seen: Resource | None, written: set[Address]
    ) -> None:
        self._reader = reader
        self._change = change
        self._subject = subject
        self._seen = seen
        self._written = written
        self._left = _READS

    def readiness(self) -> Readiness:
        """Ready without a conflict. Raises CloudError (CONFLICT) when one persists."""
        was_changing = self._seen is not None and self._seen.state in TRANSITIONAL_STATES
        now = self._reader.read(self._subject)
        conflict = describe_conflict(self._change, self._seen, now, was_changing=was_changing)
        if conflict is None:
            self._written.add(self._subject)
            return Readiness.READY
        self._left -= 1
        if self._left:
            return Readiness.PENDING
        raise CloudError(ErrorKind.CONFLICT, _CONFLICT, conflict, action=self._change.action.value, hint=_HINT)
