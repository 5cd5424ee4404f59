"""Carries out one change: its steps in turn, each made, retried, waited for.

Where there is waiting to do, it hands its thread back: it is a generator that yields the seconds until it wants to go
on. So a hundred functions that are becoming active keep no thread busy.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf
from typing import TypeAlias, TypeVar

from scfdeploy.apply.events import ChangeFinished, ChangeStarted, Listener, Retrying, StepStarted, Uploading, Waiting
from scfdeploy.apply.outcome import Effect, Failure, Outcome, Status
from scfdeploy.apply.references import resolved
from scfdeploy.apply.stop import Stop
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, Ref, Value
from scfdeploy.plan import Action, Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step, Writer
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.retry import Attempts, RetryPolicy

T = TypeVar("T")
Pauses: TypeAlias = Generator[float, None, T]

_HALF_REPLACED = "the old one is deleted, and the new one not complete"
_NOT_SETTLED = "NotSettledInTime"


class Ending(StrEnum):
    """Why a run ends before everything is done; the value is the code of what it leaves."""

    INTERRUPTED = "Interrupted"
    OUT_OF_TIME = "OutOfTime"

    @property
    def words(self) -> str:
        """For people."""
        return "interrupted" if self is Ending.INTERRUPTED else "the time for this run was up"


@dataclass(frozen=True, slots=True)
class Means:
    """What every change of a run shares. Nothing starts, and nothing is waited for, after `give_up_at` (monotonic)."""

    writer: Writer
    listener: Listener
    clock: Clock
    policy: RetryPolicy
    random: Callable[[], float]
    stop: Stop
    give_up_at: float = inf

    @property
    def ending(self) -> Ending | None:
        """Why nothing new may start, None while it may."""
        if self.stop.is_set():
            return Ending.INTERRUPTED
        return Ending.OUT_OF_TIME if self.clock.monotonic() >= self.give_up_at else None

    @property
    def last_ending(self) -> Ending | None:
        """Why what is under way is not waited for any more, None while it is."""
        now = self.clock.monotonic()
        if self.stop.is_over(now):
            return Ending.INTERRUPTED
        return Ending.OUT_OF_TIME if now >= self.give_up_at else None


def carry_out(change: Change, means: Means, known: Mapping[Ref, Value] | None = None) -> Pauses[Outcome]:
    """Make one change, with what is known by now in place of Refs.

    Never raises for what the cloud says: that is in the outcome.
    """
    return Carrying(change, means, known or {}).run()


class _EndedError(Exception):
    """The run ends: the user wants to leave, or its time is up."""

    def __init__(self, ending: Ending) -> None:
        self.ending = ending


class Carrying:
    """One change under way. One thread at a time moves it on; `abandoned` may be asked from any."""

    def __init__(self, change: Change, means: Means, known: Mapping[Ref, Value]) -> None:
        self._change = change
        self._means = means
        self._address: Address = change.address
        self._known = known
        self._told: dict[str, Value] = {}
        self._request_ids: list[str] = []
        self._began = False
        self._is_abandoned = False
        self._done: list[str] = []
        self._under_way = Effect.NONE
        self._title = ""
        self._half_replaced = False
        self._started = means.clock.monotonic()

    @property
    def effect(self) -> Effect:
        """What the change did so far, as far as it is known."""
        if self._under_way is not Effect.NONE:
            return self._under_way
        return Effect.PARTIAL if self._done else Effect.NONE

    def abandoned(self, ending: Ending) -> Outcome:
        """The outcome of a change that is not waited for any more."""
        self._is_abandoned = True
        outcome = self._outcome(*self._ended(ending))
        self._means.listener(ChangeFinished(outcome))
        return outcome

    def run(self) -> Pauses[Outcome]:
        """Make the change."""
        self._means.listener(ChangeStarted(self._address, self._change.action))
        status, failure = yield from self._status()
        outcome = self._outcome(status, failure)
        if not self._is_abandoned:
            self._means.listener(ChangeFinished(outcome))
        return outcome

    def _outcome(self, status: Status, failure: Failure | None) -> Outcome:
        seconds = self._means.clock.monotonic() - self._started
        ids = tuple(dict.fromkeys(self._request_ids))
        half = self._half_replaced and failure is not None
        if half and failure is not None:
            failure = replace(failure, message=f"{_HALF_REPLACED}: {failure.message}")
        effect = Effect.CONFIRMED if status is Status.SUCCEEDED else self.effect
        return Outcome(
            self._address, self._change.action, status, seconds, ids, failure, dict(self._told), half, effect
        )

    def _status(self) -> Pauses[tuple[Status, Failure | None]]:
        try:
            for step, is_removal in self._steps():
                self._heed_end()
                yield from self._step(step, is_removal=is_removal)
        except CloudError as error:
            return Status.FAILED, Failure(
                error.code, error.cloud_message, error.request_id, error.retryable, error.hint
            )
        except ScfDeployError as error:
            return Status.FAILED, Failure("", error.message, hint=error.hint)
        except _EndedError as end:
            return self._ended(end.ending)
        return Status.SUCCEEDED, None

    def _ended(self, ending: Ending) -> tuple[Status, Failure]:
        if not self._began:
            return Status.SKIPPED, Failure(ending, ending.words, retryable=True)
        match self.effect:
            case Effect.UNKNOWN:
                known = f"the request to {self._title} was sent, and its result is unknown"
            case Effect.ACCEPTED:
                known = f"the request to {self._title} was accepted and is not confirmed; the cloud may go on with it"
            case Effect.PARTIAL:
                known = f"done: {', '.join(self._done)}; the rest of this change was not started"
            case _:
                known = "nothing of this change was accepted"
        return Status.FAILED, Failure(ending, f"{ending.words}: {known}", retryable=True)

    def _steps(self) -> Iterator[tuple[Step, bool]]:
        """Each step, and whether it removes something. Those of a second half are asked for when the first is done."""
        writer = self._means.writer
        self._change = resolved(self._change, self._known)
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

    def _step(self, step: Step, *, is_removal: bool) -> Pauses[None]:
        self._means.listener(StepStarted(self._address, step.title))
        self._began = True
        self._title = step.title
        is_write = not (step.prepares or step.may_be_ready)
        try:
            yield from self._make(step, is_write=is_write)
            if step.sent is not None and (sent := step.sent()) is not None:
                self._means.listener(Uploading(self._address, step.title, sent.bytes, sent.of))
            if step.readiness is not None:
                self._means.listener(Waiting(self._address, step.title))
                yield from self._settle(step, step.readiness)
            if step.gives is not None:
                self._told |= yield from self._ask(step.title, step.gives)
        except CloudError as error:
            # What is gone already is what was wanted.
            if not (is_removal and error.kind is ErrorKind.MISSING):
                raise
        self._under_way = Effect.NONE
        if is_write:
            self._done.append(step.title)

    def _make(self, step: Step, *, is_write: bool) -> Pauses[None]:
        """Make the write until it is known to be made."""
        attempts = self._attempts()
        is_unclear = False
        while True:
            self._under_way = Effect.UNKNOWN if is_write else Effect.NONE
            try:
                self._note(step.run())
            except CloudError as error:
                self._note(error.request_id)
                failed = error
            else:
                self._under_way = Effect.ACCEPTED if is_write else Effect.NONE
                return
            is_unclear = is_unclear or failed.kind is ErrorKind.UNCLEAR
            if not is_unclear:
                self._under_way = Effect.NONE
            # After a lost answer "exists already" may well be our own work, not shown in full yet.
            may_be_ours = is_unclear and failed.kind is ErrorKind.EXISTS
            delay = attempts.delay_after(ErrorKind.UNCLEAR if may_be_ours else failed.kind)
            is_last = delay is None or self._means.ending is not None
            if not is_last and delay is not None:
                yield from self._back_off(step.title, failed, delay)
            if is_unclear and not step.idempotent:
                if step.took_effect is None:
                    raise failed
                if (yield from self._ask(step.title, step.took_effect)):
                    self._under_way = Effect.ACCEPTED if is_write else Effect.NONE
                    return
            if delay is None:
                raise failed
            self._heed_end()

    def _settle(self, step: Step, readiness: Callable[[], Readiness]) -> Pauses[None]:
        """Look again and again, at growing pauses, until the resource has settled."""
        policy, clock = self._means.policy, self._means.clock
        give_up_at = clock.monotonic() + policy.wait_s
        pause = policy.first_poll_s
        if step.may_be_ready and (yield from self._ask(step.title, readiness)) is Readiness.READY:
            return
        while True:
            yield from self._rest(pause * (0.8 + 0.4 * self._means.random()))
            if (yield from self._ask(step.title, readiness)) is Readiness.READY:
                return
            if clock.monotonic() > give_up_at:
                message = f"has not settled in {policy.wait_s:.0f} s; the cloud may still be at it"
                raise CloudError(ErrorKind.UNCLEAR, _NOT_SETTLED, message, action=step.title)
            pause = min(policy.poll_cap_s, pause * policy.poll_growth)

    def _ask(self, title: str, question: Callable[[], T]) -> Pauses[T]:
        """The answer to a question that changes nothing, asked again while that may help."""
        attempts = self._attempts(of=_asking(self._means.policy))
        while True:
            try:
                return question()
            except CloudError as error:
                delay = attempts.delay_after(error.kind)
                if delay is None:
                    raise
                failed = error
            yield from self._back_off(title, failed, delay)

    def _back_off(self, title: str, failed: CloudError, delay: float) -> Pauses[None]:
        self._means.listener(Retrying(self._address, title, failed.code, delay))
        yield from self._rest(delay)

    def _rest(self, seconds: float) -> Pauses[None]:
        self._heed_last_end()
        yield seconds
        self._heed_last_end()

    def _heed_last_end(self) -> None:
        if (ending := self._means.last_ending) is not None:
            raise _EndedError(ending)

    def _heed_end(self) -> None:
        if (ending := self._means.ending) is not None:
            raise _EndedError(ending)

    def _attempts(self, of: RetryPolicy | None = None) -> Attempts:
        means = self._means
        return Attempts(of or means.policy, means.clock, means.random, give_up_at=means.give_up_at)

    def _note(self, request_id: str) -> None:
        if request_id:
            self._request_ids.append(request_id)


def _asking(policy: RetryPolicy) -> RetryPolicy:
    """The policy for questions: where tries are counted, the provider has made its own of each question already."""
    return policy if policy.retries is None else replace(policy, retries=0)
