"""CKafka: one batch at a time, retries of execution errors, back-off without end for overruns and system errors."""

from __future__ import annotations

from itertools import accumulate

import pytest

from scfdeploy.delivery.profiles.ckafka import CkafkaProfile, simulate_ckafka
from scfdeploy.delivery.scripted import ScriptedHandler
from scfdeploy.delivery.trace import StepKind, TraceStep, summarise


def run(profile: CkafkaProfile, outcomes: dict[int, list[int]], messages: int = 1) -> list[TraceStep]:
    return list(simulate_ckafka(profile, [0] * messages, ScriptedHandler(outcomes)))


def calls(steps: list[TraceStep]) -> list[tuple[int, tuple[int, ...], int]]:
    """Time in seconds, messages and earlier tries of each call."""
    return [(step.t // 1000, step.items, step.tries) for step in steps if step.kind is StepKind.INVOKE]


def test_execution_errors_are_repeated_at_once_up_to_the_limit() -> None:
    steps = run(CkafkaProfile(batch=2, retry=2), {1: [430]}, messages=3)

    assert calls(steps) == [(0, (1, 2), 0), (0, (1, 2), 1), (0, (1, 2), 2), (0, (3,), 0)]
    ends = [(step.items, step.end, step.reason) for step in steps if step.kind is StepKind.END]
    assert ends == [((1, 2), "dropped", "RetriesExhausted"), ((3,), "finished", "")]


def test_execution_errors_are_repeated_10000_times_by_default() -> None:
    assert len(calls(run(CkafkaProfile(), {1: [430]}))) == 10_001


@pytest.mark.parametrize("status", [432, 500])
def test_overruns_and_system_errors_are_repeated_with_back_off(status: int) -> None:
    steps = run(CkafkaProfile(retry=0), {1: [status] * 9 + [200]}, messages=2)

    expected = accumulate([1, 2, 4, 8, 16, 32, 60, 60, 60], initial=0)
    assert [at for at, _, _ in calls(steps)] == [*expected]
    assert summarise(steps).items[2].end == "finished"


def test_overruns_use_no_retry() -> None:
    steps = run(CkafkaProfile(retry=1), {1: [432, 430, 500, 430]})

    assert [at for at, _, _ in calls(steps)] == [0, 1, 1, 3]
    assert steps[-1].reason == "RetriesExhausted"


def test_burst_is_an_execution_error() -> None:
    assert len(calls(run(CkafkaProfile(retry=3), {1: [429]}))) == 4


def test_batches_follow_each_other() -> None:
    steps = run(CkafkaProfile(batch=2), {1: [500, 200]}, messages=5)

    assert calls(steps) == [(0, (1, 2), 0), (1, (1, 2), 1), (1, (3, 4), 0), (1, (5,), 0)]


def test_endless_run_stops_after_30_days() -> None:
    steps = run(CkafkaProfile(batch=1), {1: [500]}, messages=2)

    assert [(step.t, step.items, step.end) for step in steps if step.kind is StepKind.END] == [
        (30 * 86_400_000, (n,), "waiting") for n in (1, 2)
    ]
