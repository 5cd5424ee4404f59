"""Lambda functions that read a stream: ordered shards, retries, bisection, and metadata of the batches given up."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, tee

from scfdeploy.delivery.batches import (
    DEAD_LETTERED,
    DROPPED,
    EVENT_AGE_EXCEEDED,
    EXPIRED,
    FINISHED,
    HORIZON_MS,
    LOST,
    MAX_TRIES_WITHOUT_TIME,
    RETRIES_EXHAUSTED,
    Batch,
    BatchReader,
    deliver,
    end,
    invoke,
    result,
    waiting,
)
from scfdeploy.delivery.driver import START_MS, Destinations, accept_all
from scfdeploy.delivery.envelopes import FailedBatch, lambda_stream_message
from scfdeploy.delivery.trace import REPEAT, RETRY, DeliveryKind, Handler, StepKind, TraceStep
from scfdeploy.facts import delivery_value

PLATFORM = "stream_source"
REPEATED = frozenset({429, 432, 500})
"""Throttles and system errors: the batch is neither split nor does it use a retry."""
SPLIT = "split"
"""Reason of a result: the batch is split in two."""
UNLIMITED = -1
_CONDITIONS = {RETRIES_EXHAUSTED: "RetryAttemptsExhausted", EVENT_AGE_EXCEEDED: "RecordAgeExpired"}
"""The words of the platform's messages."""


class AgeBase(StrEnum):
    """From when on the age of a record counts."""

    SPLIT = "split"
    """From the last split of its batch, or else from its arrival."""
    ARRIVAL = "arrival"


@dataclass(frozen=True, slots=True)
class StreamProfile:
    """The rules of one function that reads a stream."""

    batch: int = delivery_value(PLATFORM, "batch.default")
    """Records per call at most."""
    bisect: bool = False
    """Whether a batch that fails is split in two."""
    retries: int = delivery_value(PLATFORM, "retries.default")
    """Retries of a batch that is not split; -1 means any number."""
    max_age_ms: int = delivery_value(PLATFORM, "max_age.default_ms")
    """Records that are older than this are not tried again; -1 means any age."""
    on_failure: str = ""
    """The destination of the metadata of the batches given up; empty means none."""
    backoff_ms: int = delivery_value(PLATFORM, "backoff_ms")
    """Pause before a retry; a split has none."""
    age_base: AgeBase = AgeBase.SPLIT
    shards: int = 1
    """Records are spread over the shards in turn: record 1 is in the first shard, record 2 in the second."""
    name: str = "stream"
    """Of the stream, for messages."""
    function: str = "function"


def simulate_stream(
    profile: StreamProfile,
    records: Iterable[int],
    handler: Handler,
    destinations: Destinations = accept_all,
) -> Iterator[TraceStep]:
    """Yield what happens to the records that arrive at these times (ascending), numbered from 1.

    The shards run side by side; within a shard no batch starts before the one ahead of it is done or given up.
    """
    if profile.shards == 1:
        return _Shard(profile, 0, handler, destinations).run(enumerate(records, 1))
    numbered = tee(enumerate(records, 1), profile.shards)
    shards = (
        _Shard(profile, shard, handler, destinations).run(islice(own, shard, None, profile.shards))
        for shard, own in enumerate(numbered)
    )
    return heapq.merge(*shards, key=lambda step: step.t)


class IteratorAge:
    """How long records wait before they reach the handler: the age of the last record of each call."""

    def __init__(self, arrivals: Iterable[int]) -> None:
        """`arrivals` are the times of arrival of all records, from record 1."""
        self._arrivals = tuple(arrivals)
        self.longest_ms = 0

    def add(self, step: TraceStep) -> None:
        """Look at one more step of the run."""
        if step.kind is StepKind.INVOKE:
            self.longest_ms = max(self.longest_ms, step.t - self._arrivals[step.items[-1] - 1])


@dataclass(slots=True)
class _Part:
    """The records of a batch from `start` to `stop`, with retries and age of their own."""

    start: int
    stop: int
    reset_at: int | None = None
    """The time of the split that made this part, where the age counts from there."""
    tries: int = 0
    retries: int = 0
    status: int = 0
    """Of the last try."""


class _Shard:
    def __init__(self, profile: StreamProfile, number: int, handler: Handler, destinations: Destinations) -> None:
        self._profile = profile
        self._number = number
        self._handler = handler
        self._destinations = destinations
        self._now = 0

    def run(self, records: Iterable[tuple[int, int]]) -> Iterator[TraceStep]:
        """The steps of the whole shard."""
        reader = BatchReader(records, self._profile.batch)
        while reader.next_arrival is not None:
            self._now = max(self._now, reader.next_arrival)
            if self._now > HORIZON_MS:
                break
            yield from self._run_batch(reader.read(self._now))
        yield from waiting(reader.unread())

    def _run_batch(self, batch: Batch) -> Iterator[TraceStep]:
        """Run a batch and the parts that it is split into, in the order of its records."""
        parts = [_Part(0, len(batch.items))]
        while parts and self._now <= HORIZON_MS:
            part = parts.pop()
            too_old = self._too_old(batch, part)
            if too_old:
                yield from self._give_up(
                    batch, part.start, part.start + too_old, EVENT_AGE_EXCEEDED, part.tries, part.status
                )
                part.start += too_old
            if part.start < part.stop:
                parts.extend((yield from self._try(batch, part)))
        for part in reversed(parts):
            yield from waiting(batch.items[part.start : part.stop])

    def _too_old(self, batch: Batch, part: _Part) -> int:
        """How many of the first records of a part are not tried any more.

        Records that were too old before their first try are given up alone, a batch that was tried as a whole.
        """
        if self._profile.max_age_ms == UNLIMITED:
            return 0
        oldest = self._now - self._profile.max_age_ms
        if part.reset_at is not None or part.tries:
            since = batch.arrivals[part.start] if part.reset_at is None else part.reset_at
            return part.stop - part.start if since < oldest else 0
        return bisect_left(batch.arrivals, oldest, part.start, part.stop) - part.start

    def _try(self, batch: Batch, part: _Part) -> Generator[TraceStep, None, tuple[_Part, ...]]:
        """Call the handler once. Returns the parts that follow, the first one last."""
        items = batch.items[part.start : part.stop]
        started, tries = self._now, part.tries
        yield invoke(started, items, tries)
        attempt = self._handler(items, tries, started)
        self._now += attempt.duration_ms
        if self._now > HORIZON_MS:
            return (part,)
        if attempt.status == 200:
            yield result(self._now, items, tries, attempt)
            yield end(self._now, items, FINISHED)
            return ()
        part.tries += 1
        part.status = attempt.status
        if attempt.status in REPEATED:
            yield result(self._now, items, tries, attempt, REPEAT)
            self._pause(part, started)
            return (part,)
        if self._profile.bisect and len(items) > 1:
            yield result(self._now, items, tries, attempt, SPLIT)
            return (yield from self._split(batch, part))
        if part.retries == self._profile.retries:
            yield result(self._now, items, tries, attempt, RETRIES_EXHAUSTED)
            yield from self._give_up(batch, part.start, part.stop, RETRIES_EXHAUSTED, part.tries, attempt.status)
            return ()
        yield result(self._now, items, tries, attempt, RETRY)
        part.retries += 1
        self._pause(part, started)
        return (part,)

    def _pause(self, part: _Part, started: int) -> None:
        self._now += self._profile.backoff_ms
        if self._now == started and part.tries >= MAX_TRIES_WITHOUT_TIME:
            self._now = HORIZON_MS + 1

    def _split(self, batch: Batch, part: _Part) -> Generator[TraceStep, None, tuple[_Part, ...]]:
        middle = part.start + (part.stop - part.start) // 2
        reset_at = self._now if self._profile.age_base is AgeBase.SPLIT else None
        halves = _Part(part.start, middle, reset_at), _Part(middle, part.stop, reset_at)
        yield TraceStep(
            self._now,
            StepKind.SPLIT,
            batch.items[part.start : part.stop],
            parts=tuple(batch.items[half.start : half.stop] for half in halves),
        )
        return halves[1], halves[0]

    def _give_up(
        self, batch: Batch, start: int, stop: int, reason: str, tries: int, status: int
    ) -> Iterator[TraceStep]:
        """Send the metadata of records that are not tried again, and go on behind them."""
        items = batch.items[start:stop]
        if not self._profile.on_failure:
            yield end(self._now, items, EXPIRED if reason == EVENT_AGE_EXCEEDED else DROPPED, reason)
            return
        body = lambda_stream_message(
            FailedBatch(
                self._profile.name,
                self._number,
                self._profile.function,
                items[0],
                items[-1],
                len(items),
                START_MS + batch.arrivals[start],
                START_MS + batch.arrivals[stop - 1],
                _CONDITIONS[reason],
                tries,
                status,
                START_MS + self._now,
            )
        )
        step = deliver(self._destinations, self._profile.on_failure, DeliveryKind.FAILURE, items, self._now, body)
        yield step
        yield end(self._now, items, LOST if step.reason else DEAD_LETTERED, reason)
