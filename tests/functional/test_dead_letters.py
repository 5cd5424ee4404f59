"""Dead letters of deployed projects: local queues that apply creates, deliveries D1 to D5, queues behind aliases."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.command import Ran, scfdeploy
from tests.support.emulator import Cloud
from tests.support.project import write_project

FAILING = "def main_handler(event, context):\n    raise KeyError('customer')\n"
QUEUE = "  deadLetter: {type: CMQ-QUEUE, name: orders-failed}\n"
CREATED = "Created local queue orders-failed (CMQ-QUEUE) in place of the cloud queue named in deadLetter.\n"
ENVELOPE = (
    '{"RequestId": "ID", "ErrorCode": -1, '
    '"ErrorMessage": "Traceback (most recent call last):\\n…KeyError: \'customer\'", '
    '"Body": {"AppId": 1300000001, "Uin": "100000000001", "SubAccountUin": null, "RequestSource": "CLOUD_API", '
    '"FunctionName": "orders", "Namespace": "default", "Qualifier": "$DEFAULT", '
    '"InvocationType": "RequestResponse", "ClientContext": "{\\"id\\": 7}", "LogType": "", '
    '"TimeStampForInvoker": "ACCEPTED", "RequestId": "ID", "PushTime": "SENT", "RetryNum": 2, "Ttl": 0}}'
)
"""The dead letter of D1, without its ids, its times and the frames of its traceback."""


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """A server whose time stands still."""
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
        yield Cloud(server.url)


def deploy(cloud: Cloud, inputs: str = QUEUE, *options: str) -> Ran:
    write_project(Path.cwd(), inputs, name="orders", code=FAILING)
    return scfdeploy("apply", "--yes", "--endpoint", cloud.url, *options)


def fail(cloud: Cloud, data: str = '{"id": 7}', *, qualifier: str = "$DEFAULT") -> Any:
    """Let one event fail for good; returns its request id and the ends of the events."""
    Path("event.json").write_text(data, encoding="utf-8")
    arguments = ("--event", "event.json", "--qualifier", qualifier, "--endpoint", cloud.url, "--format", "json")
    request = scfdeploy("invoke", "orders", "--async", *arguments).document["requestId"]
    return request, cloud.control("clock", {"until": "idle"})["ends"]


def queues(cloud: Cloud) -> dict[str, Any]:
    listed = scfdeploy("queue", "list", "--endpoint", cloud.url, "--format", "json").document["queues"]
    return {queue["name"]: queue for queue in listed}


def show(cloud: Cloud, name: str) -> Any:
    return scfdeploy("queue", "show", name, "--endpoint", cloud.url, "--format", "json").document["messages"]


def failed_deliveries(cloud: Cloud) -> Any:
    state = cloud.control("state")["failed_deliveries"]
    return list(state.values())


def test_apply_reports_queue_that_it_created_once(cloud: Cloud) -> None:
    assert CREATED in deploy(cloud).stdout
    assert CREATED not in deploy(cloud, f"{QUEUE}  memorySize: 256\n").stdout


def test_apply_names_created_topic_in_json(cloud: Cloud) -> None:
    document = deploy(cloud, "  deadLetter: {type: topic, name: failures}\n", "--format", "json").document
    assert document["localQueues"] == [{"name": "failures", "kind": "CMQ-TOPIC"}]


@pytest.mark.waits("0.25 s: a server of --local is not known before the command runs")
def test_apply_on_own_server_reports_created_queue(cloud: Cloud) -> None:
    write_project(Path.cwd(), QUEUE, name="orders", code=FAILING)
    assert CREATED in scfdeploy("apply", "--yes", "--local").stdout


def test_apply_creates_no_queue_where_queues_are_declared(cloud: Cloud) -> None:
    cloud.control("settings", {"queues": "declared"})
    assert "Created local" not in deploy(cloud).stdout
    assert queues(cloud) == {}


def test_d1_failed_event_becomes_one_envelope(cloud: Cloud) -> None:
    deploy(cloud)
    start = cloud.control("clock")["now"]
    request, ends = fail(cloud)
    assert ends == {"dead-lettered": 1}
    (message,) = cloud.control("queues/show", {"name": "orders-failed"})["messages"]
    text = re.sub(r"(last\):\\n).*(KeyError)", r"\1…\2", message["text"])
    sent = datetime.fromtimestamp(start, UTC) + timedelta(hours=8, minutes=2)
    time = f"{sent:%Y-%m-%dT%H:%M:%S}.{round(start * 1000) % 1000:03d}000000+08:00"
    expected = ENVELOPE.replace("ID", request).replace("ACCEPTED", str(round(start * 1000)))
    assert text == expected.replace("SENT", time)


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("os._exit(1)", "the process ended with the exit code 1 before it returned"),
        ("raise KeyError('outer') from None", "KeyError: 'outer'"),
    ],
)
def test_error_message_is_the_error_that_ended_the_attempt(cloud: Cloud, ending: str, expected: str) -> None:
    code = (
        "import os, traceback\ndef main_handler(event, context):\n    try:\n        raise ValueError('caught')\n"
        f"    except ValueError:\n        traceback.print_exc()\n    {ending}\n"
    )
    write_project(Path.cwd(), QUEUE, name="orders", code=code)
    scfdeploy("apply", "--yes", "--endpoint", cloud.url)
    fail(cloud)
    (message,) = show(cloud, "orders-failed")
    assert message["body"]["ErrorMessage"].splitlines()[-1] == expected


@pytest.mark.skipif(shutil.which("node") is None, reason="this machine has no node")
def test_error_message_of_node_is_the_stack_trace(cloud: Cloud) -> None:
    code = {"index.js": "exports.main = () => {\n  throw new TypeError('no customer')\n}\n"}
    cloud.create("orders", code, Runtime="Nodejs18.15", DeadLetterConfig={"Type": "CMQ-QUEUE", "Name": "dead"})
    sent = cloud.call("Invoke", FunctionName="orders", InvocationType="Event", ClientContext="{}")
    cloud.control("clock", {"until": "idle"})
    (message,) = show(cloud, "dead")
    assert message["body"]["ErrorMessage"].splitlines() == [
        "TypeError: no customer",
        "    at exports.main (/var/user/index.js:2:9)",
    ]
    row = scfdeploy("queue", "show", "dead", "--endpoint", cloud.url).stdout.splitlines()[2]
    assert row.endswith(" TypeError: no customer")
    timeline = scfdeploy(
        "events", "show", sent["Result"]["FunctionRequestId"][:8], "--region", "ap-guangzhou", "--endpoint", cloud.url
    ).stdout
    assert "log:" not in timeline


def test_d2_absent_queue_loses_event(cloud: Cloud) -> None:
    cloud.control("settings", {"queues": "declared"})
    deploy(cloud)
    _, ends = fail(cloud)
    assert (ends, failed_deliveries(cloud)) == ({"lost": 1}, [{"resource": 1}])


def test_d3_large_event_is_lost(cloud: Cloud) -> None:
    deploy(cloud)
    _, ends = fail(cloud, json.dumps("x" * 69_998))
    assert (ends, failed_deliveries(cloud)) == ({"lost": 1}, [{"size": 1}])
    assert queues(cloud)["orders-failed"]["failedDeliveries"] == 1


def test_d4_denied_delivery_loses_event(cloud: Cloud) -> None:
    deploy(cloud)
    cloud.control("faults", [{"destination": "orders-failed", "deny": True}])
    _, ends = fail(cloud)
    assert (ends, failed_deliveries(cloud)) == ({"lost": 1}, [{"permission": 1}])


def test_d5_topic_serves_subscribers_by_filter(cloud: Cloud) -> None:
    deploy(cloud, "  deadLetter: {type: CMQ-TOPIC, name: failures}\n")
    for name, *filters in (("A", "--binding-key", "#"), ("B", "--tag", "new")):
        scfdeploy("queue", "create", name, "--endpoint", cloud.url)
        scfdeploy("queue", "subscribe", "failures", "--to", name, *filters, "--endpoint", cloud.url)
    fail(cloud)
    assert (len(show(cloud, "A")), len(show(cloud, "B"))) == (1, 0)
    shown = scfdeploy("queue", "show", "failures", "--endpoint", cloud.url).stdout
    assert shown.endswith(
        "Delivered to 1 of 2 subscribers: B filters by tag `new`. "
        "Leave the tag filter empty and use the binding key `#`.\n"
    )


def published(cloud: Cloud, *names: str) -> None:
    """Publish one version per dead letter queue."""
    for name in names:
        deploy(cloud, f"  publish: true\n  deadLetter: {{type: CMQ-QUEUE, name: {name}}}\n")


ALIAS = (
    "  deadLetter: {type: CMQ-QUEUE, name: dlB}\n  aliasName: prod\n  aliasFunctionVersion: 1\n"
    "  additionalVersionWeights: [{version: 2, weight: 0.1}]\n"
)


def alias_warnings(cloud: Cloud, inputs: str) -> list[Any]:
    write_project(Path.cwd(), inputs, name="orders", code=FAILING)
    found = scfdeploy("plan", "--endpoint", cloud.url, "--format", "json").document["diagnostics"]
    return [entry for entry in found if entry["rule"] == "alias-dead-letter"]


def test_alias_delivers_to_queue_of_main_version(cloud: Cloud) -> None:
    published(cloud, "dlA", "dlC")
    deploy(cloud, ALIAS)
    cloud.control("settings", {"seed": "2"})
    for _ in range(20):
        fail(cloud, qualifier="prod")
    assert {name: queue["messages"] for name, queue in queues(cloud).items()} == {"dlA": 20, "dlB": 0, "dlC": 0}


def test_plan_warns_of_other_queue_of_additional_version(cloud: Cloud) -> None:
    published(cloud, "dlA", "dlC")
    (warning,) = alias_warnings(cloud, ALIAS)
    assert (warning["severity"], warning["address"]) == ("warning", "alias/default/orders/prod")
    assert warning["detail"] == (
        "Asynchronous calls of prod use the dead letter queue of its main version, version 1: dlA. "
        "That of version 2 is dlC and gets none of their failures."
    )
    deploy(cloud, ALIAS)
    assert len(alias_warnings(cloud, ALIAS)) == 1


def test_plan_compares_queue_of_version_to_be_published(cloud: Cloud) -> None:
    published(cloud, "dlA")
    new = "  publish: true\n  deadLetter: {type: CMQ-QUEUE, name: dlB}\n  aliasName: prod\n"
    (warning,) = alias_warnings(cloud, f"{new}  additionalVersionWeights: [{{version: 1, weight: 0.1}}]\n")
    assert "main version, the version that is published now: dlB. That of version 1 is dlA" in warning["detail"]


def test_plan_accepts_same_queue_of_both_versions(cloud: Cloud) -> None:
    published(cloud, "dlA")
    deploy(cloud, "  publish: true\n  memorySize: 256\n  deadLetter: {type: CMQ-QUEUE, name: dlA}\n")
    assert alias_warnings(cloud, ALIAS) == []


def test_plan_warns_that_replacement_deletes_status_records(cloud: Cloud) -> None:
    cls = "  cls: {logsetId: aaaaaaaa-1111-2222-3333-444444444444, topicId: bbbbbbbb-1111-2222-3333-444444444444}\n"
    deploy(cloud, f"  asyncRunEnable: true\n  traceEnable: true\n{cls}")
    write_project(Path.cwd(), f"  asyncRunEnable: true\n  traceEnable: false\n{cls}", name="orders", code=FAILING)
    planned = " ".join(scfdeploy("plan", "--endpoint", cloud.url).stdout.split())
    assert "Status records of the last 3 days are also deleted. Run scfdeploy events pull first." in planned
