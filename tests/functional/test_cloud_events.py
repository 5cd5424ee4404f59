"""`events` against a server without control paths, as in the cloud: status records and request statuses only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scfdeploy.emulator import Server, Settings
from scfdeploy.model import Secret
from scfdeploy.providers.clock import SystemClock
from scfdeploy.providers.emulator_control import EmulatorControl
from tests.support.command import Ran, scfdeploy
from tests.support.emulator import Cloud

CODE = {"index.py": "def main(event, context):\n    return event['customer'] if event.get('fails') else event\n"}
TRACED = {"AsyncRunEnable": "TRUE", "TraceEnable": "TRUE"}
KEY = "control-key"


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0), virtual_time=True, control_key=KEY) as server:
        cloud = Cloud(server.url)
        cloud.create("orders", CODE, **TRACED)
        cloud.create("plain", CODE)
        yield cloud


def events(cloud: Cloud, *arguments: str) -> Ran:
    options = ("--region", "ap-guangzhou", "--endpoint", cloud.url)
    return scfdeploy("events", *arguments, *options, clock=SystemClock())


def send(cloud: Cloud, event: str, function: str = "orders") -> str:
    sent = cloud.call("Invoke", FunctionName=function, InvocationType="Event", ClientContext=event)
    EmulatorControl(cloud.url, Secret(KEY)).post("clock", {"until": "idle"})
    return str(sent["Result"]["FunctionRequestId"])


def test_list_shows_status_records(cloud: Cloud) -> None:
    failed, finished = send(cloud, '{"fails": true}'), send(cloud, "{}")
    rows = [line.split()[1:] for line in events(cloud, "list", "orders").stdout.splitlines()[1:]]
    assert sorted(rows) == sorted([[f"{failed[:4]}…", "failed", "-", "-"], [f"{finished[:4]}…", "finished", "-", "-"]])
    (event,) = events(cloud, "list", "orders", "--status", "failed", "--format", "json").document["events"]
    assert (event["requestId"], event["status"], event["attempts"]) == (failed, "failed", None)
    assert events(cloud, "list", "orders", "--status", "dead-lettered").stdout == "No events.\n"


@pytest.mark.parametrize(
    ("parameters", "settings"),
    [
        ({}, "asyncRunEnable: true and traceEnable: true"),
        ({"AsyncRunEnable": "TRUE", "TraceEnable": "FALSE"}, "traceEnable: true"),
    ],
)
def test_list_names_missing_settings_of_untraced_function(
    cloud: Cloud, parameters: dict[str, str], settings: str
) -> None:
    cloud.create("report", CODE, **parameters)
    ran = events(cloud, "list", "report")
    assert ran.exit_code == 0
    assert ran.stdout == (
        f"No status records: function report needs {settings}.\n"
        "Other asynchronous events have no status record; query one with scfdeploy events show ID.\n"
    )
    (untraced,) = events(cloud, "list", "report", "--format", "json").document["untraced"]
    assert untraced == {"function": "report", "missing": settings.split(" and ")}


def test_list_of_unknown_function_fails(cloud: Cloud) -> None:
    ran = events(cloud, "list", "nobody")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "function/default/nobody does not exist in ap-guangzhou" in ran.stderr


def test_show_finds_status_record_by_prefix(cloud: Cloud) -> None:
    request = send(cloud, '{"fails": true}')
    for event_id in (request, request[:6]):
        ran = events(cloud, "show", event_id, "--function", "orders")
        assert ran.exit_code == 0
        title, accepted, attempt, ended, _ = ran.stdout.splitlines()
        assert title == f"Event {request[:4]}…, function orders ($LATEST), status failed"
        assert [accepted[14:], ended[14:]] == ["accepted", "ended: failed"]
        assert attempt[14:] == "attempt 1  430  KeyError: 'customer'"


def test_show_finds_request_status_without_record(cloud: Cloud) -> None:
    request = send(cloud, '{"fails": true}', "plain")
    document = events(cloud, "show", request, "--function", "plain", "--format", "json").document
    assert (document["status"], document["retries"], document["attempts"]) == ("failed", 2, 3)
    assert [line["kind"] for line in document["timeline"]] == ["accepted", "attempt"]


def test_show_of_unknown_event_fails(cloud: Cloud) -> None:
    ran = events(cloud, "show", "0" * 36, "--function", "orders")
    assert ran.exit_code == 1
    assert "There is no event 000" in ran.stderr
    assert "--function NAME" in ran.stderr


def test_run_needs_a_local_server(cloud: Cloud) -> None:
    ran = scfdeploy("events", "run", "--endpoint", cloud.url)
    assert ran.exit_code == 1
