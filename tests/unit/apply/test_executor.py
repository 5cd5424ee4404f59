"""The execution of one change: results of its steps, waits, retries and events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf

import pytest

from scfdeploy.apply import Failure, Outcome, Status
from scfdeploy.apply.events import Event, Retrying, StepStarted, Uploading, Waiting
from scfdeploy.apply.executor import ChangeExecutor, ExecutionContext
from scfdeploy.apply.stop import Stop
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address
from scfdeploy.plan import Action, Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step, UploadProgress
from scfdeploy.providers.retry import RetryPolicy
from tests.support.fake_clock import FakeClock
from tests.support.fake_writer import FakeWriter, error, function

A = function("aa")
FAST = RetryPolicy(first_poll_s=1.0, poll_share=1.0, poll_cap_s=4.0, wait_s=10.0)


@dataclass
class SingleChange:
    """Executes one change on a fake clock that the waits advance, and records the events."""

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
        steps = ChangeExecutor(Change(A, action, ""), context, {}).run()
        try:
            while True:
                self.clock.sleep(next(steps))
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome

    def events_of(self, *kinds: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kinds)]


@dataclass
class OneStep(FakeWriter):
    """Plans this step for every change."""

    step: Step = field(default_factory=lambda: Step("create", run=lambda: ""))

    def create(self, change: Change) -> Sequence[Step]:
        return (self.step,)


def responses(*results: object) -> Callable[[], object]:
    """A function that returns these results in turn and raises those that are errors."""
    remaining = list(results)

    def respond() -> object:
        result = remaining.pop(0)
        if isinstance(result, CloudError):
            raise result
        return result

    return respond


class TestActions:
    def test_delete_removes_the_resource(self) -> None:
        writer = FakeWriter(exists={A})
        assert SingleChange(writer).run(Action.DELETE).status is Status.SUCCEEDED
        assert (writer.writes, writer.exists) == ([("delete", A)], set())

    def test_replace_of_missing_resource_creates_it(self) -> None:
        writer = FakeWriter()
        assert SingleChange(writer).run(Action.REPLACE).status is Status.SUCCEEDED
        assert writer.writes == [("delete", A), ("create", A)]

    def test_create_with_missing_dependency_fails(self) -> None:
        outcome = SingleChange(FakeWriter(script={A: [error(ErrorKind.MISSING)]})).run()
        assert outcome.status is Status.FAILED
        assert outcome.error == Failure("Some.Code", "because", "failed-missing", retryable=False)

    def test_replace_with_failed_creation_is_half_replaced(self) -> None:
        outcome = SingleChange(FakeWriter(exists={A}, script={A: [None, error(ErrorKind.MISSING)]})).run(Action.REPLACE)
        assert (outcome.status, outcome.half_replaced) == (Status.FAILED, True)

    def test_successful_replace_is_not_half_replaced(self) -> None:
        outcome = SingleChange(FakeWriter(exists={A})).run(Action.REPLACE)
        assert (outcome.status, outcome.half_replaced, outcome.error) == (Status.SUCCEEDED, False, None)


class TestFailures:
    def test_errors_show_cloud_message_and_hint(self) -> None:
        refused = CloudError(ErrorKind.BUSY, "Some.Code", "because", action="Act", request_id="r-1", hint="Wait.")
        policy = RetryPolicy(budget_s=0)
        outcome = SingleChange(FakeWriter(script={A: [refused]}), policy).run()
        assert outcome.error == Failure("Some.Code", "because", "r-1", retryable=True, hint="Wait.")

    def test_local_error_has_no_code_and_a_hint(self) -> None:
        def no_file(_: Address) -> None:
            raise ScfDeployError("bundle.zip cannot be read", hint="Pack it again.")

        outcome = SingleChange(FakeWriter(on_write=no_file)).run()
        assert outcome.error == Failure("", "bundle.zip cannot be read", hint="Pack it again.")

    def test_stopped_run_skips_change_that_has_not_started(self) -> None:
        single = SingleChange()
        single.stop.set()
        outcome = single.run()
        assert (outcome.status, outcome.error) == (
            Status.SKIPPED,
            Failure("Interrupted", "interrupted", retryable=True),
        )
        assert SingleChange(deadline=0.0).run().error == Failure(
            "OutOfTime", "time limit of the run reached", retryable=True
        )

    def test_stopped_run_reports_accepted_request(self) -> None:
        single = SingleChange(FakeWriter(pending={A: 10**6}), deadline=30.0)
        outcome = single.run()
        message = (
            "time limit of the run reached: the request to create was accepted and is not confirmed; the operation may"
            " still complete"
        )
        assert (outcome.status, outcome.error) == (Status.FAILED, Failure("OutOfTime", message, retryable=True))

    def test_request_ids_are_unique(self) -> None:
        busy = error(ErrorKind.BUSY)
        outcome = SingleChange(FakeWriter(script={A: [busy, busy, None]})).run()
        assert outcome.request_ids == ("failed-busy", "request-3")

    def test_empty_request_id_is_left_out(self) -> None:
        writer = OneStep(step=Step("create", run=lambda: ""))
        assert SingleChange(writer).run().request_ids == ()


class TestAmbiguousWrites:
    def test_exists_after_lost_response_polls_until_visible(self) -> None:
        writes = responses(*[error(ErrorKind.AMBIGUOUS), *[error(ErrorKind.EXISTS, "ResourceInUse")] * 3])
        looks = responses(False, False, False, True)
        single = SingleChange(OneStep(step=Step("create", writes, looks)))  # type: ignore[arg-type]
        assert single.run().status is Status.SUCCEEDED
        waits = [(event.code, event.delay_s) for event in single.events if isinstance(event, Retrying)]
        assert waits == [("Some.Code", 0.25), *[("ResourceInUse", delay) for delay in (0.5, 1.0, 2.0)]]

    def test_other_failures_do_not_count_as_ambiguous(self) -> None:
        writes = responses(error(ErrorKind.AMBIGUOUS), *[error(ErrorKind.THROTTLED)] * 3, "request")
        looks = responses(*[False] * 4)
        single = SingleChange(OneStep(step=Step("create", writes, looks)), RetryPolicy(ambiguous_tries=2))  # type: ignore[arg-type]
        assert single.run().status is Status.SUCCEEDED

    def test_effect_is_verified_after_a_delay(self) -> None:
        single = SingleChange(FakeWriter(script={A: [("lost", error(ErrorKind.AMBIGUOUS))]}))
        assert single.run().status is Status.SUCCEEDED
        assert single.clock.slept[0] == 0.25


class TestWaiting:
    @pytest.mark.parametrize(
        ("random", "waits"), [(0.0, [1.0, 1.0, 2.0, 3.0, 3.0]), (1.0, [0.8, 0.64, 1.152, 2.0736, 2.4])]
    )
    def test_poll_intervals_grow_to_a_cap_with_jitter(self, random: float, waits: list[float]) -> None:
        policy = RetryPolicy(first_poll_s=1.0, poll_share=1.0, poll_cap_s=3.0)
        single = SingleChange(FakeWriter(pending={A: 4}), policy, random)
        single.run()
        assert single.clock.slept == pytest.approx(waits)

    @pytest.mark.parametrize("random", [0.0, 0.5, 1.0])
    def test_wait_ends_at_most_a_tenth_too_late(self, random: float) -> None:
        policy = RetryPolicy()
        for polls in range(1, 40):
            single = SingleChange(FakeWriter(pending={A: polls}), policy, random)
            single.run()
            waited = sum(single.clock.slept)
            # The resource may have become ready right after the last poll but one.
            assert single.clock.slept[-1] <= max(policy.poll_floor_s, (waited - single.clock.slept[-1]) / 10) + 1e-9

    def test_wait_fails_after_its_time_limit(self) -> None:
        single = SingleChange(FakeWriter(pending={A: 10**6}), FAST, random=0.0)
        outcome = single.run()
        message = "not ready after 10 s; the operation may still complete"
        assert outcome.error == Failure("NotSettledInTime", message, retryable=True)
        assert single.clock.slept == [1.0, 1.0, 2.0, 4.0, 4.0]
        assert outcome.seconds == 12.0

    def test_wait_step_polls_without_initial_delay(self) -> None:
        step = Step("wait", run=lambda: "", readiness=lambda: Readiness.READY, poll_immediately=True)
        single = SingleChange(OneStep(step=step))
        assert single.run().status is Status.SUCCEEDED
        assert single.clock.slept == []

    def test_wait_step_polls_until_ready(self) -> None:
        looks = responses(Readiness.PENDING, Readiness.PENDING, Readiness.READY)
        step = Step("wait", run=lambda: "", readiness=looks, poll_immediately=True)  # type: ignore[arg-type]
        single = SingleChange(OneStep(step=step), FAST, random=0.0)
        assert single.run().status is Status.SUCCEEDED
        assert single.clock.slept == [1.0, 1.0]

    def test_seconds_count_from_the_start_of_the_change(self) -> None:
        clock = FakeClock()
        clock.sleep(100)
        assert SingleChange(FakeWriter(pending={A: 1}), FAST, random=0.0, clock=clock).run().seconds == 2.0

    def test_read_is_not_retried_when_attempts_are_limited(self) -> None:
        writer = FakeWriter(fails_to_settle={A: error(ErrorKind.THROTTLED)})
        assert SingleChange(writer, RetryPolicy(retries=2)).run().status is Status.FAILED
        assert writer.looks[A] == 1


class TestEvents:
    def test_upload_emits_its_progress(self) -> None:
        step = Step("upload", run=lambda: "", upload_progress=lambda: UploadProgress(5, 9))
        single = SingleChange(OneStep(step=step))
        single.run()
        assert single.events_of(StepStarted, Uploading, Waiting) == [
            StepStarted(A, "upload"),
            Uploading(A, "upload", 5, 9),
        ]

    def test_skipped_upload_emits_no_event(self) -> None:
        single = SingleChange(OneStep(step=Step("upload", run=lambda: "", upload_progress=lambda: None)))
        single.run()
        assert single.events_of(Uploading) == []

    def test_transient_read_failure_is_reported(self) -> None:
        looks = responses(error(ErrorKind.THROTTLED, "RequestLimitExceeded"), Readiness.READY)
        step = Step("create", run=lambda: "", readiness=looks)  # type: ignore[arg-type]
        single = SingleChange(OneStep(step=step))
        single.run()
        assert single.events_of(Retrying) == [Retrying(A, "create", "RequestLimitExceeded", 0.25)]

    def test_outputs_of_steps_are_merged(self) -> None:
        @dataclass
        class TwoOutputs(FakeWriter):
            def create(self, change: Change) -> Sequence[Step]:
                outputs = ({"version": "7"}, {"url": "u"})
                return [Step("publish", run=lambda: "", outputs=lambda values=values: values) for values in outputs]

        assert SingleChange(TwoOutputs()).run().outputs == {"version": "7", "url": "u"}
