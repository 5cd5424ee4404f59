"""The interface of a cloud provider for asynchronous events: status records and what reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from scfdeploy.model import Address
from scfdeploy.records import dataclass


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """Whether the platform keeps status records of a function's asynchronous events."""

    async_run: bool
    trace: bool

    @property
    def is_traced(self) -> bool:
        """Whether there are status records: both settings are needed."""
        return self.async_run and self.trace


@dataclass(frozen=True, slots=True)
class EventRecord:
    """A status record of an asynchronous event. Times are milliseconds since the epoch."""

    request_id: str
    function: Address
    qualifier: str
    source: str
    """How the function was called, in the words of the API."""
    status: str
    """`running`, `finished`, `failed` or `aborted`."""
    accepted_at: int
    ended_at: int | None = None


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which status records to read; empty and None mean all."""

    statuses: tuple[str, ...] = ()
    request_id: str = ""
    since: int | None = None
    """Accepted at this time or later, in milliseconds since the epoch."""


@dataclass(frozen=True, slots=True)
class RequestStatus:
    """The status of one invocation, which the platform keeps for any function. Times are milliseconds."""

    started_at: int | None
    status: str
    """`running`, `finished` or `failed`."""
    retries: int | None
    """None while the event runs."""
    message: str
    """The returned value, or the error."""
    duration_ms: float | None
    memory_mb: float | None
    status_code: int | None = None
    """The invocation status of a failed run, if the error names it."""
    trace: str = ""
    """The stack trace of a failed run."""


class EventSource(Protocol):
    """Reads and ends asynchronous events of functions in the cloud. Every method may raise CloudError."""

    @property
    def region(self) -> str:
        """The region of the functions."""

    def trace_settings(self, function: Address) -> TraceSettings:
        """Whether the function has status records. Raises CloudError (MISSING) if it does not exist."""

    def records(self, function: Address, query: EventQuery) -> Sequence[EventRecord]:
        """The status records of a function, in the order of acceptance."""

    def status_of(self, request_id: str) -> tuple[str, int | None] | None:
        """The status of an event by its record, and the status code of its run; None without a record."""

    def request_status(self, function: Address, request_id: str) -> RequestStatus | None:
        """The status of an invocation of the last day; None if there is none."""

    def terminate(self, function: Address, request_id: str, *, now: bool) -> None:
        """End an event: ask its instance to end, or with `now` kill it."""
