"""Executes a plan: starts changes when their dependencies succeed and skips those that depend on a failure."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from itertools import count
from math import inf
from typing import TYPE_CHECKING, TypeAlias

from scfdeploy.apply.events import ChangeFinished, Listener, RunStarted, Stopping
from scfdeploy.apply.executor import ChangeExecutor, ExecutionContext, StopReason, Waits
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
_RunningChange: TypeAlias = tuple[ChangeExecutor, Waits[Outcome]]
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
    context = ExecutionContext(
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
    outcomes = _Run(changes, context).outcomes(max(1, parallelism)) if changes else {}
    return tuple(outcomes[change.address] for change in changes)


class _Run:
    """One run. Only its own thread touches this; other threads move single changes on."""

    def __init__(self, changes: Iterable[Change], context: ExecutionContext) -> None:
        self._graph = Graph(changes)
        self._context = context
        self._outcomes: dict[Address, Outcome] = {}
        self._known: dict[Ref, Value] = {}
        self._waiting: list[tuple[float, int, _RunningChange]] = []
        self._running: dict[Future[float | Outcome], _RunningChange] = {}
        self._order = count()
        self._stop_announced = False

    def outcomes(self, parallelism: int) -> dict[Address, Outcome]:
        with Workers(parallelism, name="apply") as pool:
            self._start(pool)
            while self._running or self._waiting:
                try:
                    self._step(pool)
                except KeyboardInterrupt:
                    if self._context.stop.is_set():
                        raise
                    self._context.stop.set()
        stop_reason = self._context.stop_reason
        for change in self._graph.take_rest():
            code, words = (stop_reason, stop_reason.words) if stop_reason else ("DependencyCycle", "waits for itself")
            self._skip(change, code, words)
        return self._outcomes

    def _step(self, pool: Workers) -> None:
        """Move on what is due, wait for the next thing to happen, and take in what is done."""
        stop_reason = self._context.stop_reason
        if stop_reason is not None:
            for change in self._graph.take_rest():
                self._skip(change, stop_reason, stop_reason.words)
            self._announce_stop(stop_reason)
        last = self._context.abandon_reason
        if last is StopReason.INTERRUPTED:
            self._abandon(last)
            return
        now = self._context.clock.monotonic()
        while self._waiting and (self._waiting[0][0] <= now or last is not None):
            self._submit(pool, heapq.heappop(self._waiting)[2])
        pause = min(self._waiting[0][0] - now, _LOOK_UP_S) if self._waiting else _LOOK_UP_S
        if not self._running:
            self._context.clock.sleep(pause)
            return
        from concurrent.futures import FIRST_COMPLETED, wait

        done, _ = wait(self._running, timeout=pause, return_when=FIRST_COMPLETED)
        for future in done:
            self._handle_result(self._running.pop(future), future.result())
        self._start(pool)

    def _start(self, pool: Workers) -> None:
        if self._context.stop_reason is None:
            for change in self._graph.take_ready():
                executor = ChangeExecutor(change, self._context, dict(self._known))
                self._submit(pool, (executor, executor.run()))

    def _announce_stop(self, stop_reason: StopReason) -> None:
        under_way = len(self._running) + len(self._waiting)
        if stop_reason is StopReason.INTERRUPTED and under_way and not self._stop_announced:
            self._stop_announced = True
            self._context.listener(Stopping(under_way, GRACE_S))

    def _abandon(self, stop_reason: StopReason) -> None:
        """Say what is known of each change under way, and leave its thread to itself."""
        from concurrent.futures import wait

        done, _ = wait(self._running, timeout=_LOOK_UP_S)
        for future in done:
            self._handle_result(self._running.pop(future), future.result())
        left = [*self._running.values(), *(moved for _, _, moved in self._waiting)]
        self._running, self._waiting = {}, []
        for executor, _ in left:
            self._finish(executor.abandoned(stop_reason))

    def _submit(self, pool: Workers, moved: _RunningChange) -> None:
        self._running[pool.submit(_advance, moved[1])] = moved

    def _handle_result(self, moved: _RunningChange, came: float | Outcome) -> None:
        match came:
            case Outcome():
                self._finish(came)
            case _:
                heapq.heappush(self._waiting, (self._context.clock.monotonic() + came, next(self._order), moved))

    def _finish(self, outcome: Outcome) -> None:
        self._outcomes[outcome.address] = outcome
        self._known |= {Ref(outcome.address, name): value for name, value in outcome.known.items()}
        if outcome.status is Status.SUCCEEDED:
            self._graph.succeeded(outcome.address)
            return
        for change in self._graph.failed(outcome.address):
            if (stop_reason := self._context.stop_reason) is not None:
                self._skip(change, stop_reason, stop_reason.words)
            else:
                self._skip(change, "DependencyFailed", f"waits for {outcome.address}, which failed")

    def _skip(self, change: Change, code: str, message: str) -> None:
        failure = Failure(code, message, retryable=True)
        outcome = Outcome(change.address, change.action, Status.SKIPPED, error=failure)
        self._outcomes[change.address] = outcome
        self._context.listener(ChangeFinished(outcome))


def _advance(executor: Waits[Outcome]) -> float | Outcome:
    """Go on until it wants to rest, or is done."""
    try:
        return next(executor)
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome
