"""`events`: asynchronous events are listed and shown, and virtual time passes."""

from __future__ import annotations

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
