"""The results of `events`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.results import Findings


class EventInfo(NamedTuple):
    """An asynchronous event. Times are milliseconds since the epoch; None for what the cloud does not tell."""

    request_id: str
    short_id: str
    """The beginning of the request id, which commands accept."""

    function: str
    qualifier: str
    source: str
    accepted_at: int
    status: str
    """`waiting`, `running`, `finished`, `failed`, `aborted`, `dead-lettered`, `dropped` or `lost`."""

    attempts: int | None = None
    retries: int | None = None
    next_attempt_at: int | None = None
    reason: str = ""
    """Why the event failed permanently."""

    ended_at: int | None = None
    error: str = ""
    """Why its delivery failed."""

    is_retry: bool = False
    """Whether the next attempt counts as a retry."""

    retry_num: int = 0
    """How many retries the function allows."""

    max_age_ms: int = 0
    is_traced: bool = False
    """Whether the function has asyncRunEnable: events are not retried."""

    dead_letter: str = ""
    dead_letter_kind: str = ""


class TimelineEntry(NamedTuple):
    """A line of the timeline of an event."""

    request_id: str
    function: str
    at: int
    """Milliseconds since the epoch."""

    kind: str
    """`accepted`, `attempt`, `retry`, `delivered`, `lost` or `ended`."""

    status: int | None = None
    message: str = ""
    attempt: int = 0
    retry: int = 0
    """The number of the retry that this attempt is; 0 if it is none."""

    retries: int = 0
    """How many retries the function allows."""

    next_at: int | None = None
    next_retry: int = 0
    """The number of the retry that the next attempt is; 0 if it is none."""

    log: str = ""
    duration_ms: float | None = None
    memory_mb: float | None = None
    destination: str = ""
    destination_kind: str = ""
    bytes: int = 0
    cause: str = ""
    """Why a delivery failed: `permission`, `resource` or `size`."""

    reason: str = ""
    """Of the end: why the event failed permanently."""

    is_traced: bool = False
    is_cancelled: bool = False
    trace: str = ""
    """The stack trace in the log of an attempt."""


class Untraced(NamedTuple):
    """A function in the cloud without status records."""

    function: str
    missing: Sequence[str]
    """The settings that it needs."""


class EventList(NamedTuple):
    """The result of `events list`."""

    findings: Findings
    events: Sequence[EventInfo]
    untraced: Sequence[Untraced] = ()
    total: int = 0
    """How many events there are; more than `events` when there are too many to show."""

    command: str = "events list"
    ok: bool = True


class EventShown(NamedTuple):
    """The result of `events show`."""

    findings: Findings
    event: EventInfo
    timeline: Sequence[TimelineEntry]
    note: str = ""
    """What the cloud does not tell."""

    command: str = "events show"
    ok: bool = True


class EventCancelled(NamedTuple):
    """The result of `events cancel`."""

    findings: Findings
    event: EventInfo
    """The event before it was cancelled."""

    now: bool
    """Whether the instance was killed."""

    is_local: bool = False
    command: str = "events cancel"
    ok: bool = True


class FunctionMetrics(NamedTuple):
    """What happened to the asynchronous events of a function on a local server."""

    function: str
    retries: int
    throttles: int
    """Attempts that ended with status 429 or 432."""

    failed_deliveries: Mapping[str, int]
    """By cause: `permission`, `resource` or `size`."""


class EventStats(NamedTuple):
    """The result of `events stats`."""

    findings: Findings
    hours: Sequence[tuple[int, Mapping[str, int]]]
    """The number of events by status, for each hour of acceptance, in milliseconds since the epoch."""

    average_wait_ms: float | None
    """The time from acceptance to the end; None if no event has ended."""

    longest_wait_ms: float | None
    functions: Sequence[FunctionMetrics] | None = None
    """None in the cloud, whose API does not return them."""

    untraced: Sequence[Untraced] = ()
    command: str = "events stats"
    ok: bool = True


class EventsPulled(NamedTuple):
    """The result of `events pull`."""

    findings: Findings
    file: str
    appended: int
    expired: tuple[int, int] | None = None
    """The start and end of the time whose records are lost, in milliseconds since the epoch."""

    untraced: Sequence[Untraced] = ()
    command: str = "events pull"

    @property
    def ok(self) -> bool:
        """Whether no records have expired since the newest one in the file."""
        return self.expired is None


class EventsRun(NamedTuple):
    """The result of `events run`."""

    findings: Findings
    now: int
    """The virtual time afterwards, in milliseconds since the epoch."""

    timeline: Sequence[TimelineEntry]
    events: int
    """How many events ran."""

    ends: Mapping[str, int]
    """How many of them ended, by their end."""

    attempts: int = 0
    is_cut: bool = False
    """Whether the timeline has more lines."""

    next_firing_at: int | None = None
    """When a timer fires next, in milliseconds since the epoch."""

    command: str = "events run"
    ok: bool = True


EventResult: TypeAlias = EventList | EventShown | EventsRun | EventCancelled | EventStats | EventsPulled
