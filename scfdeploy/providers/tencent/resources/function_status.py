"""Polls the status of functions, with one list call for all that wait in a namespace."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scfdeploy.model import Address, Value
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.tencent.resources.get_function import find_function
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.paging import list_all

_MAX_AGE_S = 0.3
_FEW = 3
_ASKED_LATELY_S = 4.0
_FAILED = "Failed"
# In these states the platform refuses to change the function or its triggers; they end without a call.
TRANSITIONAL_STATES = frozenset({"Creating", "Updating", "Publishing", "Deleting"})


@dataclass(frozen=True, slots=True)
class FunctionState:
    """The status of a function, with its reasons as (code, message)."""

    status: str
    reasons: tuple[tuple[str, str], ...] = ()
    function_id: str = ""
    modified: str = ""

    @classmethod
    def read(cls, shown: Mapping[str, Any]) -> FunctionState:
        """From a row of ListFunctions or an answer of GetFunction."""
        reasons = tuple(
            (str(reason.get("ErrorCode") or ""), str(reason.get("ErrorMessage") or ""))
            for reason in shown.get("StatusReasons") or ()
        )
        status, function_id, modified = (str(shown.get(name) or "") for name in ("Status", "FunctionId", "ModTime"))
        return cls(status, reasons, function_id, modified)

    @property
    def reason(self) -> str:
        """The reasons as one line."""
        return "; ".join(message or code for code, message in self.reasons)

    @property
    def has_failed(self) -> bool:
        """Whether the last operation failed."""
        return self.status.endswith(_FAILED)

    def error(self, action: str) -> CloudError:
        """The exception for a failed state."""
        code = next((code for code, _ in self.reasons if code), self.status)
        message = f"the function is {self.status}" + (f": {self.reason}" if self.reason else "")
        return CloudError(ErrorKind.REJECTED, code, message, action=action)


@dataclass(slots=True)
class _Namespace:
    lock: threading.Lock = field(default_factory=threading.Lock)
    taken_at: float = float("-inf")
    fresh_until: float = float("-inf")
    states: dict[str, FunctionState] = field(default_factory=dict)
    is_complete: bool = False
    asked: dict[str, float] = field(default_factory=dict)


class FunctionStatusCache:
    """Thread-safe. Few waiting functions are read one by one; many with one list of the namespace."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._namespaces: dict[str, _Namespace] = {}

    def state(self, function: Address, since: float) -> FunctionState | None:
        """The state as it was at or after `since` (monotonic), None when there is no such function.

        Raises CloudError.
        """
        with self._lock:
            namespace = self._namespaces.setdefault(function.namespace, _Namespace())
        if self._are_few(namespace, function.function):
            return self._look(function)
        with namespace.lock:
            if namespace.taken_at < since or self._clock.monotonic() > namespace.fresh_until:
                self._refresh(namespace, function.namespace)
            state = namespace.states.get(function.function)
            is_certain = state is not None or namespace.is_complete
        return state if is_certain else self._look(function)

    def _are_few(self, namespace: _Namespace, name: str) -> bool:
        now = self._clock.monotonic()
        with self._lock:
            namespace.asked[name] = now
            for other, asked_at in list(namespace.asked.items()):
                if now - asked_at > _ASKED_LATELY_S:
                    del namespace.asked[other]
            return len(namespace.asked) <= _FEW

    def _refresh(self, namespace: _Namespace, name: str) -> None:
        taken_at = self._clock.monotonic()
        listing = list_all(self._client, "ListFunctions", {"Namespace": name}, "Functions")
        namespace.states = {str(row.get("FunctionName")): FunctionState.read(row) for row in listing.rows}
        namespace.is_complete = listing.is_one_page
        now = self._clock.monotonic()
        # A long list takes long to read; it must stay fresh until all waiting callers have used it.
        namespace.taken_at, namespace.fresh_until = taken_at, now + max(_MAX_AGE_S, now - taken_at)

    def _look(self, function: Address) -> FunctionState | None:
        shown = find_function(self._client, function)
        return None if shown is None else FunctionState.read(shown)


class FunctionWaiter:
    """Polls one function after a write. Responses older than the first poll do not count."""

    def __init__(self, statuses: FunctionStatusCache, clock: Clock, function: Address, action: str) -> None:
        self._statuses = statuses
        self._clock = clock
        self._function = function
        self._action = action
        self._since: float | None = None
        self._seen = FunctionState("")

    def is_active(self) -> Readiness:
        """After a creation or an update. Raises CloudError (REJECTED) when it failed."""
        state = self._state()
        if state is not None and state.has_failed:
            raise state.error(self._action)
        if state is None or state.status != "Active":
            return Readiness.PENDING
        self._seen = state
        return Readiness.READY

    def seen(self) -> dict[str, Value]:
        """The id and modification time of the ready function, to detect later changes by others."""
        return {"functionId": self._seen.function_id, "modified": self._seen.modified}

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
