"""The life of one asynchronous event: `step(profile, state, input) -> (state, effects)`.

An event is accepted, tried, tried again after failures, and ends exactly once. What counts as which failure, how often
and when an attempt is repeated, and where a failed event goes are values of the profile. The caller runs the effects
and feeds their results back in as inputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType


class ResultClass(StrEnum):
    """What the platform makes of the status of an attempt."""

    SUCCESS = "success"
    EXECUTION = "execution"
    OVERRUN = "overrun"
    SYSTEM = "system"


class Phase(StrEnum):
    """Where an event is between acceptance and end."""

    WAITING = "waiting"
    RUNNING = "running"
    DELIVERING = "delivering"
    ENDED = "ended"


class End(StrEnum):
    """How an event ended, in the words of the JSON documents."""

    FINISHED = "finished"
    DEAD_LETTERED = "dead-lettered"
    DROPPED = "dropped"
    LOST = "lost"
    FAILED = "failed"
    ABORTED = "aborted"


class Reason(StrEnum):
    """Why an event failed permanently."""

    RETRIES_EXHAUSTED = "RetriesExhausted"
    EVENT_AGE_EXCEEDED = "EventAgeExceeded"
    QUEUE_FULL = "QueueFull"


@dataclass(frozen=True, slots=True)
class AsyncProfile:
    """The rules for the events of one function on one platform."""

    retries: int
    """Attempts after execution errors."""
    max_age_ms: int
    """An attempt that is due later than this after acceptance is not made."""
    retry_delays_ms: tuple[int, ...]
    """Pause before the first, second … retry after an execution error; the last value repeats."""
    repeat_delays_ms: tuple[int, ...]
    """Pause before the first, second … repetition after an overrun or system error; the last value repeats."""
    classes: Mapping[int, ResultClass] = field(default_factory=lambda: MappingProxyType({200: ResultClass.SUCCESS}))
    """By status. Every other status is an execution error."""
    queue_limit: int = 0
    """Events that may be unfinished at a time; 0 means any number."""
    is_traced: bool = False
    """One attempt; a failed event ends as FAILED and goes to no destination."""
    dead_letter: str = ""
    """The name of the destination of failed events; empty means none."""

    def class_of(self, status: int) -> ResultClass:
        """The class of an attempt's status."""
        return self.classes.get(status, ResultClass.EXECUTION)


@dataclass(frozen=True, slots=True)
class EventState:
    """One event. `due_at` is the time of its next attempt while it waits."""

    accepted_at: int
    phase: Phase
    due_at: int
    attempts: int = 0
    retries: int = 0
    """Attempts that began after an execution error: the platform's RetryNum."""
    is_retry: bool = False
    """Whether the next attempt counts as a retry."""
    repeats: int = 0
    """Repetitions after overruns and system errors so far."""
    is_cancelled: bool = False
    error: str = ""
    """Why the delivery failed."""
    end: End | None = None
    reason: str = ""
    ended_at: int = 0


@dataclass(frozen=True, slots=True)
class Accepted:
    """The first input: the platform accepted the event while `unfinished` other events of the function had no end."""

    at: int
    unfinished: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """The time of the next attempt has come."""

    at: int


@dataclass(frozen=True, slots=True)
class Completed:
    """The attempt ended with a status."""

    at: int
    status: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery ended. `error` says why it failed; empty when the destination has the event."""

    at: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The user cancelled the event."""

    at: int


Input = Accepted | Due | Completed | Delivered | Cancelled


@dataclass(frozen=True, slots=True)
class Wake:
    """Feed in `Due` at this time."""

    at: int


@dataclass(frozen=True, slots=True)
class Invoke:
    """Run the handler, and feed in `Completed`."""

    attempt: int


@dataclass(frozen=True, slots=True)
class Deliver:
    """Send the event to a destination, and feed in `Delivered`."""

    destination: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The event has ended. No further effect follows."""

    end: End
    reason: str


Effect = Wake | Invoke | Deliver | Ended
Step = tuple[EventState, tuple[Effect, ...]]


def step(profile: AsyncProfile, state: EventState | None, entry: Input) -> Step:
    """The next state of an event and the effects that lead on.

    `state` is None for `Accepted` and only for it. An input that does not fit the phase (a wake-up for an attempt that
    was cancelled) changes nothing and has no effect.
    """
    if isinstance(entry, Accepted):
        if state is not None:
            raise ValueError("an event is accepted once")
        return _accept(profile, entry)
    if state is None:
        raise ValueError("the event was not accepted")
    following: Step = (state, ())
    match entry, state.phase:
        case Due(at), Phase.WAITING if at >= state.due_at:
            following = _begin(profile, state, at)
        case Completed(at, status), Phase.RUNNING:
            following = _complete(profile, state, at, profile.class_of(status))
        case Delivered(at, error), Phase.DELIVERING:
            following = _conclude(state, at, error)
        case Cancelled(at), Phase.WAITING:
            following = _end(state, at, End.ABORTED)
        case Cancelled(_), Phase.RUNNING:
            following = replace(state, is_cancelled=True), ()
    return following


def _accept(profile: AsyncProfile, entry: Accepted) -> Step:
    accepted = EventState(entry.at, Phase.WAITING, entry.at)
    if profile.queue_limit and entry.unfinished >= profile.queue_limit:
        return _fail(profile, accepted, entry.at, Reason.QUEUE_FULL)
    return accepted, (Wake(entry.at),)


def _begin(profile: AsyncProfile, state: EventState, at: int) -> Step:
    if at - state.accepted_at > profile.max_age_ms:
        return _fail(profile, state, at, Reason.EVENT_AGE_EXCEEDED)
    attempt = state.attempts + 1
    retries = state.retries + state.is_retry
    running = replace(state, phase=Phase.RUNNING, attempts=attempt, retries=retries, is_retry=False)
    return running, (Invoke(attempt),)


def _complete(profile: AsyncProfile, state: EventState, at: int, kind: ResultClass) -> Step:
    if state.is_cancelled:
        return _end(state, at, End.ABORTED)
    if kind is ResultClass.SUCCESS:
        return _end(state, at, End.FINISHED)
    if profile.is_traced:
        return _end(state, at, End.FAILED)
    return _retry(profile, state, at, kind)


def _retry(profile: AsyncProfile, state: EventState, at: int, kind: ResultClass) -> Step:
    if kind is ResultClass.EXECUTION:
        if state.retries >= profile.retries:
            return _fail(profile, state, at, Reason.RETRIES_EXHAUSTED)
        due = at + _nth(profile.retry_delays_ms, state.retries)
        return replace(state, phase=Phase.WAITING, due_at=due, is_retry=True), (Wake(due),)
    due = at + _nth(profile.repeat_delays_ms, state.repeats)
    return replace(state, phase=Phase.WAITING, due_at=due, repeats=state.repeats + 1), (Wake(due),)


def _fail(profile: AsyncProfile, state: EventState, at: int, reason: Reason) -> Step:
    if profile.is_traced:
        return _end(state, at, End.FAILED, reason)
    if not profile.dead_letter:
        return _end(state, at, End.DROPPED, reason)
    delivering = replace(state, phase=Phase.DELIVERING, reason=reason, end=End.DEAD_LETTERED, ended_at=at)
    return delivering, (Deliver(profile.dead_letter, reason),)


def _conclude(state: EventState, at: int, error: str) -> Step:
    return _end(replace(state, error=error), at, End.LOST if error else End.DEAD_LETTERED, state.reason)


def _end(state: EventState, at: int, end: End, reason: str = "") -> Step:
    return replace(state, phase=Phase.ENDED, end=end, reason=reason, ended_at=at), (Ended(end, reason),)


def _nth(delays: tuple[int, ...], index: int) -> int:
    return delays[min(index, len(delays) - 1)]
