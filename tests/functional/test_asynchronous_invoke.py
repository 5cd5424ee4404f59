"""`invoke --async`: the event is accepted, its first attempt is reported, and with --wait its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.command import Ran, scfdeploy
from tests.support.emulator import Cloud

CODE = {"index.py": "def main(event, context):\n    return event['customer'] if event.get('fails') else event\n"}
DEAD_LETTER = {"Type": "CMQ-QUEUE", "Name": "orders-failed"}
FAILING = '{"fails": true}'


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """A server whose time stands still."""
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
        yield Cloud(server.url)


def invoke(cloud: Cloud, *arguments: str) -> Ran:
    return scfdeploy("invoke", "orders", "--async", *arguments, "--region", "ap-guangzhou", "--endpoint", cloud.url)


def retry(cloud: Cloud, retries: int) -> None:
    config = {"RetryConfig": [{"RetryNum": retries}], "MsgTTL": 3600}
    cloud.call("UpdateFunctionEventInvokeConfig", FunctionName="orders", AsyncTriggerConfig=config)


def second_and_third_line(ran: Ran) -> list[str]:
    accepted, *lines = ran.stdout.splitlines()
    assert re.fullmatch(r"Accepted: request id [0-9a-f-]{36}\.", accepted)
    assert ran.exit_code == 0
    return lines[: lines.index("")]


def test_failing_attempt_names_retries_and_dead_letter_queue(cloud: Cloud) -> None:
    cloud.create("orders", CODE, DeadLetterConfig=DEAD_LETTER)
    ran = invoke(cloud, "--data", FAILING)
    assert second_and_third_line(ran) == [
        "First attempt failed: status 430, KeyError: 'customer'.",
        "Next attempt in 1 min. After 2 failed retries, the event is sent to the dead letter queue orders-failed.",
    ]
    request = ran.stdout.split()[3][:4]
    options = f"--region ap-guangzhou --endpoint {cloud.url}"
    assert ran.stdout.splitlines()[-2:] == [
        f"Show the event:        scfdeploy events show {request} {options}",
        f"Advance virtual time:  scfdeploy events run {options}",
    ]


def test_successful_attempt_is_reported(cloud: Cloud) -> None:
    cloud.create("orders", CODE)
    ran = invoke(cloud, "--data", "{}")
    assert second_and_third_line(ran) == ["First attempt succeeded: status 200."]
    assert "Advance virtual time" not in ran.stdout


@pytest.mark.parametrize(
    ("parameters", "retries", "outcome", "expected"),
    [
        ({}, 2, 430, "Next attempt in 1 min. After 2 failed retries, the event is dropped."),
        ({}, 1, 430, "Next attempt in 1 min. After 1 failed retry, the event is dropped."),
        ({}, 0, 430, "The event was dropped: the function has no dead letter queue."),
        ({}, 2, 432, "Next attempt in 1 min. After 1 h without success, the event is dropped."),
        ({"DeadLetterConfig": DEAD_LETTER}, 0, 430, "The event was sent to the dead letter queue orders-failed."),
        (
            {"DeadLetterConfig": {"Type": "CMQ-TOPIC", "Name": "t"}},
            2,
            500,
            "Next attempt in 1 min. After 1 h without success, the event is sent to the dead letter topic t.",
        ),
        (
            {"AsyncRunEnable": "TRUE", "TraceEnable": "TRUE"},
            2,
            430,
            "The event failed and is not retried: the function has asyncRunEnable.",
        ),
    ],
)
def test_line_after_failure_says_what_follows(
    cloud: Cloud, parameters: dict[str, object], retries: int, outcome: int, expected: str
) -> None:
    cloud.create("orders", CODE, **parameters)
    retry(cloud, retries)
    cloud.control("faults", [{"action": "Invoke", "outcome": outcome}])
    assert second_and_third_line(invoke(cloud, "--data", "{}"))[1] == expected


def test_invoke_does_not_advance_time_or_run_other_events(cloud: Cloud) -> None:
    cloud.create("orders", CODE)
    before = cloud.control("clock")["now"]
    other = cloud.call("Invoke", FunctionName="orders", InvocationType="Event", ClientContext="{}")
    invoke(cloud, "--data", FAILING)
    assert cloud.control("clock")["now"] == before
    shown = cloud.control("events/show", {"id": other["Result"]["FunctionRequestId"]})
    assert shown["event"]["status"] == "waiting"


def test_run_after_invoke_prints_all_attempts(cloud: Cloud) -> None:
    cloud.create("orders", CODE, DeadLetterConfig=DEAD_LETTER)
    invoke(cloud, "--data", FAILING)
    lines = scfdeploy("events", "run", "--endpoint", cloud.url).stdout.splitlines()
    assert [line.split()[3] for line in lines[:3]] == ["1", "2", "3"]
    assert lines[-1] == "1 event: 0 finished, 1 in a dead letter queue, 0 dropped."


def test_wait_runs_until_event_ends(cloud: Cloud) -> None:
    cloud.create("orders", CODE, DeadLetterConfig=DEAD_LETTER)
    before = cloud.control("clock")["now"]
    ran = invoke(cloud, "--wait", "--data", FAILING)
    lines = ran.stdout.splitlines()
    assert [line.split()[2:4] for line in lines[1:4]] == [["attempt", "1"], ["attempt", "2"], ["attempt", "3"]]
    assert lines[5:] == ["1 event: 0 finished, 1 in a dead letter queue, 0 dropped."]
    assert (ran.exit_code, cloud.control("clock")["now"]) == (1, before + 120)


def test_wait_exits_with_0_when_event_finishes(cloud: Cloud) -> None:
    cloud.create("orders", CODE)
    cloud.control("faults", [{"action": "Invoke", "outcome": 500, "times": 2}])
    ran = invoke(cloud, "--wait", "--data", "{}", "--format", "json")
    assert (ran.exit_code, ran.document["ok"]) == (0, True)
    event = ran.document["event"]
    assert (event["requestId"], event["status"]) == (ran.document["requestId"], "finished")
    assert (event["attempts"], event["retries"], event["reason"]) == (3, 0, None)
    assert [line["status"] for line in event["timeline"]] == [None, 500, 500, 200, None]


def test_wait_stops_at_end_of_its_own_event(cloud: Cloud) -> None:
    cloud.create("orders", CODE)
    before = cloud.control("clock")["now"]
    invoke(cloud, "--data", FAILING)
    ran = invoke(cloud, "--wait", "--data", "{}")
    assert (ran.exit_code, cloud.control("clock")["now"]) == (0, before)


def test_event_that_is_not_accepted_exits_with_1(cloud: Cloud) -> None:
    cloud.create("orders", CODE)
    cloud.control("faults", [{"action": "Invoke", "outcome": 410}])
    ran = invoke(cloud, "--data", "{}")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert cloud.control("events", {})["events"] == []


def test_first_attempt_is_reported_in_real_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0)) as server:
        cloud = Cloud(server.url)
        cloud.create("orders", CODE)
        ran = invoke(cloud, "--data", FAILING)
        assert second_and_third_line(ran)[0] == "First attempt failed: status 430, KeyError: 'customer'."
        ran = invoke(cloud, "--wait", "--data", "{}")
        assert ran.stdout.splitlines()[-1].startswith("1 event: 1 finished, 0 in a dead letter queue, 0 dropped")
        assert ran.exit_code == 0


@pytest.mark.parametrize("arguments", [["--wait"], ["--async", "--wait"]])
def test_wait_without_async_or_local_server_is_a_usage_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = scfdeploy("invoke", "orders", *arguments)
    assert ran.exit_code == 2
    assert "--wait requires --async, and --local or --endpoint" in " ".join(ran.stderr.split())


def test_server_without_control_paths_accepts_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0), control_key="key") as server:
        cloud = Cloud(server.url)
        cloud.create("orders", CODE)
        ran = invoke(cloud, "--data", "{}")
        accepted, blank, command = ran.stdout.splitlines()
        request = accepted.split()[3].rstrip(".")
        assert blank == ""
        assert command.startswith(f"Show the event:  scfdeploy events show {request} --function default/orders ")
        assert invoke(cloud, "--wait").exit_code == 1
