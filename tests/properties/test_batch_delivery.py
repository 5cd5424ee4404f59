"""Invariants of queues, streams and CKafka topics that hold for any outcomes, settings and arrivals."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from scfdeploy.delivery.profiles.queue_source import Acknowledge, QueueProfile
from scfdeploy.delivery.profiles.stream_source import StreamProfile
from scfdeploy.delivery.scripted import AfterFailure
from scfdeploy.delivery.trace import summarise
from tests.support.batch_scenarios import (
    FAILURES,
    Scenario,
    by_shard,
    check,
    ckafka_profiles,
    queue_profiles,
    scenarios,
    stream_profiles,
)


@given(scenarios(stream_profiles()))
def test_streams_keep_order_age_and_retries(scenario: Scenario) -> None:
    _check_twice(scenario)


@given(scenarios(queue_profiles()))
def test_queues_keep_receives_and_visibility(scenario: Scenario) -> None:
    _check_twice(scenario)


@given(scenarios(ckafka_profiles()))
def test_topics_keep_order_and_retries(scenario: Scenario) -> None:
    _check_twice(scenario)


def _check_twice(scenario: Scenario) -> None:
    steps = scenario.run()

    check(scenario, steps)
    assert scenario.run() == steps


@given(st.integers(1, 40), st.integers(1, 12), st.integers(0, 3), st.data())
def test_bisection_isolates_the_bad_records(records: int, batch: int, retries: int, data: st.DataObject) -> None:
    bad = data.draw(st.sets(st.integers(1, records)))
    profile = StreamProfile(batch, True, retries, on_failure="bad")

    summary = summarise(Scenario(profile, [0] * records, {number: [430] for number in bad}).run())

    assert {number for number, item in summary.items.items() if item.end == "dead-lettered"} == bad
    assert all(item.completions for number, item in summary.items.items() if number not in bad)
    assert summary.invocations <= 2 * records - ceil(records / batch) + len(bad) * retries


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
