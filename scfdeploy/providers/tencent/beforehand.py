"""What comes before the first write to a function: waiting for what is under way, and a look whether it moved.

The plan was made from a look at the cloud. Until it is carried out minutes may pass, or a question be answered, and
others write too: what they did in between is not written over, and what is not ours any more is not deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scfdeploy.model import Address, Observed, Owner, Resource
from scfdeploy.plan import Action, Change
from scfdeploy.providers.base import CloudError, ErrorKind, Step
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.tencent.client import Client
from scfdeploy.providers.tencent.function_wire import read_settings
from scfdeploy.providers.tencent.lookup import find_function
from scfdeploy.providers.tencent.status_board import PASSING, Settling, StatusBoard
from scfdeploy.providers.tencent.wire import pairs

_MOVED = "ChangedMeanwhile"
_WRITES_OVER = (Action.UPDATE, Action.REPLACE)


class Beforehand:
    """Remembers functions as they were seen. Threads may share it once everything is seen."""

    def __init__(self, client: Client, board: StatusBoard, clock: Clock) -> None:
        self._client = client
        self._board = board
        self._clock = clock
        self._seen: dict[Address, Resource] = {}

    def saw(self, observed: Observed) -> None:
        """Remember functions as a look found them."""
        found = (*observed.resources.values(), *observed.unlisted)
        self._seen |= {resource.address: resource for resource in found if resource.address.kind == "function"}

    def steps(self, change: Change) -> Sequence[Step]:
        """What to do before the change of a function, or of something that belongs to one."""
        function = change.address.of
        seen = self._seen.get(function)
        if seen is None:
            return ()
        if seen.state in PASSING:
            # A run that was cut may have begun it, and until it ends the platform refuses changes, of triggers too.
            settling = Settling(self._board, self._clock, function, "GetFunction")
            return (Step("wait for what is under way", lambda: "", readiness=settling.is_at_rest, idempotent=True),)
        if change.address != function or change.action is Action.CREATE:
            return ()
        return (Step("look again", lambda: self._look_again(change), idempotent=True),)

    def _look_again(self, change: Change) -> str:
        # Once: what comes later in the run is our own doing.
        seen = self._seen.pop(change.address, None)
        shown = None if seen is None else find_function(self._client, change.address)
        if seen is None or shown is None:
            return ""
        if (moved := _moved(change, seen, shown)) is not None:
            hint = "Nothing was written over. Run it again: the new plan shows what is there now."
            raise CloudError(ErrorKind.MOVED, _MOVED, moved, action=change.action.value, hint=hint)
        return ""


def _moved(change: Change, seen: Resource, shown: Mapping[str, Any]) -> str | None:
    """What somebody else did since the function was seen, in words; None when nothing stands in the way."""
    if Owner.from_tags(pairs(shown.get("Tags"))) != seen.owner:
        return "the function has another owner's mark than when the plan was made"
    if shown.get("FunctionId") != seen.facts.get("functionId"):
        return "the function was deleted and made again since the plan was made"
    if change.action not in _WRITES_OVER or shown.get("ModTime") == seen.facts.get("modified"):
        return None
    return f"somebody changed {_listed(_differing(seen, shown))} since the plan was made"


def _differing(seen: Resource, shown: Mapping[str, Any]) -> Iterable[str]:
    now = read_settings(shown)
    return sorted(name for name in now.keys() | seen.settings.keys() if now.get(name) != seen.settings.get(name))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "the function"
