"""Executes a plan: starts changes when their dependencies succeed and skips those that depend on a failure.

A change that waits occupies no worker. A worker that becomes free continues a change that has waited long enough, or
else starts the first change of the plan whose dependencies have succeeded. So the parts of a function that is ready are
created while other functions have to wait for the rate limit of their creation. Only deletions that no other change
needs are polled last: when all have ended, few calls show it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from itertools import count
from math import inf
from typing import TYPE_CHECKING, TypeAlias

from scfdeploy.apply.events import ChangeFinished, Failure, Listener, Outcome, RunStarted, Status, Stopping
from scfdeploy.apply.executor import ChangeExecutor, ExecutionContext, Waits
from scfdeploy.apply.stop import GRACE_S, Stop, StopReason
from scfdeploy.diagnostics import message
from scfdeploy.model import Address, Ref, Value
from scfdeploy.plan import Action, Change, Plan, references
from scfdeploy.providers.base import Writer
from scfdeploy.providers.clock import Clock, SystemClock
from scfdeploy.providers.retry import RetryPolicy, uniform
from scfdeploy.providers.workers import Workers

if TYPE_CHECKING:
    from concurrent.futures import Future
    from queue import SimpleQueue

_SIGNAL_POLL_S = 0.1
_LONGEST_DEFERRAL_S = 30.0
_RunningChange: TypeAlias = tuple[ChangeExecutor, Waits[Outcome]]
"""An executor and its running generator."""


def run(  # noqa: PLR0913 - keyword arguments with defaults
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
    """Execute every change of `plan` except no-ops; returns their outcomes in the order of the plan.

    `parallelism` limits simultaneous calls; changes that wait for the cloud do not count. `stop`, like a first
    KeyboardInterrupt, ends the run: no change starts, and those in progress have `GRACE_S` to complete. After
    `timeout_s`, calls in progress complete, and no other call is made.
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
    outcomes = _Run(changes, context, max(1, parallelism)).outcomes() if changes else {}
    return tuple(outcomes[change.address] for change in changes)


class DependencyGraph:
    """The changes of a run that have not started. Dependencies outside the run count as succeeded."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._changes = {change.address: change for change in changes}
        self._places = {address: place for place, address in enumerate(self._changes)}
        self._dependencies: dict[Address, set[Address]] = {
            address: {needed for needed in change.requires if needed in self._changes and needed != address}
            for address, change in self._changes.items()
        }
        self._dependents: dict[Address, list[Address]] = {address: [] for address in self._changes}
        for address, dependencies in self._dependencies.items():
            for needed in dependencies:
                self._dependents[needed].append(address)
        self._ready: list[tuple[int, Address]] = []
        """A heap, in the order of the plan."""
        for address, dependencies in self._dependencies.items():
            if not dependencies:
                self._add_ready(address)

    @property
    def first_ready(self) -> Change | None:
        """The first change of the plan without open dependencies; None if there is none."""
        return self._changes[self._ready[0][1]] if self._ready else None

    def take_first_ready(self) -> None:
        """Remove the first change without open dependencies."""
        del self._changes[heapq.heappop(self._ready)[1]]

    def is_needed(self, address: Address) -> bool:
        """Whether a change that has not started depends directly on this one."""
        return any(dependent in self._changes for dependent in self._dependents[address])

    def succeeded(self, address: Address) -> None:
        """Record the success of a change."""
        for dependent in self._dependents[address]:
            self._dependencies[dependent].discard(address)
            if dependent in self._changes and not self._dependencies[dependent]:
                self._add_ready(dependent)

    def failed(self, address: Address) -> tuple[Change, ...]:
        """Remove and return the changes that depend on a failed one, directly or indirectly."""
        dependents: list[Change] = []
        failed = [address]
        while failed:
            for dependent in self._dependents[failed.pop()]:
                if dependent in self._changes:
                    dependents.append(self._changes.pop(dependent))
                    failed.append(dependent)
        return tuple(dependents)

    def take_rest(self) -> tuple[Change, ...]:
        """Remove and return all changes."""
        rest = tuple(self._changes.values())
        self._changes.clear()
        self._ready.clear()
        return rest

    def _add_ready(self, address: Address) -> None:
        heapq.heappush(self._ready, (self._places[address], address))


class _Run:
    """One run. Only the thread of the run uses this object; worker threads advance single changes."""

    def __init__(self, changes: Iterable[Change], context: ExecutionContext, parallelism: int) -> None:
        from queue import SimpleQueue

        self._parallelism = parallelism
        self._graph = DependencyGraph(changes)
        self._context = context
        self._outcomes: dict[Address, Outcome] = {}
        self._outputs: dict[Ref, Value] = {}
        self._waiting: list[tuple[float, int, _RunningChange]] = []
        """A heap, by the time at which a change continues."""
        self._deferred: list[tuple[float, int, _RunningChange]] = []
        """The same for those that continue when no change can start."""
        self._running: dict[Future[float | Outcome], _RunningChange] = {}
        self._done: SimpleQueue[Future[float | Outcome]] = SimpleQueue()
        """Each future when it is done: to wait for all of `_running` takes longer the more there are."""
        self._order = count()
        self._stop_announced = False

    def outcomes(self) -> dict[Address, Outcome]:
        with Workers(self._parallelism, name="apply") as pool:
            while self._running or self._waiting or self._deferred or self._graph.first_ready is not None:
                try:
                    self._step(pool)
                except KeyboardInterrupt:
                    if self._context.stop.is_set():
                        raise
                    self._context.stop.set()
                    self._watch_again()
        stop_reason = self._context.stop_reason
        for change in self._graph.take_rest():
            if stop_reason is not None:
                self._skip(change, stop_reason, stop_reason.text)
            else:
                self._skip(change, "DependencyCycle", message("depends on itself through other changes"))
        return self._outcomes

    def _step(self, pool: Workers) -> None:
        """Continue the changes that are due, start others in free workers, and wait for a result."""
        stop_reason = self._context.stop_reason
        if stop_reason is not None:
            for change in self._graph.take_rest():
                self._skip(change, stop_reason, stop_reason.text)
            self._announce_stop(stop_reason)
        abandon_reason = self._context.abandon_reason
        if abandon_reason is StopReason.INTERRUPTED:
            self._abandon(abandon_reason)
            return
        now = self._context.clock.monotonic()
        while self._deferred and (self._graph.first_ready is None or self._deferred[0][0] + _LONGEST_DEFERRAL_S <= now):
            heapq.heappush(self._waiting, heapq.heappop(self._deferred))
        while self._waiting and (self._waiting[0][0] <= now or abandon_reason is not None):
            self._submit(pool, heapq.heappop(self._waiting)[2])
        if stop_reason is None:
            self._start_ready(pool)
        pause = min(self._waiting[0][0] - now, _SIGNAL_POLL_S) if self._waiting else _SIGNAL_POLL_S
        if self._running:
            self._collect(pause)
        elif self._waiting:
            self._context.clock.sleep(pause)

    def _start_ready(self, pool: Workers) -> None:
        while len(self._running) < self._parallelism and (change := self._graph.first_ready) is not None:
            settings = (change.settings, tuple(field.after for field in change.fields))
            values = {needed: self._outputs[needed] for needed in references(settings) if needed in self._outputs}
            executor = ChangeExecutor(change, self._context, values)
            # Not earlier: an interrupt until here must not lose the change.
            self._graph.take_first_ready()
            self._submit(pool, (executor, executor.run()))

    def _announce_stop(self, stop_reason: StopReason) -> None:
        under_way = len(self._running) + len(self._waiting) + len(self._deferred)
        if stop_reason is StopReason.INTERRUPTED and under_way and not self._stop_announced:
            self._stop_announced = True
            self._context.listener(Stopping(under_way, GRACE_S))

    def _abandon(self, stop_reason: StopReason) -> None:
        """Report the known effect of each change in progress; its thread may still be in a call."""
        from concurrent.futures import wait

        self._process(wait(self._running, _SIGNAL_POLL_S).done)
        abandoned = [*self._running.values(), *(change for _, _, change in (*self._waiting, *self._deferred))]
        self._running, self._waiting, self._deferred = {}, [], []
        for executor, _ in abandoned:
            self._finish(executor.abandoned(stop_reason))

    def _submit(self, pool: Workers, change: _RunningChange) -> None:
        future = pool.submit(_advance, change[1])
        self._running[future] = change
        future.add_done_callback(self._done.put)

    def _collect(self, timeout_s: float) -> None:
        """Wait for the first result, and process what is there."""
        from queue import Empty

        done = []
        try:
            done.append(self._done.get(timeout=timeout_s))
            while True:
                done.append(self._done.get_nowait())
        except Empty:
            self._process(done)

    def _watch_again(self) -> None:
        """After an interrupt: what was taken from the queue may not have been processed."""
        for future in self._running:
            future.add_done_callback(self._done.put)

    def _process(self, done: Iterable[Future[float | Outcome]]) -> None:
        # Read before a change leaves `_running`: an interrupt here must not lose it.
        now = self._context.clock.monotonic()
        for future in done:
            if future not in self._running:
                continue
            change, result = self._running.pop(future), future.result()
            if isinstance(result, Outcome):
                self._finish(result)
            else:
                waiting = self._deferred if self._is_unneeded_deletion(change[0].change) else self._waiting
                heapq.heappush(waiting, (now + result, next(self._order), change))

    def _is_unneeded_deletion(self, change: Change) -> bool:
        return change.action is Action.DELETE and not self._graph.is_needed(change.address)

    def _finish(self, outcome: Outcome) -> None:
        self._outcomes[outcome.address] = outcome
        self._outputs |= {Ref(outcome.address, name): value for name, value in outcome.outputs.items()}
        if outcome.status is Status.SUCCEEDED:
            self._graph.succeeded(outcome.address)
            return
        stop_reason = self._context.stop_reason
        for change in self._graph.failed(outcome.address):
            if stop_reason is not None:
                self._skip(change, stop_reason, stop_reason.text)
            else:
                text = message("depends on {address}, which failed", address=outcome.address)
                self._skip(change, "DependencyFailed", text)

    def _skip(self, change: Change, code: str, text: str) -> None:
        failure = Failure(code, text, retryable=True)
        outcome = Outcome(change.address, change.action, Status.SKIPPED, error=failure)
        self._outcomes[change.address] = outcome
        self._context.listener(ChangeFinished(outcome))


def _advance(executor: Waits[Outcome]) -> float | Outcome:
    """Continue a change; returns the seconds until it continues, or its outcome."""
    try:
        return next(executor)
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome
