"""Log entries of runs: per invocation and attempt, their number and age, and requests of a killed server."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.emulator import Cloud, zip_text

CODE = {
    "index.py": (
        "def main(event, context):\n"
        "    print('processing order', event.get('id'))\n"
        "    if event.get('fails'):\n"
        "        raise KeyError('customer')\n"
        "    return {'order': event.get('id')}\n"
    )
}


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """A server whose time stands still, with the function hello."""
    with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
        cloud = Cloud(server.url)
        cloud.create(files=CODE)
        yield cloud


def invoke(cloud: Cloud, event: Any, *, asynchronous: bool = False, name: str = "hello") -> str:
    kind = "Event" if asynchronous else "RequestResponse"
    sent = cloud.call("Invoke", FunctionName=name, InvocationType=kind, ClientContext=json.dumps(event))
    return str(sent["Result"]["FunctionRequestId"])


def entries(cloud: Cloud, **query: Any) -> list[Any]:
    found: list[Any] = cloud.control("logs", query)["entries"]
    return found


def status(cloud: Cloud, request_id: str, **window: str) -> Any:
    named = {"FunctionName": "hello", "FunctionRequestId": request_id, **window}
    data = cloud.call("GetRequestStatus", **named)["Data"]
    return data[0] if data else None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("ValueError", "ValueError"),
        ("ValueError('a \\ud800 b')", "ValueError: a \\ud800 b"),
        ("ValueError(__import__('sys').stderr.close())", "ValueError: None"),
    ],
)
def test_entry_has_the_error_once(cloud: Cloud, error: str, expected: str) -> None:
    code = {"index.py": f"def main(event, context):\n    raise {error}\n"}
    cloud.create("failing", code)
    invoke(cloud, {}, name="failing")
    (entry,) = entries(cloud, functions=["default/failing"])
    assert entry["lines"].count("Traceback (most recent call last):") == 1
    assert entry["lines"][-1] == expected


def test_entry_of_successful_call_has_result_and_lines(cloud: Cloud) -> None:
    request_id = invoke(cloud, {"id": 7})
    (entry,) = entries(cloud)
    assert entry["requestId"] == request_id
    assert (entry["function"], entry["statusCode"], entry["retryNum"]) == ("default/hello", 200, 0)
    assert (entry["result"], entry["lines"]) == ({"order": 7}, ["processing order 7"])
    assert entry["startedAt"].endswith(".000+08:00")
    assert entry["durationMs"] > 0
    assert entry["memoryMb"] > 0


def test_entry_of_failed_call_ends_with_one_traceback(cloud: Cloud) -> None:
    invoke(cloud, {"id": 7, "fails": True})
    (entry,) = entries(cloud, failed=True)
    assert (entry["statusCode"], entry["result"]) == (430, None)
    assert entry["lines"][:2] == ["processing order 7", "Traceback (most recent call last):"]
    assert entry["lines"][-1] == "KeyError: 'customer'"
    assert entry["lines"].count("KeyError: 'customer'") == 1


def test_each_attempt_of_an_event_has_an_entry(cloud: Cloud) -> None:
    request_id = invoke(cloud, {"fails": True}, asynchronous=True)
    cloud.control("clock", {"until": "idle"})
    found = entries(cloud, requestId=request_id[:8])
    assert [(entry["requestId"], entry["statusCode"], entry["retryNum"]) for entry in found] == [
        (request_id, 430, number) for number in range(3)
    ]
    assert [entry["startedAt"][17:19] for entry in found] == [found[0]["startedAt"][17:19]] * 3


def test_attempt_replaced_by_a_fault_has_an_entry_and_a_status(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "Invoke", "outcome": 434}])
    request_id = invoke(cloud, {}, asynchronous=True)
    cloud.control("clock", {"until": "idle"})
    assert [entry["statusCode"] for entry in entries(cloud)] == [434, 434, 434]
    assert (found := status(cloud, request_id))["RetCode"] == -1
    assert found["RetryNum"] == 2


def test_timed_out_run_says_why(cloud: Cloud) -> None:
    cloud.create("slow", {"index.py": "import time\ndef main(event, context):\n    time.sleep(60)\n"}, Timeout=1)
    invoke(cloud, {}, name="slow")
    (entry,) = entries(cloud, functions=["slow"])
    assert entry["statusCode"] == 433
    assert entry["lines"] == ["Invoking task timed out after 1 seconds"]


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
def test_stack_of_node_function_has_no_frames_of_the_server(cloud: Cloud) -> None:
    code = "exports.main = async () => { throw new TypeError('bad order'); };\n"
    cloud.create("node", {"index.js": code}, Runtime="Nodejs18.15")
    invoke(cloud, {}, name="node")
    (entry,) = entries(cloud, functions=["node"])
    assert entry["lines"][0] == "TypeError: bad order"
    assert [line.rpartition("/")[2] for line in entry["lines"][1:]] == ["index.js:1:36)"]


def test_entries_are_selected_by_age_function_and_id(cloud: Cloud) -> None:
    cloud.create("other", CODE)
    first = invoke(cloud, {})
    cloud.advance(600)
    second = invoke(cloud, {}, name="other")
    assert [entry["requestId"] for entry in entries(cloud)] == [first, second]
    assert [entry["requestId"] for entry in entries(cloud, sinceS=300)] == [second]
    assert [entry["requestId"] for entry in entries(cloud, functions=["default/hello"])] == [first]
    answer = cloud.control("logs", {"functions": ["nothing"]})
    assert (answer["entries"], answer["missing"]) == ([], ["default/nothing"])
    assert entries(cloud, region="ap-beijing") == []


def test_later_answers_continue_after_the_last_entry(cloud: Cloud) -> None:
    invoke(cloud, {})
    last = cloud.control("logs", {})["last"]
    assert cloud.control("logs", {"after": last})["entries"] == []
    assert cloud.control("logs", {"after": last})["last"] == last
    request_id = invoke(cloud, {})
    assert [entry["requestId"] for entry in entries(cloud, after=last)] == [request_id]


def test_newest_two_hundred_entries_are_kept_for_seven_days(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "Invoke", "outcome": 200}])
    ids = [invoke(cloud, {}) for _ in range(203)]
    assert [entry["requestId"] for entry in entries(cloud)] == ids[3:]
    cloud.advance(7 * 86400)
    assert len(entries(cloud)) == 200
    cloud.advance(1)
    assert entries(cloud) == []


def test_very_large_output_leaves_out_oldest_entries(cloud: Cloud) -> None:
    cloud.create("loud", {"index.py": "def main(event, context):\n    print('x' * 1_000_000)\n    return event\n"})
    for number in range(35):
        invoke(cloud, {"id": number}, name="loud")
    answer = cloud.control("logs", {"functions": ["loud"]})
    assert answer["isCut"]
    assert [entry["result"]["id"] for entry in answer["entries"]] == list(range(2, 35))


def test_logs_end_with_their_function(cloud: Cloud) -> None:
    invoke(cloud, {})
    cloud.call("DeleteFunction", FunctionName="hello")
    cloud.create(files=CODE)
    assert entries(cloud) == []


def test_request_of_a_killed_server_does_not_stay_running(tmp_path: Path) -> None:
    data = tmp_path / "emulator.db"
    with Server(data, settings=Settings(activation_s=0), virtual_time=True) as server:
        cloud = Cloud(server.url)
        cloud.create(files=CODE)
        request_id = invoke(cloud, {})
    with closing(sqlite3.connect(data)) as database, database:
        # What a server leaves behind that is killed during the run.
        database.execute("UPDATE documents SET body=json_set(body, '$.RetCode', 1) WHERE kind='request'")
    with Server(data, settings=Settings(activation_s=0), virtual_time=True) as server:
        cloud = Cloud(server.url)
        found = status(cloud, request_id)
        assert (found["RetCode"], json.loads(found["RetMsg"])["statusCode"]) == (-1, 500)
        assert entries(cloud)[-1]["lines"] == ["the server was stopped"]


def test_event_rejected_by_full_queue_does_not_stay_running(cloud: Cloud) -> None:
    request_id = invoke(cloud, {"fails": True}, asynchronous=True)
    assert (status(cloud, request_id)["RetCode"], status(cloud, request_id)["RetryNum"]) == (1, -1)
    cloud.control("settings", {"queue_limit": 1})
    rejected = invoke(cloud, {}, asynchronous=True)
    found = status(cloud, rejected)
    assert (found["RetCode"], found["RetryNum"]) == (-1, 0)
    assert "QueueFull" in found["RetMsg"]


def test_status_of_event_is_known_after_many_others(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "Invoke", "outcome": 434}])
    first = invoke(cloud, {}, asynchronous=True)
    others = [invoke(cloud, {}, asynchronous=True) for _ in range(250)]
    assert (status(cloud, first)["RetCode"], status(cloud, first)["RetryNum"]) == (1, -1)
    cloud.control("clock", {"until": "idle"})
    for request_id in (first, others[-1]):
        assert (status(cloud, request_id)["RetCode"], status(cloud, request_id)["RetryNum"]) == (-1, 2)


def test_run_of_web_function_has_an_entry(cloud: Cloud) -> None:
    server = (
        "import http.server\n"
        "class Handler(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        print('asked for', self.path, flush=True)\n"
        "        self.send_response(200)\n"
        "        self.end_headers()\n"
        "    def log_message(self, *values):\n"
        "        pass\n"
        "http.server.HTTPServer(('0.0.0.0', 9000), Handler).serve_forever()\n"
    )
    files = {"scf_bootstrap": "#!/bin/sh\nexec /var/lang/python310/bin/python3.10 app.py\n", "app.py": server}
    code = {"ZipFile": zip_text(files, modes={"scf_bootstrap": 0o100755})}
    cloud.create("web", Type="HTTP", Handler=None, Code=code)
    cloud.call("CreateTrigger", FunctionName="web", TriggerName="url", Type="http", TriggerDesc="{}")
    assert cloud.send("GET", "/_url/default/web/orders")[0] == 200
    (entry,) = entries(cloud, functions=["web"])
    assert (entry["statusCode"], entry["lines"]) == (200, ["asked for /orders"])
    assert status(cloud, entry["requestId"], FunctionName="web")["RetCode"] == 0


def test_function_logs_are_retired(cloud: Cloud) -> None:
    assert cloud.error("GetFunctionLogs", FunctionName="hello") == "ActionOffline"
