"""Invariants of asynchronous delivery that hold for any outcomes, settings and arrivals."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scfdeploy.delivery.core import AsyncProfile, Deliver, Ended, Invoke, ResultClass
from scfdeploy.delivery.driver import Record, drive
from scfdeploy.delivery.profiles.scf import scf_profile
from scfdeploy.delivery.trace import Attempt

STATUSES = st.sampled_from([200, 430, 432, 433, 429, 439, 500])


@st.composite
def scenarios(draw: st.DrawFn) -> tuple[AsyncProfile, list[int], list[list[tuple[int, int]]], str]:
    profile = scf_profile(
        retries=draw(st.integers(0, 2)),
        max_age_ms=draw(st.integers(60, 900)) * 1000,
        dead_letter=draw(st.sampled_from(["", "orders-failed"])),
        is_traced=draw(st.booleans()),
        queue_limit=draw(st.integers(0, 4)),
        burst_as_overrun=draw(st.booleans()),
    )
    arrivals = sorted(draw(st.lists(st.integers(0, 200_000), max_size=8)))
    attempts = st.lists(st.tuples(STATUSES, st.integers(0, 90_000)), min_size=1, max_size=6)
    outcomes = [draw(attempts) for _ in arrivals]
    return profile, arrivals, outcomes, draw(st.sampled_from(["", "", "denied"]))


def run(scenario: tuple[AsyncProfile, list[int], list[list[tuple[int, int]]], str]) -> list[Record]:
    profile, arrivals, outcomes, error = scenario

    def attempt(event: int, number: int, _at: int) -> Attempt:
        listed = outcomes[event - 1]
        return Attempt(*listed[min(number, len(listed)) - 1])

    return list(drive(profile, arrivals, attempt, lambda *_: error))


@given(scenarios())
def test_events_end_once_and_within_the_rules(
    scenario: tuple[AsyncProfile, list[int], list[list[tuple[int, int]]], str],
) -> None:
    profile, arrivals, outcomes, error = scenario
    records = run(scenario)
    ends: dict[int, list[Ended]] = defaultdict(list)
    execution_errors: dict[int, int] = defaultdict(int)
    deliveries: dict[int, int] = defaultdict(int)
    for record in records:
        for effect in record.effects:
            if isinstance(effect, Ended):
                ends[record.event].append(effect)
            elif isinstance(effect, Deliver):
                deliveries[record.event] += 1
            elif isinstance(effect, Invoke):
                assert record.entry.at - arrivals[record.event - 1] <= profile.max_age_ms
                listed = outcomes[record.event - 1]
                status, _ = listed[min(effect.attempt, len(listed)) - 1]
                execution_errors[record.event] += profile.class_of(status) is ResultClass.EXECUTION
    assert {event: len(ended) for event, ended in ends.items()} == {event + 1: 1 for event in range(len(arrivals))}
    for event, (ended,) in ends.items():
        assert execution_errors[event] <= (0 if profile.is_traced else profile.retries) + 1
        assert deliveries[event] <= 1
        if ended.end == "dropped":
            assert not profile.dead_letter
        if ended.end == "lost":
            assert profile.dead_letter
            assert error
        assert (deliveries[event] == 1) == (ended.end in ("dead-lettered", "lost"))


@given(scenarios())
def test_time_never_goes_back_and_runs_repeat(
    scenario: tuple[AsyncProfile, list[int], list[list[tuple[int, int]]], str],
) -> None:
    records = run(scenario)
    assert all(first.entry.at <= second.entry.at for first, second in pairwise(records))
    assert run(scenario) == records


@given(scenarios())
def test_unfinished_events_never_exceed_the_limit(
    scenario: tuple[AsyncProfile, list[int], list[list[tuple[int, int]]], str],
) -> None:
    profile = scenario[0]
    unfinished: set[int] = set()
    for record in run(scenario):
        is_rejected = record.state.reason == "QueueFull"
        if any(isinstance(effect, Ended) for effect in record.effects):
            unfinished.discard(record.event)
        elif not is_rejected:
            unfinished.add(record.event)
        assert not profile.queue_limit or len(unfinished) <= profile.queue_limit
