"""Lambda functions that read an SQS queue: visibility timeout, receive count, dead letter queue of the queue."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from scfdeploy.delivery.batches import (
    DEAD_LETTERED,
    DROPPED,
    FINISHED,
    HORIZON_MS,
    LOST,
    MAX_RECEIVE_EXCEEDED,
    MAX_TRIES_WITHOUT_TIME,
    deliver,
    end,
    invoke,
    result,
    waiting,
)
from scfdeploy.delivery.driver import Destinations, accept_all
from scfdeploy.delivery.trace import Attempt, DeliveryKind, Handler, TraceStep
from scfdeploy.facts import delivery_value

PLATFORM = "queue_source"
BATCHES_AT_ONCE = delivery_value(PLATFORM, "batches_at_once.max")
UNLIMITED = 0
RETURN = "return"
"""Reason of a result: messages become visible again."""


class Acknowledge(StrEnum):
    """How the queue learns which messages are done."""

    BATCH = "batch"
    """A call that succeeds deletes all its messages, one that fails none."""
    DELETE = "delete"
    """The handler deletes each message that it has processed."""
    REPORT = "report"
    """The handler returns the failed messages; the others are deleted."""


class Return(StrEnum):
    """When failed messages become visible again."""

    VISIBILITY = "visibility"
    """At the end of the visibility timeout."""
    AT_ONCE = "at-once"


@dataclass(frozen=True, slots=True)
class QueueProfile:
    """The rules of one queue and the function that reads it."""

    batch: int = delivery_value(PLATFORM, "batch.default")
    """Messages per call at most."""
    visibility_ms: int = delivery_value(PLATFORM, "visibility.default_ms")
    """How long a received message is hidden."""
    max_receive: int = delivery_value(PLATFORM, "max_receive.default")
    """A message is received this often at most; 0 means any number of times."""
    dead_letter: str = ""
    """The queue for the messages beyond `max_receive`; empty means that they are dropped."""
    acknowledge: Acknowledge = Acknowledge.BATCH
    returns: Return = Return.VISIBILITY


def simulate_queue(
    profile: QueueProfile,
    messages: Iterable[int],
    handler: Handler,
    destinations: Destinations = accept_all,
    message_body: Callable[[int], str] = '{{"message": {}}}'.format,
) -> Iterator[TraceStep]:
    """Yield what happens to the messages that arrive at these times (ascending), numbered from 1.

    `message_body` gives the text of a message, which its dead letter queue receives unchanged. Up to five batches run
    at a time. A call that lasts longer than the visibility timeout does not keep its messages: they are received again
    while it runs.
    """
    return _Queue(profile, messages, handler, destinations, message_body).run()


@dataclass(frozen=True, slots=True)
class _Call:
    """One batch in the hands of the handler."""

    items: tuple[int, ...]
    tries: int
    attempt: Attempt
    visible_at: int
    is_overdue: bool
    """The messages become visible before the call ends, and are in the queue already."""


class _Queue:
    def __init__(
        self,
        profile: QueueProfile,
        messages: Iterable[int],
        handler: Handler,
        destinations: Destinations,
        message_body: Callable[[int], str],
    ) -> None:
        self._profile = profile
        self._handler = handler
        self._destinations = destinations
        self._message_body = message_body
        self._arrivals = enumerate(messages, 1)
        self._next = next(self._arrivals, None)
        self._returned: list[tuple[int, int]] = []
        """A heap of (visible from, number) of the messages that were received before."""
        self._receives: dict[int, int] = {}
        """How often the unfinished messages were received, of those that were received at all."""
        self._running: list[tuple[int, int, _Call]] = []
        """A heap of (end, sequence number, call)."""
        self._sequence = 0

    def run(self) -> Iterator[TraceStep]:
        """The steps of the whole run."""
        while (now := self._due()) <= HORIZON_MS:
            # A call that ends as its messages become visible still deletes them.
            while self._running and self._running[0][0] <= now:
                yield from self._complete(now, heapq.heappop(self._running)[2])
            while len(self._running) < BATCHES_AT_ONCE and self._visible_at() <= now:
                yield from self._receive(now)
        yield from waiting(self._unfinished())

    def _due(self) -> int:
        """The time of the next step; beyond the end of the run if there is none."""
        times = [self._running[0][0]] if self._running else []
        if len(self._running) < BATCHES_AT_ONCE:
            times.append(self._visible_at())
        return min(times)

    def _visible_at(self) -> int:
        """When the next message becomes visible; beyond the end of the run if there is none."""
        returned = self._returned[0][0] if self._returned else HORIZON_MS + 1
        arrival = self._next[1] if self._next else HORIZON_MS + 1
        return min(returned, arrival)

    def _receive(self, now: int) -> Iterator[TraceStep]:
        """Receive one batch, and move the messages that were received too often."""
        items: list[int] = []
        tries = 0
        while len(items) < self._profile.batch and self._visible_at() <= now:
            number, receives = self._take()
            if receives is None:
                continue
            if self._profile.max_receive != UNLIMITED and receives >= self._profile.max_receive:
                yield from self._move(now, number)
                continue
            self._receives[number] = receives + 1
            items.append(number)
            tries = max(tries, receives)
        if items:
            yield from self._call(now, tuple(items), tries)

    def _take(self) -> tuple[int, int | None]:
        """Remove the message that has been visible longest, by number among equals, with its receives so far.

        These are None for a message that ended after it had become visible again.
        """
        if self._next is not None and (not self._returned or (self._next[1], self._next[0]) < self._returned[0]):
            number = self._next[0]
            self._next = next(self._arrivals, None)
            return number, 0
        number = heapq.heappop(self._returned)[1]
        return number, self._receives.get(number)

    def _call(self, now: int, items: tuple[int, ...], tries: int) -> Iterator[TraceStep]:
        yield invoke(now, items, tries)
        attempt = self._handler(items, tries, now)
        ends_at, visible_at = now + attempt.duration_ms, now + self._profile.visibility_ms
        call = _Call(items, tries, attempt, visible_at, is_overdue=ends_at > visible_at)
        if call.is_overdue:
            for number in items:
                heapq.heappush(self._returned, (visible_at, number))
        self._sequence += 1
        heapq.heappush(self._running, (ends_at, self._sequence, call))

    def _complete(self, now: int, call: _Call) -> Iterator[TraceStep]:
        """Delete the messages that are done, and let the others become visible again."""
        attempt = call.attempt
        if self._profile.acknowledge is Acknowledge.REPORT and attempt.failed:
            # The function caught the failures and returned a report: the call itself succeeded.
            attempt = Attempt(200, attempt.duration_ms, attempt.completed, attempt.failed)
        failed = [number for number in self._failed(call) if number in self._receives]
        yield result(now, call.items, call.tries, attempt, RETURN if failed else "")
        kept = set(failed)
        done = tuple(number for number in call.items if number in self._receives and number not in kept)
        if done:
            for number in done:
                del self._receives[number]
            yield end(now, done, FINISHED)
        if not call.is_overdue:
            self._return(call, failed, now)

    def _failed(self, call: _Call) -> tuple[int, ...]:
        """The messages of a call that stay in the queue."""
        attempt = call.attempt
        match self._profile.acknowledge:
            case Acknowledge.REPORT if attempt.failed:
                kept = set(attempt.failed)
            case _ if attempt.status == 200:
                return ()
            case Acknowledge.DELETE:
                kept = set(call.items).difference(attempt.completed)
            case _:
                return call.items
        return tuple(number for number in call.items if number in kept)

    def _return(self, call: _Call, numbers: Iterable[int], now: int) -> None:
        visible_at = now if self._profile.returns is Return.AT_ONCE else call.visible_at
        is_endless = (
            self._profile.max_receive == UNLIMITED and visible_at == call.visible_at - self._profile.visibility_ms
        )
        for number in numbers:
            is_stuck = is_endless and self._receives[number] >= MAX_TRIES_WITHOUT_TIME
            heapq.heappush(self._returned, (HORIZON_MS + 1 if is_stuck else visible_at, number))

    def _move(self, now: int, number: int) -> Iterator[TraceStep]:
        """End a message that was received too often."""
        del self._receives[number]
        if not self._profile.dead_letter:
            yield end(now, (number,), DROPPED, MAX_RECEIVE_EXCEEDED)
            return
        body = self._message_body(number)
        step = deliver(self._destinations, self._profile.dead_letter, DeliveryKind.DEAD_LETTER, (number,), now, body)
        yield step
        yield end(now, (number,), LOST if step.reason else DEAD_LETTERED, MAX_RECEIVE_EXCEEDED)

    def _unfinished(self) -> Iterator[int]:
        yield from sorted(self._receives)
        if self._next is not None:
            yield self._next[0]
            yield from (number for number, _ in self._arrivals)
