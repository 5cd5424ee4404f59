"""Asynchronous events on the server: attempts at their times, ends, outcomes by fault rules, a killed server."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.emulator import Cloud, running

CODE = {
    "index.py": (
        "def main(event, context):\n"
        "    print('processing', event)\n"
        "    if event.get('fails'):\n"
        "        raise KeyError('customer')\n"
        "    return event\n"
    )
}


@pytest.fixture
def local() -> Iterator[Cloud]:
    """A server whose time stands still."""
    with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
        cloud = Cloud(server.url)
        cloud.create(files=CODE)
        yield cloud


def accept(cloud: Cloud, event: Any = None, **parameters: Any) -> str:
    sent = cloud.call(
        "Invoke", FunctionName="hello", InvocationType="Event", ClientContext=json.dumps(event or {}), **parameters
    )
    return str(sent["Result"]["FunctionRequestId"])


def run(cloud: Cloud, **body: Any) -> Any:
    return cloud.control("clock", {"until": "idle", "steps": True, **body})


def attempts(steps: list[Any], start: float) -> list[tuple[str, int, int]]:
    found = [step for step in steps if step["kind"] in ("attempt", "retry")]
    return [(step["kind"], round((step["at"] - start * 1000) / 1000), step["status"]) for step in found]


def now(cloud: Cloud) -> float:
    return float(cloud.control("clock")["now"])


def test_failing_event_is_retried_each_minute_and_dropped(local: Cloud) -> None:
    start = now(local)
    accept(local, {"fails": True})
    done = run(local)
    assert attempts(done["steps"], start) == [("attempt", 0, 430), ("retry", 60, 430), ("retry", 120, 430)]
    assert [step["message"] for step in done["steps"]][-2:] == ["KeyError: 'customer'", "dropped"]
    assert (done["ran"], done["ends"], done["now"]) == (3, {"dropped": 1}, start + 120)


def test_successful_event_finishes_at_once(local: Cloud) -> None:
    accept(local, {"id": 7})
    done = run(local)
    assert (done["ran"], done["ends"]) == (1, {"finished": 1})
    assert "processing {'id': 7}" in done["steps"][0]["detail"]["log"]


def test_events_wait_while_time_stands_still(local: Cloud) -> None:
    request = accept(local)
    (record,) = local.call("GetRequestStatus", FunctionName="hello", FunctionRequestId=request)["Data"]
    assert (record["RetCode"], record["RetryNum"]) == (1, -1)


def test_advance_runs_only_what_is_due(local: Cloud) -> None:
    accept(local, {"fails": True})
    assert local.control("clock", {"advance_s": 59})["ran"] == 1
    assert local.control("clock", {"advance_s": 1})["ran"] == 1


def test_step_runs_next_due_time_only(local: Cloud) -> None:
    start = now(local)
    accept(local, {"fails": True})
    done = [local.control("clock", {"step": True}) for _ in range(4)]
    assert [step["ran"] for step in done] == [1, 1, 1, 0]
    assert [step["now"] - start for step in done] == [0, 60, 120, 120]


@pytest.mark.parametrize(
    ("rules", "settings", "expected", "end"),
    [
        ([{"outcome": 430}], {}, [0, 60, 120], "dropped"),
        ([{"outcome": 500}], {"MsgTTL": 60}, [0, 60], "dropped"),
        ([{"outcome": 432}], {"MsgTTL": 3600}, [*range(0, 3601, 60)], "dropped"),
        ([{"outcome": 432, "times": 3}, {"outcome": 430}], {}, [*range(0, 301, 60)], "dropped"),
        ([{"outcome": 430, "times": 1}], {}, [0, 60], "finished"),
        ([{"outcome": 433}], {}, [0, 63, 126], "dropped"),
        ([{"outcome": 429, "attempt": 1}], {}, [0, 60], "finished"),
        ([{"outcome": 430, "event": "other"}], {}, [0], "finished"),
        ([{"outcome": 500, "when": "after", "times": 1}], {}, [0, 60], "finished"),
    ],
)
def test_fault_outcomes_replace_attempts(
    local: Cloud, rules: list[Any], settings: dict[str, int], expected: list[int], end: str
) -> None:
    if settings:
        config = {"RetryConfig": [{"RetryNum": 2}], **settings}
        local.call("UpdateFunctionEventInvokeConfig", FunctionName="hello", AsyncTriggerConfig=config)
    local.control("faults", [{"action": "Invoke", **rule} for rule in rules])
    start = now(local)
    accept(local, {"id": 7})
    done = run(local)
    assert [at for _, at, _ in attempts(done["steps"], start)] == expected
    assert done["ends"] == {end: 1}


def test_outcome_after_run_leaves_log_of_run(local: Cloud) -> None:
    local.control("faults", [{"action": "Invoke", "outcome": 500, "when": "after", "times": 1}])
    accept(local, {"id": 7})
    first = run(local)["steps"][0]
    assert first["status"] == 500
    assert "processing" in first["detail"]["log"]


@pytest.mark.parametrize("status", [400, 401, 402, 406, 410, 436])
def test_refusal_at_acceptance_creates_no_event(local: Cloud, status: int) -> None:
    local.control("faults", [{"action": "Invoke", "outcome": status}])
    assert local.error("Invoke", FunctionName="hello", InvocationType="Event", ClientContext="{}")
    assert run(local)["ran"] == 0


def test_unknown_outcome_is_an_error(local: Cloud) -> None:
    status, _, body = local.send("POST", "/_emulator/faults", b'[{"outcome": 999}]')
    assert status == 400
    assert b"outcome" in body


def test_full_queue_ends_newest_event(local: Cloud) -> None:
    local.control("settings", {"queue_limit": 2})
    for _ in range(3):
        accept(local, {"fails": True})
    done = run(local)
    assert (done["ran"], done["ends"]) == (6, {"dropped": 2})


def test_deleted_function_fails_its_events(local: Cloud) -> None:
    accept(local, {"fails": True})
    local.call("DeleteFunction", FunctionName="hello")
    assert [step["status"] for step in run(local)["steps"][:3]] == [435, 435, 435]


def test_request_status_shows_retries(local: Cloud) -> None:
    request = accept(local, {"fails": True})
    run(local)
    (record,) = local.call("GetRequestStatus", FunctionName="hello", FunctionRequestId=request)["Data"]
    assert (record["RetCode"], record["RetryNum"]) == (-1, 2)


def test_events_run_in_real_time() -> None:
    with running() as cloud:
        cloud.create(files=CODE)
        request = accept(cloud, {"id": 7})
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            data = cloud.call("GetRequestStatus", FunctionName="hello", FunctionRequestId=request)["Data"]
            if data and data[0]["RetCode"] == 0:
                break
            threading.Event().wait(0.02)
        assert json.loads(data[0]["RetMsg"]) == {"id": 7}


def test_advance_on_running_clock_steps_through_due_times() -> None:
    with running() as cloud:
        cloud.create(files=CODE)
        cloud.control("faults", [{"action": "Invoke", "outcome": 430}])
        accept(cloud, {"fails": True})
        done = cloud.control("clock", {"until": "idle", "steps": True})
        times = [step["at"] for step in done["steps"] if step["kind"] == "retry"]
        assert times[1] - times[0] == 60_000


def test_waiting_events_survive_a_restart(tmp_path: Path) -> None:
    data = tmp_path / "emulator.db"
    with Server(data, settings=Settings(activation_s=0), virtual_time=True) as server:
        cloud = Cloud(server.url)
        cloud.create(files=CODE)
        accept(cloud, {"fails": True})
        start = now(cloud)
        cloud.control("clock", {"step": True})
    with Server(data, settings=Settings(activation_s=0), virtual_time=True) as server:
        done = run(Cloud(server.url))
        assert attempts(done["steps"], start) == [("retry", 60, 430), ("retry", 120, 430)]
