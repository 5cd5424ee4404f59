"""Invariants of queues, streams and CKafka topics that hold for any outcomes, settings and arrivals."""

from __future__ import annotations

import os
from dataclasses import replace
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from scfdeploy.delivery.profiles.queue_source import Acknowledge, QueueProfile
from scfdeploy.delivery.profiles.stream_source import AgeBase, StreamProfile
from scfdeploy.delivery.scripted import AfterFailure
from scfdeploy.delivery.trace import StepKind, summarise
from tests.support.batch_scenarios import (
    FAILURES,
    Scenario,
    any_profiles,
    by_shard,
    check,
    ckafka_profiles,
    queue_profiles,
    scenarios,
    stream_profiles,
)

SCENARIOS = int(os.environ.get("SCFDEPLOY_SCENARIOS", "100"))
"""Random scenarios per test; `make scenarios` asks for more."""
many = settings(max_examples=SCENARIOS)


@many
@given(scenarios(any_profiles()))
def test_every_item_ends_once_and_runs_repeat(scenario: Scenario) -> None:
    steps = scenario.run()

    check(scenario, steps)
    assert scenario.run() == steps


@many
@given(scenarios(stream_profiles()))
def test_records_of_a_shard_are_processed_in_order(scenario: Scenario) -> None:
    assert isinstance(scenario.profile, StreamProfile)
    shards = scenario.profile.shards
    for shard, steps in by_shard(scenario.run(), shards).items():
        resolved = 0
        for step in steps:
            indexes = [(number - 1 - shard) // shards for number in step.items]
            assert indexes == [*range(indexes[0], indexes[0] + len(indexes))]
            assert indexes[0] == resolved
            if step.kind is StepKind.END:
                resolved += len(indexes)


@many
@given(scenarios(stream_profiles()))
def test_no_record_is_tried_beyond_its_age(scenario: Scenario) -> None:
    profile = scenario.profile
    assert isinstance(profile, StreamProfile)
    since = dict(enumerate(scenario.arrivals, 1))
    for step in scenario.run():
        if step.kind is StepKind.SPLIT and profile.age_base is AgeBase.SPLIT:
            since.update(dict.fromkeys(step.items, step.t))
        if step.kind is StepKind.INVOKE and profile.max_age_ms >= 0:
            assert all(step.t - since[number] <= profile.max_age_ms for number in step.items)
        if step.reason == "EventAgeExceeded":
            assert step.t - since[step.items[0]] > profile.max_age_ms


@many
@given(scenarios(stream_profiles()))
def test_batches_use_no_more_retries_than_allowed(scenario: Scenario) -> None:
    profile = scenario.profile
    assert isinstance(profile, StreamProfile)
    retries: dict[tuple[int, ...], int] = {}
    for step in scenario.run():
        if step.kind is StepKind.RESULT and step.reason == "retry":
            assert len(step.items) == 1 or not profile.bisect
            retries[step.items] = retries.get(step.items, 0) + 1
            assert retries[step.items] <= profile.retries
        if step.reason == "RetriesExhausted":
            assert retries.get(step.items, 0) == profile.retries


@many
@given(st.integers(1, 40), st.integers(1, 12), st.integers(0, 3), st.data())
def test_bisection_isolates_the_bad_records(records: int, batch: int, retries: int, data: st.DataObject) -> None:
    bad = data.draw(st.sets(st.integers(1, records)))
    profile = StreamProfile(batch, True, retries, on_failure="bad")

    summary = summarise(Scenario(profile, [0] * records, {number: [430] for number in bad}).run())

    assert {number for number, item in summary.items.items() if item.end == "dead-lettered"} == bad
    assert all(item.completions for number, item in summary.items.items() if number not in bad)
    assert summary.invocations <= 2 * records - ceil(records / batch) + len(bad) * retries


@many
@given(scenarios(stream_profiles().filter(lambda profile: profile.shards > 1)), st.data())
def test_outcomes_of_one_shard_do_not_touch_the_others(scenario: Scenario, data: st.DataObject) -> None:
    assert isinstance(scenario.profile, StreamProfile)
    shards = scenario.profile.shards
    others = {number: outcomes for number, outcomes in scenario.outcomes.items() if (number - 1) % shards}
    own = range(1, len(scenario.arrivals) + 1, shards)
    changed = {number: [data.draw(st.sampled_from(FAILURES)), 430] for number in own}

    before = by_shard(scenario.run(), shards)
    after = by_shard(replace(scenario, outcomes=others | changed).run(), shards)

    assert {shard: steps for shard, steps in before.items() if shard} == {
        shard: steps for shard, steps in after.items() if shard
    }


@many
@given(scenarios(queue_profiles()))
def test_messages_are_received_no_more_often_than_allowed(scenario: Scenario) -> None:
    profile = scenario.profile
    assert isinstance(profile, QueueProfile)
    running = 0
    for step in scenario.run():
        running += (step.kind is StepKind.INVOKE) - (step.kind is StepKind.RESULT)
        assert running <= 5
    for item in summarise(scenario.run()).items.values():
        assert len(item.attempts_at) <= profile.max_receive
        if item.reason == "MaxReceiveExceeded":
            assert len(item.attempts_at) == profile.max_receive


@many
@given(scenarios(queue_profiles()))
def test_messages_are_hidden_for_the_visibility_timeout(scenario: Scenario) -> None:
    profile = scenario.profile
    assert isinstance(profile, QueueProfile)
    if profile.returns != "visibility":
        return
    for item in summarise(scenario.run()).items.values():
        pauses = [later - earlier for earlier, later in zip(item.attempts_at, item.attempts_at[1:], strict=False)]
        assert all(pause >= profile.visibility_ms for pause in pauses)


@many
@given(st.integers(1, 40), st.integers(1, 12), st.integers(1, 4), st.data())
def test_reports_finish_all_but_the_bad_messages(
    messages: int, batch: int, max_receive: int, data: st.DataObject
) -> None:
    bad = data.draw(st.sets(st.integers(1, messages)))
    profile = QueueProfile(batch, 30_000, max_receive, "orders-dead", Acknowledge.REPORT)

    steps = Scenario(
        profile, [0] * messages, {number: [430] for number in bad}, after_failure=AfterFailure.CONTINUE
    ).run()

    items = summarise(steps).items
    assert {number for number, item in items.items() if item.end == "dead-lettered"} == bad
    assert all(item.completions == (number not in bad) for number, item in items.items())


@many
@given(scenarios(ckafka_profiles()))
def test_one_batch_of_a_topic_runs_at_a_time(scenario: Scenario) -> None:
    finished = 0
    for step in scenario.run():
        assert step.items[0] == finished + 1
        if step.kind is StepKind.END:
            finished = step.items[-1]
