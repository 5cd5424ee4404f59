"""`logs --follow` in a cloud: runs are shown once they ended, however late their lines appear."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from scfdeploy.providers.clock import SystemClock
from tests.support.command import scfdeploy
from tests.support.document_schemas import check
from tests.support.emulator import Cloud

ORDERS = {
    "index.py": (
        "def main(event, context):\n"
        "    print('working on', event['id'], flush=True)\n"
        "    if event['id'] == 2:\n"
        "        raise ValueError('no stock')\n"
    )
}
TOPIC = {"ClsLogsetId": "logset-1", "ClsTopicId": "topic-1", "Role": "SCF_ExecuteRole"}


class Steps(SystemClock):
    """Takes a step instead of each pause, and then interrupts."""

    def __init__(self, *steps: Any) -> None:
        self.steps = list(steps)

    def sleep(self, seconds: float) -> None:
        if seconds < 1:
            return
        if not self.steps:
            raise KeyboardInterrupt
        self.steps.pop(0)()


def test_follow_writes_lines_of_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0)) as server:
        cloud = Cloud(server.url)
        secret = {"Variables": [{"Key": "DB_PASSWORD", "Value": 'mark"9f3c'}]}
        code = {"index.py": "import os\ndef main(event, context):\n    print(os.environ['DB_PASSWORD'], event['id'])\n"}
        cloud.create("orders", code, Environment=secret)

        def invoke(number: int) -> None:
            cloud.call("InvokeFunction", FunctionName="orders", Event=json.dumps({"id": number}))

        steps = Steps(lambda: invoke(1), lambda: invoke(2), lambda: None)
        arguments = ("logs", "orders", "--follow", "--region", "ap-guangzhou", "--endpoint", cloud.url)
        ran = scfdeploy(*arguments, "--format", "jsonl", clock=steps)
        refused = scfdeploy(*arguments, "--format", "json")
    assert ran.exit_code == 130, ran.stderr
    runs = [json.loads(line) for line in ran.stdout.splitlines()]
    for run in runs:
        check("logs-entry", run)
    assert [run["lines"] for run in runs] == [["*** 1"], ["*** 2"]]
    assert refused.exit_code == 2
    assert "use --format jsonl" in " ".join(refused.stderr.split())


def test_follow_in_cloud_shows_failed_runs_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0), control_key="no control paths") as server:
        cloud = Cloud(server.url)
        cloud.create("orders", ORDERS, **TOPIC)

        def invoke(number: int) -> None:
            cloud.call("InvokeFunction", FunctionName="orders", Event=json.dumps({"id": number}))

        steps = Steps(lambda: invoke(2), lambda: invoke(3), lambda: None)
        arguments = ("logs", "orders", "--follow", "--failed", "--region", "ap-guangzhou", "--endpoint", cloud.url)
        ran = scfdeploy(*arguments, clock=steps)
    assert ran.exit_code == 130
    assert ran.stderr == ""
    lines = ran.stdout.splitlines()
    assert [line for line in lines if "working on" in line] == ["  working on 2"]
    assert lines[-1] == "  ValueError: no stock"
    assert sum(line.startswith("Source: ") for line in lines) == 1
