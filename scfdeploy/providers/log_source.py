"""The interface of a cloud provider for logs: what the runs of functions printed, and what searches it."""

from __future__ import annotations

from typing import Protocol

from scfdeploy.model import Address, Value
from scfdeploy.records import dataclass


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What one run of a function printed and returned; each attempt of an asynchronous event is a run."""

    request_id: str
    function: Address
    started_at: int
    """Milliseconds since the epoch."""
    status_code: int | None
    """None while the run has not ended."""
    duration_ms: float | None
    memory_mb: float | None
    result: Value
    """The returned value, parsed from JSON; None after a failure."""
    lines: tuple[str, ...]
    retries: int = 0
    """The number of the retry; 0 for a first attempt and for synchronous calls."""


@dataclass(frozen=True, slots=True)
class LogQuery:
    """A search in the topic of a function, for the runs with lines from `since` to `until` (milliseconds)."""

    function: Address
    topic_id: str
    text: str
    """The search condition."""
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class FoundLogs:
    """The result of a search."""

    entries: tuple[LogEntry, ...]
    """The oldest first."""
    is_cut: bool = False
    """Whether there are older lines that were not read."""


class LogSource(Protocol):
    """Reads the logs of functions in the cloud. Every method may raise CloudError."""

    @property
    def region(self) -> str:
        """The region of the functions."""

    def topic_of(self, function: Address) -> str:
        """The topic that the function's logs go to; empty without one. CloudError (MISSING) without a function."""

    def query(self, function: Address, topic_id: str, *, request_id: str, since: int, until: int) -> LogQuery:
        """The search for the runs of a function; `request_id` is an id, its beginning, or empty."""

    def search(self, query: LogQuery) -> FoundLogs:
        """The runs that a search finds."""
