"""`logs`: what functions printed, from the local server and from a CLS topic."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scfdeploy.emulator import Server, Settings
from scfdeploy.providers.clock import SystemClock
from tests.support.command import Ran, scfdeploy
from tests.support.emulator import Cloud

CODE = {
    "index.py": (
        "def main(event, context):\n"
        "    print('processing order', event.get('id'))\n"
        "    if event.get('fails'):\n"
        "        raise KeyError('customer')\n"
        "    return {'order': event.get('id')}\n"
    )
}
TOPIC = {"ClsLogsetId": "logset-1", "ClsTopicId": "topic-1", "Role": "SCF_ExecuteRole"}
HEAD = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00  "


@pytest.fixture(params=["control path", "topic"])
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """A server whose time stands still, with a function whose logs go to a topic or not."""
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
        cloud = Cloud(server.url)
        cloud.create("orders", CODE, **(TOPIC if request.param == "topic" else {}))
        yield cloud


def invoke(cloud: Cloud, event: object, *, asynchronous: bool = False, name: str = "orders") -> str:
    kind = "Event" if asynchronous else "RequestResponse"
    sent = cloud.call("Invoke", FunctionName=name, InvocationType=kind, ClientContext=json.dumps(event))
    return str(sent["Result"]["FunctionRequestId"])


def logs(cloud: Cloud, *arguments: str) -> Ran:
    return scfdeploy("logs", *arguments, "--endpoint", cloud.url)


def without_source(ran: Ran) -> list[str]:
    return [line for line in ran.stdout.splitlines() if not line.startswith("Source: ")]


def test_failed_run_is_shown_with_traceback(cloud: Cloud) -> None:
    invoke(cloud, {"id": 1})
    request_id = invoke(cloud, {"id": 7, "fails": True})
    ran = logs(cloud, "orders", "--failed")
    assert ran.exit_code == 0
    head, *lines = without_source(ran)
    assert re.fullmatch(HEAD + rf"{request_id[:4]}…  status 430  \d+ ms  \d+ MB", head)
    assert lines[0] == "  Result: null"
    assert lines[1:3] == ["  processing order 7", "  Traceback (most recent call last):"]
    assert lines[3] == '    File "/var/user/index.py", line 4, in main'
    assert lines[-1] == "  KeyError: 'customer'"


def test_result_is_found_by_request_id(cloud: Cloud) -> None:
    invoke(cloud, {"id": 1})
    request_id = invoke(cloud, {"id": 7}, asynchronous=True)
    cloud.control("clock", {"until": "idle"})
    for text in (request_id, request_id[:8]):
        document = logs(cloud, "orders", "--request", text, "--format", "json").document
        (entry,) = document["entries"]
        assert entry["requestId"] == request_id
        assert (entry["result"], entry["lines"]) == ({"order": 7}, ["processing order 7"])
        assert (entry["function"], entry["statusCode"], entry["retryNum"]) == ("orders", 200, 0)
        assert entry["startedAt"].endswith("+08:00")
        assert entry["durationMs"] >= 0
        assert entry["memoryMb"] > 0


def test_attempts_are_entries_in_the_order_of_time(cloud: Cloud) -> None:
    invoke(cloud, {"fails": True}, asynchronous=True)
    cloud.control("clock", {"until": "idle"})
    entries = logs(cloud, "orders", "--format", "json").document["entries"]
    assert [(entry["statusCode"], entry["retryNum"]) for entry in entries] == [(430, 0), (430, 1), (430, 2)]
    assert [entry["startedAt"] for entry in entries] == sorted(entry["startedAt"] for entry in entries)


def test_attempts_after_overrun_are_separate_entries(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "Invoke", "outcome": 432, "times": 2}])
    invoke(cloud, {"id": 1}, asynchronous=True)
    cloud.control("clock", {"until": "idle"})
    entries = logs(cloud, "orders", "--format", "json").document["entries"]
    assert [(entry["statusCode"], entry["retryNum"]) for entry in entries] == [(432, 0), (432, 0), (200, 0)]


def test_since_limits_the_age_of_runs(cloud: Cloud) -> None:
    invoke(cloud, {"id": 1})
    cloud.advance(3600)
    invoke(cloud, {"id": 2})
    entries = logs(cloud, "orders", "--since", "15m", "--format", "json").document["entries"]
    assert [entry["lines"] for entry in entries] == [["processing order 2"]]


def test_no_matching_entry_is_no_failure(cloud: Cloud) -> None:
    ran = logs(cloud, "orders")
    assert ran.exit_code == 0
    assert without_source(ran) == ["No log entries."]


def test_unknown_function_fails(cloud: Cloud) -> None:
    ran = logs(cloud, "nothing")
    assert ran.exit_code == 1
    assert "function/default/nothing does not exist in ap-guangzhou" in ran.stderr


def test_source_and_query_are_printed_for_topic(cloud: Cloud, request: pytest.FixtureRequest) -> None:
    invoke(cloud, {"id": 1})
    ran = logs(cloud, "orders", "--request", "abcd")
    if request.node.callspec.params["cloud"] == "topic":
        query = 'SCF_FunctionName:"orders" AND SCF_Namespace:"default" AND SCF_RequestId:abcd*'
        assert ran.stdout.splitlines() == [f"Source: CLS topic topic-1, query: {query}", "No log entries."]
        (source,) = logs(cloud, "orders", "--format", "json").document["sources"]
        assert (source["topicId"], source["query"]) == ("topic-1", query.removesuffix(" AND SCF_RequestId:abcd*"))
    else:
        assert ran.stdout == "No log entries.\n"


def test_long_output_is_read_page_by_page(cloud: Cloud) -> None:
    cloud.create(
        "long", {"index.py": "def main(event, context):\n    for n in range(2500):\n        print(n)\n"}, **TOPIC
    )
    invoke(cloud, {}, name="long")
    (entry,) = logs(cloud, "long", "--format", "json").document["entries"]
    assert entry["lines"] == [str(number) for number in range(2500)]


class StoppingClock:
    """A clock that calls a step instead of each pause, and interrupts after the last."""

    def __init__(self, *steps: object) -> None:
        self.steps = list(steps)
        self.pauses: list[float] = []

    def now(self) -> float:
        return 0.0

    def monotonic(self) -> float:
        return sum(self.pauses)

    def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        self.pauses.append(seconds)
        if not self.steps:
            raise KeyboardInterrupt
        step = self.steps.pop(0)
        if callable(step):
            step()


def test_follow_shows_each_run_once_until_interrupted(cloud: Cloud) -> None:
    first = invoke(cloud, {"id": 1})
    clock = StoppingClock(lambda: invoke(cloud, {"id": 2}), lambda: None, lambda: invoke(cloud, {"id": 3}))
    ran = scfdeploy("logs", "orders", "--follow", "--endpoint", cloud.url, clock=clock)
    assert ran.exit_code == 130
    printed = [line.strip() for line in ran.stdout.splitlines() if "processing" in line]
    assert printed == ["processing order 1", "processing order 2", "processing order 3"]
    assert re.search(rf"^{HEAD}{first[:4]}…  status 200  ", ran.stdout, re.MULTILINE)
    assert ran.stderr == ""
    assert min(clock.pauses) >= 0.05
    assert ran.stdout.count("Source: ") <= 1


def test_follow_writes_text_only(cloud: Cloud) -> None:
    assert logs(cloud, "orders", "--follow", "--format", "json").exit_code == 2


def test_malformed_options_are_usage_errors(cloud: Cloud) -> None:
    assert logs(cloud, "orders", "--since", "soon").exit_code == 2
    assert logs(cloud, "orders", "--request", 'a" OR "b').exit_code == 2


@pytest.fixture
def remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """A server that answers API calls only, as a cloud does."""
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0), control_key="no control paths") as server:
        yield Cloud(server.url)


def remote_logs(cloud: Cloud, *arguments: str) -> Ran:
    options = ("--region", "ap-guangzhou", "--endpoint", cloud.url)
    return scfdeploy("logs", *arguments, *options, clock=SystemClock())


def test_cloud_without_topic_says_what_to_write(remote: Cloud) -> None:
    remote.create("orders", CODE)
    ran = remote_logs(remote, "orders")
    assert ran.exit_code == 1
    assert "function/default/orders has no CLS topic" in ran.stderr
    assert "set `cls: {logsetId: ID, topicId: ID}` and a `role`" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_cloud_without_topic_shows_status_of_one_request(remote: Cloud) -> None:
    remote.create("orders", CODE)
    request_id = invoke(remote, {"id": 7, "fails": True})
    ran = remote_logs(remote, "orders", "--request", request_id)
    assert ran.exit_code == 0
    note, head, *lines = ran.stdout.splitlines()
    assert note.startswith("Source: GetRequestStatus.")
    assert f"  {request_id[:4]}…  status 430  " in head
    assert [lines[1], lines[-1]] == ["  Traceback (most recent call last):", "  KeyError: 'customer'"]
    (entry,) = remote_logs(remote, "orders", "--request", invoke(remote, {"id": 8}), "--format", "json").document[
        "entries"
    ]
    assert (entry["statusCode"], entry["result"], entry["lines"]) == (200, {"order": 8}, [])


def test_cloud_without_topic_shows_the_status_that_the_error_names(remote: Cloud) -> None:
    remote.create("orders", {"index.py": "import os\ndef main(event, context):\n    os._exit(1)\n"})
    request_id = invoke(remote, {})
    assert "  status 439  " in remote_logs(remote, "orders", "--request", request_id).stdout
    shown = scfdeploy(
        *("events", "show", request_id, "--function", "orders", "--region", "ap-guangzhou", "--endpoint", remote.url),
        clock=SystemClock(),
    )
    assert "  attempt 1  439  the process ended" in shown.stdout


def test_cloud_with_topic_shows_last_quarter_of_an_hour(remote: Cloud) -> None:
    remote.create("orders", CODE, **TOPIC)
    request_id = invoke(remote, {"id": 7})
    source, note, head, *lines = remote_logs(remote, "orders").stdout.splitlines()
    assert source == 'Source: CLS topic topic-1, query: SCF_FunctionName:"orders" AND SCF_Namespace:"default"'
    assert note == "Runs of the last 15 minutes; --since selects another time."
    assert f"  {request_id[:4]}…  status 200  " in head
    assert lines == ['  Result: {"order": 7}', "  processing order 7"]


def test_topic_that_cannot_be_read_is_named(cloud: Cloud) -> None:
    cloud.create("reports", CODE, **TOPIC)
    cloud.control("faults", [{"action": "SearchLog", "code": "ResourceNotFound.TopicNotExist"}])
    ran = logs(cloud, "reports")
    assert ran.exit_code == 1
    assert "(ResourceNotFound.TopicNotExist)" in ran.stderr
    assert "Check in the CLS console that topic topic-1 exists in ap-guangzhou" in ran.stderr


def test_names_are_shown_for_several_functions(cloud: Cloud) -> None:
    cloud.create("reports", CODE)
    first, second = invoke(cloud, {"id": 1}), invoke(cloud, {"id": 2}, name="reports")
    heads = [line for line in logs(cloud).stdout.splitlines() if "  status " in line]
    assert re.fullmatch(rf"{HEAD}orders  {first[:4]}…  status 200  .*", heads[0])
    assert re.fullmatch(rf"{HEAD}reports  {second[:4]}…  status 200  .*", heads[1])


def test_unknown_function_fails_in_cloud(remote: Cloud) -> None:
    ran = remote_logs(remote, "nothing")
    assert ran.exit_code == 1
    assert "function/default/nothing does not exist in ap-guangzhou" in ran.stderr
