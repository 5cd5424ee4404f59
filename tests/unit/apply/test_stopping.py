"""Runs that end early: stopped, interrupted, or out of time."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from scfdeploy.apply import Effect, Status, run
from scfdeploy.apply.events import ChangeFinished, Event, Stopping
from scfdeploy.cli.language import translator
from scfdeploy.diagnostics.messages import in_english, translation
from scfdeploy.model import Address, ProjectKey
from scfdeploy.plan import Action, Plan
from scfdeploy.providers.base import ErrorKind
from scfdeploy.providers.retry import RetryPolicy
from tests.support.changes_run import A, B, C, Runner, change, statuses
from tests.support.fake_clock import FakeClock
from tests.support.fake_writer import FakeWriter, error


def stop_at(runner: Runner, address: Address) -> Callable[[Address], None]:
    def on_write(written: Address) -> None:
        if written == address:
            runner.stop.set()

    return on_write


def test_stop_completes_change_in_progress_and_starts_no_other() -> None:
    writer = FakeWriter()
    runner = Runner(writer)
    writer.on_write = stop_at(runner, A)
    behind = A.trigger("timer", "t")
    outcomes = runner.run(change(A), change(behind, Action.CREATE, A), change(C, Action.CREATE, behind), parallelism=1)
    assert writer.writes == [("create", A)]
    assert statuses(outcomes) == [Status.SUCCEEDED, Status.SKIPPED, Status.SKIPPED]
    assert outcomes[0].request_ids == ("request-1",)
    assert [outcome.error.message for outcome in outcomes if outcome.error] == ["interrupted"] * 2


def test_stop_skips_ready_change() -> None:
    writer = FakeWriter()
    runner = Runner(writer)
    writer.on_write = stop_at(runner, A)
    outcomes = runner.run(change(A), change(B), parallelism=1)
    assert statuses(outcomes) == [Status.SUCCEEDED, Status.SKIPPED]


def test_stop_abandons_accepted_request_after_grace_period() -> None:
    writer = FakeWriter(pending={A: 10**6})
    runner = Runner(writer)
    writer.on_write = stop_at(runner, A)
    (outcome,) = runner.run(change(A))
    assert (outcome.status, outcome.effect) == (Status.FAILED, Effect.ACCEPTED)
    assert outcome.error is not None
    assert "was accepted and is not confirmed" in outcome.error.message
    assert runner.clock.monotonic() == pytest.approx(30, abs=1)
    assert runner.events_of(Stopping) == [Stopping(1, 30.0)]


def test_chinese_reason_of_a_stopped_change_has_its_english_original() -> None:
    writer = FakeWriter(pending={A: 10**6})
    runner = Runner(writer)
    writer.on_write = stop_at(runner, A)
    with translation(translator("zh"), "zh-CN"):
        (outcome,) = runner.run(change(A))
    assert outcome.error is not None
    assert not outcome.error.message.isascii()
    assert in_english(outcome.error.message).startswith("interrupted: the request to create was accepted")


def test_stop_at_once_reports_sent_request_as_unknown() -> None:
    writer = FakeWriter()
    runner = Runner(writer)
    released = threading.Event()

    def never_responds(_address: Address) -> None:
        runner.stop.end_at_once()
        released.wait(60)

    writer.on_write = never_responds
    try:
        (outcome,) = runner.run(change(A))
    finally:
        released.set()
    assert (outcome.status, outcome.effect) == (Status.FAILED, Effect.UNKNOWN)
    assert outcome.error is not None
    assert "was sent, and its result is unknown" in outcome.error.message


def test_stop_abandons_request_without_response() -> None:
    writer = FakeWriter()
    runner = Runner(writer)
    released = threading.Event()

    def never_responds(_address: Address) -> None:
        runner.stop.set()
        runner.stop.is_over(runner.clock.monotonic())
        runner.clock.sleep(31)
        released.wait(60)

    writer.on_write = never_responds
    try:
        outcomes = runner.run(change(A), change(B, Action.CREATE, A))
    finally:
        released.set()
    assert [outcome.effect for outcome in outcomes] == [Effect.UNKNOWN, Effect.NONE]
    assert statuses(outcomes) == [Status.FAILED, Status.SKIPPED]


@pytest.mark.parametrize("kind", [ErrorKind.THROTTLED, ErrorKind.BUSY])
def test_stop_does_not_retry_rejected_request(kind: ErrorKind) -> None:
    writer = FakeWriter(script={A: [error(kind)] * 5})
    runner = Runner(writer)
    writer.on_write = stop_at(runner, A)
    (outcome,) = runner.run(change(A))
    assert outcome.effect is Effect.NONE
    assert len(writer.writes) == 1


def test_keyboard_interrupt_stops_the_run() -> None:
    class InterruptingClock(FakeClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if len(self.slept) == 3:
                raise KeyboardInterrupt

    runner = Runner(FakeWriter(pending={A: 10**6}))
    runner.clock = InterruptingClock()
    outcomes = runner.run(change(A), change(B, Action.CREATE, A))
    assert statuses(outcomes) == [Status.FAILED, Status.SKIPPED]


@pytest.mark.parametrize("look", range(2, 24))
def test_keyboard_interrupt_loses_no_result(look: int) -> None:
    class InterruptingClock(FakeClock):
        def __init__(self) -> None:
            super().__init__()
            self.thread, self.looks = threading.get_ident(), 0

        def monotonic(self) -> float:
            if threading.get_ident() == self.thread:
                self.looks += 1
                if self.looks == look:
                    raise KeyboardInterrupt
            return super().monotonic()

    runner = Runner(FakeWriter())
    runner.clock = InterruptingClock()
    outcomes = runner.run(change(A), change(B), change(C, Action.CREATE, A), parallelism=1)
    ended = {outcome.address for outcome in outcomes if outcome.status is Status.SUCCEEDED}
    assert ended == {address for _, address in runner.writer.writes}


def test_second_keyboard_interrupt_is_raised() -> None:
    writer = FakeWriter()
    runner = Runner(writer)
    writer.on_write = stop_at(runner, A)  # as the first one does

    def interrupted(event: Event) -> None:
        if isinstance(event, ChangeFinished) and event.outcome.address == B:
            raise KeyboardInterrupt

    plan = Plan(ProjectKey("app", "dev", "ap-guangzhou"), (change(A), change(B, Action.CREATE, A)))
    with pytest.raises(KeyboardInterrupt):
        run(plan, writer, listener=interrupted, clock=runner.clock, stop=runner.stop)
    assert writer.writes == [("create", A)]


def test_time_limit_ends_waits_and_skips_the_rest() -> None:
    runner = Runner(FakeWriter(pending={A: 10**6}))
    outcomes = runner.run(change(A), change(B, Action.CREATE, A), timeout_s=30)
    assert statuses(outcomes) == [Status.FAILED, Status.SKIPPED]
    assert [outcome.error.code for outcome in outcomes if outcome.error] == ["OutOfTime"] * 2
    assert [outcome.error.retryable for outcome in outcomes if outcome.error] == [True] * 2
    assert runner.clock.monotonic() == pytest.approx(30, abs=0.1)


def test_zero_time_limit_starts_nothing() -> None:
    runner = Runner(FakeWriter())
    outcomes = runner.run(change(A), change(B), timeout_s=0)
    assert [outcome.error.code for outcome in outcomes if outcome.error] == ["OutOfTime"] * 2
    assert runner.writer.writes == []


def test_stop_before_the_run_skips_all_changes() -> None:
    runner = Runner(FakeWriter())
    runner.stop.set()
    outcomes = runner.run(change(A), change(B, Action.CREATE, A))
    assert [outcome.error.message for outcome in outcomes if outcome.error] == ["interrupted"] * 2
    assert runner.writer.writes == []


def test_retry_past_deadline_fails_with_last_error() -> None:
    runner = Runner(FakeWriter(script={A: [error(ErrorKind.BUSY)] * 1000}))
    (outcome,) = runner.run(change(A), timeout_s=20)
    assert outcome.error is not None
    assert outcome.error.code == "Some.Code"
    assert runner.clock.monotonic() <= 20


@pytest.mark.parametrize("kind", [ErrorKind.THROTTLED, ErrorKind.BUSY, ErrorKind.AMBIGUOUS])
def test_number_of_retries_is_limited(kind: ErrorKind) -> None:
    writer = FakeWriter(script={A: [error(kind)] * 50})
    assert statuses(Runner(writer).run(change(A), retry=RetryPolicy(retries=2))) == [Status.FAILED]
    assert len(writer.writes) == 3
