"""Random scenarios of the sources that deliver batches, and what must hold for the steps of any of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import strategies as st

from scfdeploy.delivery.driver import Destinations, accept_all
from scfdeploy.delivery.profiles.ckafka import CkafkaProfile, simulate_ckafka
from scfdeploy.delivery.profiles.queue_source import Acknowledge, QueueProfile, Return, simulate_queue
from scfdeploy.delivery.profiles.stream_source import AgeBase, StreamProfile, simulate_stream
from scfdeploy.delivery.scripted import AfterFailure, ScriptedHandler
from scfdeploy.delivery.trace import StepKind, TraceStep, summarise

FAILURES = [429, 430, 432, 433, 439, 443, 500]
Profile = StreamProfile | QueueProfile | CkafkaProfile


@dataclass(frozen=True)
class Scenario:
    """All that decides the steps of a run."""

    profile: Profile
    arrivals: Sequence[int]
    outcomes: Mapping[int, Sequence[int]]
    duration_ms: int = 0
    after_failure: AfterFailure = AfterFailure.STOP
    refused: str = ""
    """Why destinations refuse messages; empty means that they accept them."""

    def run(self) -> list[TraceStep]:
        """The steps, made anew."""
        handler = ScriptedHandler(self.outcomes, duration_ms=self.duration_ms, after_failure=self.after_failure)
        destinations: Destinations = (lambda *_: (403, self.refused)) if self.refused else accept_all
        match self.profile:
            case StreamProfile():
                return list(simulate_stream(self.profile, self.arrivals, handler, destinations))
            case QueueProfile():
                return list(simulate_queue(self.profile, self.arrivals, handler, destinations))
            case CkafkaProfile():
                return list(simulate_ckafka(self.profile, self.arrivals, handler))

    @property
    def destination(self) -> str:
        """Where failed items go; empty means nowhere."""
        match self.profile:
            case StreamProfile():
                return self.profile.on_failure
            case QueueProfile():
                return self.profile.dead_letter
            case CkafkaProfile():
                return ""


def stream_profiles() -> st.SearchStrategy[StreamProfile]:
    """Streams whose records end within days."""
    return st.builds(
        StreamProfile,
        batch=st.integers(1, 12),
        bisect=st.booleans(),
        retries=st.integers(0, 3),
        max_age_ms=st.one_of(st.just(-1), st.integers(1, 100_000)),
        on_failure=st.sampled_from(["", "bad"]),
        backoff_ms=st.sampled_from([0, 1000, 40_000]),
        age_base=st.sampled_from(AgeBase),
        shards=st.integers(1, 3),
    )


def queue_profiles() -> st.SearchStrategy[QueueProfile]:
    """Queues whose messages end within days."""
    return st.builds(
        QueueProfile,
        batch=st.integers(1, 12),
        visibility_ms=st.sampled_from([0, 1000, 30_000]),
        max_receive=st.integers(1, 5),
        dead_letter=st.sampled_from(["", "orders-dead"]),
        acknowledge=st.sampled_from(Acknowledge),
        returns=st.sampled_from(Return),
    )


def ckafka_profiles() -> st.SearchStrategy[CkafkaProfile]:
    """Topics whose messages end within days."""
    return st.builds(CkafkaProfile, batch=st.integers(1, 12), retry=st.integers(0, 5))


@st.composite
def scenarios(draw: st.DrawFn, profiles: st.SearchStrategy[Profile]) -> Scenario:
    """Scenarios in which each item succeeds or fails with execution errors in the end."""
    profile = draw(profiles)
    arrivals = sorted(draw(st.lists(st.one_of(st.just(0), st.integers(0, 50_000)), max_size=20)))
    first = st.lists(st.sampled_from([200, *FAILURES]), max_size=4)
    last = st.sampled_from([200, 430, 433])
    statuses = st.builds(lambda listed, final: [*listed, final], first, last)
    outcomes = draw(st.dictionaries(st.integers(1, len(arrivals)), statuses, max_size=6)) if arrivals else {}
    return Scenario(
        profile,
        arrivals,
        outcomes,
        draw(st.sampled_from([0, 0, 500, 20_000])),
        draw(st.sampled_from(AfterFailure)),
        draw(st.sampled_from(["", "", "denied"])),
    )


def check(scenario: Scenario, steps: list[TraceStep]) -> None:
    """What holds for any run: order of time, one end per item, calls and their results, destinations, limits."""
    assert all(first.t <= second.t for first, second in pairwise(steps))
    ends = Counter(number for step in steps if step.kind is StepKind.END for number in step.items)
    assert ends == dict.fromkeys(range(1, len(scenario.arrivals) + 1), 1)
    _check_calls(scenario, steps)
    _check_destinations(scenario, steps)
    match scenario.profile:
        case StreamProfile():
            check_stream(scenario.profile, scenario.arrivals, steps)
        case QueueProfile():
            check_queue(scenario.profile, steps)
        case CkafkaProfile():
            check_ckafka(scenario.profile, steps)


def _check_calls(scenario: Scenario, steps: list[TraceStep]) -> None:
    """Every call has items that have arrived, and a result; a success completes all items or reports failures."""
    has_reports = isinstance(scenario.profile, QueueProfile) and scenario.profile.acknowledge is Acknowledge.REPORT
    running: Counter[tuple[tuple[int, ...], int]] = Counter()
    for step in steps:
        if step.kind is StepKind.INVOKE:
            assert 0 < len(step.items) <= scenario.profile.batch
            assert all(scenario.arrivals[number - 1] <= step.t for number in step.items)
            running[step.items, step.tries] += 1
        elif step.kind is StepKind.RESULT:
            running[step.items, step.tries] -= 1
            assert set(step.completed) <= set(step.items)
            if step.status == 200 and not has_reports:
                assert step.completed == step.items
    assert not any(running.values())


def _check_destinations(scenario: Scenario, steps: list[TraceStep]) -> None:
    """Items are dropped only without a destination, and delivered once where there is one."""
    deliveries = Counter(number for step in steps if step.kind is StepKind.DELIVER for number in step.items)
    completed = {number for step in steps if step.kind is StepKind.RESULT for number in step.completed}
    for step in steps:
        if step.kind is not StepKind.END:
            continue
        for number in step.items:
            has_failed = step.end != "finished"
            assert has_failed == bool(step.reason)
            assert has_failed or number in completed
            assert deliveries[number] == (has_failed and bool(scenario.destination))
            if step.end in ("dropped", "expired"):
                assert not scenario.destination
            if step.end == "lost":
                assert scenario.refused


def check_stream(profile: StreamProfile, arrivals: Sequence[int], steps: list[TraceStep]) -> None:
    """What holds for streams: order within a shard, limits of age and retries."""
    for shard, own in by_shard(steps, profile.shards).items():
        _check_order(shard, profile.shards, own)
    _check_ages(profile, arrivals, steps)
    _check_retries(profile, steps)


def _check_order(shard: int, shards: int, steps: list[TraceStep]) -> None:
    """Batches are contiguous and begin behind the records that are resolved."""
    resolved = 0
    for step in steps:
        indexes = [(number - 1 - shard) // shards for number in step.items]
        assert indexes == [*range(indexes[0], indexes[0] + len(indexes))]
        assert indexes[0] == resolved
        if step.kind is StepKind.END:
            resolved += len(indexes)


def _check_ages(profile: StreamProfile, arrivals: Sequence[int], steps: list[TraceStep]) -> None:
    since = dict(enumerate(arrivals, 1))
    for step in steps:
        if step.kind is StepKind.SPLIT and profile.age_base is AgeBase.SPLIT:
            since.update(dict.fromkeys(step.items, step.t))
        if step.kind is StepKind.INVOKE and profile.max_age_ms >= 0:
            assert all(step.t - since[number] <= profile.max_age_ms for number in step.items)
        if step.reason == "EventAgeExceeded":
            assert step.t - since[step.items[0]] > profile.max_age_ms


def _check_retries(profile: StreamProfile, steps: list[TraceStep]) -> None:
    retries: Counter[tuple[int, ...]] = Counter()
    for step in steps:
        if step.reason == "retry":
            assert len(step.items) == 1 or not profile.bisect
            retries[step.items] += 1
            assert retries[step.items] <= profile.retries
        if step.reason == "RetriesExhausted":
            assert retries[step.items] == profile.retries


def check_queue(profile: QueueProfile, steps: list[TraceStep]) -> None:
    """What holds for queues: five batches at a time, limit of receives, hidden messages."""
    running = 0
    for step in steps:
        running += (step.kind is StepKind.INVOKE) - (step.kind is StepKind.RESULT)
        assert running <= 5
    for item in summarise(steps).items.values():
        assert len(item.attempts_at) <= profile.max_receive
        if item.reason == "MaxReceiveExceeded":
            assert len(item.attempts_at) == profile.max_receive
        if profile.returns is Return.VISIBILITY:
            assert all(later - earlier >= profile.visibility_ms for earlier, later in pairwise(item.attempts_at))


def check_ckafka(profile: CkafkaProfile, steps: list[TraceStep]) -> None:
    """What holds for topics: one batch at a time, limit of retries."""
    _check_order(0, 1, steps)
    retries: Counter[tuple[int, ...]] = Counter()
    for step in steps:
        retries[step.items] += step.reason == "retry"
        assert retries[step.items] <= profile.retry


def by_shard(steps: list[TraceStep], shards: int) -> dict[int, list[TraceStep]]:
    """The steps of each shard; the records of a step belong to one."""
    found: dict[int, list[TraceStep]] = defaultdict(list)
    for step in steps:
        (shard,) = {(number - 1) % shards for number in step.items}
        found[shard].append(step)
    return found
