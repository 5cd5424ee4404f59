"""One change: what becomes of each of its steps, how long it waits, and what it tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf

import pytest

from scfdeploy.apply import Failure, Outcome, Status
from scfdeploy.apply.events import Event, Retrying, StepStarted, Uploading, Waiting
from scfdeploy.apply.executor import ExecutionContext, execute_change
from scfdeploy.apply.stop import Stop
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address
from scfdeploy.plan import Action, Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step, UploadProgress
from scfdeploy.providers.retry import RetryPolicy
from tests.support.fake_clock import FakeClock
from tests.support.fake_writer import FakeWriter, error, function

A = function("aa")
FAST = RetryPolicy(first_poll_s=1.0, poll_growth=2.0, poll_cap_s=4.0, wait_s=10.0)


@dataclass
class Alone:
    """Carries one change out on a clock that the waits move on, and keeps what happened."""

    writer: FakeWriter = field(default_factory=FakeWriter)
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    random: float = 0.5
    deadline: float = inf
    clock: FakeClock = field(default_factory=FakeClock)
    stop: Stop = field(default_factory=Stop)
    events: list[Event] = field(default_factory=list)

    def run(self, action: Action = Action.CREATE) -> Outcome:
        context = ExecutionContext(
            self.writer,
            self.events.append,
            self.clock,
            self.policy,
            lambda: self.random,
            self.stop,
            self.deadline,
        )
        carrying = execute_change(Change(A, action, ""), context)
        try:
            while True:
                self.clock.sleep(next(carrying))
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome

    def heard(self, *kinds: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kinds)]


@dataclass
class OneStep(FakeWriter):
    """Every change is this step."""

    step: Step = field(default_factory=lambda: Step("create", run=lambda: ""))

    def create(self, change: Change) -> Sequence[Step]:
        return (self.step,)


def answers(*given: object) -> Callable[[], object]:
    """What is asked gives these in turn; an error is raised."""
    left = list(given)

    def answer() -> object:
        now = left.pop(0)
        if isinstance(now, CloudError):
            raise now
        return now

    return answer


class TestActions:
    def test_a_deletion_deletes(self) -> None:
        writer = FakeWriter(exists={A})
        assert Alone(writer).run(Action.DELETE).status is Status.SUCCEEDED
        assert (writer.writes, writer.exists) == ([("delete", A)], set())

    def test_a_replacement_of_what_is_gone_goes_on(self) -> None:
        writer = FakeWriter()
        assert Alone(writer).run(Action.REPLACE).status is Status.SUCCEEDED
        assert writer.writes == [("delete", A), ("create", A)]

    def test_a_creation_that_misses_something_fails(self) -> None:
        outcome = Alone(FakeWriter(script={A: [error(ErrorKind.MISSING)]})).run()
        assert outcome.status is Status.FAILED
        assert outcome.error == Failure("Some.Code", "because", "failed-missing", retryable=False)

    def test_a_replacement_whose_creation_misses_something_fails_half_way(self) -> None:
        outcome = Alone(FakeWriter(exists={A}, script={A: [None, error(ErrorKind.MISSING)]})).run(Action.REPLACE)
        assert (outcome.status, outcome.half_replaced) == (Status.FAILED, True)

    def test_a_replacement_that_succeeds_is_not_half_done(self) -> None:
        outcome = Alone(FakeWriter(exists={A})).run(Action.REPLACE)
        assert (outcome.status, outcome.half_replaced, outcome.error) == (Status.SUCCEEDED, False, None)


class TestFailures:
    def test_errors_show_cloud_message_and_hint(self) -> None:
        refused = CloudError(ErrorKind.BUSY, "Some.Code", "because", action="Act", request_id="r-1", hint="Wait.")
        policy = RetryPolicy(budget_s=0)
        outcome = Alone(FakeWriter(script={A: [refused]}), policy).run()
        assert outcome.error == Failure("Some.Code", "because", "r-1", retryable=True, hint="Wait.")

    def test_on_this_side_have_no_code_and_say_what_to_do(self) -> None:
        def no_file(_: Address) -> None:
            raise ScfDeployError("bundle.zip cannot be read", hint="Pack it again.")

        outcome = Alone(FakeWriter(on_write=no_file)).run()
        assert outcome.error == Failure("", "bundle.zip cannot be read", hint="Pack it again.")

    def test_of_what_had_not_begun_are_skipped(self) -> None:
        alone = Alone()
        alone.stop.set()
        outcome = alone.run()
        assert (outcome.status, outcome.error) == (
            Status.SKIPPED,
            Failure("Interrupted", "interrupted", retryable=True),
        )
        assert Alone(deadline=0.0).run().error == Failure("OutOfTime", "the time for this run was up", retryable=True)

    def test_of_what_had_begun_say_that_it_may_go_on(self) -> None:
        alone = Alone(FakeWriter(pending={A: 10**6}), deadline=30.0)
        outcome = alone.run()
        message = (
            "the time for this run was up: the request to create was accepted and is not confirmed; the cloud may go on"
            " with it"
        )
        assert (outcome.status, outcome.error) == (Status.FAILED, Failure("OutOfTime", message, retryable=True))

    def test_name_each_request_once(self) -> None:
        busy = error(ErrorKind.BUSY)
        outcome = Alone(FakeWriter(script={A: [busy, busy, None]})).run()
        assert outcome.request_ids == ("failed-busy", "request-3")

    def test_of_a_call_without_a_request_id_name_none(self) -> None:
        writer = OneStep(step=Step("create", run=lambda: ""))
        assert Alone(writer).run().request_ids == ()


class TestAmbiguousWrites:
    def test_exists_after_lost_response_polls_until_visible(self) -> None:
        writes = answers(*[error(ErrorKind.AMBIGUOUS), *[error(ErrorKind.EXISTS, "ResourceInUse")] * 3])
        looks = answers(False, False, False, True)
        alone = Alone(OneStep(step=Step("create", writes, looks)))  # type: ignore[arg-type]
        assert alone.run().status is Status.SUCCEEDED
        waits = [(event.code, event.delay_s) for event in alone.events if isinstance(event, Retrying)]
        assert waits == [("Some.Code", 0.25), *[("ResourceInUse", delay) for delay in (0.5, 1.0, 2.0)]]

    def test_count_by_themselves(self) -> None:
        writes = answers(error(ErrorKind.AMBIGUOUS), *[error(ErrorKind.THROTTLED)] * 3, "request")
        looks = answers(*[False] * 4)
        alone = Alone(OneStep(step=Step("create", writes, looks)), RetryPolicy(ambiguous_tries=2))  # type: ignore[arg-type]
        assert alone.run().status is Status.SUCCEEDED

    def test_are_looked_into_after_a_pause(self) -> None:
        alone = Alone(FakeWriter(script={A: [("lost", error(ErrorKind.AMBIGUOUS))]}))
        assert alone.run().status is Status.SUCCEEDED
        assert alone.clock.slept[0] == 0.25


class TestWaiting:
    @pytest.mark.parametrize(("random", "waits"), [(0.0, [0.8, 1.6, 3.2, 3.2]), (1.0, [1.2, 2.4, 4.8, 4.8])])
    def test_pauses_grow_to_a_cap_and_vary_by_a_fifth(self, random: float, waits: list[float]) -> None:
        alone = Alone(FakeWriter(pending={A: 3}), RetryPolicy(1, 1, 1, 1, 60, 1.0, 2.0, 4.0), random)
        alone.run()
        assert alone.clock.slept == pytest.approx(waits)

    def test_ends_with_its_time_and_says_so(self) -> None:
        alone = Alone(FakeWriter(pending={A: 10**6}), FAST)
        outcome = alone.run()
        message = "not ready after 10 s; the operation may still complete"
        assert outcome.error == Failure("NotSettledInTime", message, retryable=True)
        assert alone.clock.slept == [1.0, 2.0, 4.0, 4.0]
        assert outcome.seconds == 11.0

    def test_wait_step_polls_without_initial_delay(self) -> None:
        step = Step("wait", run=lambda: "", readiness=lambda: Readiness.READY, poll_immediately=True)
        alone = Alone(OneStep(step=step))
        assert alone.run().status is Status.SUCCEEDED
        assert alone.clock.slept == []

    def test_wait_step_polls_until_ready(self) -> None:
        looks = answers(Readiness.PENDING, Readiness.PENDING, Readiness.READY)
        step = Step("wait", run=lambda: "", readiness=looks, poll_immediately=True)  # type: ignore[arg-type]
        alone = Alone(OneStep(step=step), FAST)
        assert alone.run().status is Status.SUCCEEDED
        assert alone.clock.slept == [1.0, 2.0]

    def test_a_change_takes_the_time_from_its_own_start(self) -> None:
        clock = FakeClock()
        clock.sleep(100)
        assert Alone(FakeWriter(pending={A: 1}), FAST, clock=clock).run().seconds == 3.0

    def test_read_is_not_retried_when_attempts_are_limited(self) -> None:
        writer = FakeWriter(fails_to_settle={A: error(ErrorKind.THROTTLED)})
        assert Alone(writer, RetryPolicy(retries=2)).run().status is Status.FAILED
        assert writer.looks[A] == 1


class TestTelling:
    def test_an_upload_says_how_far_it_is(self) -> None:
        step = Step("upload", run=lambda: "", upload_progress=lambda: UploadProgress(5, 9))
        alone = Alone(OneStep(step=step))
        alone.run()
        assert alone.heard(StepStarted, Uploading, Waiting) == [
            StepStarted(A, "upload"),
            Uploading(A, "upload", 5, 9),
        ]

    def test_skipped_upload_emits_no_event(self) -> None:
        alone = Alone(OneStep(step=Step("upload", run=lambda: "", upload_progress=lambda: None)))
        alone.run()
        assert alone.heard(Uploading) == []

    def test_transient_read_failure_is_reported(self) -> None:
        looks = answers(error(ErrorKind.THROTTLED, "RequestLimitExceeded"), Readiness.READY)
        step = Step("create", run=lambda: "", readiness=looks)  # type: ignore[arg-type]
        alone = Alone(OneStep(step=step))
        alone.run()
        assert alone.heard(Retrying) == [Retrying(A, "create", "RequestLimitExceeded", 0.25)]

    def test_outputs_of_steps_are_merged(self) -> None:
        @dataclass
        class Telling(FakeWriter):
            def create(self, change: Change) -> Sequence[Step]:
                steps = ({"version": "7"}, {"url": "u"})
                return [Step("tell", run=lambda: "", outputs=lambda told=told: told) for told in steps]

        assert Alone(Telling()).run().known == {"version": "7", "url": "u"}
