"""Queues: visibility, receive count, ways of acknowledging, dead letters."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from scfdeploy.delivery.profiles.queue_source import Acknowledge, QueueProfile, Return, simulate_queue
from scfdeploy.delivery.scripted import AfterFailure, ScriptedHandler
from scfdeploy.delivery.trace import DeliveryKind, StepKind, TraceStep, summarise

TEN = [0] * 10


def profile(acknowledge: Acknowledge = Acknowledge.BATCH, **changes: object) -> QueueProfile:
    values: dict[str, object] = {"max_receive": 3, "dead_letter": "orders-dead", "acknowledge": acknowledge}
    return QueueProfile(**(values | changes))  # type: ignore[arg-type]


def run(
    rules: QueueProfile,
    *bad: int,
    messages: Sequence[int] = TEN,
    duration_s: int = 0,
    after_failure: AfterFailure = AfterFailure.STOP,
    status: int = 430,
) -> list[TraceStep]:
    """The steps of a run in which these messages always fail."""
    outcomes = {number: [status] for number in bad}
    handler = ScriptedHandler(outcomes, duration_ms=duration_s * 1000, after_failure=after_failure)
    return list(simulate_queue(rules, messages, handler))


def span(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1))


def receives(steps: list[TraceStep]) -> list[tuple[int, tuple[int, ...], int]]:
    """Time in seconds, messages and earlier tries of each call."""
    return [(step.t // 1000, step.items, step.tries) for step in steps if step.kind is StepKind.INVOKE]


def dead(steps: list[TraceStep]) -> list[tuple[int, int]]:
    """Time in seconds and number of each message that went to the dead letter queue."""
    return [(step.t // 1000, *step.items) for step in steps if step.end == "dead-lettered"]  # type: ignore[misc]


def completions(steps: list[TraceStep]) -> list[int]:
    return [item.completions for item in summarise(steps).items.values()]


def test_q1_one_bad_message_takes_the_batch_to_the_dead_letter_queue() -> None:
    steps = run(profile(), 3)

    assert receives(steps) == [(0, span(1, 10), 0), (30, span(1, 10), 1), (60, span(1, 10), 2)]
    assert [step.completed for step in steps if step.kind is StepKind.RESULT] == [(1, 2)] * 3
    assert dead(steps) == [(90, n) for n in span(1, 10)]
    assert completions(steps) == [3, 3, *[0] * 8]


def test_q2_deleted_messages_are_not_received_again() -> None:
    steps = run(profile(Acknowledge.DELETE), 3)

    assert receives(steps) == [(0, span(1, 10), 0), (30, span(3, 10), 1), (60, span(3, 10), 2)]
    assert dead(steps) == [(90, n) for n in span(3, 10)]
    assert completions(steps) == [1, 1, *[0] * 8]


def test_report_of_a_handler_that_stops_returns_the_rest_of_the_batch() -> None:
    steps = run(profile(Acknowledge.REPORT), 3)

    assert receives(steps) == [(0, span(1, 10), 0), (30, span(3, 10), 1), (60, span(3, 10), 2)]
    assert dead(steps) == [(90, n) for n in span(3, 10)]


@pytest.mark.parametrize("acknowledge", [Acknowledge.REPORT, Acknowledge.DELETE])
def test_handler_that_continues_returns_only_the_bad_message(acknowledge: Acknowledge) -> None:
    steps = run(profile(acknowledge), 3, after_failure=AfterFailure.CONTINUE)

    assert receives(steps) == [(0, span(1, 10), 0), (30, (3,), 1), (60, (3,), 2)]
    assert dead(steps) == [(90, 3)]
    assert completions(steps) == [1, 1, 0, *[1] * 7]


def test_timeout_prevents_the_report() -> None:
    steps = run(profile(Acknowledge.REPORT), 3, status=433)

    assert receives(steps) == [(0, span(1, 10), 0), (30, span(1, 10), 1), (60, span(1, 10), 2)]


def test_call_with_a_report_succeeds() -> None:
    steps = run(profile(Acknowledge.REPORT), 3)

    result = next(step for step in steps if step.kind is StepKind.RESULT)
    assert (result.status, result.completed, result.reason) == (200, (1, 2), "return")


def test_success_deletes_the_batch() -> None:
    steps = run(profile())

    assert [(step.t, step.items, step.end) for step in steps if step.kind is StepKind.END] == [
        (0, span(1, 10), "finished")
    ]


def test_message_that_recovers_is_finished() -> None:
    steps = list(simulate_queue(profile(), [0], ScriptedHandler({1: [430, 200]})))

    assert receives(steps) == [(0, (1,), 0), (30, (1,), 1)]
    assert summarise(steps).items[1].end == "finished"


def test_failed_messages_return_at_once_in_the_other_reading() -> None:
    steps = run(profile(returns=Return.AT_ONCE), 3)

    assert receives(steps) == [(0, span(1, 10), 0), (0, span(1, 10), 1), (0, span(1, 10), 2)]
    assert dead(steps) == [(0, n) for n in span(1, 10)]


def test_dead_letter_is_the_unchanged_message() -> None:
    handler = ScriptedHandler(default=[430])
    steps = list(simulate_queue(profile(), [0], handler, message_body=lambda number: f"order {number}"))

    (delivery,) = summarise(steps).deliveries
    assert (delivery.destination, delivery.kind, delivery.body) == (
        "orders-dead",
        DeliveryKind.DEAD_LETTER,
        "order 1",
    )


def test_messages_without_a_dead_letter_queue_are_dropped() -> None:
    steps = run(profile(dead_letter=""), 1, messages=[0])

    item = summarise(steps).items[1]
    assert (item.end, item.reason, item.ended_at) == ("dropped", "MaxReceiveExceeded", 90_000)


def test_at_most_five_batches_run_at_a_time() -> None:
    steps = run(profile(batch=1), messages=[0] * 12, duration_s=10)

    assert [at for at, _, _ in receives(steps)] == [0] * 5 + [10] * 5 + [20] * 2


def test_messages_beyond_a_batch_form_the_next_one() -> None:
    steps = run(profile(), 12, messages=[0] * 13)

    assert receives(steps)[:2] == [(0, span(1, 10), 0), (0, (11, 12, 13), 0)]
    assert [n for _, n in dead(steps)] == [11, 12, 13]


def test_hidden_time_counts_from_the_receive() -> None:
    steps = run(profile(), 1, messages=[0], duration_s=12)

    assert [at for at, _, _ in receives(steps)] == [0, 30, 60]


def test_call_longer_than_the_visibility_timeout_is_received_again() -> None:
    steps = run(profile(visibility_ms=10_000), messages=[0], duration_s=15)

    assert [at for at, _, _ in receives(steps)] == [0, 10]
    item = summarise(steps).items[1]
    assert (item.completions, item.end, item.ended_at) == (2, "finished", 15_000)


def test_call_that_ends_with_the_visibility_timeout_deletes_its_messages() -> None:
    assert len(receives(run(profile(), messages=[0], duration_s=30))) == 1


def test_each_message_ends_once_when_calls_overlap() -> None:
    steps = run(profile(visibility_ms=1000, max_receive=2), 1, messages=[0], duration_s=10)

    assert [at for at, _, _ in receives(steps)] == [0, 1]
    assert dead(steps) == [(2, 1)]


def test_endless_run_stops_after_30_days() -> None:
    rules = profile(max_receive=0, visibility_ms=43_200_000)

    steps = run(rules, 1, messages=[0])

    assert len(receives(steps)) == 61
    assert (steps[-1].t, steps[-1].end) == (30 * 86_400_000, "waiting")


def test_endless_run_that_takes_no_time_stops() -> None:
    steps = run(profile(max_receive=0, returns=Return.AT_ONCE), 1, messages=[0, 0])

    assert [(step.t, step.items, step.end) for step in steps if step.kind is StepKind.END] == [
        (30 * 86_400_000, (n,), "waiting") for n in (1, 2)
    ]
