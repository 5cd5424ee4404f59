"""What comes before the first write of a change: waiting for what is under way, and a look whether something conflict.

The plan was made from a look at the cloud. Until it is carried out minutes may pass, or a question be answered, and
others write too: what they did in between is not written over, and what is not ours any more is not deleted.
"""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.model import Address, Observed, Resource
from scfdeploy.plan import Action, Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step, wait_step
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.tencent.conflict import describe_conflict
from scfdeploy.providers.tencent.refresh import READERS, ResourceReader
from scfdeploy.providers.tencent.resources.function_status import PASSING, FunctionStatusCache, FunctionWaiter
from scfdeploy.providers.tencent.transport.client import Client

_CONFLICT = "ChangedMeanwhile"
_HINT = "Nothing was written over. Run it again: the new plan shows what is there now."
# The cloud may show for a second or two what was there before: a difference counts when it stays.
_LOOKS = 6


class PreconditionGuard:
    """Remembers what was seen. Threads may share it once everything is seen."""

    def __init__(self, client: Client, statuses: FunctionStatusCache, clock: Clock) -> None:
        self._statuses = statuses
        self._clock = clock
        self._reader = ResourceReader(client, clock)
        self._seen: dict[Address, Resource] = {}
        self._made: set[Address] = set()
        self._written: set[Address] = set()

    def saw(self, observed: Observed) -> None:
        """Remember what a look found."""
        found = (*observed.resources.values(), *observed.unlisted)
        self._seen |= {resource.address: resource for resource in found}

    def expect(self, resource: Resource) -> None:
        """Take this for what was seen, though the run itself has written it since: it is to be written once more."""
        self._seen[resource.address] = resource
        self._written.discard(resource.address)

    def before(self, change: Change, steps: Sequence[Step]) -> Sequence[Step]:
        """The steps of a change, and before the first of them that writes what has to come before."""
        if change.address == change.address.of and change.action in (Action.CREATE, Action.REPLACE):
            self._made.add(change.address)
        at = next((number for number, step in enumerate(steps) if not step.before_refresh), len(steps))
        look = self._look_again(change) if steps[at:] else ()
        return (*self._waiting(change.address), *steps[:at], *look, *steps[at:])

    def _waiting(self, address: Address) -> Sequence[Step]:
        """A run that was cut may have begun it, and until it ends the platform refuses changes, of triggers too.

        Versions of a layer do not stand in each other's way.
        """
        seen = self._seen.get(address.of)
        if seen is None or seen.state not in PASSING or address.kind == "layer":
            return ()
        waiter = FunctionWaiter(self._statuses, self._clock, address.of, "GetFunction")
        return (Step("wait for what is under way", lambda: "", readiness=waiter.is_idle, idempotent=True),)

    def _look_again(self, change: Change) -> Sequence[Step]:
        subject = _subject(change)
        # Once: what comes later in the run is our own doing, and so is all that a function has which it made.
        if subject in self._written or not self._is_looked_at(change):
            return ()
        check = PreconditionCheck(self._reader, change, subject, self._seen.get(subject), self._written)
        return (wait_step("look again", check.readiness),)

    def _is_looked_at(self, change: Change) -> bool:
        address = change.address
        match address.kind:
            case "function":
                # The platform makes no function twice.
                return address in self._seen and change.action is not Action.CREATE
            case "layer":
                # A version never changes, and its number is never given again: what was ours to delete still is.
                return change.action is not Action.DELETE
        return address.kind in READERS and address.of in self._seen and address.of not in self._made


class PreconditionCheck:
    """The last look at one resource before it is written."""

    def __init__(
        self, reader: ResourceReader, change: Change, subject: Address, seen: Resource | None, written: set[Address]
    ) -> None:
        self._reader = reader
        self._change = change
        self._subject = subject
        self._seen = seen
        self._written = written
        self._left = _LOOKS

    def readiness(self) -> Readiness:
        """Ready when nothing stands in the way. Raises CloudError (CONFLICT) when something goes on doing so."""
        conflict = describe_conflict(self._change, self._seen, self._reader.read(self._subject))
        if conflict is None:
            self._written.add(self._subject)
            return Readiness.READY
        self._left -= 1
        if self._left:
            return Readiness.PENDING
        raise CloudError(ErrorKind.CONFLICT, _CONFLICT, conflict, action=self._change.action.value, hint=_HINT)


def _subject(change: Change) -> Address:
    """What a change writes: its address, but for instances of whichever version is published."""
    version = change.settings.get("qualifier")
    if change.address.kind == "concurrency" and change.address.name and version is not None:
        return change.address.of.provisioned(str(version))
    return change.address
