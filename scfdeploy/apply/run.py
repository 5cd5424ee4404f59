"""Carries out a plan: what is ready starts, what waits is waited for, what depends on a failure is left out."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from itertools import count
from math import inf
from typing import TYPE_CHECKING, TypeAlias

from scfdeploy.apply.events import ChangeFinished, Listener, RunStarted, Stopping
from scfdeploy.apply.executor import Carrying, Ending, Means, Pauses
from scfdeploy.apply.graph import Graph
from scfdeploy.apply.outcome import Failure, Outcome, Status
from scfdeploy.apply.stop import GRACE_S, Stop
from scfdeploy.model import Address, Ref, Value
from scfdeploy.plan import Action, Change, Plan
from scfdeploy.providers.base import Writer
from scfdeploy.providers.clock import Clock, SystemClock
from scfdeploy.providers.retry import RetryPolicy, uniform
from scfdeploy.providers.workers import Workers

if TYPE_CHECKING:
    from concurrent.futures import Future

_LOOK_UP_S = 0.1
_Moved: TypeAlias = tuple[Carrying, Pauses[Outcome]]
"""A change under way, and what moves it on."""


def run(  # noqa: PLR0913 - each is said once, by name
    plan: Plan,
    writer: Writer,
    *,
    listener: Listener,
    parallelism: int = 32,
    clock: Clock | None = None,
    stop: Stop | None = None,
    retry: RetryPolicy | None = None,
    random: Callable[[], float] | None = None,
    timeout_s: float = inf,
) -> tuple[Outcome, ...]:
    """Make every change of `plan` that is not a no-op; an outcome for each, in the plan's order.

    `parallelism` bounds the calls that are made at once; a change that only waits for the cloud does not count. `stop`
    ends the run: what is under way is waited for, 30 seconds at most, and nothing new starts. A first KeyboardInterrupt
    does the same. After `timeout_s`, from the moment of this call, calls under way are finished and nothing else.
    """
    clock = clock or SystemClock()
    means = Means(
        writer,
        listener,
        clock,
        retry or RetryPolicy(),
        random or uniform(),
        stop or Stop(),
        clock.monotonic() + timeout_s,
    )
    changes = tuple(change for change in plan.changes if change.action is not Action.NO_OP)
    listener(RunStarted(len(changes)))
    outcomes = _Run(changes, means).outcomes(max(1, parallelism)) if changes else {}
    return tuple(outcomes[change.address] for change in changes)


class _Run:
    """One run. Only its own thread touches this; other threads move single changes on."""

    def __init__(self, changes: Iterable[Change], means: Means) -> None:
        self._graph = Graph(changes)
        self._means = means
        self._outcomes: dict[Address, Outcome] = {}
        self._known: dict[Ref, Value] = {}
        self._resting: list[tuple[float, int, _Moved]] = []
        self._moving: dict[Future[float | Outcome], _Moved] = {}
        self._order = count()
        self._has_told = False

    def outcomes(self, parallelism: int) -> dict[Address, Outcome]:
        with Workers(parallelism, name="apply") as pool:
            self._start(pool)
            while self._moving or self._resting:
                try:
                    self._turn(pool)
                except KeyboardInterrupt:
                    if self._means.stop.is_set():
                        raise
                    self._means.stop.set()
        ending = self._means.ending
        for change in self._graph.take_rest():
            code, words = (ending, ending.words) if ending else ("DependencyCycle", "waits for itself")
            self._skip(change, code, words)
        return self._outcomes

    def _turn(self, pool: Workers) -> None:
        """Move on what is due, wait for the next thing to happen, and take in what is done."""
        ending = self._means.ending
        if ending is not None:
            for change in self._graph.take_rest():
                self._skip(change, ending, ending.words)
            self._tell_once(ending)
        last = self._means.last_ending
        if last is Ending.INTERRUPTED:
            self._abandon(last)
            return
        now = self._means.clock.monotonic()
        while self._resting and (self._resting[0][0] <= now or last is not None):
            self._move(pool, heapq.heappop(self._resting)[2])
        pause = min(self._resting[0][0] - now, _LOOK_UP_S) if self._resting else _LOOK_UP_S
        if not self._moving:
            self._means.clock.sleep(pause)
            return
        from concurrent.futures import FIRST_COMPLETED, wait

        done, _ = wait(self._moving, timeout=pause, return_when=FIRST_COMPLETED)
        for future in done:
            self._take_in(self._moving.pop(future), future.result())
        self._start(pool)

    def _start(self, pool: Workers) -> None:
        if self._means.ending is None:
            for change in self._graph.take_ready():
                carrying = Carrying(change, self._means, dict(self._known))
                self._move(pool, (carrying, carrying.run()))

    def _tell_once(self, ending: Ending) -> None:
        under_way = len(self._moving) + len(self._resting)
        if ending is Ending.INTERRUPTED and under_way and not self._has_told:
            self._has_told = True
            self._means.listener(Stopping(under_way, GRACE_S))

    def _abandon(self, ending: Ending) -> None:
        """Say what is known of each change under way, and leave its thread to itself."""
        from concurrent.futures import wait

        done, _ = wait(self._moving, timeout=_LOOK_UP_S)
        for future in done:
            self._take_in(self._moving.pop(future), future.result())
        left = [*self._moving.values(), *(moved for _, _, moved in self._resting)]
        self._moving, self._resting = {}, []
        for carrying, _ in left:
            self._finish(carrying.abandoned(ending))

    def _move(self, pool: Workers, moved: _Moved) -> None:
        self._moving[pool.submit(_advance, moved[1])] = moved

    def _take_in(self, moved: _Moved, came: float | Outcome) -> None:
        match came:
            case Outcome():
                self._finish(came)
            case _:
                heapq.heappush(self._resting, (self._means.clock.monotonic() + came, next(self._order), moved))

    def _finish(self, outcome: Outcome) -> None:
        self._outcomes[outcome.address] = outcome
        self._known |= {Ref(outcome.address, name): value for name, value in outcome.known.items()}
        if outcome.status is Status.SUCCEEDED:
            self._graph.succeeded(outcome.address)
            return
        for change in self._graph.failed(outcome.address):
            if (ending := self._means.ending) is not None:
                self._skip(change, ending, ending.words)
            else:
                self._skip(change, "DependencyFailed", f"waits for {outcome.address}, which failed")

    def _skip(self, change: Change, code: str, message: str) -> None:
        failure = Failure(code, message, retryable=True)
        outcome = Outcome(change.address, change.action, Status.SKIPPED, error=failure)
        self._outcomes[change.address] = outcome
        self._means.listener(ChangeFinished(outcome))


def _advance(carrying: Pauses[Outcome]) -> float | Outcome:
    """Go on until it wants to rest, or is done."""
    try:
        return next(carrying)
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome
