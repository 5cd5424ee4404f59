"""The attempts and the end of asynchronous events, by the rules of the platform."""

from __future__ import annotations

import json

import pytest

from scfdeploy.delivery.core import Accepted, AsyncProfile, Cancelled, Completed, Due, Ended, Invoke, Phase, step
from scfdeploy.delivery.driver import accept_all, handle_items, simulate_events
from scfdeploy.delivery.platform import PolicyError
from scfdeploy.delivery.profiles.scf import scf_profile
from scfdeploy.delivery.trace import Attempt, DeliveryKind, StepKind, TraceStep, TraceSummary, summarise

QUEUE = "queue://orders-failed"
HOURS_6 = range(0, 21_601, 60)


def run(
    profile: AsyncProfile, *outcomes: int, events: int = 1, duration_s: int = 0, refused: str = ""
) -> list[TraceStep]:
    """The steps of events that arrive at 0; the last outcome repeats."""
    results = [Attempt(status, duration_s * 1000) for status in outcomes]
    return list(
        simulate_events(
            {"orders": profile},
            "orders",
            [0] * events,
            handle_items(lambda _items, tries, _at: results[min(tries, len(results) - 1)]),
            (lambda *_: (404, refused)) if refused else accept_all,
        )
    )


def attempts(summary: TraceSummary, item: int = 1) -> list[int]:
    """The start of each attempt in seconds."""
    return [at // 1000 for at in summary.items[item].attempts_at]


def end(summary: TraceSummary, item: int = 1) -> tuple[str, str, int]:
    """End, reason and time in seconds."""
    found = summary.items[item]
    return found.end, found.reason, found.ended_at // 1000


def retries_in_messages(summary: TraceSummary) -> list[int]:
    return [json.loads(delivery.body)["Body"]["RetryNum"] for delivery in summary.deliveries]


@pytest.mark.parametrize(
    ("outcomes", "settings", "expected", "ended", "retries"),
    [
        pytest.param([430], {}, [0, 60, 120], ("RetriesExhausted", 120), 2, id="A1"),
        pytest.param([430], {"retries": 0}, [0], ("RetriesExhausted", 0), 0, id="A2"),
        pytest.param([430], {"retries": 1}, [0, 60], ("RetriesExhausted", 60), 1, id="A3"),
        pytest.param([430], {"max_age_ms": 60_000}, [0, 60], ("EventAgeExceeded", 120), 1, id="A4"),
        pytest.param([500], {}, [*HOURS_6], ("EventAgeExceeded", 21_660), 0, id="A5"),
        pytest.param([432], {"max_age_ms": 60_000}, [0, 60], ("EventAgeExceeded", 120), 0, id="A6"),
        pytest.param([432], {"max_age_ms": 3_600_000}, [*range(0, 3601, 60)], ("EventAgeExceeded", 3660), 0, id="A7"),
        pytest.param([432, 432, 432, 430], {}, [*range(0, 301, 60)], ("RetriesExhausted", 300), 2, id="A8"),
        pytest.param(
            [500], {"max_age_ms": 86_400_000}, [*range(0, 86_401, 60)], ("EventAgeExceeded", 86_460), 0, id="A12"
        ),
        pytest.param([429], {}, [0, 60, 120], ("RetriesExhausted", 120), 2, id="429-is-an-execution-error"),
        pytest.param(
            [429],
            {"burst_as_overrun": True, "max_age_ms": 60_000},
            [0, 60],
            ("EventAgeExceeded", 120),
            0,
            id="429-as-overrun",
        ),
    ],
)
def test_failing_event_reaches_dead_letter_queue(
    outcomes: list[int], settings: dict[str, int], expected: list[int], ended: tuple[str, int], retries: int
) -> None:
    summary = summarise(run(scf_profile(dead_letter=QUEUE, **settings), *outcomes))  # type: ignore[arg-type]
    assert attempts(summary) == expected
    assert end(summary) == ("dead-lettered", *ended)
    assert [(delivery.destination, delivery.kind) for delivery in summary.deliveries] == [
        (QUEUE, DeliveryKind.DEAD_LETTER)
    ]
    assert retries_in_messages(summary) == [retries]


def test_success_after_retry_finishes() -> None:
    summary = summarise(run(scf_profile(dead_letter=QUEUE), 430, 200))
    assert attempts(summary) == [0, 60]
    assert end(summary) == ("finished", "", 60)
    assert (summary.items[1].completions, summary.deliveries) == (1, [])


def test_interval_starts_at_end_of_failed_attempt() -> None:
    steps = run(scf_profile(dead_letter=QUEUE), 433, duration_s=3)
    assert attempts(summarise(steps)) == [0, 63, 126]
    assert end(summarise(steps)) == ("dead-lettered", "RetriesExhausted", 129)
    results = [step for step in steps if step.kind is StepKind.RESULT]
    assert [(step.t, step.retry, step.next_at) for step in results] == [
        (3000, 1, 63_000),
        (66_000, 2, 126_000),
        (129_000, 0, None),
    ]


def test_full_queue_rejects_newest_event_without_attempt() -> None:
    summary = summarise(run(scf_profile(dead_letter=QUEUE, queue_limit=2), 430, events=3))
    assert attempts(summary, 1) == attempts(summary, 2) == [0, 60, 120]
    assert attempts(summary, 3) == []
    assert end(summary, 3) == ("dead-lettered", "QueueFull", 0)
    assert "scf.queue.rejects_newest" in summary.assumed


def test_failed_event_without_destination_is_dropped() -> None:
    summary = summarise(run(scf_profile(), 430))
    assert attempts(summary) == [0, 60, 120]
    assert end(summary) == ("dropped", "RetriesExhausted", 120)


def test_failed_delivery_loses_event() -> None:
    summary = summarise(run(scf_profile(dead_letter=QUEUE), 430, refused="queue not found"))
    assert end(summary) == ("lost", "RetriesExhausted", 120)
    (delivery,) = summary.deliveries
    assert (delivery.tries, delivery.delivered, delivery.error) == (1, False, "queue not found")


def test_traced_event_fails_after_one_attempt() -> None:
    summary = summarise(run(scf_profile(dead_letter=QUEUE, is_traced=True), 430))
    assert attempts(summary) == [0]
    assert end(summary) == ("failed", "", 0)


def test_cancelled_event_is_aborted() -> None:
    profile = scf_profile(dead_letter=QUEUE)
    waiting, _ = step(profile, None, Accepted(0))
    assert waiting.phase is Phase.WAITING
    state, effects = step(profile, waiting, Cancelled(1000))
    assert effects == (Ended("aborted", ""),)
    assert step(profile, state, Due(60_000)) == (state, ())


def test_cancelled_running_event_is_aborted_when_attempt_ends() -> None:
    profile = scf_profile(dead_letter=QUEUE)
    state, _ = step(profile, None, Accepted(0))
    state, effects = step(profile, state, Due(0))
    assert effects == (Invoke(1),)
    state, effects = step(profile, state, Cancelled(5))
    assert effects == ()
    assert step(profile, state, Completed(10, 439))[1] == (Ended("aborted", ""),)


def test_results_at_the_same_time_come_before_the_next_event() -> None:
    shown = [(step.kind, step.items) for step in run(scf_profile(retries=0), 430, events=2)]
    assert shown == [(kind, (item,)) for item in (1, 2) for kind in (StepKind.INVOKE, StepKind.RESULT, StepKind.END)]


@pytest.mark.parametrize(
    "settings", [{"retries": 3}, {"retries": -1}, {"max_age_ms": 59_000}, {"max_age_ms": 90_000_000}]
)
def test_values_out_of_range_are_rejected(settings: dict[str, int]) -> None:
    with pytest.raises(PolicyError):
        scf_profile(**settings)  # type: ignore[arg-type]
