"""Functions that really run in `simulate` and delete messages of the queue themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.command import scfdeploy
from tests.support.project import write_project

SCENARIO = """\
on: lambda
handler: hello
source: {queue: orders, messages: 4, batch: 4, visibility: 30s, maxReceive: 2, deadLetter: dead, acknowledge: delete}
"""
LOCAL_CLIENT = """\
def main_handler(event, context):
    for record in event["Records"]:
        if '"id": 3' in record["body"]:
            raise ValueError("bad order")
        context.delete_message(record["messageId"])
"""
SDK = """\
import json, os, urllib.request

def call(action, **content):
    headers = {"X-Amz-Target": f"AmazonSQS.{action}", "Content-Type": "application/x-amz-json-1.0"}
    url = os.environ["AWS_ENDPOINT_URL_SQS"] + "/"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return json.load(opener.open(urllib.request.Request(url, json.dumps(content).encode(), headers)))

def main_handler(event, context):
    first, *_, last = event["Records"]
    assert call("DeleteMessage", ReceiptHandle=first["receiptHandle"]) == {}
    entries = [{"Id": "a", "ReceiptHandle": last["receiptHandle"]}]
    assert call("DeleteMessageBatch", Entries=entries) == {"Successful": [{"Id": "a"}], "Failed": []}
    raise ValueError("the others are left")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def events(folder: Path, code: str, scenario: str = SCENARIO) -> list[dict[str, Any]]:
    write_project(folder, "  timeout: 20\n", code=code)
    (folder / "s.yml").write_text(scenario)
    ran = scfdeploy("simulate", "s.yml", "--format", "json")
    assert ran.exit_code == 0, ran.stderr
    found: list[dict[str, Any]] = ran.document["runs"][0]["events"]
    return found


def test_messages_deleted_by_the_context_do_not_return(folder: Path) -> None:
    found = events(folder, LOCAL_CLIENT)

    assert [(each["attempts"], each["completions"]) for each in found] == [(1, 1), (1, 1), (2, 0), (2, 0)]
    assert [each["end"] for each in found] == ["finished", "finished", "dead-lettered", "dead-lettered"]


def test_messages_deleted_by_an_sdk_do_not_return(folder: Path) -> None:
    found = events(folder, SDK)

    assert [(each["attempts"], each["completions"]) for each in found] == [(1, 1), (2, 1), (2, 1), (1, 1)]
    assert {each["end"] for each in found} == {"finished"}


def test_call_that_succeeds_deletes_the_whole_batch(folder: Path) -> None:
    found = events(folder, "def main_handler(event, context):\n    pass\n")

    assert {(each["attempts"], each["completions"], each["end"]) for each in found} == {(1, 1, "finished")}


def test_error_of_a_batch_is_shown_in_the_timeline(folder: Path) -> None:
    write_project(folder, "  timeout: 20\n", code=LOCAL_CLIENT)
    (folder / "s.yml").write_text(SCENARIO)

    assert "messages 1–4  430  ValueError: bad order  completed 1, 2" in scfdeploy("simulate", "s.yml").stdout


def test_context_has_no_queue_client_with_other_ways_to_acknowledge(folder: Path) -> None:
    found = events(folder, LOCAL_CLIENT, SCENARIO.replace("delete}", "batch}"))

    assert {each["end"] for each in found} == {"dead-lettered"}
