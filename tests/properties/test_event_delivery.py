"""Invariants of asynchronous delivery that hold for any outcomes, settings and arrivals."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scfdeploy.delivery.core import AsyncProfile, ResultClass
from scfdeploy.delivery.driver import LOOP_STOPPED, Invocation, simulate_events
from scfdeploy.delivery.profiles.function_compute import function_compute_profile
from scfdeploy.delivery.profiles.functiongraph import functiongraph_profile
from scfdeploy.delivery.profiles.lambda_async import lambda_profile
from scfdeploy.delivery.profiles.scf import scf_profile
from scfdeploy.delivery.trace import Attempt, DeliveryKind, StepKind, TraceStep

STATUSES = st.sampled_from([200, 430, 432, 433, 429, 439, 500])
MAX_AGES = st.integers(60, 900).map(lambda seconds: seconds * 1000)
ANSWERS = st.lists(st.sampled_from([200, 202, 400, 403, 413, 500, 503]), min_size=1, max_size=4)


@dataclass(frozen=True)
class Scenario:
    profile: AsyncProfile
    arrivals: list[int]
    outcomes: list[list[tuple[int, int]]]
    answers: list[int]


@st.composite
def profiles(draw: st.DrawFn) -> AsyncProfile:
    dead_letter = draw(st.sampled_from(["", "queue://failed"]))
    on_failure = draw(st.sampled_from(["", "function://report"]))
    on_success = draw(st.sampled_from(["", "topic://done"]))
    match draw(st.sampled_from(["scf", "functiongraph", "fc", "lambda"])):
        case "scf":
            return scf_profile(
                retries=draw(st.integers(0, 2)),
                max_age_ms=draw(MAX_AGES),
                dead_letter=dead_letter,
                is_traced=draw(st.booleans()),
                queue_limit=draw(st.integers(0, 4)),
                burst_as_overrun=draw(st.booleans()),
            )
        case "functiongraph":
            return functiongraph_profile(
                retries=draw(st.integers(0, 3)),
                max_age_ms=draw(MAX_AGES),
                on_failure=on_failure,
                on_success=on_success,
            )
        case "fc":
            return function_compute_profile(
                retries=draw(st.integers(0, 8)),
                max_age_ms=draw(MAX_AGES),
                on_failure=on_failure,
                on_success=on_success,
                limits={"report": draw(st.sampled_from([1, 131_072]))},
            )
        case _:
            return lambda_profile(
                retries=draw(st.integers(0, 2)),
                max_age_ms=draw(MAX_AGES),
                dead_letter=dead_letter,
                on_failure=on_failure,
                on_success=on_success,
            )


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    arrivals = sorted(draw(st.lists(st.integers(0, 200_000), max_size=8)))
    attempts = st.lists(st.tuples(STATUSES, st.integers(0, 90_000)), min_size=1, max_size=6)
    return Scenario(draw(profiles()), arrivals, [draw(attempts) for _ in arrivals], draw(ANSWERS))


def outcome(scenario: Scenario, item: int, tries: int) -> Attempt:
    listed = scenario.outcomes[item - 1]
    return Attempt(*listed[min(tries, len(listed) - 1)])


def run(scenario: Scenario) -> list[TraceStep]:
    def handle(call: Invocation) -> Attempt:
        return outcome(scenario, call.item, call.tries)

    def answer(
        _name: str, _kind: DeliveryKind, _items: tuple[int, ...], _size: int, tries: int, _at: int
    ) -> tuple[int, str]:
        return scenario.answers[min(tries, len(scenario.answers) - 1)], ""

    return list(simulate_events({"orders": scenario.profile}, "orders", scenario.arrivals, handle, answer))


@given(scenarios())
def test_events_end_once_and_within_the_rules(scenario: Scenario) -> None:
    profile = scenario.profile
    ends: dict[int, list[TraceStep]] = defaultdict(list)
    execution_errors: dict[int, int] = defaultdict(int)
    delivered: dict[int, list[TraceStep]] = defaultdict(list)
    for step in run(scenario):
        (item,) = step.items
        if step.kind is StepKind.END:
            ends[item].append(step)
        elif step.kind is StepKind.DELIVER:
            delivered[item].append(step)
        elif step.kind is StepKind.INVOKE:
            assert step.t - scenario.arrivals[item - 1] <= profile.max_age_ms
            status = outcome(scenario, item, step.tries).status
            execution_errors[item] += profile.class_of(status) is ResultClass.EXECUTION
    assert {item: len(ended) for item, ended in ends.items()} == dict.fromkeys(range(1, len(scenario.arrivals) + 1), 1)
    failure_sinks = bool(profile.dead_letter) + bool(profile.on_failure)
    for item, (ended,) in ends.items():
        assert execution_errors[item] <= (0 if profile.is_traced else profile.retries) + 1
        firsts = [step.delivery for step in delivered[item] if step.tries == 0]
        arrived = [step for step in delivered[item] if not step.reason]
        if ended.end == "finished":
            assert firsts == ([DeliveryKind.SUCCESS] if profile.on_success else [])
            assert not ended.reason
        elif ended.end in ("dead-lettered", "lost"):
            assert len(firsts) == len(set(firsts)) == failure_sinks
            assert bool(arrived) == (ended.end == "dead-lettered")
            assert ended.reason in ("RetriesExhausted", "EventAgeExceeded", "QueueFull")
        else:
            assert firsts == []
            assert profile.is_traced if ended.end == "failed" else not failure_sinks
            assert ended.reason or profile.is_traced


@given(scenarios())
def test_deliveries_stop_in_time_and_respect_limits(scenario: Scenario) -> None:
    first_tries: dict[tuple[int, DeliveryKind], int] = {}
    for step in run(scenario):
        if step.kind is not StepKind.DELIVER:
            continue
        assert step.delivery is not None
        first = first_tries.setdefault((*step.items, step.delivery), step.t)
        assert step.t - first <= 1_800_000
        assert step.tries == 0 or scenario.profile.platform.name == "fc"
        if step.destination == "function://report" and scenario.profile.limits.get("report") == 1:
            assert (step.status, step.tries, step.next_at) == (413, 0, None)


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, AsyncProfile]:
    """Functions that are the destinations of each other."""
    names = [f"f{number}" for number in range(draw(st.integers(1, 4)))]
    make = draw(st.sampled_from([functiongraph_profile, function_compute_profile, lambda_profile]))
    targets = st.sampled_from(["", "topic://end", *(f"function://{name}" for name in names)])
    return {
        name: make(retries=draw(st.integers(0, 2)), on_success=draw(targets), on_failure=draw(targets))
        for name in names
    }


@given(graphs(), st.lists(st.tuples(STATUSES, st.integers(0, 3000)), min_size=1, max_size=5), st.integers(1, 3))
def test_loops_of_functions_stop(
    functions: dict[str, AsyncProfile], outcomes: list[tuple[int, int]], arrivals: int
) -> None:
    def handle(call: Invocation) -> Attempt:
        return Attempt(*outcomes[(call.item + call.tries) % len(outcomes)])

    roots = {item: item for item in range(1, arrivals + 1)}
    invoked: dict[int, list[str]] = defaultdict(list)
    ends: dict[int, list[TraceStep]] = defaultdict(list)
    last = 0
    for step in simulate_events(functions, "f0", range(0, arrivals * 500, 500), handle):
        (item,) = step.items
        assert step.t >= last
        last = step.t
        if step.kind is StepKind.INVOKE:
            invoked[roots[item]].append(step.function)
        elif step.kind is StepKind.DELIVER and step.started:
            assert step.started not in roots
            roots[step.started] = roots[item]
        elif step.kind is StepKind.END:
            ends[item].append(step)
    assert {item: len(steps) for item, steps in ends.items()} == dict.fromkeys(roots, 1)
    for item, (end,) in ends.items():
        if end.loop:
            assert (end.end, end.reason) == ("waiting", LOOP_STOPPED)
            assert len(invoked[roots[item]]) >= 16
            assert set(end.loop) <= set(functions)
        else:
            assert end.end != "waiting"


@given(scenarios())
def test_recorded_results_reproduce_the_run(scenario: Scenario) -> None:
    steps = run(scenario)
    results = {(*step.items, step.tries): (step.t, step.status) for step in steps if step.kind is StepKind.RESULT}
    begun = {(*step.items, step.tries): step.t for step in steps if step.kind is StepKind.INVOKE}

    def replay(call: Invocation) -> Attempt:
        ended_at, status = results[call.item, call.tries]
        return Attempt(status, ended_at - begun[call.item, call.tries])

    answers = {
        (*step.items, step.delivery, step.tries): (step.status, step.reason)
        for step in steps
        if step.kind is StepKind.DELIVER
    }

    def answer(
        _name: str, kind: DeliveryKind, items: tuple[int, ...], _size: int, tries: int, _at: int
    ) -> tuple[int, str]:
        return answers[*items, kind, tries]

    profiles_by_name = {"orders": scenario.profile}
    assert list(simulate_events(profiles_by_name, "orders", scenario.arrivals, replay, answer)) == steps


@given(scenarios())
def test_time_never_goes_back_and_runs_repeat(scenario: Scenario) -> None:
    steps = run(scenario)
    assert all(first.t <= second.t for first, second in pairwise(steps))
    assert run(scenario) == steps


@given(scenarios())
def test_unfinished_events_never_exceed_the_limit(scenario: Scenario) -> None:
    unfinished: set[int] = set()
    for step in run(scenario):
        if step.kind is StepKind.INVOKE:
            unfinished.update(step.items)
        elif step.kind is StepKind.END:
            unfinished.difference_update(step.items)
        assert not scenario.profile.queue_limit or len(unfinished) <= scenario.profile.queue_limit
