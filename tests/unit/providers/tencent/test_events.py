"""Status records and request statuses: documented responses, requests, malformed fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scfdeploy.model import Address
from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.event_source import EventQuery
from scfdeploy.providers.tencent.events import TencentEvents
from tests.support.answers import Answering, answering, failure
from tests.support.cloud import client_of
from tests.support.emulator import HELLO as CODE
from tests.support.emulator import running
from tests.support.fake_clock import FakeClock

HELLO = Address.of_function("default", "hello")
ROW = {
    "InvokeRequestId": "3fd0",
    "InvokeType": "CMQ",
    "Qualifier": "prod",
    "Status": "FINISHED",
    "StartTime": "2026-11-28 10:00:00.250000",
    "EndTime": "2026-11-28 10:00:01",
}
TEN_O_CLOCK_MS = 1_795_831_200_000
REQUEST = {
    "FunctionName": "hello",
    "RequestId": "3fd0",
    "StartTime": "2026-11-28 10:00:00",
    "RetMsg": '"done"',
    "RetCode": 0,
    "Duration": 12.5,
    "MemUsage": 34,
    "RetryNum": 1,
}


def events_of(cloud: Answering) -> TencentEvents:
    return TencentEvents(cloud.client, FakeClock())


def test_record_has_times_with_and_without_fraction() -> None:
    with answering(ListAsyncEvents={"TotalCount": 1, "EventList": [ROW]}) as cloud:
        (record,) = events_of(cloud).records(HELLO, EventQuery())
    assert (record.request_id, record.qualifier, record.source, record.status) == ("3fd0", "prod", "CMQ", "finished")
    assert (record.accepted_at, record.ended_at) == (TEN_O_CLOCK_MS + 250, TEN_O_CLOCK_MS + 1000)
    assert record.function == HELLO


def test_running_record_has_no_end() -> None:
    running_row = {**ROW, "Status": "RUNNING", "EndTime": ""}
    with answering(ListAsyncEvents={"TotalCount": 1, "EventList": [running_row]}) as cloud:
        (record,) = events_of(cloud).records(HELLO, EventQuery())
    assert (record.status, record.ended_at) == ("running", None)


@pytest.mark.parametrize("change", [{"Status": "LOST"}, {"StartTime": "yesterday"}, {"StartTime": None}])
def test_malformed_record_is_an_error(change: dict[str, Any]) -> None:
    answer = {"TotalCount": 1, "EventList": [{**ROW, **change}]}
    with answering(ListAsyncEvents=answer) as cloud, pytest.raises(CloudError, match="ListAsyncEvents"):
        events_of(cloud).records(HELLO, EventQuery())


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"Result": {"Status": "FAILED", "StatusCode": 430, "InvokeRequestId": "3fd0"}}, ("failed", 430)),
        ({"Result": {"Status": "RUNNING", "StatusCode": 0, "InvokeRequestId": "3fd0"}}, ("running", None)),
        (failure("ResourceNotFound.AsyncEvent"), None),
    ],
)
def test_status_of_event_is_read(answer: dict[str, Any], expected: object) -> None:
    with answering(GetAsyncEventStatus=answer) as cloud:
        assert events_of(cloud).status_of("3fd0") == expected


def test_rejected_status_is_an_error() -> None:
    with answering(GetAsyncEventStatus=failure("UnauthorizedOperation")) as cloud, pytest.raises(CloudError):
        events_of(cloud).status_of("3fd0")
    with answering(GetAsyncEventStatus={"Result": None}) as cloud, pytest.raises(CloudError):
        events_of(cloud).status_of("3fd0")


def test_request_status_is_read() -> None:
    with answering(GetRequestStatus={"TotalCount": 1, "Data": [REQUEST]}) as cloud:
        status = events_of(cloud).request_status(HELLO, "3fd0")
    assert status is not None
    assert (status.started_at, status.status, status.retries) == (TEN_O_CLOCK_MS, "finished", 1)
    assert (status.message, status.duration_ms, status.memory_mb) == ('"done"', 12.5, 34)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ('{"errorType": "KeyError", "errorMessage": "\'x\'"}', "KeyError: 'x'"),
        ('{"errorCode": -1, "errorMessage": "timed out"}', "timed out"),
        ('{"a": 1}', '{"a": 1}'),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_error_of_request_is_type_and_message(message: str, expected: str) -> None:
    row = {**REQUEST, "RetCode": -1, "RetryNum": 2, "RetMsg": message}
    with answering(GetRequestStatus={"TotalCount": 1, "Data": [row]}) as cloud:
        status = events_of(cloud).request_status(HELLO, "3fd0")
    assert status is not None
    assert (status.status, status.message) == ("failed", expected)


def test_running_request_has_no_retries() -> None:
    row = {**REQUEST, "RetCode": 1, "RetryNum": -1}
    with answering(GetRequestStatus={"TotalCount": 1, "Data": [row]}) as cloud:
        status = events_of(cloud).request_status(HELLO, "3fd0")
    assert status is not None
    assert (status.status, status.retries) == ("running", None)


@pytest.mark.parametrize("figure", ["NaN", "1e400", "9" * 400, "true", '"12"'])
def test_impossible_figures_of_request_are_left_out(figure: str) -> None:
    row = {**REQUEST, "RetCode": 0, "Duration": json.loads(figure), "MemUsage": json.loads(figure)}
    with answering(GetRequestStatus={"TotalCount": 1, "Data": [row]}) as cloud:
        status = events_of(cloud).request_status(HELLO, "3fd0")
    assert status is not None
    assert (status.duration_ms, status.memory_mb) == (None, None)


def test_request_of_other_id_and_malformed_code() -> None:
    with answering(GetRequestStatus={"TotalCount": 1, "Data": [REQUEST]}) as cloud:
        assert events_of(cloud).request_status(HELLO, "8c21") is None
    with (
        answering(GetRequestStatus={"Data": [{**REQUEST, "RetCode": 7}]}) as cloud,
        pytest.raises(CloudError, match="RetCode"),
    ):
        events_of(cloud).request_status(HELLO, "3fd0")


def test_emulator_accepts_all_requests() -> None:
    with running() as cloud:
        cloud.create("hello", CODE, AsyncRunEnable="TRUE", TraceEnable="TRUE")
        clock = FakeClock(cloud.control("health")["now"])
        events = TencentEvents(client_of(cloud.url), clock)
        assert events.trace_settings(HELLO).is_traced
        cloud.control("faults", [{"action": "Invoke", "outcome": 430}])
        sent = cloud.call("Invoke", FunctionName="hello", InvocationType="Event", ClientContext="{}")
        request = sent["Result"]["FunctionRequestId"]
        cloud.control("events/begin", {"id": request})
        now_ms = round(clock.now() * 1000)
        for query in (
            EventQuery(),
            EventQuery(("failed", "running"), since=now_ms - 60_000),
            EventQuery(request_id=request),
        ):
            assert [record.request_id for record in events.records(HELLO, query)] == [request]
        assert events.records(HELLO, EventQuery(("finished",))) == []
        assert events.records(HELLO, EventQuery(since=now_ms + 3_600_000)) == []
        assert events.status_of(request) == ("failed", 430)
        with pytest.raises(CloudError) as caught:
            events.terminate(HELLO, request, now=True)
        assert caught.value.code == "FailedOperation.AsyncEventStatus"
        with pytest.raises(CloudError) as missing:
            events.trace_settings(Address.of_function("default", "nobody"))
        assert missing.value.kind is ErrorKind.MISSING
