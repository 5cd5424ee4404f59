"""Executes one change: runs, retries and waits for each of its steps.

The executor is a generator that yields the seconds until it continues, so that waiting occupies no thread.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from math import inf
from typing import TypeAlias, TypeVar

from scfdeploy.apply.events import (
    ChangeFinished,
    ChangeStarted,
    Effect,
    Failure,
    Listener,
    Outcome,
    Retrying,
    Status,
    StepStarted,
    Uploading,
    Waiting,
)
from scfdeploy.apply.stop import Stop, StopReason
from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.diagnostics.messages import join_messages
from scfdeploy.model import Address, Ref, Value
from scfdeploy.plan import Action, Change, references, with_references
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step, Writer
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.retry import Attempts, RetryPolicy
from scfdeploy.records import dataclass, replace

T = TypeVar("T")
Waits: TypeAlias = Generator[float, None, T]

_NOT_READY_IN_TIME = "NotSettledInTime"


@dataclass(frozen=True, slots=True)
class ExecutionContext:
    """What all changes of a run share."""

    writer: Writer
    listener: Listener
    clock: Clock
    policy: RetryPolicy
    random: Callable[[], float]
    stop: Stop
    deadline: float = inf
    """No call and no wait starts after this time (monotonic)."""

    @property
    def stop_reason(self) -> StopReason | None:
        """Why no change may start; None while changes may start."""
        if self.stop.is_set():
            return StopReason.INTERRUPTED
        return StopReason.OUT_OF_TIME if self.clock.monotonic() >= self.deadline else None

    @property
    def abandon_reason(self) -> StopReason | None:
        """Why changes in progress are abandoned; None while they may complete."""
        now = self.clock.monotonic()
        if self.stop.is_over(now):
            return StopReason.INTERRUPTED
        return StopReason.OUT_OF_TIME if now >= self.deadline else None


class _StoppedError(Exception):
    """The run ends before the change is complete."""

    def __init__(self, stop_reason: StopReason) -> None:
        self.stop_reason = stop_reason


class ChangeExecutor:
    """Executes one change. One thread at a time advances `run`; any thread may call `abandoned`."""

    def __init__(self, change: Change, context: ExecutionContext, values: Mapping[Ref, Value]) -> None:
        """Takes the change, and the values of its references that are known when it starts."""
        self._change = change
        self._context = context
        self._address: Address = change.address
        self._values = values
        self._outputs: dict[str, Value] = {}
        self._request_ids: list[str] = []
        self._has_started = False
        self._is_abandoned = False
        self._completed_steps: list[str] = []
        self._step_effect = Effect.NONE
        self._title = ""
        self._half_replaced = False
        self._started = context.clock.monotonic()

    @property
    def change(self) -> Change:
        """The change; its references are resolved when it starts."""
        return self._change

    @property
    def effect(self) -> Effect:
        """The known effect so far."""
        if self._step_effect is not Effect.NONE:
            return self._step_effect
        return Effect.PARTIAL if self._completed_steps else Effect.NONE

    def abandoned(self, stop_reason: StopReason) -> Outcome:
        """Abandon the change and return its outcome as far as it is known."""
        self._is_abandoned = True
        outcome = self._outcome(*self._stopped_outcome(stop_reason))
        self._context.listener(ChangeFinished(outcome))
        return outcome

    def run(self) -> Waits[Outcome]:
        """Execute the change. A cloud failure is in the outcome, never raised."""
        self._context.listener(ChangeStarted(self._address, self._change.action))
        status, failure = yield from self._status()
        outcome = self._outcome(status, failure)
        if not self._is_abandoned:
            self._context.listener(ChangeFinished(outcome))
        return outcome

    def _outcome(self, status: Status, failure: Failure | None) -> Outcome:
        seconds = self._context.clock.monotonic() - self._started
        ids = tuple(dict.fromkeys(self._request_ids))
        if failure is not None and self._half_replaced:
            text = message(
                "the old resource is deleted, and the new one is incomplete: {failure}", failure=failure.message
            )
            failure = replace(failure, message=text)
        half_replaced = self._half_replaced and failure is not None
        effect = Effect.CONFIRMED if status is Status.SUCCEEDED else self.effect
        return Outcome(
            self._address,
            self._change.action,
            status,
            seconds,
            ids,
            failure,
            dict(self._outputs),
            half_replaced,
            effect,
        )

    def _status(self) -> Waits[tuple[Status, Failure | None]]:
        try:
            for step, is_deletion in self._steps():
                self._check_stopped()
                yield from self._step(step, is_deletion=is_deletion)
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
            return Status.SKIPPED, Failure(stop_reason, stop_reason.text, retryable=True)
        match self.effect:
            case Effect.UNKNOWN:
                effect = message("the request to {step} was sent, and its result is unknown", step=self._title)
            case Effect.ACCEPTED:
                effect = message(
                    "the request to {step} was accepted and is not confirmed; the operation may still complete",
                    step=self._title,
                )
            case Effect.PARTIAL:
                steps = join_messages(", ", self._completed_steps)
                effect = message("done: {steps}; the other steps of this change were not started", steps=steps)
            case _:
                effect = message("no request of this change was accepted")
        return Status.FAILED, Failure(stop_reason, stop_reason.text + ": " + effect, retryable=True)

    def _steps(self) -> Iterator[tuple[Step, bool]]:
        """Each step, and whether it deletes. The creation of a replacement is planned after its deletion."""
        writer = self._context.writer
        self._change = resolve_references(self._change, self._values)
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

    def _step(self, step: Step, *, is_deletion: bool) -> Waits[None]:
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
            # Deleting a resource that does not exist is a success.
            if not (is_deletion and error.kind is ErrorKind.MISSING):
                raise
        self._step_effect = Effect.NONE
        if is_write:
            self._completed_steps.append(step.title)

    def _write(self, step: Step, *, is_write: bool) -> Waits[None]:
        """Run a step until it is accepted, and verify its effect before repeating an ambiguous attempt."""
        attempts = self._attempts(self._context.policy)
        is_ambiguous = False
        while True:
            self._step_effect = Effect.UNKNOWN if is_write else Effect.NONE
            try:
                self._record_request_id(step.run())
            except CloudError as error:
                self._record_request_id(error.request_id)
                failed = error
            else:
                self._step_effect = Effect.ACCEPTED if is_write else Effect.NONE
                return
            is_ambiguous = is_ambiguous or failed.kind is ErrorKind.AMBIGUOUS
            if not is_ambiguous:
                self._step_effect = Effect.NONE
            # After a lost response "exists already" may be our own creation, not fully visible yet.
            may_be_ours = is_ambiguous and failed.kind is ErrorKind.EXISTS
            delay = attempts.delay_after(ErrorKind.AMBIGUOUS if may_be_ours else failed.kind)
            if delay is not None and self._context.stop_reason is None:
                yield from self._back_off(step.title, failed, delay)
            if is_ambiguous and not step.idempotent:
                if step.took_effect is None:
                    raise failed
                if (yield from self._query(step.title, step.took_effect)):
                    self._step_effect = Effect.ACCEPTED if is_write else Effect.NONE
                    return
            if delay is None:
                raise failed
            self._check_stopped()

    def _wait_until_ready(self, step: Step, readiness: Callable[[], Readiness]) -> Waits[None]:
        """Poll at intervals that grow with the time waited, until the resource is ready."""
        policy, clock = self._context.policy, self._context.clock
        started = clock.monotonic()
        deadline = started + policy.wait_s
        pause = policy.first_poll_s
        if step.poll_immediately and (yield from self._query(step.title, readiness)) is Readiness.READY:
            return
        while True:
            # Jitter only shortens a delay, so that a wait ends no later than the policy says.
            yield from self._wait(pause * (1 - 0.2 * self._context.random()))
            polled_at = clock.monotonic()
            if (yield from self._query(step.title, readiness)) is Readiness.READY:
                return
            now = clock.monotonic()
            if now > deadline:
                text = message(
                    "not ready after {seconds} s; the operation may still complete", seconds=f"{policy.wait_s:.0f}"
                )
                raise CloudError(ErrorKind.AMBIGUOUS, _NOT_READY_IN_TIME, text, action=step.title)
            # The poll itself is part of the delay between two polls.
            pause = min(policy.poll_cap_s, (now - started) * policy.poll_share) - (now - polled_at)
            pause = max(policy.poll_floor_s, pause)

    def _query(self, title: str, query: Callable[[], T]) -> Waits[T]:
        """The result of a read, retried after transient errors."""
        policy = self._context.policy
        # With a fixed number of retries, the provider has already retried each read.
        attempts = self._attempts(policy if policy.retries is None else replace(policy, retries=0))
        while True:
            try:
                return query()
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

    def _attempts(self, policy: RetryPolicy) -> Attempts:
        return Attempts(policy, self._context.clock, self._context.random, deadline=self._context.deadline)

    def _record_request_id(self, request_id: str) -> None:
        if request_id:
            self._request_ids.append(request_id)


def resolve_references(change: Change, values: Mapping[Ref, Value]) -> Change:
    """The change with every Ref in its settings and fields resolved. Raises ScfDeployError when a value is missing.

    A Ref to the resource itself, such as the version that this change publishes, stays.
    """
    if not any(references(change.settings)):
        return change

    def resolve(reference: Ref) -> Value:
        if reference not in values:
            text = message(
                "{reference} is unknown: {address} did not provide it", reference=reference, address=reference.address
            )
            raise ScfDeployError(text, hint=message("Run apply again."))
        return values[reference]

    def is_own(value: Value) -> bool:
        return any(reference.address == change.address for reference in references(value))

    settings = {name: with_references(value, resolve) for name, value in change.settings.items()}
    fields = tuple(
        field if is_own(field.after) else replace(field, after=with_references(field.after, resolve))
        for field in change.fields
    )
    return replace(change, settings=settings, fields=fields)
