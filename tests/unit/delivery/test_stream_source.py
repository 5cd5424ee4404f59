"""Streams: the worked example of bisection and its variants, retries, age and shards."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from scfdeploy.delivery.profiles.stream_source import AgeBase, IteratorAge, StreamProfile, simulate_stream
from scfdeploy.delivery.scripted import ScriptedHandler
from scfdeploy.delivery.trace import DeliveryKind, StepKind, TraceStep, summarise

TEN = [0] * 10
EXAMPLE = StreamProfile(batch=10, bisect=True, retries=2, on_failure="bad")


def run(profile: StreamProfile, *bad: int, records: Sequence[int] = TEN, status: int = 430) -> list[TraceStep]:
    """The steps of a run in which these records always fail."""
    return list(simulate_stream(profile, records, ScriptedHandler({number: [status] for number in bad})))


def span(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1))


def calls(steps: list[TraceStep]) -> list[tuple[int, tuple[int, ...], int]]:
    """Time in seconds, records and earlier tries of each call."""
    return [(step.t // 1000, step.items, step.tries) for step in steps if step.kind is StepKind.INVOKE]


def ends(steps: list[TraceStep]) -> list[tuple[int, tuple[int, ...], str, str]]:
    """Time in seconds, records, end and reason."""
    return [(step.t // 1000, step.items, step.end, step.reason) for step in steps if step.kind is StepKind.END]


def test_worked_example_has_the_documented_steps() -> None:
    lines: list[tuple[object, ...]] = []
    for step in run(EXAMPLE, 3):
        match step.kind:
            case StepKind.INVOKE:
                lines.append((step.t, "invoke", step.items, step.tries))
            case StepKind.RESULT:
                lines.append((step.t, "result", step.items, step.tries, step.status, step.completed, step.reason))
            case StepKind.SPLIT:
                lines.append((step.t, "split", step.items, step.parts))
            case StepKind.DELIVER:
                lines.append((step.t, "deliver", step.items, step.destination, step.delivery, step.reason))
            case StepKind.END:
                lines.append((step.t, "end", step.items, step.end, step.reason))

    assert lines == [
        (0, "invoke", span(1, 10), 0),
        (0, "result", span(1, 10), 0, 430, (1, 2), "split"),
        (0, "split", span(1, 10), (span(1, 5), span(6, 10))),
        (0, "invoke", span(1, 5), 0),
        (0, "result", span(1, 5), 0, 430, (1, 2), "split"),
        (0, "split", span(1, 5), ((1, 2), (3, 4, 5))),
        (0, "invoke", (1, 2), 0),
        (0, "result", (1, 2), 0, 200, (1, 2), ""),
        (0, "end", (1, 2), "finished", ""),
        (0, "invoke", (3, 4, 5), 0),
        (0, "result", (3, 4, 5), 0, 430, (), "split"),
        (0, "split", (3, 4, 5), ((3,), (4, 5))),
        (0, "invoke", (3,), 0),
        (0, "result", (3,), 0, 430, (), "retry"),
        (1000, "invoke", (3,), 1),
        (1000, "result", (3,), 1, 430, (), "retry"),
        (2000, "invoke", (3,), 2),
        (2000, "result", (3,), 2, 430, (), "RetriesExhausted"),
        (2000, "deliver", (3,), "bad", DeliveryKind.FAILURE, ""),
        (2000, "end", (3,), "dead-lettered", "RetriesExhausted"),
        (2000, "invoke", (4, 5), 0),
        (2000, "result", (4, 5), 0, 200, (4, 5), ""),
        (2000, "end", (4, 5), "finished", ""),
        (2000, "invoke", span(6, 10), 0),
        (2000, "result", span(6, 10), 0, 200, span(6, 10), ""),
        (2000, "end", span(6, 10), "finished", ""),
    ]


def test_worked_example_has_the_documented_totals() -> None:
    summary = summarise(run(EXAMPLE, 3))

    assert (summary.invocations, summary.splits, len(summary.deliveries)) == (9, 3, 1)
    assert [summary.items[n].completions for n in span(1, 10)] == [3, 3, 0, 1, 1, 1, 1, 1, 1, 1]
    assert [len(summary.items[n].attempts_at) for n in span(1, 10)] == [3, 3, 6, 4, 4, 2, 2, 2, 2, 2]


@pytest.mark.parametrize(
    ("profile", "bad", "invocations", "splits", "deliveries"),
    [
        pytest.param(StreamProfile(10, True, 0, on_failure="bad"), [3], 7, 3, 1, id="retries 0"),
        pytest.param(StreamProfile(10, False, 2, on_failure="bad"), [3], 3, 0, 1, id="no bisect"),
        pytest.param(EXAMPLE, [3, 8], 15, 5, 2, id="3 and 8"),
        pytest.param(EXAMPLE, [10], 11, 4, 1, id="10"),
        pytest.param(EXAMPLE, span(1, 10), 39, 9, 10, id="all"),
    ],
)
def test_variants_of_the_worked_example(
    profile: StreamProfile, bad: Sequence[int], invocations: int, splits: int, deliveries: int
) -> None:
    summary = summarise(run(profile, *bad))

    assert (summary.invocations, summary.splits, len(summary.deliveries)) == (invocations, splits, deliveries)
    expected = range(1, 11) if not profile.bisect else bad
    assert [n for n, item in summary.items.items() if item.end == "dead-lettered"] == [*expected]


def test_two_bad_records_repeat_the_records_ahead_of_each() -> None:
    summary = summarise(run(EXAMPLE, 3, 8))

    assert [summary.items[n].completions for n in span(1, 10)] == [3, 3, 0, 1, 1, 2, 2, 0, 1, 1]


def test_last_bad_record_repeats_the_record_ahead_of_it_five_times() -> None:
    assert summarise(run(EXAMPLE, 10)).items[9].completions == 5


def test_batch_without_bisect_is_given_up_as_one_message() -> None:
    steps = run(StreamProfile(10, False, 2, on_failure="bad", name="clicks", function="count"), 3)

    assert calls(steps) == [(0, span(1, 10), 0), (1, span(1, 10), 1), (2, span(1, 10), 2)]
    assert ends(steps) == [(2, span(1, 10), "dead-lettered", "RetriesExhausted")]
    (delivery,) = summarise(steps).deliveries
    assert delivery.body == (
        '{"requestContext":{"requestId":"00000001-0000-4000-8000-000000000000",'
        '"functionArn":"arn:aws:lambda:us-east-1:123456789012:function:count","condition":"RetryAttemptsExhausted",'
        '"approximateInvokeCount":3},'
        '"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},'
        '"version":"1.0","timestamp":"2026-11-28T02:00:02.000Z",'
        '"KinesisBatchInfo":{"shardId":"shardId-000000000000","startSequenceNumber":"1","endSequenceNumber":"10",'
        '"approximateArrivalOfFirstRecord":"2026-11-28T02:00:00.000Z",'
        '"approximateArrivalOfLastRecord":"2026-11-28T02:00:00.000Z","batchSize":10,'
        '"streamArn":"arn:aws:kinesis:us-east-1:123456789012:stream/clicks"}}'
    )


def test_message_about_records_that_were_never_tried_has_no_response() -> None:
    profile = StreamProfile(1, False, 5, 2000, "bad", backoff_ms=1500)

    first, second = summarise(run(profile, 1, records=[0, 0])).deliveries

    assert json.loads(first.body)["requestContext"]["condition"] == "RecordAgeExpired"
    assert json.loads(first.body)["requestContext"]["approximateInvokeCount"] == 2
    assert json.loads(second.body)["requestContext"]["approximateInvokeCount"] == 0
    assert "responseContext" not in json.loads(second.body)


def test_records_given_up_without_a_destination_are_dropped() -> None:
    assert ends(run(StreamProfile(10, True, 0), 1, records=[0])) == [(0, (1,), "dropped", "RetriesExhausted")]


def test_delivery_that_fails_loses_the_records() -> None:
    handler = ScriptedHandler(default=[430])
    steps = list(simulate_stream(EXAMPLE, [0], handler, lambda *_: (403, "denied")))

    assert ends(steps) == [(2, (1,), "lost", "RetriesExhausted")]
    (delivery,) = summarise(steps).deliveries
    assert (delivery.delivered, delivery.error) == (False, "denied")


@pytest.mark.parametrize("age_base", AgeBase)
def test_records_behind_a_bad_one_grow_too_old(age_base: AgeBase) -> None:
    profile = StreamProfile(10, True, 2, 60_000, "bad", backoff_ms=40_000, age_base=age_base)

    steps = run(profile, 3)

    assert [step.t for step in steps if step.kind is StepKind.INVOKE and step.items == (3,)] == [0, 40_000]
    assert ends(steps) == [
        (0, (1, 2), "finished", ""),
        (80, (3,), "dead-lettered", "EventAgeExceeded"),
        (80, (4, 5), "dead-lettered", "EventAgeExceeded"),
        (80, span(6, 10), "dead-lettered", "EventAgeExceeded"),
    ]
    assert all(summarise(steps).items[n].completions == 0 for n in span(3, 10))


def test_split_resets_the_age_unless_it_counts_from_arrival() -> None:
    slow = {"batch": 2, "bisect": True, "retries": 0, "max_age_ms": 60_000}
    outcomes = {1: [430, 200], 2: [200]}

    def end_of(age_base: AgeBase) -> list[tuple[int, tuple[int, ...], str, str]]:
        handler = ScriptedHandler(outcomes, duration_ms=50_000)
        return ends(list(simulate_stream(StreamProfile(**slow, age_base=age_base), [0, 0], handler)))  # type: ignore[arg-type]

    assert end_of(AgeBase.SPLIT) == [(100, (1,), "finished", ""), (150, (2,), "finished", "")]
    assert end_of(AgeBase.ARRIVAL) == [(100, (1,), "finished", ""), (100, (2,), "expired", "EventAgeExceeded")]


def test_age_is_exceeded_only_beyond_the_limit() -> None:
    profile = StreamProfile(1, False, -1, 2000)

    assert calls(run(profile, 1, records=[0])) == [(0, (1,), 0), (1, (1,), 1), (2, (1,), 2)]
    assert ends(run(profile, 1, records=[0])) == [(3, (1,), "expired", "EventAgeExceeded")]


@pytest.mark.parametrize("status", [429, 432, 500])
def test_throttles_and_system_errors_neither_split_nor_use_a_retry(status: int) -> None:
    handler = ScriptedHandler({1: [status, status, status, 200]})

    steps = list(simulate_stream(EXAMPLE, [0, 0], handler))

    assert calls(steps) == [(n, (1, 2), n) for n in range(4)]
    assert ends(steps) == [(3, (1, 2), "finished", "")]


def test_batches_of_a_shard_follow_each_other() -> None:
    steps = run(StreamProfile(2, False, 1), 1, records=[0, 0, 0, 0, 0])

    assert calls(steps) == [(0, (1, 2), 0), (1, (1, 2), 1), (1, (3, 4), 0), (1, (5,), 0)]


def test_batch_has_only_the_records_that_have_arrived() -> None:
    handler = ScriptedHandler(duration_ms=1500)

    steps = list(simulate_stream(StreamProfile(10), [0, 1000, 2000, 9000], handler))

    assert [(step.t, step.items) for step in steps if step.kind is StepKind.INVOKE] == [
        (0, (1,)),
        (1500, (2,)),
        (3000, (3,)),
        (9000, (4,)),
    ]


def test_bad_record_blocks_only_its_own_shard() -> None:
    profile = StreamProfile(10, False, 2, shards=2)

    steps = run(profile, 1, records=[0, 0, 0, 0])

    assert calls(steps) == [(0, (1, 3), 0), (0, (2, 4), 0), (1, (1, 3), 1), (2, (1, 3), 2)]
    assert [step.t for step in steps] == sorted(step.t for step in steps)


def test_iterator_age_is_the_wait_of_the_last_record_of_a_call() -> None:
    age = IteratorAge(TEN)
    for step in run(EXAMPLE, 3):
        age.add(step)

    assert age.longest_ms == 2000


def test_endless_run_stops_after_30_days() -> None:
    profile = StreamProfile(2, True, backoff_ms=86_400_000)

    steps = run(profile, 1, records=[0, 0, 0, 31 * 86_400_000])

    assert len(calls(steps)) == 1 + 31
    assert ends(steps) == [(30 * 86_400, (n,), "waiting", "") for n in (1, 2, 3, 4)]


def test_endless_run_that_takes_no_time_stops() -> None:
    steps = run(StreamProfile(1, backoff_ms=0), 1, records=[0])

    assert ends(steps) == [(30 * 86_400, (1,), "waiting", "")]
