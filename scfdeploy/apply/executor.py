"""Executes one change: runs, retries and waits for each of its steps.

The executor is a generator that yields the seconds until it continues, so that waiting occupies no thread.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf
from typing import TypeAlias, TypeVar

from scfdeploy.apply.events import ChangeFinished, ChangeStarted, Listener, Retrying, StepStarted, Uploading, Waiting
from scfdeploy.apply.outcome import Effect, Failure, Outcome, Status
from scfdeploy.apply.references import resolve_references
from scfdeploy.apply.stop import Stop
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, Ref, Value
from scfdeploy.plan import Action, Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step, Writer
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.retry import Attempts, RetryPolicy

T = TypeVar("T")
Waits: TypeAlias = Generator[float, None, T]

_HALF_REPLACED = "the old one is deleted, and the new one not complete"
_NOT_SETTLED = "NotSettledInTime"


class StopReason(StrEnum):
    """Why a run ends before everything is done; the value is the code of what it leaves."""

    INTERRUPTED = "Interrupted"
    OUT_OF_TIME = "OutOfTime"

    @property
    def words(self) -> str:
        """For people."""
        return "interrupted" if self is StopReason.INTERRUPTED else "the time for this run was up"


@dataclass(frozen=True, slots=True)
class ExecutionContext:
    """What every change of a run shares. Nothing starts, and nothing is waited for, after `give_up_at` (monotonic)."""

    writer: Writer
    listener: Listener
    clock: Clock
    policy: RetryPolicy
    random: Callable[[], float]
    stop: Stop
    deadline: float = inf

    @property
    def stop_reason(self) -> StopReason | None:
        """Why nothing new may start, None while it may."""
        if self.stop.is_set():
            return StopReason.INTERRUPTED
        return StopReason.OUT_OF_TIME if self.clock.monotonic() >= self.deadline else None

    @property
    def abandon_reason(self) -> StopReason | None:
        """Why what is under way is not waited for any more, None while it is."""
        now = self.clock.monotonic()
        if self.stop.is_over(now):
            return StopReason.INTERRUPTED
        return StopReason.OUT_OF_TIME if now >= self.deadline else None


def execute_change(
    change: Change, context: ExecutionContext, known: Mapping[Ref, Value] | None = None
) -> Waits[Outcome]:
    """Make one change, with what is known by now in place of Refs.

    Never raises for what the cloud says: that is in the outcome.
    """
    return ChangeExecutor(change, context, known or {}).run()


class _StoppedError(Exception):
    """The run ends: the user wants to leave, or its time is up."""

    def __init__(self, stop_reason: StopReason) -> None:
        self.stop_reason = stop_reason


class ChangeExecutor:
    """One change under way. One thread at a time moves it on; `abandoned` may be asked from any."""

    def __init__(self, change: Change, context: ExecutionContext, known: Mapping[Ref, Value]) -> None:
        self._change = change
        self._context = context
        self._address: Address = change.address
        self._known = known
        self._outputs: dict[str, Value] = {}
        self._request_ids: list[str] = []
        self._has_started = False
        self._is_abandoned = False
        self._done: list[str] = []
        self._under_way = Effect.NONE
        self._title = ""
        self._half_replaced = False
        self._started = context.clock.monotonic()

    @property
    def effect(self) -> Effect:
        """What the change did so far, as far as it is known."""
        if self._under_way is not Effect.NONE:
            return self._under_way
        return Effect.PARTIAL if self._done else Effect.NONE

    def abandoned(self, stop_reason: StopReason) -> Outcome:
        """The outcome of a change that is not waited for any more."""
        self._is_abandoned = True
        outcome = self._outcome(*self._stopped_outcome(stop_reason))
        self._context.listener(ChangeFinished(outcome))
        return outcome

    def run(self) -> Waits[Outcome]:
        """Make the change."""
        self._context.listener(ChangeStarted(self._address, self._change.action))
        status, failure = yield from self._status()
        outcome = self._outcome(status, failure)
        if not self._is_abandoned:
            self._context.listener(ChangeFinished(outcome))
        return outcome

    def _outcome(self, status: Status, failure: Failure | None) -> Outcome:
        seconds = self._context.clock.monotonic() - self._started
        ids = tuple(dict.fromkeys(self._request_ids))
        half = self._half_replaced and failure is not None
        if half and failure is not None:
            failure = replace(failure, message=f"{_HALF_REPLACED}: {failure.message}")
        effect = Effect.CONFIRMED if status is Status.SUCCEEDED else self.effect
        return Outcome(
            self._address, self._change.action, status, seconds, ids, failure, dict(self._outputs), half, effect
        )

    def _status(self) -> Waits[tuple[Status, Failure | None]]:
        try:
            for step, is_removal in self._steps():
                self._check_stopped()
                yield from self._step(step, is_removal=is_removal)
        except CloudError as error:
            return Status.FAILED, Failure(
                error.code, error.cloud_message, error.request_id, error.retryable, error.hint
            )
        except ScfDeployError as error:
            return Status.FAILED, Failure("", error.message, hint=error.hint)
        except _StoppedError as end:
            return self._stopped_outcome(end.stop_reason)
        return Status.SUCCEEDED, None

    def _stopped_outcome(self, stop_reason: StopReason) -> tuple[Status, Failure]:
        if not self._has_started:
            return Status.SKIPPED, Failure(stop_reason, stop_reason.words, retryable=True)
        match self.effect:
            case Effect.UNKNOWN:
                known = f"the request to {self._title} was sent, and its result is unknown"
            case Effect.ACCEPTED:
                known = f"the request to {self._title} was accepted and is not confirmed; the cloud may go on with it"
            case Effect.PARTIAL:
                known = f"done: {', '.join(self._done)}; the rest of this change was not started"
            case _:
                known = "nothing of this change was accepted"
        return Status.FAILED, Failure(stop_reason, f"{stop_reason.words}: {known}", retryable=True)

    def _steps(self) -> Iterator[tuple[Step, bool]]:
        """Each step, and whether it removes something. Those of a second half are asked for when the first is done."""
        writer = self._context.writer
        self._change = resolve_references(self._change, self._known)
        match self._change.action:
            case Action.CREATE:
                yield from ((step, False) for step in writer.create(self._change))
            case Action.UPDATE:
                yield from ((step, False) for step in writer.update(self._change))
            case Action.DELETE:
                yield from ((step, True) for step in writer.delete(self._change))
            case Action.REPLACE:
                yield from ((step, True) for step in writer.delete(self._change))
                self._half_replaced = True
                yield from ((step, False) for step in writer.create(self._change))

    def _step(self, step: Step, *, is_removal: bool) -> Waits[None]:
        self._context.listener(StepStarted(self._address, step.title))
        self._has_started = True
        self._title = step.title
        is_write = not (step.before_refresh or step.poll_immediately)
        try:
            yield from self._write(step, is_write=is_write)
            if step.upload_progress is not None and (sent := step.upload_progress()) is not None:
                self._context.listener(Uploading(self._address, step.title, sent.bytes, sent.of))
            if step.readiness is not None:
                self._context.listener(Waiting(self._address, step.title))
                yield from self._wait_until_ready(step, step.readiness)
            if step.outputs is not None:
                self._outputs |= yield from self._query(step.title, step.outputs)
        except CloudError as error:
            # What is gone already is what was wanted.
            if not (is_removal and error.kind is ErrorKind.MISSING):
                raise
        self._under_way = Effect.NONE
        if is_write:
            self._done.append(step.title)

    def _write(self, step: Step, *, is_write: bool) -> Waits[None]:
        """Make the write until it is known to be made."""
        attempts = self._attempts()
        is_unclear = False
        while True:
            self._under_way = Effect.UNKNOWN if is_write else Effect.NONE
            try:
                self._record_request_id(step.run())
            except CloudError as error:
                self._record_request_id(error.request_id)
                failed = error
            else:
                self._under_way = Effect.ACCEPTED if is_write else Effect.NONE
                return
            is_unclear = is_unclear or failed.kind is ErrorKind.AMBIGUOUS
            if not is_unclear:
                self._under_way = Effect.NONE
            # After a lost answer "exists already" may well be our own work, not shown in full yet.
            may_be_ours = is_unclear and failed.kind is ErrorKind.EXISTS
            delay = attempts.delay_after(ErrorKind.AMBIGUOUS if may_be_ours else failed.kind)
            is_last = delay is None or self._context.stop_reason is not None
            if not is_last and delay is not None:
                yield from self._back_off(step.title, failed, delay)
            if is_unclear and not step.idempotent:
                if step.took_effect is None:
                    raise failed
                if (yield from self._query(step.title, step.took_effect)):
                    self._under_way = Effect.ACCEPTED if is_write else Effect.NONE
                    return
            if delay is None:
                raise failed
            self._check_stopped()

    def _wait_until_ready(self, step: Step, readiness: Callable[[], Readiness]) -> Waits[None]:
        """Look again and again, at growing pauses, until the resource has settled."""
        policy, clock = self._context.policy, self._context.clock
        deadline = clock.monotonic() + policy.wait_s
        pause = policy.first_poll_s
        if step.poll_immediately and (yield from self._query(step.title, readiness)) is Readiness.READY:
            return
        while True:
            yield from self._wait(pause * (0.8 + 0.4 * self._context.random()))
            if (yield from self._query(step.title, readiness)) is Readiness.READY:
                return
            if clock.monotonic() > deadline:
                message = f"not ready after {policy.wait_s:.0f} s; the operation may still complete"
                raise CloudError(ErrorKind.AMBIGUOUS, _NOT_SETTLED, message, action=step.title)
            pause = min(policy.poll_cap_s, pause * policy.poll_growth)

    def _query(self, title: str, question: Callable[[], T]) -> Waits[T]:
        """The answer to a question that changes nothing, asked again while that may help."""
        attempts = self._attempts(of=_query_policy(self._context.policy))
        while True:
            try:
                return question()
            except CloudError as error:
                delay = attempts.delay_after(error.kind)
                if delay is None:
                    raise
                failed = error
            yield from self._back_off(title, failed, delay)

    def _back_off(self, title: str, failed: CloudError, delay: float) -> Waits[None]:
        self._context.listener(Retrying(self._address, title, failed.code, delay))
        yield from self._wait(delay)

    def _wait(self, seconds: float) -> Waits[None]:
        self._check_abandoned()
        yield seconds
        self._check_abandoned()

    def _check_abandoned(self) -> None:
        if (stop_reason := self._context.abandon_reason) is not None:
            raise _StoppedError(stop_reason)

    def _check_stopped(self) -> None:
        if (stop_reason := self._context.stop_reason) is not None:
            raise _StoppedError(stop_reason)

    def _attempts(self, of: RetryPolicy | None = None) -> Attempts:
        context = self._context
        return Attempts(of or context.policy, context.clock, context.random, deadline=context.deadline)

    def _record_request_id(self, request_id: str) -> None:
        if request_id:
            self._request_ids.append(request_id)


def _query_policy(policy: RetryPolicy) -> RetryPolicy:
    """The policy for questions: where tries are counted, the provider has made its own of each question already."""
    return policy if policy.retries is None else replace(policy, retries=0)
