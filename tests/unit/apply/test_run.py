"""A complete run: order, dependencies, retries and events."""

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


def test_outcomes_are_in_plan_order() -> None:
    runner = Runner(FakeWriter(exists={B}))
    outcomes = runner.run(change(A), change(B, Action.UPDATE), change(C))
    assert [outcome.address for outcome in outcomes] == [A, B, C]
    assert statuses(outcomes) == [Status.SUCCEEDED] * 3
    assert all(outcome.request_ids for outcome in outcomes)


def test_no_op_is_not_executed() -> None:
    runner = Runner(FakeWriter())
    assert [outcome.address for outcome in runner.run(change(A, Action.NO_OP), change(B))] == [B]
    assert runner.events_of(RunStarted) == [RunStarted(1)]


def test_plan_without_changes_has_no_outcomes() -> None:
    assert Runner(FakeWriter()).run(change(A, Action.NO_OP)) == []


@pytest.mark.parametrize("parallelism", [1, 8])
def test_required_changes_run_first(parallelism: int) -> None:
    writer = FakeWriter(pending={A: 3})
    Runner(writer).run(change(C, Action.CREATE, B), change(B, Action.CREATE, A), change(A), parallelism=parallelism)
    assert [address for _, address in writer.writes] == [A, B, C]


def test_unchanged_dependencies_count_as_done() -> None:
    outcomes = Runner(FakeWriter()).run(change(A, Action.NO_OP), change(B, Action.CREATE, A, function("elsewhere")))
    assert statuses(outcomes) == [Status.SUCCEEDED]


def test_replace_deletes_and_then_creates() -> None:
    writer = FakeWriter(exists={A})
    outcomes = Runner(writer).run(change(A, Action.REPLACE))
    assert writer.writes == [("delete", A), ("create", A)]
    assert len(outcomes[0].request_ids) == 2


def test_half_replaced_resource_is_reported() -> None:
    writer = FakeWriter(exists={A}, script={A: [None, error(ErrorKind.REJECTED)]})
    (outcome,) = Runner(writer).run(change(A, Action.REPLACE))
    assert writer.exists == set()
    assert outcome.half_replaced
    assert outcome.error is not None
    assert outcome.error.message == "the old resource is deleted, and the new one is incomplete: because"


def test_failed_deletion_leaves_nothing_half_replaced() -> None:
    writer = FakeWriter(exists={A}, script={A: [error(ErrorKind.REJECTED)]})
    (outcome,) = Runner(writer).run(change(A, Action.REPLACE))
    assert writer.exists == {A}
    assert not outcome.half_replaced
    assert outcome.error is not None
    assert outcome.error.message == "because"


def test_waiting_changes_do_not_count_towards_parallelism() -> None:
    writer = FakeWriter(pending={function(f"f{n}"): 5 for n in range(50)})
    runner = Runner(writer)
    runner.run(*(change(address) for address in list(writer.pending)), parallelism=1)
    assert [word for word, _ in writer.writes] == ["create"] * 50
    assert runner.clock.monotonic() < 10  # one after the other they would take three minutes


def looks_at_writes(action: Action, *changes: Change, seconds: float = 1.0) -> list[int]:
    """How often resources were polled before each write; a write takes `seconds`."""
    writer = FakeWriter(exists={A, B, C} if action is Action.DELETE else set())
    runner, looks = Runner(writer), list[int]()

    def on_write(_address: Address) -> None:
        looks.append(sum(writer.looks.values()))
        runner.clock.sleep(seconds)

    writer.on_write = on_write
    outcomes = runner.run(*(changes or (change(A, action), change(B, action), change(C, action))), parallelism=1)
    assert set(statuses(outcomes)) == {Status.SUCCEEDED}
    return looks


def test_change_that_has_waited_continues_before_others_start() -> None:
    assert looks_at_writes(Action.CREATE) == [0, 0, 1]


def test_deletions_are_polled_when_all_have_started() -> None:
    assert looks_at_writes(Action.DELETE) == [0, 0, 0]


def test_deletion_is_polled_if_many_others_take_long() -> None:
    assert looks_at_writes(Action.DELETE, seconds=31.0) == [0, 0, 1]


def test_deletion_that_another_change_needs_is_polled_like_any_change() -> None:
    needed = (change(A, Action.DELETE), change(B, Action.DELETE), change(C, Action.DELETE, A))
    assert looks_at_writes(Action.DELETE, *needed) == [0, 0, 1]


def test_failure_skips_its_dependents_only() -> None:
    writer = FakeWriter(script={A: [error(ErrorKind.REJECTED, "LimitExceeded.Function")]})
    behind, further = A.trigger("timer", "t"), A.asynchronous()
    outcomes = Runner(writer).run(
        change(A), change(behind, Action.CREATE, A), change(further, Action.CREATE, behind), change(B)
    )
    assert statuses(outcomes) == [Status.FAILED, Status.SKIPPED, Status.SKIPPED, Status.SUCCEEDED]
    failed = outcomes[0].error
    assert failed is not None
    assert (failed.code, failed.message, failed.request_id) == ("LimitExceeded.Function", "because", "failed-rejected")
    skipped = Failure("DependencyFailed", "depends on function/default/aa, which failed", retryable=True)
    assert [outcome.error for outcome in outcomes[1:3]] == [skipped] * 2
    assert [address for _, address in writer.writes] == [A, B]


def test_failed_readiness_fails_the_change() -> None:
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
    assert [event.code for event in runner.events_of(Retrying) if isinstance(event, Retrying)] == [
        "RequestLimitExceeded"
    ]


def test_resource_that_is_never_ready_fails_after_the_wait_limit() -> None:
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
    runner.run(change(A), retry=RetryPolicy(first_poll_s=1.0, poll_share=1.0, poll_cap_s=3.0))
    assert writer.looks[A] == 31
    # The jitter of half is a tenth.
    assert runner.clock.monotonic() == pytest.approx(0.9 * (1 + 1 + 2 + 3 * 28), abs=0.5)


@pytest.mark.parametrize("kind", [ErrorKind.THROTTLED, ErrorKind.BUSY])
def test_rejected_write_is_retried_without_existence_check(kind: ErrorKind) -> None:
    writer = FakeWriter(script={A: [error(kind), error(kind), None]})
    runner = Runner(writer)
    assert statuses(runner.run(change(A))) == [Status.SUCCEEDED]
    assert len(writer.writes) == 3
    waits = [event.delay_s for event in runner.events if isinstance(event, Retrying)]
    assert waits == [0.25, 0.5]


def test_lost_response_does_not_create_twice() -> None:
    writer = FakeWriter(script={A: [("lost", error(ErrorKind.AMBIGUOUS))]})
    assert statuses(Runner(writer).run(change(A))) == [Status.SUCCEEDED]
    assert writer.writes == [("create", A)]


def test_lost_request_is_repeated() -> None:
    writer = FakeWriter(script={A: [error(ErrorKind.AMBIGUOUS), None]})
    assert statuses(Runner(writer).run(change(A))) == [Status.SUCCEEDED]
    assert writer.writes == [("create", A)] * 2


def test_idempotent_write_is_retried_without_existence_check() -> None:
    writer = FakeWriter(script={A: [("lost", error(ErrorKind.AMBIGUOUS)), None]}, exists={A})
    assert statuses(Runner(writer).run(change(A, Action.UPDATE))) == [Status.SUCCEEDED]
    assert writer.writes == [("update", A)] * 2


def test_exists_after_lost_response_is_verified() -> None:
    class LateWriter(FakeWriter):
        """The effect of a lost creation is visible at the second check."""

        checks = 0

        def create(self, change: Change) -> Sequence[Step]:
            (step,) = super().create(change)

            def took_effect() -> bool:
                self.checks += 1
                return self.checks > 1

            return (Step(step.title, step.run, took_effect, step.readiness),)

    writer = LateWriter(script={A: [("lost", error(ErrorKind.AMBIGUOUS)), None]})
    assert statuses(Runner(writer).run(change(A))) == [Status.SUCCEEDED]
    assert writer.writes == [("create", A)] * 2


def test_existing_resource_fails_the_first_attempt() -> None:
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


def test_ambiguous_failures_are_limited() -> None:
    writer = FakeWriter(script={A: [error(ErrorKind.AMBIGUOUS)] * 50})
    outcomes = Runner(writer).run(change(A), retry=RetryPolicy(ambiguous_tries=3))
    assert statuses(outcomes) == [Status.FAILED]
    assert len(writer.writes) == 3
    assert outcomes[0].error is not None
    assert outcomes[0].error.retryable


def test_last_ambiguous_response_is_verified_before_failing() -> None:
    writer = FakeWriter(script={A: [error(ErrorKind.AMBIGUOUS), ("lost", error(ErrorKind.AMBIGUOUS))]})
    assert statuses(Runner(writer).run(change(A), retry=RetryPolicy(ambiguous_tries=2))) == [Status.SUCCEEDED]


def test_throttled_retries_end_with_the_budget() -> None:
    writer = FakeWriter(script={A: [error(ErrorKind.THROTTLED)] * 1000})
    runner = Runner(writer)
    assert statuses(runner.run(change(A), retry=RetryPolicy(budget_s=30))) == [Status.FAILED]
    assert runner.clock.monotonic() <= 30


def test_delete_of_missing_resource_succeeds() -> None:
    writer = FakeWriter()
    assert statuses(Runner(writer).run(change(A, Action.DELETE))) == [Status.SUCCEEDED]


def test_update_of_missing_resource_fails() -> None:
    writer = FakeWriter(script={A: [error(ErrorKind.MISSING)]})
    assert statuses(Runner(writer).run(change(A, Action.UPDATE))) == [Status.FAILED]


def test_local_error_fails_the_change() -> None:
    def no_file(_: Address) -> None:
        raise ScfDeployError("bundle.zip cannot be read")

    outcomes = Runner(FakeWriter(on_write=no_file)).run(change(A), change(B, Action.CREATE, A))
    assert statuses(outcomes) == [Status.FAILED, Status.SKIPPED]
    assert outcomes[0].error is not None
    assert outcomes[0].error.message == "bundle.zip cannot be read"


def test_dependency_cycle_is_skipped_with_the_reason() -> None:
    outcomes = Runner(FakeWriter()).run(change(A, Action.CREATE, B), change(B, Action.CREATE, A), change(C))
    assert statuses(outcomes) == [Status.SKIPPED, Status.SKIPPED, Status.SUCCEEDED]
    assert outcomes[0].error == Failure("DependencyCycle", "depends on itself through other changes", retryable=True)


def test_events_are_in_order() -> None:
    writer = FakeWriter(script={A: [error(ErrorKind.BUSY, "FailedOperation.FunctionStatusError")]}, pending={A: 1})
    runner = Runner(writer)
    outcomes = runner.run(change(A))
    names = [type(event).__name__ for event in runner.events]
    assert names == ["RunStarted", "ChangeStarted", "StepStarted", "Retrying", "Waiting", "ChangeFinished"]
    assert runner.events_of(StepStarted) == [StepStarted(A, "create")]
    assert runner.events_of(Waiting) == [Waiting(A, "create")]
    assert runner.events_of(ChangeFinished) == [ChangeFinished(outcomes[0])]
    assert outcomes[0].seconds == pytest.approx(runner.clock.monotonic())


@pytest.mark.parametrize("parallelism", [1, 0])
def test_parallelism_limits_simultaneous_calls(parallelism: int) -> None:
    another_began = threading.Event()
    writer = FakeWriter()

    def on_write(address: Address) -> None:
        if address == A:
            assert not another_began.wait(0.05)
        another_began.set()

    writer.on_write = on_write
    outcomes = Runner(writer).run(change(A), change(B), change(C), parallelism=parallelism)
    assert statuses(outcomes) == [Status.SUCCEEDED] * 3


def test_slow_call_does_not_delay_waiting_changes() -> None:
    class TickingClock(FakeClock):
        """Advances by a millisecond at each reading."""

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
        retry=RetryPolicy(first_poll_s=0.01, poll_cap_s=0.01),
    )
    assert statuses(outcomes) == [Status.SUCCEEDED] * 2
