"""A whole run: the order, what depends on what, tries that are made again, and what is told."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from scfdeploy.apply import Failure, Status, run
from scfdeploy.apply.events import ChangeFinished, Retrying, RunStarted, StepStarted, Waiting
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, ProjectKey
from scfdeploy.plan import Action, Change, Plan
from scfdeploy.providers.base import ErrorKind, Readiness, Step
from scfdeploy.providers.retry import RetryPolicy
from tests.support.changes_run import A, B, C, Runner, change, statuses
from tests.support.fake_clock import FakeClock
from tests.support.fake_writer import FakeWriter, error, function


def test_every_change_gets_an_outcome_in_the_plans_order() -> None:
    runner = Runner(FakeWriter(exists={B}))
    outcomes = runner.run(change(A), change(B, Action.UPDATE), change(C))
    assert [outcome.address for outcome in outcomes] == [A, B, C]
    assert statuses(outcomes) == [Status.SUCCEEDED] * 3
    assert all(outcome.request_ids for outcome in outcomes)


def test_a_no_op_is_not_run_and_has_no_outcome() -> None:
    runner = Runner(FakeWriter())
    assert [outcome.address for outcome in runner.run(change(A, Action.NO_OP), change(B))] == [B]
    assert runner.heard(RunStarted) == [RunStarted(1)]


def test_a_plan_without_changes_does_nothing() -> None:
    assert Runner(FakeWriter()).run(change(A, Action.NO_OP)) == []


@pytest.mark.parametrize("parallelism", [1, 8])
def test_required_changes_run_first(parallelism: int) -> None:
    writer = FakeWriter(pending={A: 3})
    Runner(writer).run(change(C, Action.CREATE, B), change(B, Action.CREATE, A), change(A), parallelism=parallelism)
    assert [address for _, address in writer.writes] == [A, B, C]


def test_unchanged_dependencies_count_as_done() -> None:
    outcomes = Runner(FakeWriter()).run(change(A, Action.NO_OP), change(B, Action.CREATE, A, function("elsewhere")))
    assert statuses(outcomes) == [Status.SUCCEEDED]


def test_a_replacement_deletes_and_then_creates() -> None:
    writer = FakeWriter(exists={A})
    outcomes = Runner(writer).run(change(A, Action.REPLACE))
    assert writer.writes == [("delete", A), ("create", A)]
    assert len(outcomes[0].request_ids) == 2


def test_a_replacement_that_stops_half_way_says_that_the_old_one_is_gone() -> None:
    writer = FakeWriter(exists={A}, script={A: [None, error(ErrorKind.REJECTED)]})
    (outcome,) = Runner(writer).run(change(A, Action.REPLACE))
    assert writer.exists == set()
    assert outcome.half_replaced
    assert outcome.error is not None
    assert outcome.error.message == "the old one is deleted, and the new one not complete: because"


def test_a_replacement_that_deletes_nothing_is_not_half_done() -> None:
    writer = FakeWriter(exists={A}, script={A: [error(ErrorKind.REJECTED)]})
    (outcome,) = Runner(writer).run(change(A, Action.REPLACE))
    assert writer.exists == {A}
    assert not outcome.half_replaced
    assert outcome.error is not None
    assert outcome.error.message == "because"


def test_changes_that_wait_for_the_cloud_do_not_hold_each_other_up() -> None:
    writer = FakeWriter(pending={function(f"f{n}"): 5 for n in range(50)})
    runner = Runner(writer)
    runner.run(*(change(address) for address in list(writer.pending)), parallelism=1)
    assert [word for word, _ in writer.writes] == ["create"] * 50
    assert runner.clock.monotonic() < 10  # one after the other they would take three minutes


def test_a_failure_leaves_out_what_depends_on_it_and_nothing_else() -> None:
    writer = FakeWriter(script={A: [error(ErrorKind.REJECTED, "LimitExceeded.Function")]})
    behind, further = A.trigger("timer", "t"), A.asynchronous()
    outcomes = Runner(writer).run(
        change(A), change(behind, Action.CREATE, A), change(further, Action.CREATE, behind), change(B)
    )
    assert statuses(outcomes) == [Status.FAILED, Status.SKIPPED, Status.SKIPPED, Status.SUCCEEDED]
    failed = outcomes[0].error
    assert failed is not None
    assert (failed.code, failed.message, failed.request_id) == ("LimitExceeded.Function", "because", "failed-rejected")
    skipped = Failure("DependencyFailed", "waits for function/default/aa, which failed", retryable=True)
    assert [outcome.error for outcome in outcomes[1:3]] == [skipped] * 2
    assert [address for _, address in writer.writes] == [A, B]


def test_a_resource_that_settles_badly_is_a_failure() -> None:
    writer = FakeWriter(fails_to_settle={A: error(ErrorKind.REJECTED, "CreateFailed")})
    outcomes = Runner(writer).run(change(A))
    assert statuses(outcomes) == [Status.FAILED]
    assert outcomes[0].request_ids


def test_transient_read_failure_is_retried() -> None:
    class Busy(FakeWriter):
        def _readiness(self, address: Address) -> Readiness:
            found = super()._readiness(address)
            if self.looks[address] == 1:
                raise error(ErrorKind.THROTTLED, "RequestLimitExceeded")
            return found

    writer = Busy()
    runner = Runner(writer)
    assert statuses(runner.run(change(A))) == [Status.SUCCEEDED]
    assert writer.looks[A] == 2
    assert writer.writes == [("create", A)]
    assert [event.code for event in runner.heard(Retrying) if isinstance(event, Retrying)] == ["RequestLimitExceeded"]


def test_a_resource_that_never_settles_is_a_failure_in_the_end() -> None:
    writer = FakeWriter(pending={A: 10**6})
    runner = Runner(writer)
    outcomes = runner.run(change(A), retry=RetryPolicy(wait_s=60))
    assert statuses(outcomes) == [Status.FAILED]
    assert 60 <= runner.clock.monotonic() < 70
    assert outcomes[0].error is not None
    assert outcomes[0].error.retryable


def test_poll_interval_grows_to_a_limit() -> None:
    writer = FakeWriter(pending={A: 30})
    runner = Runner(writer)
    runner.run(change(A), retry=RetryPolicy(first_poll_s=1.0, poll_growth=2.0, poll_cap_s=3.0))
    assert writer.looks[A] == 31
    assert runner.clock.monotonic() == pytest.approx(1 + 2 + 3 * 29, abs=0.5)


@pytest.mark.parametrize("kind", [ErrorKind.THROTTLED, ErrorKind.BUSY])
def test_rejected_write_is_retried_without_existence_check(kind: ErrorKind) -> None:
    writer = FakeWriter(script={A: [error(kind), error(kind), None]})
    runner = Runner(writer)
    assert statuses(runner.run(change(A))) == [Status.SUCCEEDED]
    assert len(writer.writes) == 3
    waits = [event.delay_s for event in runner.events if isinstance(event, Retrying)]
    assert waits == [0.25, 0.5]


def test_a_lost_answer_is_not_a_second_creation() -> None:
    writer = FakeWriter(script={A: [("lost", error(ErrorKind.AMBIGUOUS))]})
    assert statuses(Runner(writer).run(change(A))) == [Status.SUCCEEDED]
    assert writer.writes == [("create", A)]


def test_a_request_that_was_lost_is_made_again() -> None:
    writer = FakeWriter(script={A: [error(ErrorKind.AMBIGUOUS), None]})
    assert statuses(Runner(writer).run(change(A))) == [Status.SUCCEEDED]
    assert writer.writes == [("create", A)] * 2


def test_idempotent_write_is_retried_without_existence_check() -> None:
    writer = FakeWriter(script={A: [("lost", error(ErrorKind.AMBIGUOUS)), None]}, exists={A})
    assert statuses(Runner(writer).run(change(A, Action.UPDATE))) == [Status.SUCCEEDED]
    assert writer.writes == [("update", A)] * 2


def test_exists_after_lost_response_is_verified() -> None:
    class LateWriter(FakeWriter):
        """The effect of a lost creation shows only at the second look."""

        looked = 0

        def create(self, change: Change) -> Sequence[Step]:
            (step,) = super().create(change)

            def took_effect() -> bool:
                self.looked += 1
                return self.looked > 1

            return (Step(step.title, step.run, took_effect, step.readiness),)

    writer = LateWriter(script={A: [("lost", error(ErrorKind.AMBIGUOUS)), None]})
    assert statuses(Runner(writer).run(change(A))) == [Status.SUCCEEDED]
    assert writer.writes == [("create", A)] * 2


def test_exists_already_at_the_first_try_is_a_failure() -> None:
    writer = FakeWriter(exists={A})
    outcomes = Runner(writer).run(change(A))
    assert statuses(outcomes) == [Status.FAILED]
    assert len(writer.writes) == 1


def test_unverifiable_ambiguous_write_is_not_repeated() -> None:
    class BlindWriter(FakeWriter):
        def create(self, change: Change) -> Sequence[Step]:
            (step,) = super().create(change)
            return (Step(step.title, step.run, readiness=step.readiness),)

    writer = BlindWriter(script={A: [error(ErrorKind.AMBIGUOUS), None]})
    assert statuses(Runner(writer).run(change(A))) == [Status.FAILED]
    assert len(writer.writes) == 1


def test_unclear_answers_end_after_some_tries() -> None:
    writer = FakeWriter(script={A: [error(ErrorKind.AMBIGUOUS)] * 50})
    outcomes = Runner(writer).run(change(A), retry=RetryPolicy(ambiguous_tries=3))
    assert statuses(outcomes) == [Status.FAILED]
    assert len(writer.writes) == 3
    assert outcomes[0].error is not None
    assert outcomes[0].error.retryable


def test_last_ambiguous_response_is_verified_before_failing() -> None:
    writer = FakeWriter(script={A: [error(ErrorKind.AMBIGUOUS), ("lost", error(ErrorKind.AMBIGUOUS))]})
    assert statuses(Runner(writer).run(change(A), retry=RetryPolicy(ambiguous_tries=2))) == [Status.SUCCEEDED]


def test_throttling_ends_with_its_budget() -> None:
    writer = FakeWriter(script={A: [error(ErrorKind.THROTTLED)] * 1000})
    runner = Runner(writer)
    assert statuses(runner.run(change(A), retry=RetryPolicy(budget_s=30))) == [Status.FAILED]
    assert runner.clock.monotonic() <= 30


def test_deleting_what_is_gone_is_done() -> None:
    writer = FakeWriter()
    assert statuses(Runner(writer).run(change(A, Action.DELETE))) == [Status.SUCCEEDED]


def test_updating_what_is_gone_is_a_failure() -> None:
    writer = FakeWriter(script={A: [error(ErrorKind.MISSING)]})
    assert statuses(Runner(writer).run(change(A, Action.UPDATE))) == [Status.FAILED]


def test_a_problem_on_this_side_is_an_outcome_too() -> None:
    def no_file(_: Address) -> None:
        raise ScfDeployError("bundle.zip cannot be read")

    outcomes = Runner(FakeWriter(on_write=no_file)).run(change(A), change(B, Action.CREATE, A))
    assert statuses(outcomes) == [Status.FAILED, Status.SKIPPED]
    assert outcomes[0].error is not None
    assert outcomes[0].error.message == "bundle.zip cannot be read"


def test_changes_that_require_each_other_are_skipped_with_the_reason() -> None:
    outcomes = Runner(FakeWriter()).run(change(A, Action.CREATE, B), change(B, Action.CREATE, A), change(C))
    assert statuses(outcomes) == [Status.SKIPPED, Status.SKIPPED, Status.SUCCEEDED]
    assert outcomes[0].error == Failure("DependencyCycle", "waits for itself", retryable=True)


def test_the_events_tell_the_story() -> None:
    writer = FakeWriter(script={A: [error(ErrorKind.BUSY, "FailedOperation.FunctionStatusError")]}, pending={A: 1})
    runner = Runner(writer)
    outcomes = runner.run(change(A))
    names = [type(event).__name__ for event in runner.events]
    assert names == ["RunStarted", "ChangeStarted", "StepStarted", "Retrying", "Waiting", "ChangeFinished"]
    assert runner.heard(StepStarted) == [StepStarted(A, "create")]
    assert runner.heard(Waiting) == [Waiting(A, "create")]
    assert runner.heard(ChangeFinished) == [ChangeFinished(outcomes[0])]
    assert outcomes[0].seconds == pytest.approx(runner.clock.monotonic())


@pytest.mark.parametrize("parallelism", [1, 0])
def test_no_more_calls_are_made_at_once_than_allowed(parallelism: int) -> None:
    another_began = threading.Event()
    writer = FakeWriter()

    def on_write(address: Address) -> None:
        if address == A:
            assert not another_began.wait(0.05)
        another_began.set()

    writer.on_write = on_write
    outcomes = Runner(writer).run(change(A), change(B), change(C), parallelism=parallelism)
    assert statuses(outcomes) == [Status.SUCCEEDED] * 3


def test_a_call_that_takes_long_does_not_hold_up_what_waits() -> None:
    class TickingClock(FakeClock):
        """A millisecond passes whenever somebody looks at it."""

        def monotonic(self) -> float:
            with self._lock:
                self._passed += 0.001
                return self._passed

    others_done = threading.Event()

    class Slow(FakeWriter):
        def _readiness(self, address: Address) -> Readiness:
            found = super()._readiness(address)
            if address == B and found is Readiness.READY:
                others_done.set()
            return found

    def on_write(address: Address) -> None:
        if address == A:
            assert others_done.wait(20)

    plan = Plan(ProjectKey("app", "dev", "ap-guangzhou"), (change(A), change(B)))
    outcomes = run(
        plan,
        Slow(pending={B: 2}, on_write=on_write),
        listener=lambda _: None,
        parallelism=2,
        clock=TickingClock(),
        retry=RetryPolicy(first_poll_s=0.01, poll_growth=1.0),
    )
    assert statuses(outcomes) == [Status.SUCCEEDED] * 2
