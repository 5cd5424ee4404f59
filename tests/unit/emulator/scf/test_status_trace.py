"""The status trace: which events have a record, for how long, and how one is ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.emulator import Cloud

CODE = {
    "index.py": "def main(event, context):\n    if event.get('fails'):\n        raise KeyError('x')\n    return event\n"
}


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
        cloud = Cloud(server.url)
        cloud.create(files=CODE, AsyncRunEnable="TRUE", TraceEnable="TRUE")
        yield cloud


def accept(cloud: Cloud, **event: Any) -> str:
    sent = cloud.call("Invoke", FunctionName="hello", InvocationType="Event", ClientContext=json.dumps(event))
    return str(sent["Result"]["FunctionRequestId"])


def records(cloud: Cloud, **filters: Any) -> list[str]:
    return [
        event["InvokeRequestId"]
        for event in cloud.call("ListAsyncEvents", FunctionName="hello", **filters)["EventList"]
    ]


def status(cloud: Cloud, request: str) -> tuple[str, int]:
    found = cloud.call("GetAsyncEventStatus", InvokeRequestId=request)["Result"]
    return found["Status"], found["StatusCode"]


def test_record_shows_status_of_event(cloud: Cloud) -> None:
    good, bad = accept(cloud), accept(cloud, fails=True)
    assert status(cloud, good) == ("RUNNING", 0)
    done = cloud.control("clock", {"until": "idle"})
    assert done["ends"] == {"finished": 1, "failed": 1}
    assert status(cloud, good) == ("FINISHED", 200)
    assert status(cloud, bad) == ("FAILED", 430)
    assert records(cloud, Status=["FAILED"]) == [bad]


def test_record_is_kept_for_three_days(cloud: Cloud) -> None:
    request = accept(cloud)
    cloud.control("clock", {"until": "idle"})
    cloud.advance(259_200)
    assert records(cloud) == [request]
    cloud.advance(1)
    assert records(cloud) == []
    assert cloud.error("GetAsyncEventStatus", InvokeRequestId=request) == "ResourceNotFound.AsyncEvent"


def test_event_after_tracing_was_switched_off_has_no_record(cloud: Cloud) -> None:
    first = accept(cloud)
    cloud.advance(100)
    cloud.control("settings", {"trace_off": "other, hello"})
    cloud.advance(100)
    accept(cloud)
    cloud.control("clock", {"until": "idle"})
    assert records(cloud) == [first]


def test_records_are_deleted_with_their_function(cloud: Cloud) -> None:
    request = accept(cloud)
    cloud.control("clock", {"until": "idle"})
    cloud.call("DeleteFunction", FunctionName="hello")
    cloud.create(files=CODE, AsyncRunEnable="TRUE", TraceEnable="TRUE")
    assert records(cloud) == []
    assert cloud.error("GetAsyncEventStatus", InvokeRequestId=request) == "ResourceNotFound.AsyncEvent"


def test_newest_record_comes_first(cloud: Cloud) -> None:
    requests = []
    for _ in range(3):
        requests.append(accept(cloud))
        cloud.advance(1)
    assert records(cloud) == requests[::-1]
    assert records(cloud, Order="ASC") == requests
    assert records(cloud, Offset=1, Limit=1) == requests[1:2]
    assert cloud.error("ListAsyncEvents", FunctionName="hello", Limit=101) == "InvalidParameterValue.Limit"


def test_interval_includes_its_start_only(cloud: Cloud) -> None:
    from datetime import datetime, timedelta, timezone

    now = float(cloud.control("clock")["now"])
    first = accept(cloud)
    cloud.advance(10)
    accept(cloud)
    texts = [
        datetime.fromtimestamp(moment, timezone(timedelta(hours=8))).strftime("%Y-%m-%d %H:%M:%S")
        for moment in (now, now + 10)
    ]
    assert records(cloud, StartTimeInterval={"Start": texts[0], "End": texts[1]}) == [first]
    assert cloud.error("ListAsyncEvents", FunctionName="hello", EndTimeInterval={"Start": "today"}) == (
        "InvalidParameterValue.DateTime"
    )


def test_ordinary_event_has_no_record(cloud: Cloud) -> None:
    cloud.create("plain", CODE)
    sent = cloud.call("Invoke", FunctionName="plain", InvocationType="Event", ClientContext="{}")
    request = sent["Result"]["FunctionRequestId"]
    assert cloud.error("GetAsyncEventStatus", InvokeRequestId=request) == "ResourceNotFound.AsyncEvent"


def test_terminated_event_is_aborted(cloud: Cloud) -> None:
    request = accept(cloud)
    cloud.call("TerminateAsyncEvent", FunctionName="hello", InvokeRequestId=request, GraceShutdown=True)
    assert status(cloud, request) == ("ABORTED", 499)
    assert cloud.control("clock", {"until": "idle"})["ran"] == 0
    again = cloud.error("TerminateAsyncEvent", FunctionName="hello", InvokeRequestId=request)
    assert again == "FailedOperation.AsyncEventStatus"
    assert (
        cloud.error("TerminateAsyncEvent", FunctionName="hello", InvokeRequestId="x") == "ResourceNotFound.AsyncEvent"
    )


def test_call_over_rate_limit_leaves_no_record(cloud: Cloud) -> None:
    cloud.control("settings", {"async_qps": 1})
    request = accept(cloud)
    assert cloud.error("Invoke", FunctionName="hello", InvocationType="Event", ClientContext="{}") == (
        "RequestLimitExceeded"
    )
    assert records(cloud) == [request]
    cloud.advance(1)
    accept(cloud)
