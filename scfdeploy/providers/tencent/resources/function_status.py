"""Polls the status of functions, with one list for all that wait in a namespace.

A few functions are read one by one. When more are polled, the caller that needs a newer list reads it, and no other
caller waits for it: they hear that nothing is known yet, so that their workers do other work, and ask again. The list
begins with the functions that were changed last, and only the pages up to the last function that waits are read. So a
list takes few calls, however many functions the namespace has.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Set
from math import inf, nextafter

from scfdeploy.model import Address, Value
from scfdeploy.model.observed import ACTIVE
from scfdeploy.providers.base import Readiness
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.tencent.resources.function_reader import FunctionState, find_function
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.cloud_time import is_past
from scfdeploy.providers.tencent.transport.paging import read_pages
from scfdeploy.records import NamedTuple, dataclass, field

_FEW = 3
_WAITING_S = 4.0
"""How long after its last poll a function counts as polled; longer than the longest pause between two polls."""
_PAUSE_S = 0.1
"""The shortest time between two lists. One that takes longer to read is also read less often."""
_NEWEST_FIRST = {"Orderby": "ModTime", "Order": "DESC"}
# In these states the platform rejects changes of the function and its triggers; they end by themselves.
TRANSITIONAL_STATES = frozenset({"Creating", "Updating", "Publishing", "Deleting"})


class PollResult(NamedTuple):
    """What a read showed of a function."""

    at: float
    """When the read began (monotonic)."""
    state: FunctionState | None
    """None if the function does not exist."""


@dataclass(slots=True)
class _Namespace:
    """The newest list of a namespace, and the functions that are polled there. Guarded by `lock`."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    polled_at: dict[str, float] = field(default_factory=dict)
    """When each function was polled last; the oldest first, and none that nobody polls any more."""
    unfinished: set[str] = field(default_factory=set)
    """The functions of these that were not seen at the end of an operation."""
    is_refreshing: bool = False
    next_at: float = float("-inf")
    """When the next list is due."""
    taken_at: float = float("-inf")
    states: Mapping[str, FunctionState] = field(default_factory=dict)
    is_complete: bool = False
    """Whether a function that is missing in the list does not exist."""

    def note_poll(self, name: str, now: float) -> None:
        """Record a poll of a function."""
        self.polled_at.pop(name, None)
        self.polled_at[name] = now
        self.unfinished.add(name)
        while now - self.polled_at[oldest := next(iter(self.polled_at))] > _WAITING_S:
            del self.polled_at[oldest]
            self.unfinished.discard(oldest)

    def note_state(self, name: str, state: FunctionState | None) -> None:
        """Record what was seen of a function."""
        if state is None or state.status not in TRANSITIONAL_STATES:
            self.unfinished.discard(name)


class FunctionStatusCache:
    """The status of functions that are polled. Thread-safe."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._namespaces: dict[str, _Namespace] = {}
        self._settled: dict[Address, str] = {}

    def is_settled(self, function: Address, modified: str) -> bool:
        """Whether the function was seen with this modification time when that second was over already.

        Each later change then shows another time.
        """
        return self._settled.get(function) == modified

    def poll(self, function: Address, since: float) -> PollResult | None:
        """What a read shows that began at or after `since` (monotonic). Raises CloudError.

        None while another caller reads the list, and until the next list is due: ask again later.
        """
        with self._lock:
            namespace = self._namespaces.setdefault(function.namespace, _Namespace())
        with namespace.lock:
            now = self._clock.monotonic()
            namespace.note_poll(function.function, now)
            is_one_of_few, needs_list = len(namespace.polled_at) <= _FEW, namespace.taken_at < since
            if needs_list and not is_one_of_few:
                if namespace.is_refreshing or now < namespace.next_at:
                    return None
                namespace.is_refreshing = True
        if is_one_of_few:
            return self._read(namespace, function)
        if needs_list:
            self._refresh(namespace, function.namespace)
        return self._look_up(namespace, function) or self._read(namespace, function)

    def _refresh(self, namespace: _Namespace, name: str) -> None:
        taken_at, cloud_time = self._clock.monotonic(), self._client.cloud_time.latest
        with namespace.lock:
            wanted = frozenset(namespace.unfinished)
        try:
            states, is_complete = self._list(name, wanted)
            # Also of functions that nobody polls any more: many are ready within the second of their change.
            for function, state in states.items():
                self._note_settled(Address.of_function(name, function), state, cloud_time)
            now = self._clock.monotonic()
            with namespace.lock:
                namespace.states, namespace.is_complete = states, is_complete
                namespace.taken_at = taken_at
                namespace.next_at = now + max(_PAUSE_S, now - taken_at)
        finally:
            with namespace.lock:
                namespace.is_refreshing = False

    def _list(self, namespace: str, wanted: Set[str]) -> tuple[Mapping[str, FunctionState], bool]:
        """The states on the pages up to the last wanted function, and whether these are all functions for certain."""
        states: dict[str, FunctionState] = {}
        pages = 0
        for page in read_pages(self._client, "ListFunctions", {"Namespace": namespace, **_NEWEST_FIRST}, "Functions"):
            pages += 1
            states |= {str(row.get("FunctionName")): FunctionState.read(row) for row in page}
            if wanted <= states.keys():
                return states, False
        # Rows that are deleted between the requests of two pages hide others.
        return states, pages == 1

    def _look_up(self, namespace: _Namespace, function: Address) -> PollResult | None:
        """What the newest list shows; None if the function may have been missed."""
        with namespace.lock:
            state = namespace.states.get(function.function)
            if state is None and not namespace.is_complete:
                return None
            namespace.note_state(function.function, state)
            return PollResult(namespace.taken_at, state)

    def _read(self, namespace: _Namespace, function: Address) -> PollResult:
        at, cloud_time = self._clock.monotonic(), self._client.cloud_time.latest
        response = find_function(self._client, function)
        state = None if response is None else FunctionState.read(response)
        with namespace.lock:
            namespace.note_state(function.function, state)
            self._note_settled(function, state, cloud_time)
        return PollResult(at, state)

    def _note_settled(self, function: Address, state: FunctionState | None, cloud_time: float | None) -> None:
        if state is not None and state.status == ACTIVE and is_past(state.modified, cloud_time):
            self._settled[function] = state.modified


class FunctionWaiter:
    """Polls one function after a write. States read before the first poll are not used, and each list once."""

    def __init__(self, statuses: FunctionStatusCache, clock: Clock, function: Address, action: str) -> None:
        self._statuses = statuses
        self._clock = clock
        self._function = function
        self._action = action
        self._since: float | None = None
        self._ready_state = FunctionState("")

    def is_active(self) -> Readiness:
        """After a creation or an update. Raises CloudError (REJECTED) when it failed."""
        result = self._poll()
        if result is None or result.state is None:
            return Readiness.PENDING
        if result.state.has_failed:
            raise result.state.error(self._action)
        if result.state.status != ACTIVE:
            return Readiness.PENDING
        self._ready_state = result.state
        return Readiness.READY

    def outputs(self) -> dict[str, Value]:
        """The id and modification time of the ready function, to detect later changes by others."""
        return {"functionId": self._ready_state.function_id, "modified": self._ready_state.modified}

    def is_gone(self) -> Readiness:
        """After a deletion. Raises CloudError (REJECTED) when it failed."""
        result = self._poll()
        if result is not None and result.state is not None and result.state.status == "DeleteFailed":
            raise result.state.error(self._action)
        return Readiness.READY if result is not None and result.state is None else Readiness.PENDING

    def is_idle(self) -> Readiness:
        """Before a change: whether an earlier operation has ended, successfully or not."""
        result = self._poll()
        is_idle = result is not None and (result.state is None or result.state.status not in TRANSITIONAL_STATES)
        return Readiness.READY if is_idle else Readiness.PENDING

    def _poll(self) -> PollResult | None:
        if self._since is None:
            self._since = self._clock.monotonic()
        result = self._statuses.poll(self._function, self._since)
        if result is not None:
            self._since = nextafter(result.at, inf)
        return result
