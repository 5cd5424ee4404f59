"""`events`: asynchronous events are listed and shown, and virtual time passes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.command import Ran, scfdeploy
from tests.support.emulator import Cloud

ORDERS = {
    "index.py": (
        "def main(event, context):\n"
        "    print('processing order', event['id'])\n"
        "    return event['customer'] if event['id'] == 7 else event\n"
    )
}
DEAD_LETTER = {"Type": "CMQ-QUEUE", "Name": "orders-failed"}


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """A server whose time stands still."""
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
        cloud = Cloud(server.url)
        cloud.create("orders", ORDERS, DeadLetterConfig=DEAD_LETTER)
        yield cloud


def events(cloud: Cloud, *arguments: str) -> Ran:
    return scfdeploy("events", *arguments, "--endpoint", cloud.url)


def send(cloud: Cloud, event: str = '{"id": 7}', function: str = "orders") -> str:
    sent = cloud.call("Invoke", FunctionName=function, InvocationType="Event", ClientContext=event)
    return str(sent["Result"]["FunctionRequestId"])


def test_run_prints_each_attempt_and_delivery(cloud: Cloud) -> None:
    send(cloud)
    lines = events(cloud, "run").stdout.splitlines()
    assert [line[13:] for line in lines[:2]] == [
        f" orders  attempt 1  430  KeyError: 'customer'          retry 1 of 2 at {lines[1][:8]}",
        f" orders  attempt 2  430  KeyError: 'customer'          retry 2 of 2 at {lines[2][:8]}",
    ]
    assert lines[2][13:] == " orders  attempt 3  430  KeyError: 'customer'          no retries left"
    assert lines[3][12:].startswith("  -> CMQ-QUEUE orders-failed  delivered, ")
    assert lines[4:] == ["1 event: 0 finished, 1 in a dead letter queue, 0 dropped."]


def test_list_shows_status_and_attempts(cloud: Cloud) -> None:
    request = send(cloud)
    events(cloud, "run")
    header, row = events(cloud, "list", "orders").stdout.splitlines()
    assert header.split() == ["ACCEPTED", "REQUEST", "ID", "STATUS", "ATTEMPTS", "NEXT", "ATTEMPT"]
    assert row.split()[1:] == [f"{request[:4]}…", "dead-lettered", "3", "-"]


def test_show_prints_timeline(cloud: Cloud) -> None:
    request = send(cloud)
    events(cloud, "run")
    title, *lines = events(cloud, "show", request[:4]).stdout.splitlines()
    assert title == f"Event {request[:4]}…, function orders ($LATEST), status dead-lettered: RetriesExhausted"
    assert [line[14:] for line in lines] == [
        "accepted",
        "attempt 1  430  KeyError: 'customer'",
        "log: processing order 7",
        "attempt 2  430  KeyError: 'customer'  (retry 1 of 2)",
        "log: processing order 7",
        "attempt 3  430  KeyError: 'customer'  (retry 2 of 2)",
        "log: processing order 7",
        "delivered to CMQ-QUEUE orders-failed",
        "ended: dead-lettered",
    ]


def test_event_that_is_too_old_ends_without_attempt(cloud: Cloud) -> None:
    config = {"RetryConfig": [{"RetryNum": 2}], "MsgTTL": 60}
    cloud.call("UpdateFunctionEventInvokeConfig", FunctionName="orders", AsyncTriggerConfig=config)
    cloud.control("faults", [{"action": "Invoke", "outcome": 500}])
    send(cloud)
    lines = [line[14:] for line in events(cloud, "run").stdout.splitlines()]
    assert [line.partition("next attempt at")[0].split()[:3] for line in lines[:2]] == [
        ["orders", "attempt", "1"],
        ["orders", "attempt", "2"],
    ]
    assert lines[2].startswith("-> CMQ-QUEUE orders-failed  delivered, ")
    assert lines[3] == "orders  ended: dead-lettered: EventAgeExceeded"


def test_failed_delivery_is_printed_with_its_cause(cloud: Cloud) -> None:
    cloud.control("faults", [{"destination": "orders-failed", "deny": True}])
    request = send(cloud)
    lines = events(cloud, "run").stdout.splitlines()
    assert lines[3][12:] == "  -> CMQ-QUEUE orders-failed  not delivered: permission denied"
    assert lines[4] == "1 event: 0 finished, 0 in a dead letter queue, 0 dropped, 1 lost."
    shown = events(cloud, "show", request).stdout
    assert "not delivered to CMQ-QUEUE orders-failed: permission denied\n" in shown
    document = events(cloud, "show", request, "--format", "json").document
    assert (document["status"], document["error"]) == ("lost", "permission denied")
    assert [line["kind"] for line in document["timeline"]] == ["accepted", "attempt", "retry", "retry", "lost", "ended"]


def test_event_without_dead_letter_queue_is_dropped(cloud: Cloud) -> None:
    cloud.create("plain", ORDERS)
    send(cloud, function="plain")
    lines = events(cloud, "run").stdout.splitlines()
    assert lines[3][12:] == "  plain  ended: dropped: RetriesExhausted"
    assert lines[4] == "1 event: 0 finished, 0 in a dead letter queue, 1 dropped."


def test_traced_event_is_not_retried(cloud: Cloud) -> None:
    cloud.create("traced", ORDERS, AsyncRunEnable="TRUE", TraceEnable="TRUE")
    send(cloud, function="traced")
    line, summary = events(cloud, "run").stdout.splitlines()
    assert line.endswith("KeyError: 'customer'          not retried (asyncRunEnable)")
    assert summary == "1 event: 0 finished, 0 in a dead letter queue, 0 dropped, 1 failed."


def test_columns_of_several_functions_are_aligned(cloud: Cloud) -> None:
    cloud.create("abc", ORDERS)
    send(cloud, '{"id": 1}', function="abc")
    send(cloud)
    lines = events(cloud, "run").stdout.splitlines()
    assert lines[0][14:] == "abc     attempt 1  200"
    assert lines[1][14:].startswith("orders  attempt 1  430  KeyError: 'customer'          retry 1 of 2 at ")
    assert lines[-1] == "2 events: 1 finished, 1 in a dead letter queue, 0 dropped."


def test_step_goes_to_next_due_time_and_prints_it_only(cloud: Cloud) -> None:
    send(cloud)
    numbers = [[line.split()[3] for line in events(cloud, "run", "--step").stdout.splitlines()[:1]] for _ in range(3)]
    assert numbers == [["1"], ["2"], ["3"]]
    assert events(cloud, "run", "--step").stdout == "0 events: 0 finished, 0 in a dead letter queue, 0 dropped.\n"


def test_for_advances_by_duration(cloud: Cloud) -> None:
    before = cloud.control("clock")["now"]
    send(cloud)
    ran = events(cloud, "run", "--for", "1m30s")
    assert ran.stdout.splitlines()[-1] == "1 event: 0 finished, 0 in a dead letter queue, 0 dropped, 1 waiting."
    document = events(cloud, "run", "--for", "1h", "--format", "json").document
    assert cloud.control("clock")["now"] == before + 3690
    assert (document["events"], document["attempts"], document["ends"]) == (1, 1, {"dead-lettered": 1})
    assert [line["kind"] for line in document["timeline"]] == ["retry", "delivered", "ended"]


@pytest.mark.parametrize(
    "arguments", [["--for", "1m", "--step"], ["--until", "idle", "--step"], ["--for", "soon"], ["--until", "never"]]
)
def test_run_with_contradicting_options_is_a_usage_error(cloud: Cloud, arguments: list[str]) -> None:
    assert events(cloud, "run", *arguments).exit_code == 2


def test_list_selects_function_status_and_age(cloud: Cloud) -> None:
    cloud.create("plain", ORDERS)
    old = send(cloud, '{"id": 1}')
    events(cloud, "run", "--for", "2h")
    new, other = send(cloud), send(cloud, function="plain")

    def listed(*arguments: str) -> list[str]:
        found = events(cloud, "list", *arguments, "--format", "json").document["events"]
        return [event["requestId"] for event in found]

    assert listed() == [old, new, other]
    assert listed("plain") == [other]
    assert listed("--since", "1h") == [new, other]
    assert listed("--status", "finished") == [old]
    assert listed("--status", "finished", "--status", "waiting") == [old, new, other]
    assert listed("orders", "--status", "failed") == []
    assert events(cloud, "list", "--status", "lost").stdout == "No events.\n"
    assert "FUNCTION" in events(cloud, "list").stdout.splitlines()[0]


def test_list_of_unknown_function_and_status_fails(cloud: Cloud) -> None:
    assert events(cloud, "list", "nobody").exit_code == 1
    assert events(cloud, "list", "--status", "lazy").exit_code == 2


def test_list_shows_events_of_deleted_function(cloud: Cloud) -> None:
    send(cloud, '{"id": 1}')
    events(cloud, "run")
    cloud.call("DeleteFunction", FunctionName="orders")
    assert len(events(cloud, "list", "orders").stdout.splitlines()) == 2


def test_show_of_waiting_event_names_next_attempt(cloud: Cloud) -> None:
    request = send(cloud)
    events(cloud, "run", "--step")
    lines = events(cloud, "show", request).stdout.splitlines()
    assert lines[0].endswith("status waiting")
    assert lines[-1][14:] == "next attempt (retry 1 of 2)"


def test_show_of_unknown_or_ambiguous_id_fails(cloud: Cloud) -> None:
    requests = [send(cloud, '{"id": 1}') for _ in range(17)]
    unknown = events(cloud, "show", "none")
    assert (unknown.exit_code, unknown.stdout) == (1, "")
    assert "There is no event none." in unknown.stderr
    shared = next(digit for digit in "0123456789abcdef" if sum(request[0] == digit for request in requests) > 1)
    ambiguous = events(cloud, "show", shared)
    assert ambiguous.exit_code == 1
    assert f"Several request ids begin with {shared}: " in ambiguous.stderr


def test_local_server_of_project_is_the_default_of_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = scfdeploy("events", "run")
    assert (ran.exit_code, ran.stdout) == (0, "0 events: 0 finished, 0 in a dead letter queue, 0 dropped.\n")


def test_run_includes_timers_and_names_next_firing(cloud: Cloud) -> None:
    timer = {"FunctionName": "orders", "TriggerName": "nightly", "Type": "timer", "TriggerDesc": "0 * * * * * *"}
    cloud.call("CreateTrigger", **timer)
    lines = events(cloud, "run", "--step").stdout.splitlines()
    assert lines[0].partition("  ")[2].startswith("orders  attempt 1  430  KeyError: 'id'")
    assert re.fullmatch(r"Next firing: 20..-..-..T..:..:00\+08:00 \(time zone assumed\)", lines[-1])
    document = events(cloud, "run", "--for", "2m", "--format", "json").document
    assert document["nextFiringAt"].endswith(":00.000+08:00")
    assert [entry["requestId"] for entry in document["timeline"] if entry["kind"] == "accepted"]


def test_run_without_timers_names_no_firing(cloud: Cloud) -> None:
    assert events(cloud, "run").stdout == "0 events: 0 finished, 0 in a dead letter queue, 0 dropped.\n"
