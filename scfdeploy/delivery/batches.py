"""What the sources that deliver batches have in common: steps, destinations, reading, and the end of an endless run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from scfdeploy.delivery.core import End, Reason
from scfdeploy.delivery.driver import Destinations
from scfdeploy.delivery.trace import Attempt, DeliveryKind, StepKind, TraceStep
from scfdeploy.facts import delivery_value

HORIZON_MS = delivery_value("simulation", "horizon_ms")
"""A run that has not ended by then stops; what is unfinished stays `waiting`."""
MAX_TRIES_WITHOUT_TIME = delivery_value("simulation", "tries_without_time.max")
"""Tries of the same items that take no time, after which an unlimited source counts as endless."""

FINISHED = End.FINISHED.value
DEAD_LETTERED = End.DEAD_LETTERED.value
DROPPED = End.DROPPED.value
LOST = End.LOST.value
EXPIRED = "expired"
WAITING = "waiting"

RETRIES_EXHAUSTED = Reason.RETRIES_EXHAUSTED.value
EVENT_AGE_EXCEEDED = Reason.EVENT_AGE_EXCEEDED.value
MAX_RECEIVE_EXCEEDED = "MaxReceiveExceeded"


def invoke(at: int, items: tuple[int, ...], tries: int) -> TraceStep:
    """The handler receives these items."""
    return TraceStep(at, StepKind.INVOKE, items, tries=tries)


def result(at: int, items: tuple[int, ...], tries: int, attempt: Attempt, follows: str = "") -> TraceStep:
    """The call with these items ended; `follows` says what happens to those that are not done."""
    return TraceStep(
        at,
        StepKind.RESULT,
        items,
        tries=tries,
        status=attempt.status,
        completed=attempt.completed,
        reason=follows,
    )


def end(at: int, items: tuple[int, ...], kind: str, reason: str = "") -> TraceStep:
    """These items ended."""
    return TraceStep(at, StepKind.END, items, end=kind, reason=reason)


def deliver(
    destinations: Destinations,
    destination: str,
    kind: DeliveryKind,
    items: tuple[int, ...],
    at: int,
    body: str,
) -> TraceStep:
    """One try to send a message about these items; the step's reason says why it failed."""
    status, error = destinations(destination, kind, items, len(body.encode()), 0, at)
    is_accepted = 200 <= status < 300
    return TraceStep(
        at,
        StepKind.DELIVER,
        items,
        status=status,
        destination=destination,
        delivery=kind,
        body=body,
        reason="" if is_accepted else error or f"status {status}",
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """Items that are read together, with their times of arrival."""

    items: tuple[int, ...]
    arrivals: tuple[int, ...]


class BatchReader:
    """Reads the items of an ordered source, at most `size` at a time."""

    def __init__(self, items: Iterable[tuple[int, int]], size: int) -> None:
        """`items` are pairs of number and time of arrival, in the order of arrival."""
        self._items = iter(items)
        self._size = size
        self._next = next(self._items, None)

    @property
    def next_arrival(self) -> int | None:
        """When the next item arrives; None after the last one."""
        return None if self._next is None else self._next[1]

    def read(self, now: int) -> Batch:
        """The items that have arrived by now and were not read yet."""
        numbers: list[int] = []
        arrivals: list[int] = []
        while self._next is not None and self._next[1] <= now and len(numbers) < self._size:
            number, arrival = self._next
            numbers.append(number)
            arrivals.append(arrival)
            self._next = next(self._items, None)
        return Batch(tuple(numbers), tuple(arrivals))

    def unread(self) -> Iterator[int]:
        """The numbers of all items that were not read."""
        if self._next is None:
            return
        for number, _ in chain([self._next], self._items):
            yield number


def waiting(numbers: Iterable[int]) -> Iterator[TraceStep]:
    """The run stops while these items are unfinished; calls that are under way have no result."""
    for number in numbers:
        yield end(HORIZON_MS, (number,), WAITING)
