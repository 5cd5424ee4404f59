"""The attempts and the end of asynchronous events, by the rules of the platform."""

from __future__ import annotations

from itertools import count

import pytest

from scfdeploy.delivery.core import AsyncProfile, Cancelled, Deliver, Due, Ended, EventState, Invoke, Phase, step
from scfdeploy.delivery.driver import Record, drive
from scfdeploy.delivery.profiles.scf import scf_profile
from scfdeploy.delivery.trace import Attempt

QUEUE = "orders-failed"
HOURS_6 = range(0, 21_601, 60)


def run(
    profile: AsyncProfile, *outcomes: int, events: int = 1, duration_s: int = 0, refused: str = ""
) -> list[list[Record]]:
    """The records of each event that arrives at 0; the last outcome repeats."""
    found: list[list[Record]] = [[] for _ in range(events)]
    results = [Attempt(status, duration_s * 1000) for status in outcomes]
    made = drive(
        profile,
        [0] * events,
        lambda _event, attempt, _at: results[min(attempt, len(results)) - 1],
        lambda *_: refused,
    )
    for record in made:
        found[record.event - 1].append(record)
    return found


def attempts(records: list[Record]) -> list[int]:
    """The start of each attempt in seconds."""
    starts = [r.entry.at for r in records for effect in r.effects if isinstance(effect, Invoke)]
    return [at // 1000 for at in starts]


def end(records: list[Record]) -> tuple[str, str, int, int]:
    """End, reason, time in seconds and RetryNum."""
    (ended,) = [e for record in records for e in record.effects if isinstance(e, Ended)]
    return ended.end, ended.reason, records[-1].entry.at // 1000, records[-1].state.retries


@pytest.mark.parametrize(
    ("outcomes", "settings", "expected", "ended"),
    [
        pytest.param([430], {}, [0, 60, 120], ("RetriesExhausted", 120, 2), id="A1"),
        pytest.param([430], {"retries": 0}, [0], ("RetriesExhausted", 0, 0), id="A2"),
        pytest.param([430], {"retries": 1}, [0, 60], ("RetriesExhausted", 60, 1), id="A3"),
        pytest.param([430], {"max_age_ms": 60_000}, [0, 60], ("EventAgeExceeded", 120, 1), id="A4"),
        pytest.param([500], {}, [*HOURS_6], ("EventAgeExceeded", 21_660, 0), id="A5"),
        pytest.param([432], {"max_age_ms": 60_000}, [0, 60], ("EventAgeExceeded", 120, 0), id="A6"),
        pytest.param([432], {"max_age_ms": 3_600_000}, [*range(0, 3601, 60)], ("EventAgeExceeded", 3660, 0), id="A7"),
        pytest.param([432, 432, 432, 430], {}, [*range(0, 301, 60)], ("RetriesExhausted", 300, 2), id="A8"),
        pytest.param(
            [500], {"max_age_ms": 86_400_000}, [*range(0, 86_401, 60)], ("EventAgeExceeded", 86_460, 0), id="A12"
        ),
        pytest.param([429], {}, [0, 60, 120], ("RetriesExhausted", 120, 2), id="429-is-an-execution-error"),
        pytest.param(
            [429],
            {"burst_as_overrun": True, "max_age_ms": 60_000},
            [0, 60],
            ("EventAgeExceeded", 120, 0),
            id="429-as-overrun",
        ),
    ],
)
def test_failing_event_reaches_dead_letter_queue(
    outcomes: list[int], settings: dict[str, int], expected: list[int], ended: tuple[str, int, int]
) -> None:
    (records,) = run(scf_profile(dead_letter=QUEUE, **settings), *outcomes)  # type: ignore[arg-type]
    assert attempts(records) == expected
    assert end(records) == ("dead-lettered", *ended)
    assert [e.destination for r in records for e in r.effects if isinstance(e, Deliver)] == [QUEUE]


def test_success_after_retry_finishes() -> None:
    (records,) = run(scf_profile(dead_letter=QUEUE), 430, 200)
    assert attempts(records) == [0, 60]
    assert end(records) == ("finished", "", 60, 1)


def test_interval_starts_at_end_of_failed_attempt() -> None:
    (records,) = run(scf_profile(dead_letter=QUEUE), 433, duration_s=3)
    assert attempts(records) == [0, 63, 126]
    assert end(records) == ("dead-lettered", "RetriesExhausted", 129, 2)


def test_full_queue_rejects_newest_event_without_attempt() -> None:
    first, second, third = run(scf_profile(dead_letter=QUEUE, queue_limit=2), 430, events=3)
    assert attempts(first) == attempts(second) == [0, 60, 120]
    assert attempts(third) == []
    assert end(third) == ("dead-lettered", "QueueFull", 0, 0)


def test_failed_event_without_destination_is_dropped() -> None:
    (records,) = run(scf_profile(), 430)
    assert attempts(records) == [0, 60, 120]
    assert end(records) == ("dropped", "RetriesExhausted", 120, 2)


def test_failed_delivery_loses_event() -> None:
    (records,) = run(scf_profile(dead_letter=QUEUE), 430, refused="queue not found")
    assert end(records) == ("lost", "RetriesExhausted", 120, 2)
    assert records[-1].state.error == "queue not found"


def test_traced_event_fails_after_one_attempt() -> None:
    (records,) = run(scf_profile(dead_letter=QUEUE, is_traced=True), 430)
    assert attempts(records) == [0]
    assert end(records) == ("failed", "", 0, 0)


def test_cancelled_event_is_aborted() -> None:
    profile = scf_profile(dead_letter=QUEUE)
    waiting = run(profile, 430)[0][2].state
    assert waiting.phase is Phase.WAITING
    state, effects = step(profile, waiting, Cancelled(1000))
    assert effects == (Ended("aborted", ""),)
    assert step(profile, state, Due(60_000)) == (state, ())


def test_cancelled_running_event_is_aborted_when_attempt_ends() -> None:
    profile = scf_profile(dead_letter=QUEUE)
    state, _ = step(profile, EventState(0, Phase.WAITING, 0), Due(0))
    state, effects = step(profile, state, Cancelled(5))
    assert effects == ()
    last = [e for r in run_from(profile, state) for e in r]
    assert last == [Ended("aborted", "")]


def run_from(profile: AsyncProfile, state: EventState) -> list[tuple[object, ...]]:
    from scfdeploy.delivery.core import Completed

    return [step(profile, state, Completed(10, 439))[1]]


def test_events_of_one_time_run_in_order_of_arrival() -> None:
    numbers = count(1)
    order = [r.event for r in drive(scf_profile(), [0, 0, 0], lambda *_: Attempt(200)) if next(numbers) > 3]
    assert order == [1, 2, 3, 1, 2, 3]
