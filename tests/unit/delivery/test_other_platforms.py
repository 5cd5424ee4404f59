"""Asynchronous events on FunctionGraph, Function Compute and Lambda."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest

from scfdeploy.delivery.core import AsyncProfile
from scfdeploy.delivery.driver import LOOP_STOPPED, Invocation, simulate_events
from scfdeploy.delivery.platform import PolicyError, PolicyKey
from scfdeploy.delivery.profiles import function_compute, functiongraph, lambda_async
from scfdeploy.delivery.profiles.function_compute import function_compute_profile
from scfdeploy.delivery.profiles.functiongraph import functiongraph_profile
from scfdeploy.delivery.profiles.lambda_async import lambda_profile
from scfdeploy.delivery.trace import Attempt, Delivery, StepKind, TraceStep, TraceSummary, summarise

RETRY_TIMES_S = [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 127.5, 255.5, 511.5, 1023.5]
BOTH = ("function://test2", "function://test3")


def steps(
    profile: AsyncProfile | dict[str, AsyncProfile],
    *outcomes: int,
    answers: Sequence[int] = (200,),
    result: str = "null",
    error: str = "",
    payload: Callable[[int], str] = str,
) -> list[TraceStep]:
    """The steps of one event at 0 of the function test1; the last outcome and the last answer repeat."""
    functions = profile if isinstance(profile, dict) else {"test1": profile}
    tries: dict[str, int] = {}

    def handle(call: Invocation) -> Attempt:
        status = outcomes[min(call.tries, len(outcomes) - 1)]
        return Attempt(status, 0, result=result, error="" if status == 200 else error)

    def answer(name: str, *_: object) -> tuple[int, str]:
        tries[name] = number = tries.get(name, 0) + 1
        return answers[min(number, len(answers)) - 1], ""

    return list(simulate_events(functions, next(iter(functions)), [0], handle, answer, payload=payload))


def run(profile: AsyncProfile | dict[str, AsyncProfile], *outcomes: int, **settings: object) -> TraceSummary:
    return summarise(steps(profile, *outcomes, **settings))  # type: ignore[arg-type]


def attempts(summary: TraceSummary) -> list[float]:
    return [at / 1000 for at in summary.items[1].attempts_at]


def only(summary: TraceSummary) -> Delivery:
    (delivery,) = summary.deliveries
    return delivery


def tries(found: list[TraceStep]) -> list[float]:
    return [step.t / 1000 for step in found if step.kind is StepKind.DELIVER]


class TestFunctionGraph:
    def test_success_notifies_the_success_destination_once(self) -> None:
        summary = run(functiongraph_profile(on_success=BOTH[0], on_failure=BOTH[1]), 200)
        body = json.loads(only(summary).body)
        assert (only(summary).destination, only(summary).kind) == (BOTH[0], "success")
        assert body["response_context"]["status_code"] == 200
        assert body["request_context"]["approximate_invoke_count"] == 1
        assert summary.items[1].end == "finished"

    @pytest.mark.parametrize(
        ("retries", "expected"), [(None, [0, 60]), (3, [0, 60, 120, 180]), (0, [0]), (2, [0, 60, 120])]
    )
    def test_failure_notifies_the_failure_destination_once(self, retries: int | None, expected: list[int]) -> None:
        summary = run(functiongraph_profile(retries=retries, on_success=BOTH[0], on_failure=BOTH[1]), 430)
        assert attempts(summary) == expected
        assert only(summary).destination == BOTH[1]
        body = json.loads(only(summary).body)
        assert body["request_context"]["approximate_invoke_count"] == len(expected)
        assert (summary.items[1].end, summary.items[1].reason) == ("dead-lettered", "RetriesExhausted")

    def test_function_without_policy_is_not_retried(self) -> None:
        summary = run(functiongraph_profile(), 430)
        assert attempts(summary) == [0]
        assert summary.items[1].end == "dropped"
        assert attempts(run(functiongraph_profile(has_policy=True), 430)) == [0, 60]

    def test_system_errors_are_repeated_for_the_validity(self) -> None:
        summary = run(functiongraph_profile(max_age_ms=120_000, on_failure=BOTH[1]), 500)
        assert attempts(summary) == [0, 60, 120]
        assert (summary.items[1].reason, summary.items[1].ended_at) == ("EventAgeExceeded", 180_000)
        assert "functiongraph.interval_ms" in summary.assumed
        assert "functiongraph.max_age.default_ms" not in summary.assumed
        assert "functiongraph.max_age.default_ms" in run(functiongraph_profile(), 500).assumed

    def test_record_has_documented_fields_in_order(self) -> None:
        summary = run(
            functiongraph_profile(on_failure=BOTH[1]), 430, error="KeyError: 'a'", payload=lambda _: '{"a":1}'
        )
        assert only(summary).body == (
            '{"timestamp":"2026-11-28T10:01:00.000+08:00","request_context":{"request_id":'
            '"00000001-0000-4000-8000-000000000000","function_urn":'
            '"urn:fss:cn-north-4:123456789012:function:default:test1:latest","condition":"RetriesExhausted",'
            '"approximate_invoke_count":2},"request_payload":"{\\"a\\":1}","response_context":{"status_code":200,'
            '"function_error":"UnhandledInvocationError"},'
            '"response_payload":"{\\"errorMessage\\":\\"KeyError: \'a\'\\"}"}'
        )

    @pytest.mark.parametrize(("length", "expected"), [(262_144, 262_144), (262_145, None)])
    def test_long_result_is_left_out(self, length: int, expected: int | None) -> None:
        text = '"' + "x" * (length - 2) + '"'
        payload = json.loads(only(run(functiongraph_profile(on_success="obs://b"), 200, result=text)).body)[
            "response_payload"
        ]
        assert (None if payload is None else len(payload)) == expected

    def test_refused_delivery_loses_the_event(self) -> None:
        summary = run(functiongraph_profile(on_failure="obs://b"), 430, answers=[403])
        assert (only(summary).tries, only(summary).error) == (1, "403")
        assert (summary.items[1].end, summary.items[1].reason) == ("lost", "RetriesExhausted")

    @pytest.mark.parametrize(
        ("settings", "key"),
        [
            ({"retries": 4}, PolicyKey.RETRIES),
            ({"retries": -1}, PolicyKey.RETRIES),
            ({"max_age_ms": 0}, PolicyKey.MAX_AGE),
            ({"max_age_ms": 86_401_000}, PolicyKey.MAX_AGE),
            ({"on_failure": "queue://q"}, PolicyKey.ON_FAILURE),
        ],
    )
    def test_policy_out_of_range_is_rejected(self, settings: dict[str, object], key: PolicyKey) -> None:
        with pytest.raises(PolicyError) as raised:
            functiongraph_profile(**settings)  # type: ignore[arg-type]
        assert [problem.key for problem in raised.value.problems] == [key]


class TestFunctionCompute:
    def test_failing_destination_is_tried_twelve_times(self) -> None:
        found = steps(function_compute_profile(on_success="mns-queue://done"), 200, answers=[503])
        assert tries(found) == RETRY_TIMES_S
        summary = summarise(found)
        assert only(summary).delivered is False
        assert summary.items[1].end == "finished"

    def test_destination_that_recovers_receives_the_record(self) -> None:
        found = steps(function_compute_profile(on_failure="queue://q", retries=0), 430, answers=[503, 500, 200])
        assert tries(found) == [0, 0.5, 1.5]
        summary = summarise(found)
        assert (only(summary).delivered, only(summary).at) == (True, 1500)
        assert (summary.items[1].end, summary.items[1].ended_at) == ("dead-lettered", 1500)

    def test_failed_event_that_no_try_delivers_is_lost_at_the_last_try(self) -> None:
        summary = run(function_compute_profile(on_failure="queue://q", retries=0), 430, answers=[503])
        assert (summary.items[1].end, summary.items[1].ended_at) == ("lost", 1_023_500)

    @pytest.mark.parametrize("status", [400, 403, 404, 413, 429])
    def test_refused_delivery_is_not_repeated(self, status: int) -> None:
        found = steps(function_compute_profile(on_success="topic://t"), 200, answers=[status])
        assert tries(found) == [0]

    @pytest.mark.parametrize(
        ("destination", "limit"),
        [
            ("mns-queue://d", 65_536),
            ("mns-topic://d", 65_536),
            ("queue://d", 65_536),
            ("bus://d", 65_536),
            ("eventbridge://d", 65_536),
            ("fc://d", 131_072),
            ("function://d", 131_072),
            ("rocketmq://d", 4_194_304),
        ],
    )
    def test_record_over_the_limit_gets_one_refusal(self, destination: str, limit: int) -> None:
        profile = function_compute_profile(on_success=destination)
        base = len(only(run(profile, 200, payload=lambda _: "")).body)
        for excess, expected in ((0, 200), (1, 413)):
            length = limit + excess - base
            (step,) = [
                step
                for step in steps(profile, 200, payload=lambda _, length=length: "x" * length)  # type: ignore[misc]
                if step.kind is StepKind.DELIVER
            ]
            assert len(step.body) == limit + excess
            assert (step.status, step.next_at) == (expected, None)

    def test_limit_of_a_destination_replaces_the_platforms(self) -> None:
        summary = run(function_compute_profile(on_success="rocketmq://d", limits={"d": 10}), 200)
        assert (only(summary).delivered, only(summary).error) == (False, "MessageTooLarge")

    def test_failed_attempts_are_retried_after_growing_pauses(self) -> None:
        assert attempts(run(function_compute_profile(), 430)) == [0, 0.5, 1.5, 3.5]
        assert len(attempts(run(function_compute_profile(retries=8), 430))) == 9
        throttled = run(function_compute_profile(), 432, 429, 500, 430, 200)
        assert attempts(throttled) == [0, 0.5, 1.5, 3.5, 4]

    def test_throttled_event_is_repeated_for_five_hours(self) -> None:
        summary = run(function_compute_profile(), 432)
        assert attempts(summary)[-1] == 16_383.5
        assert (summary.items[1].end, summary.items[1].reason) == ("dropped", "RetriesExhausted")

    def test_record_has_documented_fields_in_order(self) -> None:
        summary = run(
            function_compute_profile(on_failure="queue://q", retries=0), 430, error="no", payload=lambda _: "{}"
        )
        assert only(summary).body == (
            '{"timestamp":1795831200000,"requestContext":{"requestId":"00000001-0000-4000-8000-000000000000",'
            '"functionArn":"acs:fc:cn-hangzhou:123456789012:functions/test1","condition":"RetriesExhausted",'
            '"approximateInvokeCount":1},"requestPayload":"{}","responseContext":{"statusCode":200,'
            '"functionError":"UnhandledInvocationError"},"responsePayload":"{\\"errorMessage\\":\\"no\\"}"}'
        )

    @pytest.mark.parametrize(("status", "kind"), [(200, "succeeded"), (430, "failed")])
    def test_eventbridge_gets_a_cloud_event(self, status: int, kind: str) -> None:
        profile = function_compute_profile(on_success="bus://shop", on_failure="bus://shop", retries=0)
        event = json.loads(only(run(profile, status)).body)
        assert list(event) == [
            "datacontenttype",
            "aliyunaccountid",
            "data",
            "subject",
            "source",
            "type",
            "aliyunpublishtime",
            "specversion",
            "aliyuneventbusname",
            "id",
            "time",
            "aliyunregionid",
            "aliyunpublishaddr",
        ]
        assert event["type"] == f"fc:AsyncInvoke:{kind}"
        assert (event["source"], event["specversion"], event["aliyuneventbusname"]) == ("acs:fc", "1.0", "shop")
        assert event["subject"] == event["data"]["requestContext"]["functionArn"]

    @pytest.mark.parametrize(
        "settings",
        [{"retries": 9}, {"max_age_ms": 604_801_000}, {"max_age_ms": 999}, {"on_success": "bucket://b"}],
    )
    def test_policy_out_of_range_is_rejected(self, settings: dict[str, object]) -> None:
        with pytest.raises(PolicyError):
            function_compute_profile(**settings)  # type: ignore[arg-type]


class TestLambda:
    def test_failed_event_reaches_dead_letter_queue_and_destination(self) -> None:
        summary = run(lambda_profile(dead_letter="queue://dead", on_failure="topic://bad"), 430)
        assert attempts(summary) == [0, 60, 180]
        assert [(d.destination, d.kind, d.at) for d in summary.deliveries] == [
            ("queue://dead", "dead-letter", 180_000),
            ("topic://bad", "failure", 180_000),
        ]
        assert (summary.items[1].end, summary.items[1].reason) == ("dead-lettered", "RetriesExhausted")

    @pytest.mark.parametrize(
        ("answers", "end"), [((200, 403), "dead-lettered"), ((403, 200), "dead-lettered"), ((403, 403), "lost")]
    )
    def test_event_is_lost_only_when_no_destination_has_it(self, answers: tuple[int, int], end: str) -> None:
        given = dict(zip(("queue://dead", "topic://bad"), answers, strict=True))
        profile = lambda_profile(dead_letter="queue://dead", on_failure="topic://bad", retries=0)
        summary = summarise(
            simulate_events({"f": profile}, "f", [0], lambda _call: Attempt(430), lambda name, *_: (given[name], ""))
        )
        assert summary.items[1].end == end
        assert [delivery.delivered for delivery in summary.deliveries] == [status == 200 for status in answers]

    def test_only_pauses_that_occur_are_assumed(self) -> None:
        first, second = "lambda_async.interval.first_ms", "lambda_async.interval.next_ms"
        assert list(run(lambda_profile(), 430).assumed) == [first, second]
        assert list(run(lambda_profile(), 430, 200).assumed) == [first]
        assert list(run(lambda_profile(), 200).assumed) == []
        possible = {name for names in lambda_profile().platform.assumptions.values() for name in names}
        assert possible == {first, second, "lambda_async.repeat.factor"}

    def test_throttled_event_is_repeated_for_six_hours(self) -> None:
        summary = run(lambda_profile(dead_letter="queue://dead"), 429)
        assert attempts(summary)[:11] == [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811]
        assert len(attempts(summary)) == 80
        assert summary.items[1].reason == "EventAgeExceeded"
        assert "lambda_async.repeat.factor" in summary.assumed

    def test_messages_have_documented_form(self) -> None:
        found = steps(
            lambda_profile(dead_letter="queue://dead", on_failure="topic://bad", retries=0), 430,
            error="KeyError: 'a'", payload=lambda _: '{"id": 7}',
        )  # fmt: skip
        dead, bad = [step for step in found if step.kind is StepKind.DELIVER]
        assert dead.body == '{"id": 7}'
        assert dead.attributes == (
            ("RequestID", "00000001-0000-4000-8000-000000000000"),
            ("ErrorCode", 200),
            ("ErrorMessage", "KeyError: 'a'"),
        )
        assert bad.body == (
            '{"version":"1.0","timestamp":"2026-11-28T02:00:00.000Z","requestContext":{"requestId":'
            '"00000001-0000-4000-8000-000000000000","functionArn":'
            '"arn:aws:lambda:us-east-1:123456789012:function:test1:$LATEST","condition":"RetriesExhausted",'
            '"approximateInvokeCount":1},"requestPayload":{"id":7},"responseContext":{"statusCode":200,'
            '"executedVersion":"$LATEST","functionError":"Unhandled"},"responsePayload":'
            '{"errorMessage":"KeyError: \'a\'"}}'
        )

    def test_record_for_sns_over_the_limit_has_no_payloads(self) -> None:
        text = json.dumps("x" * 262_144)
        body = json.loads(only(run(lambda_profile(on_success="topic://t"), 200, payload=lambda _: text)).body)
        assert "requestPayload" not in body
        assert body["requestContext"]["condition"] == "Success"
        kept = json.loads(only(run(lambda_profile(on_success="function://f"), 200, payload=lambda _: text)).body)
        assert kept["requestPayload"] == "x" * 262_144

    def test_bucket_takes_failures_only(self) -> None:
        assert lambda_profile(on_failure="bucket://b").on_failure == "bucket://b"
        with pytest.raises(PolicyError) as raised:
            lambda_profile(on_success="bucket://b")
        assert "bucket" not in raised.value.problems[0].schemes

    @pytest.mark.parametrize("settings", [{"retries": 3}, {"max_age_ms": 59_999}, {"dead_letter": "bus://b"}])
    def test_policy_out_of_range_is_rejected(self, settings: dict[str, object]) -> None:
        with pytest.raises(PolicyError):
            lambda_profile(**settings)  # type: ignore[arg-type]


PROFILES = pytest.mark.parametrize("make", [functiongraph_profile, function_compute_profile, lambda_profile])


class TestLoops:
    @PROFILES
    def test_two_functions_stop_after_16_invocations(self, make: Callable[..., AsyncProfile]) -> None:
        found = steps({"A": make(on_success="function://B"), "B": make(on_success="function://A")}, 200)
        invoked = [step.function for step in found if step.kind is StepKind.INVOKE]
        assert invoked == ["A", "B"] * 8
        assert found[-1].items == (17,)
        assert (found[-1].end, found[-1].reason, found[-1].loop) == ("waiting", LOOP_STOPPED, ("A", "B"))
        assert found[-1].assumed == ("simulation.loop.invocations",)

    @PROFILES
    def test_messages_of_a_loop_show_the_first_event(self, make: Callable[..., AsyncProfile]) -> None:
        functions = {"A": make(on_success="function://B"), "B": make(on_success="function://A")}
        found = steps(functions, 200, payload=lambda item: f'"event {item}"')
        bodies = [step.body for step in found if step.kind is StepKind.DELIVER]
        assert all("event 1" in body for body in bodies)
        assert len({len(body) for body in bodies[2:]}) == 1

    @PROFILES
    def test_function_that_invokes_itself_stops_after_16_invocations(self, make: Callable[..., AsyncProfile]) -> None:
        found = steps({"A": make(on_failure="function://A", retries=2)}, 430)
        assert sum(step.kind is StepKind.INVOKE for step in found) == 16
        assert found[-1].loop == ("A",)

    @PROFILES
    def test_functions_before_the_loop_are_not_part_of_it(self, make: Callable[..., AsyncProfile]) -> None:
        functions = {
            "S": make(on_success="function://A"),
            "A": make(on_success="function://B"),
            "B": make(on_success="function://A"),
        }
        found = steps(functions, 200)
        assert found[-1].loop == ("A", "B")

    @PROFILES
    def test_chain_without_loop_is_not_stopped(self, make: Callable[..., AsyncProfile]) -> None:
        functions = {f"F{n}": make(on_success=f"function://F{n + 1}") for n in range(20)}
        found = steps({**functions, "F20": make()}, 200, result='"done"')
        invoked = [step.function for step in found if step.kind is StepKind.INVOKE]
        if make is not function_compute_profile:
            # Text in text in text doubles with each function, and exceeds what Function Compute accepts.
            assert invoked == [f"F{n}" for n in range(21)]
        assert all(step.reason != LOOP_STOPPED for step in found)

    def test_started_event_has_the_message_as_its_text(self) -> None:
        seen: list[Invocation] = []

        def handle(call: Invocation) -> Attempt:
            seen.append(call)
            return Attempt(200, 250)

        functions = {"A": lambda_profile(on_success="function://B"), "B": lambda_profile()}
        found = list(simulate_events(functions, "A", [0, 100], handle))
        delivered = [step for step in found if step.kind is StepKind.DELIVER]
        assert [(step.items, step.started) for step in delivered] == [((1,), 3), ((2,), 4)]
        assert [(call.function, call.item, call.at) for call in seen] == [
            ("A", 1, 0), ("A", 2, 100), ("B", 3, 250), ("B", 4, 350),
        ]  # fmt: skip
        assert seen[2].payload == delivered[0].body


def test_each_platform_names_what_it_accepts() -> None:
    assert functiongraph.PLATFORM.dead_letters == {}
    assert function_compute.PLATFORM.dead_letters == {}
    assert set(lambda_async.PLATFORM.dead_letters) == {"queue", "topic", "sqs", "sns"}
    assert (functiongraph.PLATFORM.retries.least, functiongraph.PLATFORM.retries.most) == (0, 3)
    assert (function_compute.PLATFORM.retries.most, lambda_async.PLATFORM.retries.most) == (8, 2)
    (problem,) = functiongraph.PLATFORM.problems(dead_letter="queue://q")
    assert (problem.key, problem.value, problem.schemes) == ("deadLetter", "queue://q", ())


def test_each_platform_names_its_metrics() -> None:
    assert {tuple(metrics) for metrics in function_compute.PLATFORM.metrics.values()} == {
        ("FunctionDestinationErrors", "FunctionDestinationSucceed")
    }
    assert {metrics.failed for metrics in lambda_async.PLATFORM.metrics.values()} == {
        "DeadLetterErrors",
        "DestinationDeliveryFailures",
    }
