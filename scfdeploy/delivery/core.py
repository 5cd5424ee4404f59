"""The life of one asynchronous event: `step(profile, state, input) -> (state, effects)`.

An event is accepted, tried, tried again after failures, and ends exactly once. What counts as which failure, how often
and when an attempt is repeated, and where a failed event goes are values of the profile. The caller runs the effects
and feeds their results back in as inputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, cast

from scfdeploy.delivery.platform import AsyncPlatform, Decision
from scfdeploy.delivery.trace import DeliveryKind


class ResultClass(StrEnum):
    """What the platform makes of the status of an attempt."""

    SUCCESS = "success"
    EXECUTION = "execution"
    OVERRUN = "overrun"
    SYSTEM = "system"


CLASSES_WITH_THROTTLES = MappingProxyType(
    {200: ResultClass.SUCCESS, 429: ResultClass.OVERRUN, 432: ResultClass.OVERRUN, 500: ResultClass.SYSTEM}
)
"""The classes of platforms that throttle with status 429. Every other status is an execution error."""
_SUCCESS, _EXECUTION = ResultClass.SUCCESS, ResultClass.EXECUTION


class Phase(StrEnum):
    """Where an event is between acceptance and end."""

    WAITING = "waiting"
    RUNNING = "running"
    DELIVERING = "delivering"
    ENDED = "ended"


# Names of their own, because Python 3.11 takes long to look up members, and this runs several times per attempt.
_WAITING, _RUNNING = Phase.WAITING, Phase.RUNNING


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


class DeliveryRetry(NamedTuple):
    """Tries of a delivery after answers of 500 and more. The pause doubles each time."""

    first_pause_ms: int
    limit_ms: int
    """No try begins later than this after the first."""

    def next_at(self, status: int, tries: int, first_at: int, at: int) -> int | None:
        """When the try after so many tries begins, the last of which ended with a status at a time; None for never."""
        following = at + self.first_pause_ms * 2 ** (tries - 1)
        return following if status >= 500 and following - first_at <= self.limit_ms else None


@dataclass(frozen=True, slots=True)
class AsyncProfile:
    """The rules for the events of one function on one platform."""

    platform: AsyncPlatform
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
    """The queue or topic of failed events; empty means none."""
    on_failure: str = ""
    """The destination of the result of failed events; empty means none. With a dead letter queue, both get it."""
    on_success: str = ""
    """The destination of the result of successful events; empty means none."""
    repeat_limit_ms: int | None = None
    """A repetition that is due later than this after acceptance is not made, and the event fails."""
    delivery_retry: DeliveryRetry | None = None
    """How a destination that answers with a server error is tried again; None means never."""
    limits: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """The most bytes of a message, by name of the destination, where it is not the platform's limit."""

    def assumed_for(self, decision: Decision) -> tuple[str, ...]:
        """The assumed values behind a decision, as `profile.name` of tables/delivery.tsv."""
        return self.platform.assumptions.get(decision, ())

    def assumed_for_retry(self, number: int) -> tuple[str, ...]:
        """The assumed value behind the pause before a retry, counted from 1."""
        names = self.assumed_for(Decision.RETRY)
        return names[min(number, len(names)) - 1 :][:1]

    def class_of(self, status: int) -> ResultClass:
        """The class of an attempt's status."""
        return self.classes.get(status, _EXECUTION)


class EventState(NamedTuple):
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
    pending: int = 0
    """Deliveries of the failed event that have no answer."""
    is_delivered: bool = False
    """Whether a destination of failed events has the event."""


class Accepted(NamedTuple):
    """The first input: the platform accepted the event while `unfinished` other events of the function had no end."""

    at: int
    unfinished: int = 0


class Due(NamedTuple):
    """The time of the next attempt has come."""

    at: int


class Completed(NamedTuple):
    """The attempt ended with a status."""

    at: int
    status: int


class Delivered(NamedTuple):
    """A delivery ended. `error` says why it failed; empty when the destination has the event."""

    at: int
    error: str = ""


class Cancelled(NamedTuple):
    """The user cancelled the event."""

    at: int


Input = Accepted | Due | Completed | Delivered | Cancelled


class Wake(NamedTuple):
    """Feed in `Due` at this time."""

    at: int


class Invoke(NamedTuple):
    """Run the handler, and feed in `Completed`."""

    attempt: int


class Deliver(NamedTuple):
    """Send the event to a destination. Unless it succeeded, feed in `Delivered` when the last try has ended."""

    destination: str
    reason: str
    kind: DeliveryKind = DeliveryKind.DEAD_LETTER


class Ended(NamedTuple):
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
    kind = type(entry)
    if state is None:
        if kind is not Accepted:
            raise ValueError("the event was not accepted")
        return _accept(profile, cast(Accepted, entry))
    if kind is Accepted:
        raise ValueError("an event is accepted once")
    # Compared by hand: matching patterns takes several times as long, and this runs three times per attempt.
    phase = state.phase
    if phase is _RUNNING:
        return _while_running(profile, state, entry)
    if phase is _WAITING:
        return _while_waiting(profile, state, entry)
    if phase is Phase.DELIVERING and kind is Delivered:
        return _conclude(state, entry.at, cast(Delivered, entry).error)
    return state, ()


def _while_running(profile: AsyncProfile, state: EventState, entry: Input) -> Step:
    if type(entry) is Completed:
        return _complete(profile, state, entry.at, profile.class_of(entry.status))
    if type(entry) is Cancelled:
        return state._replace(is_cancelled=True), ()
    return state, ()


def _while_waiting(profile: AsyncProfile, state: EventState, entry: Input) -> Step:
    if type(entry) is Due and entry.at >= state.due_at:
        return _begin(profile, state, entry.at)
    if type(entry) is Cancelled:
        return _end(state, entry.at, End.ABORTED)
    return state, ()


def _accept(profile: AsyncProfile, entry: Accepted) -> Step:
    accepted = EventState(entry.at, _WAITING, entry.at)
    if profile.queue_limit and entry.unfinished >= profile.queue_limit:
        return _fail(profile, accepted, entry.at, Reason.QUEUE_FULL)
    return accepted, (Wake(entry.at),)


def _begin(profile: AsyncProfile, state: EventState, at: int) -> Step:
    if at - state.accepted_at > profile.max_age_ms:
        return _fail(profile, state, at, Reason.EVENT_AGE_EXCEEDED)
    attempt = state.attempts + 1
    retries = state.retries + state.is_retry
    # Written out, because `_replace` takes twice as long and runs once per attempt.
    running = EventState(state.accepted_at, _RUNNING, state.due_at, attempt, retries, False, state.repeats)
    return running, (_invoke(attempt),)


def _complete(profile: AsyncProfile, state: EventState, at: int, kind: ResultClass) -> Step:
    if state.is_cancelled:
        return _end(state, at, End.ABORTED)
    if kind is _SUCCESS:
        ended, effects = _end(state, at, End.FINISHED)
        if profile.on_success:
            effects = (Deliver(profile.on_success, "", DeliveryKind.SUCCESS), *effects)
        return ended, effects
    if profile.is_traced:
        return _end(state, at, End.FAILED)
    return _retry(profile, state, at, kind)


def _retry(profile: AsyncProfile, state: EventState, at: int, kind: ResultClass) -> Step:
    if kind is _EXECUTION:
        if state.retries >= profile.retries:
            return _fail(profile, state, at, Reason.RETRIES_EXHAUSTED)
        due = at + _nth(profile.retry_delays_ms, state.retries)
        return _wait(state, due, state.repeats, is_retry=True)
    due = at + _nth(profile.repeat_delays_ms, state.repeats)
    if profile.repeat_limit_ms is not None and due - state.accepted_at > profile.repeat_limit_ms:
        return _fail(profile, state, at, Reason.RETRIES_EXHAUSTED)
    return _wait(state, due, state.repeats + 1, is_retry=False)


def _wait(state: EventState, due: int, repeats: int, *, is_retry: bool) -> Step:
    waiting = EventState(state.accepted_at, _WAITING, due, state.attempts, state.retries, is_retry, repeats)
    return waiting, (Wake(due),)


def _fail(profile: AsyncProfile, state: EventState, at: int, reason: Reason) -> Step:
    if profile.is_traced:
        return _end(state, at, End.FAILED, reason)
    deliveries: tuple[Effect, ...] = tuple(
        Deliver(destination, reason, kind)
        for destination, kind in (
            (profile.dead_letter, DeliveryKind.DEAD_LETTER),
            (profile.on_failure, DeliveryKind.FAILURE),
        )
        if destination
    )
    if not deliveries:
        return _end(state, at, End.DROPPED, reason)
    delivering = EventState(
        state.accepted_at,
        Phase.DELIVERING,
        state.due_at,
        state.attempts,
        state.retries,
        state.is_retry,
        state.repeats,
        state.is_cancelled,
        state.error,
        End.DEAD_LETTERED,
        reason,
        at,
        len(deliveries),
    )
    return delivering, deliveries


def _conclude(state: EventState, at: int, error: str) -> Step:
    is_delivered = state.is_delivered or not error
    # A state that an earlier release stored has one delivery and does not count it.
    if state.pending > 1 or error:
        state = state._replace(error=error or state.error, pending=state.pending - 1, is_delivered=is_delivered)
        if state.pending > 0:
            return state, ()
    return _end(state, at, End.DEAD_LETTERED if is_delivered else End.LOST, state.reason, is_delivered=is_delivered)


def _end(state: EventState, at: int, end: End, reason: str = "", *, is_delivered: bool = False) -> Step:
    # Written out as in `_begin`.
    ended = EventState(
        state.accepted_at,
        Phase.ENDED,
        state.due_at,
        state.attempts,
        state.retries,
        state.is_retry,
        state.repeats,
        state.is_cancelled,
        state.error,
        end,
        reason,
        at,
        0,
        is_delivered,
    )
    return ended, (_ended(end, reason),)


# Kept, because there are few different ones and each event needs some.
_invoke = lru_cache(maxsize=100)(Invoke)
_ended = lru_cache(maxsize=100)(Ended)


def _nth(delays: tuple[int, ...], index: int) -> int:
    return delays[min(index, len(delays) - 1)]
