"""Runs many events of one function on a virtual clock, in the order of time and, within it, of arrival."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from scfdeploy.delivery.core import (
    Accepted,
    AsyncProfile,
    Completed,
    Deliver,
    Delivered,
    Due,
    Effect,
    Ended,
    EventState,
    Input,
    Invoke,
    Wake,
    step,
)
from scfdeploy.delivery.trace import Attempt


@dataclass(frozen=True, slots=True)
class Record:
    """One input of an event, with the state and the effects that followed."""

    event: int
    entry: Input
    state: EventState
    effects: tuple[Effect, ...]


def drive(
    profile: AsyncProfile,
    arrivals: Iterable[int],
    run: Callable[[int, int, int], Attempt],
    deliver: Callable[[int, Deliver, int], str] = lambda _event, _delivery, _at: "",
) -> Iterator[Record]:
    """Yield everything that happens to the events that arrive at these times (ascending), until all have ended.

    `run(event, attempt, at)` makes an attempt. `deliver(event, delivery, at)` returns why a delivery failed, or an
    empty text. Events are numbered from 1.
    """
    heap: list[tuple[int, int, int, Input]] = []
    sequence = unfinished = 0
    states: dict[int, EventState | None] = {}
    coming = enumerate(arrivals, 1)
    following = next(coming, None)
    while heap or following:
        if following and (not heap or following[1] <= heap[0][0]):
            event, at = following
            following = next(coming, None)
            entry: Input = Accepted(at, unfinished)
            states[event] = None
            unfinished += 1
        else:
            at, _, event, entry = heapq.heappop(heap)
        state, effects = step(profile, states[event], entry)
        states[event] = state
        yield Record(event, entry, state, effects)
        for effect in effects:
            match effect:
                case Wake():
                    feedback: Input = Due(effect.at)
                case Invoke():
                    result = run(event, effect.attempt, at)
                    feedback = Completed(at + result.duration_ms, result.status)
                case Deliver():
                    feedback = Delivered(at, deliver(event, effect, at))
                case Ended():
                    unfinished -= 1
                    del states[event]
                    continue
            sequence += 1
            heapq.heappush(heap, (feedback.at, sequence, event, feedback))
