"""Tencent Cloud SCF: CKafka messages, delivered in order, one batch at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

from scfdeploy.delivery.batches import (
    DROPPED,
    FINISHED,
    HORIZON_MS,
    RETRIES_EXHAUSTED,
    Batch,
    BatchReader,
    end,
    invoke,
    result,
    waiting,
)
from scfdeploy.delivery.core import ResultClass
from scfdeploy.delivery.profiles.scf import CLASSES
from scfdeploy.delivery.trace import REPEAT, RETRY, Handler, TraceStep
from scfdeploy.facts import delivery_value

PLATFORM = "ckafka"


@dataclass(frozen=True, slots=True)
class CkafkaProfile:
    """The rules of one CKafka trigger."""

    batch: int = delivery_value(PLATFORM, "batch.default")
    """Messages per call at most."""
    retry: int = delivery_value(PLATFORM, "retry.default")
    """Repetitions of a batch after execution errors; they follow at once."""
    backoff_ms: int = delivery_value(PLATFORM, "backoff.first_ms")
    """Pause before the first repetition after an overrun or system error; it doubles."""
    backoff_max_ms: int = delivery_value(PLATFORM, "backoff.max_ms")


def simulate_ckafka(profile: CkafkaProfile, messages: Iterable[int], handler: Handler) -> Iterator[TraceStep]:
    """Yield what happens to the messages that arrive at these times (ascending), numbered from 1.

    CKafka calls are synchronous: a batch whose retries are used up goes to no dead letter queue, and its messages are
    dropped. Overruns and system errors block the topic until the batch succeeds.
    """
    reader = BatchReader(enumerate(messages, 1), profile.batch)
    now = 0
    while reader.next_arrival is not None:
        now = max(now, reader.next_arrival)
        if now > HORIZON_MS:
            break
        now = yield from _run_batch(profile, reader.read(now), now, handler)
    yield from waiting(reader.unread())


def _run_batch(profile: CkafkaProfile, batch: Batch, now: int, handler: Handler) -> Generator[TraceStep, None, int]:
    """Try a batch until it succeeds or its retries are used up. Returns the time of its end."""
    items = batch.items
    tries = retries = 0
    pause = profile.backoff_ms
    while now <= HORIZON_MS:
        yield invoke(now, items, tries)
        attempt = handler(items, tries, now)
        now += attempt.duration_ms
        if now > HORIZON_MS:
            break
        match CLASSES.get(attempt.status, ResultClass.EXECUTION):
            case ResultClass.SUCCESS:
                yield result(now, items, tries, attempt)
                yield end(now, items, FINISHED)
                return now
            case ResultClass.EXECUTION if retries >= profile.retry:
                yield result(now, items, tries, attempt, RETRIES_EXHAUSTED)
                yield end(now, items, DROPPED, RETRIES_EXHAUSTED)
                return now
            case ResultClass.EXECUTION:
                yield result(now, items, tries, attempt, RETRY)
                retries += 1
            case _:
                yield result(now, items, tries, attempt, REPEAT)
                now += pause
                pause = min(2 * pause, profile.backoff_max_ms)
        tries += 1
    yield from waiting(items)
    return now
