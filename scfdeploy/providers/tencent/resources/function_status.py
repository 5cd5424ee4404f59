"""Reads functions and polls their status, with one list call for all that wait in a namespace."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from scfdeploy.diagnostics import message
from scfdeploy.model import Address, Value
from scfdeploy.model.observed import ACTIVE
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, none_if_missing
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.tencent.resources.wire import function_params
from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.transport.cloud_time import is_past
from scfdeploy.providers.tencent.transport.paging import list_all, object_list
from scfdeploy.records import dataclass, field

_MAX_AGE_S = 0.1
_FEW = 3
_WAITING_S = 4.0
_FAILED = "Failed"
_LIST_FIELDS = ("Layers", "StatusReasons", "Tags", "Triggers")
# In these states the platform rejects changes of the function and its triggers; they end by themselves.
TRANSITIONAL_STATES = frozenset({"Creating", "Updating", "Publishing", "Deleting"})


def find_function(client: Client, function: Address, version: str = "") -> Answer | None:
    """The response of GetFunction for a function or a version; None if it does not exist. Raises CloudError."""
    qualifier = {"Qualifier": version} if version else {}
    # Unless ShowCode is FALSE, the response may contain the entry file.
    params = {**function_params(function), **qualifier, "ShowCode": "FALSE"}
    response = none_if_missing(lambda: client.read("GetFunction", params))
    if response is not None:
        for key in _LIST_FIELDS:
            object_list(response, key, "GetFunction")  # raises CloudError for a malformed field
    return response


@dataclass(frozen=True, slots=True)
class FunctionState:
    """The status of a function, with its reasons as (code, message)."""

    status: str
    reasons: tuple[tuple[str, str], ...] = ()
    function_id: str = ""
    modified: str = ""

    @classmethod
    def read(cls, response: Mapping[str, Any]) -> FunctionState:
        """Parse a row of ListFunctions or a response of `find_function`. Raises CloudError for a malformed row."""
        reasons = tuple(
            (str(reason.get("ErrorCode") or ""), str(reason.get("ErrorMessage") or ""))
            for reason in object_list(response, "StatusReasons", "ListFunctions")
        )
        status, function_id, modified = (str(response.get(name) or "") for name in ("Status", "FunctionId", "ModTime"))
        return cls(status, reasons, function_id, modified)

    @property
    def reason(self) -> str:
        """The reasons as one line."""
        return "; ".join(text or code for code, text in self.reasons)

    @property
    def has_failed(self) -> bool:
        """Whether the last operation failed."""
        return self.status.endswith(_FAILED)

    def error(self, action: str) -> CloudError:
        """The exception for a failed state."""
        code = next((code for code, _ in self.reasons if code), self.status)
        text = message("the function is {status}", status=self.status) + (f": {self.reason}" if self.reason else "")
        return CloudError(ErrorKind.REJECTED, code, text, action=action)


@dataclass(slots=True)
class _Namespace:
    """The newest list of a namespace, guarded by `changed`, and who polls."""

    changed: threading.Condition = field(default_factory=threading.Condition)
    is_refreshing: bool = False
    taken_at: float = float("-inf")
    fresh_until: float = float("-inf")
    states: Mapping[str, FunctionState] = field(default_factory=dict)
    cloud_time: float | None = None
    """A time that the cloud had passed when the list was requested."""
    is_complete: bool = False
    polled_at: dict[str, float] = field(default_factory=dict)


class FunctionStatusCache:
    """The status of functions that are polled: a few are read one by one, many with one list call. Thread-safe."""

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

    def state(self, function: Address, since: float) -> FunctionState | None:
        """The state at or after `since` (monotonic); None if the function does not exist. Raises CloudError."""
        with self._lock:
            namespace = self._namespaces.setdefault(function.namespace, _Namespace())
        if self._is_one_of_few(namespace, function.function):
            return self._read(function)
        called_at = self._clock.monotonic()

        def is_usable() -> bool:
            is_fresh = called_at <= namespace.taken_at or self._clock.monotonic() <= namespace.fresh_until
            return since <= namespace.taken_at and is_fresh

        while True:
            # Lists are requested without the lock: who can use the newest one does not wait for the next one.
            with namespace.changed:
                namespace.changed.wait_for(lambda: is_usable() or not namespace.is_refreshing)
                if is_usable():
                    state = namespace.states.get(function.function)
                    is_certain = state is not None or namespace.is_complete
                    self._note_settled(function, state, namespace.cloud_time)
                    break
                namespace.is_refreshing = True
            self._refresh(namespace, function.namespace)
        return state if is_certain else self._read(function)

    def _is_one_of_few(self, namespace: _Namespace, name: str) -> bool:
        now = self._clock.monotonic()
        with self._lock:
            namespace.polled_at[name] = now
            for other, polled_at in list(namespace.polled_at.items()):
                if now - polled_at > _WAITING_S:
                    del namespace.polled_at[other]
            return len(namespace.polled_at) <= _FEW

    def _refresh(self, namespace: _Namespace, name: str) -> None:
        taken_at, cloud_time = self._clock.monotonic(), self._client.cloud_time.latest
        try:
            listing = list_all(self._client, "ListFunctions", {"Namespace": name}, "Functions")
            states = {str(row.get("FunctionName")): FunctionState.read(row) for row in listing.rows}
            now = self._clock.monotonic()
            with namespace.changed:
                namespace.states, namespace.is_complete = states, listing.is_one_page
                namespace.cloud_time = cloud_time
                # A long list takes long to read; it must stay fresh until all waiting callers have used it.
                namespace.taken_at, namespace.fresh_until = taken_at, now + max(_MAX_AGE_S, now - taken_at)
        finally:
            with namespace.changed:
                namespace.is_refreshing = False
                namespace.changed.notify_all()

    def _read(self, function: Address) -> FunctionState | None:
        cloud_time = self._client.cloud_time.latest
        response = find_function(self._client, function)
        state = None if response is None else FunctionState.read(response)
        self._note_settled(function, state, cloud_time)
        return state

    def _note_settled(self, function: Address, state: FunctionState | None, cloud_time: float | None) -> None:
        if state is not None and state.status == ACTIVE and is_past(state.modified, cloud_time):
            self._settled[function] = state.modified


class FunctionWaiter:
    """Polls one function after a write. States read before the first poll are not used."""

    def __init__(self, statuses: FunctionStatusCache, clock: Clock, function: Address, action: str) -> None:
        self._statuses = statuses
        self._clock = clock
        self._function = function
        self._action = action
        self._since: float | None = None
        self._ready_state = FunctionState("")

    def is_active(self) -> Readiness:
        """After a creation or an update. Raises CloudError (REJECTED) when it failed."""
        state = self._state()
        if state is not None and state.has_failed:
            raise state.error(self._action)
        if state is None or state.status != ACTIVE:
            return Readiness.PENDING
        self._ready_state = state
        return Readiness.READY

    def outputs(self) -> dict[str, Value]:
        """The id and modification time of the ready function, to detect later changes by others."""
        return {"functionId": self._ready_state.function_id, "modified": self._ready_state.modified}

    def is_gone(self) -> Readiness:
        """After a deletion. Raises CloudError (REJECTED) when it failed."""
        state = self._state()
        if state is not None and state.status == "DeleteFailed":
            raise state.error(self._action)
        return Readiness.READY if state is None else Readiness.PENDING

    def is_idle(self) -> Readiness:
        """Before a change: whether an earlier operation has ended, successfully or not."""
        state = self._state()
        return Readiness.PENDING if state is not None and state.status in TRANSITIONAL_STATES else Readiness.READY

    def _state(self) -> FunctionState | None:
        if self._since is None:
            self._since = self._clock.monotonic()
        return self._statuses.state(self._function, self._since)
