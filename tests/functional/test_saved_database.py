"""A database of the local server that an earlier version wrote: everything in it still works."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.emulator import SECRET_ID, SECRET_KEY, Cloud, running

# Written by commit 02b6784: `apply --local` of the project below, invocations, a version, an alias, a layer, and a
# server that was killed while a function was being created. It has no tables for events, messages and logs.
SAVED = Path(__file__).parent / "saved" / "emulator_02b6784.sql"
PROJECT = """\
app: shop
component: scf
name: orders
inputs:
  name: orders
  namespace: shop
  src: ./src
  handler: index.main
  runtime: Python3.10
  description: Takes orders
  memorySize: 256
  timeout: 7
  msgTTL: 600
  retryNum: 1
  environment:
    variables:
      LEVEL: info
  deadLetter:
    type: CMQ-QUEUE
    name: orders-failed
  tags:
    team: a
  events:
    - timer:
        parameters:
          name: nightly
          cronExpression: "0 0 2 * * * *"
          enable: true
          argument: x
    - http:
        parameters:
          netConfig:
            enableExtranet: true
"""
CODE = """\
def main(event, context):
    if "fails" in event:
        raise KeyError("customer")
    return {"was": event}
"""
FAILED_REQUEST = "f08e7315-b3b3-4c3e-973d-fde1f664c763"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project whose local server has the database."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.py").write_text(CODE, "utf-8")
    (tmp_path / "serverless.yml").write_text(PROJECT, "utf-8")
    (tmp_path / ".scfdeploy").mkdir()
    file = tmp_path / ".scfdeploy" / "emulator.db"
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.executescript(SAVED.read_text("utf-8"))
        database.execute("PRAGMA user_version=1")
    database.close()
    file.chmod(0o600)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def cloud(project: Path) -> Iterator[Cloud]:
    with running(project / ".scfdeploy" / "emulator.db") as started:
        yield started


def test_deployed_project_has_no_changes(project: Path) -> None:
    planned = scfdeploy("plan", "--local", "--detailed-exitcode")
    assert planned.exit_code == 0, planned.stdout + planned.stderr


def test_deployed_project_can_be_changed_and_destroyed(project: Path, cloud: Cloud) -> None:
    env = {"SCFDEPLOY_ENDPOINT": cloud.url, "TENCENT_SECRET_ID": SECRET_ID, "TENCENT_SECRET_KEY": SECRET_KEY}
    text = (project / "serverless.yml").read_text("utf-8").replace("timeout: 7", "timeout: 8")
    (project / "serverless.yml").write_text(text, "utf-8")

    changed = scfdeploy("apply", "--yes", env=env)

    assert changed.exit_code == 0, changed.stderr
    assert "1 updated" in changed.stdout
    assert scfdeploy("plan", "--detailed-exitcode", env=env).exit_code == 0
    assert scfdeploy("destroy", "--yes", env=env).exit_code == 0
    assert cloud.error("GetFunction", FunctionName="orders", Namespace="shop").startswith("ResourceNotFound")


def test_functions_run_and_failed_events_reach_a_dead_letter_queue(project: Path) -> None:
    ran = scfdeploy("invoke", "orders", "--local", "--data", '{"id": 1}', "--format", "json")
    assert (ran.document["result"], ran.document["statusCode"]) == ({"was": {"id": 1}}, 200)

    event = scfdeploy("invoke", "orders", "--local", "--async", "--wait", "--data", '{"fails": 1}')

    assert "no retries left" in event.stdout, event.stdout + event.stderr
    listed = scfdeploy("events", "list", "orders", "--local", "--format", "json").document["events"]
    assert [entry["retries"] for entry in listed] == [1]
    assert scfdeploy("logs", "orders", "--local").exit_code == 0
    assert scfdeploy("queue", "list").exit_code == 0


def test_settings_versions_aliases_layers_and_triggers_are_kept(cloud: Cloud) -> None:
    function = cloud.call("GetFunction", FunctionName="orders", Namespace="shop")
    assert (function["MemorySize"], function["Timeout"], function["Status"]) == (256, 7, "Active")
    assert function["DeadLetterConfig"]["Name"] == "orders-failed"
    assert {tag["Key"]: tag["Value"] for tag in function["Tags"]}["team"] == "a"
    assert sorted(trigger["Type"] for trigger in function["Triggers"]) == ["http", "timer"]
    aliases = cloud.call("ListAliases", FunctionName="orders", Namespace="shop")["Aliases"]
    assert {alias["Name"]: alias["FunctionVersion"] for alias in aliases}["prod"] == "1"
    answer = cloud.call("Invoke", FunctionName="orders", Namespace="shop", Qualifier="prod", ClientContext="{}")
    assert json.loads(answer["Result"]["RetMsg"]) == {"was": {}}
    layered = cloud.call("Invoke", FunctionName="layered", ClientContext="{}")["Result"]
    assert (layered["RetMsg"], layered["ErrMsg"]) == ('"hello"', "")
    settings = cloud.call("GetFunctionEventInvokeConfig", FunctionName="orders", Namespace="shop")
    assert settings["AsyncTriggerConfig"]["MsgTTL"] == 600
    reserved = cloud.call("GetReservedConcurrencyConfig", FunctionName="orders", Namespace="shop")
    assert reserved["ReservedMem"] == 1024


def test_creation_that_the_earlier_server_did_not_finish_ends(cloud: Cloud) -> None:
    assert cloud.call("GetFunction", FunctionName="late")["Status"] == "Active"
    assert cloud.call("Invoke", FunctionName="late", ClientContext="{}")["Result"]["ErrMsg"] == ""


def test_earlier_requests_are_shown(cloud: Cloud) -> None:
    rows = cloud.call(
        "GetRequestStatus",
        FunctionName="orders",
        Namespace="shop",
        FunctionRequestId=FAILED_REQUEST,
        StartTime="2026-11-29 06:00:00",
        EndTime="2026-11-29 18:00:00",
    )
    (row,) = rows["Data"]
    assert row["RetCode"] == -1
    assert "customer" in row["RetMsg"]


def test_project_of_the_file_keeps_working_after_a_restart(project: Path) -> None:
    file = project / ".scfdeploy" / "emulator.db"
    with running(file) as cloud:
        request_id = cloud.call("Invoke", FunctionName="late", InvocationType="Event", ClientContext="{}")["Result"]
        cloud.control("clock", {"until": "idle"})
    with running(file) as cloud:
        status = cloud.call("GetRequestStatus", FunctionName="late", FunctionRequestId=request_id["FunctionRequestId"])[
            "Data"
        ]
        assert [row["RetCode"] for row in status] == [0]
