"""`queue`: dead letters of the local server are listed, shown, tried on a function, sent again, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.command import Ran, scfdeploy
from tests.support.emulator import Cloud
from tests.support.project import write_project

FAILING = {"index.py": "def main(event, context):\n    raise KeyError('customer')\n"}
REPORT = {"index.py": "def main(event, context):\n    return event['Records'][0]['CMQ']['msgBody']\n"}


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
        cloud = Cloud(server.url)
        cloud.create("orders", FAILING, DeadLetterConfig={"Type": "CMQ-QUEUE", "Name": "orders-failed"})
        cloud.create("report", REPORT)
        yield cloud


def queue(cloud: Cloud, *arguments: str) -> Ran:
    return scfdeploy("queue", *arguments, "--endpoint", cloud.url)


def fail(cloud: Cloud, function: str = "orders") -> str:
    sent = cloud.call("Invoke", FunctionName=function, InvocationType="Event", ClientContext='{"id": 7}')
    cloud.control("clock", {"until": "idle"})
    return str(sent["Result"]["FunctionRequestId"])


def test_list_shows_messages_and_failed_deliveries(cloud: Cloud) -> None:
    fail(cloud)
    header, row = queue(cloud, "list").stdout.splitlines()
    assert header.split() == ["NAME", "KIND", "MESSAGES", "OLDEST", "FAILED", "DELIVERIES"]
    assert row.split()[:3] == ["orders-failed", "CMQ-QUEUE", "1"]
    assert row.endswith(" 0")
    (listed,) = queue(cloud, "list", "--format", "json").document["queues"]
    assert (listed["messages"], listed["failedDeliveries"]) == (1, 0)


def test_show_names_request_retries_and_error(cloud: Cloud) -> None:
    request = fail(cloud)
    title, header, row = queue(cloud, "show", "orders-failed").stdout.splitlines()
    assert title == "orders-failed (CMQ-QUEUE), 1 message"
    assert header.split() == ["ID", "SENT", "REQUEST", "ID", "RETRIES", "ERROR"]
    assert row.split()[2:] == [f"{request[:4]}…", "2", "KeyError:", "'customer'"]
    (message,) = queue(cloud, "show", "orders-failed", "--format", "json").document["messages"]
    assert message["body"]["Body"]["ClientContext"] == '{"id": 7}'
    assert message["attributes"]["RequestId"] == request


@pytest.mark.parametrize("output", ["text", "json"])
@pytest.mark.parametrize("command", [("queue", "show", "orders-failed"), ("events", "run"), ("events", "list")])
def test_secret_variables_of_functions_are_redacted_without_the_variable_here(
    cloud: Cloud, command: tuple[str, ...], output: str
) -> None:
    code = {"index.py": "import os\ndef main(event, context):\n    raise KeyError(os.environ['DB_PASSWORD'])\n"}
    variables = {"Variables": [{"Key": "DB_PASSWORD", "Value": "marked-9f3c"}, {"Key": "PLACE", "Value": "shown"}]}
    dead_letter = {"Type": "CMQ-QUEUE", "Name": "orders-failed"}
    cloud.create("payments", code, Environment=variables, DeadLetterConfig=dead_letter)
    cloud.call("Invoke", FunctionName="payments", InvocationType="Event", ClientContext="{}")
    if command != ("events", "run"):
        cloud.control("clock", {"until": "idle"})
    ran = scfdeploy(*command, "--format", output, "--endpoint", cloud.url)
    assert ran.exit_code == 0, ran.stderr
    assert "marked-9f3c" not in ran.stdout + ran.stderr
    assert "***" in ran.stdout or command == ("events", "list")


def test_show_explains_fields(cloud: Cloud) -> None:
    fail(cloud)
    shown = queue(cloud, "show", "orders-failed", "--explain").stdout
    assert "ErrorCode: -1  (-1 in the documented sample, whatever the status was)" in shown


def test_test_calls_function_and_keeps_messages(cloud: Cloud) -> None:
    request = fail(cloud)
    ran = queue(cloud, "test", "orders-failed", "--handler", "report")
    assert ran.stdout == f"1  {request[:4]}…  passed  status 200\n1 passed, 0 failed. Messages were not removed.\n"
    ran = queue(cloud, "test", "orders-failed", "--handler", "orders")
    assert ran.exit_code == 1
    assert "failed  status 430" in ran.stdout
    assert queue(cloud, "show", "orders-failed").stdout.startswith("orders-failed (CMQ-QUEUE), 1 message\n")


def test_redrive_sends_event_again_and_removes_message(cloud: Cloud) -> None:
    fail(cloud)
    ran = queue(cloud, "redrive", "orders-failed")
    assert ran.exit_code == 0
    assert ran.stdout.startswith("1  sent to orders, new request id ")
    assert ran.stdout.endswith("1 message redriven, 0 failed.\n")
    assert queue(cloud, "list", "--format", "json").document["queues"][0]["messages"] == 0
    cloud.control("clock", {"until": "idle"})
    assert queue(cloud, "list", "--format", "json").document["queues"][0]["messages"] == 1


def test_redrive_sends_to_function_of_event_and_names_it(cloud: Cloud, tmp_path: Path) -> None:
    # The instance `orders` of the project deploys the function `report`.
    project = write_project(tmp_path / "project", name="orders") / "serverless.yml"
    project.write_text(project.read_text().replace("  name: orders", "  name: report"))
    cloud.create("payments", FAILING, DeadLetterConfig={"Type": "CMQ-QUEUE", "Name": "orders-failed"})
    fail(cloud)
    fail(cloud, "payments")
    ran = queue(cloud, "redrive", "orders-failed", "--path", str(project.parent), "--region", "ap-guangzhou")
    assert ran.exit_code == 0, ran.stderr
    first, second, _ = ran.stdout.splitlines()
    assert first.startswith("1  sent to orders, new request id ")
    assert second.startswith("2  sent to payments, new request id ")
    cloud.control("clock", {"until": "idle"})
    assert queue(cloud, "list", "--format", "json").document["queues"][0]["messages"] == 2


def test_redrive_keeps_message_that_is_not_accepted(cloud: Cloud) -> None:
    fail(cloud)
    ran = queue(cloud, "redrive", "orders-failed", "--to", "nobody")
    assert ran.exit_code == 1
    assert ran.stdout.endswith("0 messages redriven, 1 failed.\n")
    assert queue(cloud, "list", "--format", "json").document["queues"][0]["messages"] == 1


def test_all_messages_are_used_however_many_there_are(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    from scfdeploy.operations import queue as operation

    monkeypatch.setattr(operation, "_PAGE", 2)
    for _ in range(5):
        fail(cloud)
    tested = queue(cloud, "test", "orders-failed", "--handler", "report")
    assert tested.stdout.endswith("5 passed, 0 failed. Messages were not removed.\n")
    assert queue(cloud, "redrive", "orders-failed").stdout.endswith("5 messages redriven, 0 failed.\n")
    assert queue(cloud, "list", "--format", "json").document["queues"][0]["messages"] == 0


def test_redrive_of_unknown_message_is_an_error(cloud: Cloud) -> None:
    fail(cloud)
    ran = queue(cloud, "redrive", "orders-failed", "--id", "77")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "orders-failed has no message 77" in ran.stderr


def test_purge_needs_yes_without_terminal(cloud: Cloud) -> None:
    fail(cloud)
    ran = queue(cloud, "purge", "orders-failed")
    assert ran.exit_code == 1
    assert "Give --yes to delete its messages" in ran.stderr
    assert queue(cloud, "purge", "orders-failed", "--yes").stdout == "Deleted 1 message from orders-failed.\n"


def test_topics_are_created_subscribed_and_sent_to(cloud: Cloud) -> None:
    assert queue(cloud, "create", "orders-topic", "--topic").stdout == "Created topic orders-topic.\n"
    assert queue(cloud, "create", "B").stdout == "Created queue B.\n"
    subscribed = queue(cloud, "subscribe", "orders-topic", "--to", "B", "--tag", "new")
    assert subscribed.stdout == "Subscribed queue B to topic orders-topic (tag new).\n"
    sent = queue(cloud, "send", "orders-topic", '{"id": 7}', "--tag", "new").stdout
    assert sent == "Sent to topic orders-topic: 1 subscriber, 0 triggers started.\n"
    sent = queue(cloud, "send", "orders-topic", '{"id": 7}').stdout
    assert sent.startswith("Sent to topic orders-topic: 1 subscriber, 0 triggers started.\nDelivered to 0 of 1 subscr")
    assert queue(cloud, "create", "B").exit_code == 1
    assert queue(cloud, "show", "nowhere").exit_code == 1


def test_local_server_of_project_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert scfdeploy("queue", "create", "q").exit_code == 0
    assert scfdeploy("queue", "list", "--local").stdout.splitlines()[1].split()[0] == "q"
