"""Faults of a run: single attempts that fail although the handler would succeed, or whose result is lost."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Protocol

from scfdeploy.delivery.driver import EventHandler, Invocation
from scfdeploy.delivery.trace import Attempt, Handler
from scfdeploy.diagnostics import message
from scfdeploy.records import NamedTuple

MAX_NAMED = 50
"""The number of faults that a report names."""
_SUCCESS, _OVERRUN, _SYSTEM, _TIMEOUT = 200, 432, 500, 433
_PERCENT = 25
"""The share of attempts with a fault in generated plans."""


class Fault(NamedTuple):
    """A fault at the delivery of an item that has this number; the first is 1."""

    item: int
    attempt: int
    status: int
    runs_first: bool
    """Whether the handler runs and takes effect before the result is replaced."""

    def text(self, item_word: str) -> str:
        """The fault in words, such as `event 3, attempt 1: the handler ran, the result was lost (status 500)`."""
        what = {
            (_SYSTEM, True): message("the handler ran, the result was lost (status 500)"),
            (_TIMEOUT, True): message("the handler ran, then timed out (status 433)"),
            (_OVERRUN, False): message("throttled before the handler ran (status 432)"),
            (_SYSTEM, False): message("system error before the handler ran (status 500)"),
        }.get((self.status, self.runs_first), message("status {status}", status=self.status))
        word = {"event": message("event"), "message": message("message"), "record": message("record")}[item_word]
        return message(
            "{item} {number}, attempt {attempt}: {what}",
            item=word,
            number=self.item,
            attempt=self.attempt,
            what=what,
        )


KINDS = ((_SYSTEM, True), (_OVERRUN, False), (_TIMEOUT, True), (_SYSTEM, False))
"""Status and `runs_first` of the faults that a platform causes."""


class FaultPlan(Protocol):
    """Says which deliveries of items have a fault."""

    def find(self, item: int, attempt: int) -> Fault | None:
        """The fault at a delivery of an item."""


class NoFaults:
    """A run without faults."""

    def find(self, item: int, attempt: int) -> Fault | None:
        """None."""


class ListedFaults:
    """The faults in a list."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._faults = {(fault.item, fault.attempt): fault for fault in faults}

    def find(self, item: int, attempt: int) -> Fault | None:
        """The fault at a delivery of an item."""
        return self._faults.get((item, attempt))


class SeededFaults:
    """Faults that follow from a seed: a quarter of the deliveries, each with one of `KINDS`."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def find(self, item: int, attempt: int) -> Fault | None:
        """The fault at a delivery of an item."""
        draw = zlib.crc32(f"{self._seed}:{item}:{attempt}".encode())
        if draw % 100 >= _PERCENT:
            return None
        status, runs_first = KINDS[draw // 100 % len(KINDS)]
        return Fault(item, attempt, status, runs_first)


class AppliedFaults:
    """The faults that a run met, the first ones by name."""

    def __init__(self) -> None:
        self.named: list[Fault] = []
        self.count = 0

    def add(self, fault: Fault) -> None:
        """Note one more fault."""
        self.count += 1
        if self.count <= MAX_NAMED:
            self.named.append(fault)


def event_handler_with_faults(handler: EventHandler, plan: FaultPlan, applied: AppliedFaults) -> EventHandler:
    """The handler, with a fault at the attempts that the plan names."""

    def run(call: Invocation) -> Attempt:
        fault = plan.find(call.item, call.tries + 1)
        if fault is None:
            return handler(call)
        applied.add(fault)
        if not fault.runs_first:
            return Attempt(fault.status)
        attempt = handler(call)
        done = (call.item,) if attempt.status == _SUCCESS else ()
        return attempt._replace(status=fault.status, completed=done, result="null")

    return run


def batch_handler_with_faults(handler: Handler, plan: FaultPlan, applied: AppliedFaults) -> Handler:
    """The handler, with a fault at the calls that deliver an item as often as the plan says."""
    deliveries: dict[int, int] = {}

    def run(items: tuple[int, ...], tries: int, at: int) -> Attempt:
        found: Fault | None = None
        for item in items:
            deliveries[item] = deliveries.get(item, 0) + 1
            found = found or plan.find(item, deliveries[item])
        if found is None:
            return handler(items, tries, at)
        applied.add(found)
        if not found.runs_first:
            return Attempt(found.status)
        return handler(items, tries, at)._replace(status=found.status, failed=())

    return run
