"""What happens in a simulated run, step by step, and what it adds up to.

Every source of events (asynchronous calls, queues, streams, CKafka) yields `TraceStep`s in the order of virtual time;
reports, pictures and checks read only them.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class StepKind(StrEnum):
    """What happened in a step."""

    INVOKE = "invoke"
    RESULT = "result"
    SPLIT = "split"
    DELIVER = "deliver"
    END = "end"


_INVOKE, _RESULT, _DELIVER, _END = StepKind.INVOKE, StepKind.RESULT, StepKind.DELIVER, StepKind.END


RETRY = "retry"
"""The reason of a result after which the same items are tried again, which uses a retry."""
REPEAT = "repeat"
"""The reason of a result after which the same items are tried again, whatever the number of retries."""


class DeliveryKind(StrEnum):
    """Why a destination receives an event."""

    SUCCESS = "success"
    FAILURE = "failure"
    DEAD_LETTER = "dead-letter"


class Attempt(NamedTuple):
    """The result of one call of the handler.

    A call with several items completes some of them; the rest failed or were not reached.
    """

    status: int
    duration_ms: int = 0
    completed: tuple[int, ...] = ()
    """The items whose work was done in this call, in order, whatever the status of the call."""
    failed: tuple[int, ...] = ()
    """The items that the handler names as failed, where the source understands such reports."""
    result: str = "null"
    """The returned value as JSON text, for destinations."""
    error: str = ""
    """What the handler reports when it fails."""


Handler = Callable[[tuple[int, ...], int, int], Attempt]
"""`handler(items, tries, at)` runs the items, numbered from 1, after so many earlier tries of them."""


class TraceStep(NamedTuple):
    """One step. Times are virtual milliseconds from the start of the run."""

    t: int
    kind: StepKind
    items: tuple[int, ...]
    """The events, messages or records, numbered from 1 in the order of the source."""
    function: str = ""
    """The function of the items, where a run may have several."""
    tries: int = 0
    """Invoke and result: earlier tries of these items together. Deliver: earlier tries of the delivery."""
    status: int = 0
    """Result: the status of the call. Deliver: the answer of the destination."""
    completed: tuple[int, ...] = ()
    """Result: the items completed in this call."""
    parts: tuple[tuple[int, ...], ...] = ()
    """Split: the batches that follow."""
    destination: str = ""
    delivery: DeliveryKind | None = None
    body: str = ""
    """Deliver: the message."""
    end: str = ""
    """End: how the items ended, in the words of the JSON document."""
    reason: str = ""
    """Result: `RETRY` or `REPEAT`, or why no attempt follows. Deliver: why it failed, empty when it arrived.

    End: why the items failed.
    """
    next_at: int | None = None
    """Result: the time of the next attempt. Deliver: the time of the next try. None when there is none."""
    retry: int = 0
    """Result: the number of the retry that follows; 0 when what follows uses no retry."""
    started: int = 0
    """Deliver: the event that began, when the destination is a function of the run."""
    loop: tuple[str, ...] = ()
    """End: the functions that invoke each other in a loop, when the run stopped it."""
    assumed: tuple[str, ...] = ()
    """The values that no source gives and that decided what happens here, as `profile.name` of tables/delivery.tsv."""
    attributes: tuple[tuple[str, str | int], ...] = ()
    """Deliver: what is sent beside the message."""


MAX_TIMES = 20_000
"""The number of attempts of an item whose times are kept: a run without an end has millions."""


@dataclass(slots=True)
class ItemSummary:
    """What became of one event, message or record."""

    number: int
    attempts_at: list[int] = field(default_factory=list)
    """The times of the first `MAX_TIMES` attempts."""
    completions: int = 0
    end: str = "waiting"
    reason: str = ""
    ended_at: int = 0
    attempts: int = 0


_TEXTS_IN_PART = 200


class KeptTexts:
    """Texts that resemble each other, compressed: a run may have a million messages of 600 bytes each."""

    __slots__ = ("_opened", "_parts", "_recent")

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._recent: list[str] = []
        """The texts after those of the parts."""
        self._opened: tuple[int, list[str]] = (-1, [])
        """The part that was read last, and its number."""

    def __len__(self) -> int:
        return len(self._parts) * _TEXTS_IN_PART + len(self._recent)

    def add(self, text: str) -> int:
        """Keep one more text; returns its number."""
        if len(self._recent) == _TEXTS_IN_PART:
            self._parts.append(zlib.compress(json.dumps(self._recent).encode(), 1))
            self._recent = []
        self._recent.append(text)
        return len(self) - 1

    def get(self, number: int) -> str:
        """A text by its number. It is cheap to read all texts in order."""
        part, index = divmod(number, _TEXTS_IN_PART)
        if part == len(self._parts):
            return self._recent[index]
        if self._opened[0] != part:
            self._opened = (part, json.loads(zlib.decompress(self._parts[part])))
        return self._opened[1][index]


@dataclass(slots=True)
class Delivery:
    """One message to one destination, with all its tries."""

    destination: str
    kind: DeliveryKind
    items: tuple[int, ...]
    at: int
    """The time of the last try."""
    tries: int
    delivered: bool
    error: str
    _texts: KeptTexts
    _text: int | None
    """The number of the message in the texts; None when it was not kept."""

    @property
    def body(self) -> str:
        """The message; empty when it was not kept."""
        return "" if self._text is None else self._texts.get(self._text)


@dataclass(slots=True)
class TraceSummary:
    """Counts over a whole trace."""

    invocations: int = 0
    splits: int = 0
    items: dict[int, ItemSummary] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    assumed: dict[str, None] = field(default_factory=dict)
    """The assumed values that decided something, in the order of their first use."""
    most_bodies: int = sys.maxsize
    """The number of messages whose text is kept."""
    _texts: KeptTexts = field(default_factory=KeptTexts)
    _retried: dict[tuple[str, DeliveryKind, tuple[int, ...]], Delivery] = field(default_factory=dict)
    """The deliveries that are tried again."""

    def add(self, step: TraceStep) -> None:
        """Count one more step."""
        for name in step.assumed:
            self.assumed.setdefault(name)
        # Compared by identity: matching patterns takes several times as long, and this runs for every step.
        kind = step.kind
        if kind is _INVOKE:
            self._invoke(step)
        elif kind is _RESULT:
            for number in step.completed:
                self._item(number).completions += 1
        elif kind is _END:
            for number in step.items:
                item = self._item(number)
                item.end, item.reason, item.ended_at = step.end, step.reason, step.t
        elif kind is _DELIVER:
            self._deliver(step)
        else:
            self.splits += 1

    def _item(self, number: int) -> ItemSummary:
        item = self.items.get(number)
        if item is None:
            item = self.items[number] = ItemSummary(number)
        return item

    def _invoke(self, step: TraceStep) -> None:
        self.invocations += 1
        for number in step.items:
            item = self._item(number)
            item.attempts += 1
            if item.attempts <= MAX_TIMES:
                item.attempts_at.append(step.t)

    def _deliver(self, step: TraceStep) -> None:
        if step.delivery is None:
            raise ValueError("a delivery has a kind")
        key = (step.destination, step.delivery, step.items)
        if step.tries:
            delivery = self._retried.pop(key)
            delivery.at, delivery.tries = step.t, step.tries + 1
            delivery.delivered, delivery.error = not step.reason, step.reason
            if step.next_at is not None:
                self._retried[key] = delivery
            return
        texts = self._texts
        text = texts.add(step.body) if step.body and len(self.deliveries) < self.most_bodies else None
        delivery = Delivery(
            step.destination, step.delivery, step.items, step.t, 1, not step.reason, step.reason, texts, text
        )
        self.deliveries.append(delivery)
        if step.next_at is not None:
            self._retried[key] = delivery


def summarise(steps: Iterable[TraceStep]) -> TraceSummary:
    """Count the steps of a whole run."""
    summary = TraceSummary()
    for step in steps:
        summary.add(step)
    return summary
