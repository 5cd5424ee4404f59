"""Plan, apply and destroy against the local server: changes, and the calls that they make."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.local_server import READS, LocalServer
from tests.support.project import HANDLER, TIMER, write_project

LAYERS = """\
  layers:
    - name: base
      version: 3
    - name: more
      version: 1
"""
EVERYTHING = f"""\
  description: Says hello, to whom it may concern
  memorySize: 256
  timeout: 20
  initTimeout: 30
  environment:
    variables:
      ANSWER: yes
      NUMBER: 0123
      WHEN: 12:30
      DB_PASSWORD: hush-hush
  role: scf_role
  publicAccess: true
  eip: true
  vpcConfig:
    vpcId: vpc-aaaaaaaa
    subnetId: subnet-bbbbbbbb
{LAYERS}\
  deadLetter:
    type: CMQ-QUEUE
    name: failed
  cls:
    logsetId: aaaaaaaa-1111-2222-3333-444444444444
    topicId: bbbbbbbb-1111-2222-3333-444444444444
  msgTTL: 3600
  retryNum: 1
  tags:
    team: orders
    层: 前端
  events:
    - timer:
        parameters:
          name: nightly
          cronExpression: "0 0 2 * * * *"
          enable: true
          argument: tidy
    - timer:
        parameters:
          name: hourly
          cronExpression: "0 0 * * * * *"
          enable: false
    - http:
        parameters:
          name: site
          authType: NONE
          netConfig:
            enableExtranet: true
            enableIntranet: false
"""


def changes(document: dict) -> dict[str, str]:
    """What happens to each address that changes."""
    return {one["address"]: one["action"] for one in document["changes"] if one["action"] != "no-op"}


def fields(document: dict, address: str) -> dict[str, tuple[object, object]]:
    """Before and after of each field of one change."""
    (change,) = (one for one in document["changes"] if one["address"] == address)
    return {field["path"]: (field["before"], field["after"]) for field in change["fields"]}


@pytest.mark.parametrize("inputs", ["", TIMER, EVERYTHING], ids=["bare", "timer", "everything"])
def test_plan_is_empty_after_apply(inputs: str, tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path, inputs)

    applied = scfdeploy("apply", project, "--yes", env=cloud.env)
    planned = scfdeploy("plan", project, "--detailed-exitcode", env=cloud.env)

    assert applied.exit_code == 0, applied.stderr
    assert planned.exit_code == 0, planned.stdout


def test_plan_changes_nothing(tmp_path: Path, cloud: LocalServer) -> None:
    planned = scfdeploy("plan", write_project(tmp_path, EVERYTHING), "--detailed-exitcode", env=cloud.env)

    assert planned.exit_code == 4
    assert cloud.writes() == []


def test_second_apply_writes_nothing_in_six_calls(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path, TIMER)
    scfdeploy("apply", project, "--yes", env=cloud.env)
    before = len(cloud.calls())

    second = scfdeploy("apply", project, env=cloud.env)

    calls = cloud.calls()[before:]
    assert second.exit_code == 0
    assert [call for call in calls if not call.startswith(READS)] == []
    assert len(calls) <= 6


def test_environment_values_are_deployed_unchanged(tmp_path: Path, cloud: LocalServer) -> None:
    # A layer that does not exist could not be mounted.
    project = write_project(
        tmp_path,
        EVERYTHING.replace(LAYERS, ""),
        code="import os\n\ndef main_handler(event, context):\n"
        "    return {key: os.environ[key] for key in ('ANSWER', 'NUMBER', 'WHEN')}\n",
    )

    scfdeploy("apply", project, "--yes", env=cloud.env)
    invoked = scfdeploy("invoke", "hello", "--path", project, "--format", "json", env=cloud.env)

    assert invoked.document["result"] == {"ANSWER": "yes", "NUMBER": "0123", "WHEN": "12:30"}


def test_setting_change_sends_no_code(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path, TIMER + "  memorySize: 128\n")
    scfdeploy("apply", project, "--yes", env=cloud.env)
    write_project(tmp_path, TIMER + "  memorySize: 256\n")
    before = len(cloud.writes())

    planned = scfdeploy("plan", project, "--format", "json", env=cloud.env).document
    applied = scfdeploy("apply", project, "--yes", env=cloud.env)

    assert fields(planned, "function/default/hello") == {"memorySize": (128, 256)}
    assert changes(planned) == {"function/default/hello": "update"}
    assert applied.exit_code == 0
    assert cloud.writes()[before:] == ["UpdateFunctionConfiguration"]


def test_code_change_sends_only_code(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path, TIMER)
    scfdeploy("apply", project, "--yes", env=cloud.env)
    write_project(tmp_path, TIMER, code=HANDLER.replace("world", "moon"))
    before = len(cloud.writes())

    planned = scfdeploy("plan", project, "--format", "json", env=cloud.env).document
    scfdeploy("apply", project, "--yes", env=cloud.env)
    invoked = scfdeploy("invoke", "hello", "--path", project, "--format", "json", env=cloud.env)

    assert list(fields(planned, "function/default/hello")) == ["src"]
    assert cloud.writes()[before:] == ["UpdateFunctionCode", "InvokeFunction"]
    assert invoked.document["result"] == {"hello": "moon"}


def test_plan_without_cache_detects_unchanged_code(tmp_path: Path, cloud: LocalServer) -> None:
    scfdeploy("apply", write_project(tmp_path / "here", TIMER), "--yes", env=cloud.env)

    planned = scfdeploy("plan", write_project(tmp_path / "elsewhere", TIMER), "--detailed-exitcode", env=cloud.env)

    assert planned.exit_code == 0, planned.stdout


def test_runtime_change_replaces_function_and_restores_triggers(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path, TIMER)
    scfdeploy("apply", project, "--yes", env=cloud.env)
    file = project / "serverless.yml"
    file.write_text(file.read_text().replace("Python3.10", "Python3.9"))

    planned = scfdeploy("plan", project, env=cloud.env)
    applied = scfdeploy("apply", project, "--yes", env=cloud.env)
    after = scfdeploy("status", project, "--format", "json", env=cloud.env).document["functions"][0]

    assert "forces replacement" in planned.stdout
    assert applied.exit_code == 0, applied.stderr
    assert after["runtime"] == "Python3.9"
    assert [trigger["address"] for trigger in after["triggers"]] == ["trigger/default/hello/timer/nightly"]


def test_key_removed_from_written_block_is_removed_from_cloud(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path, EVERYTHING)
    scfdeploy("apply", project, "--yes", env=cloud.env)
    write_project(
        tmp_path,
        EVERYTHING.replace("      NUMBER: 0123\n", "").replace("    - name: more\n      version: 1\n", ""),
    )

    planned = scfdeploy("plan", project, "--format", "json", env=cloud.env).document
    scfdeploy("apply", project, "--yes", env=cloud.env)

    found = fields(planned, "function/default/hello")
    assert found["environment.variables.NUMBER"] == ("0123", None)
    assert any(path.startswith("layers") for path in found)
    assert scfdeploy("plan", project, "--detailed-exitcode", env=cloud.env).exit_code == 0


EMPTY_BLOCKS = """\
  environment:
    variables: {}
  layers: []
  vpcConfig: {}
  deadLetter: {}
  cls: {}
  tags: {}
"""


def test_empty_block_clears_settings(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path, EVERYTHING)
    scfdeploy("apply", project, "--yes", env=cloud.env)
    write_project(tmp_path, EMPTY_BLOCKS)

    applied = scfdeploy("apply", project, "--yes", env=cloud.env)
    planned = scfdeploy("plan", project, "--detailed-exitcode", env=cloud.env)

    assert applied.exit_code == 0, applied.stderr
    assert planned.exit_code == 0, planned.stdout


def test_unwritten_settings_are_not_changed(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path, EVERYTHING)
    scfdeploy("apply", project, "--yes", env=cloud.env)
    write_project(tmp_path)

    planned = scfdeploy("plan", project, "--format", "json", env=cloud.env).document

    assert "function/default/hello" not in changes(planned)


def test_trigger_removed_from_file_is_deleted(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path, TIMER)
    scfdeploy("apply", project, "--yes", env=cloud.env)
    write_project(tmp_path, "  events: []\n")

    planned = scfdeploy("plan", project, "--format", "json", env=cloud.env).document
    scfdeploy("apply", project, "--yes", env=cloud.env)
    after = scfdeploy("status", project, "--format", "json", env=cloud.env).document["functions"][0]

    assert changes(planned) == {"trigger/default/hello/timer/nightly": "delete"}
    assert after["triggers"] == []


def test_function_of_another_project_is_refused(tmp_path: Path, cloud: LocalServer) -> None:
    scfdeploy("apply", write_project(tmp_path / "a", app="blog"), "--yes", env=cloud.env)
    before = len(cloud.writes())
    mine = write_project(tmp_path / "b", app="shop", code=HANDLER.replace("world", "moon"))

    applied = scfdeploy("apply", mine, "--yes", "--adopt", env=cloud.env)
    destroyed = scfdeploy("destroy", mine, "--yes", env=cloud.env)

    assert applied.exit_code == 1
    assert "blog" in applied.stdout + applied.stderr
    assert destroyed.exit_code == 0
    assert cloud.writes()[before:] == []


def test_destroy_deletes_only_owned_resources(tmp_path: Path, cloud: LocalServer) -> None:
    mine = write_project(tmp_path / "a", TIMER, name="mine")
    other = write_project(tmp_path / "b", TIMER, name="other", app="blog")
    scfdeploy("apply", mine, "--yes", env=cloud.env)
    scfdeploy("apply", other, "--yes", env=cloud.env)

    destroyed = scfdeploy("destroy", mine, "--yes", env=cloud.env)
    again = scfdeploy("destroy", mine, "--yes", env=cloud.env)

    assert destroyed.exit_code == 0, destroyed.stderr
    assert again.exit_code == 0
    assert scfdeploy("plan", other, "--detailed-exitcode", env=cloud.env).exit_code == 0
    assert scfdeploy("plan", mine, "--detailed-exitcode", env=cloud.env).exit_code == 4


def test_apply_without_terminal_or_yes_changes_nothing(tmp_path: Path, cloud: LocalServer) -> None:
    applied = scfdeploy("apply", write_project(tmp_path), env=cloud.env)

    assert applied.exit_code == 1
    assert "--yes" in applied.stderr
    assert cloud.writes() == []


def test_invalid_file_makes_no_calls(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path, "  memorySize: lots\n")

    applied = scfdeploy("apply", project, "--yes", env=cloud.env)

    assert applied.exit_code == 3
    assert "serverless.yml:9:15" in applied.stderr
    assert cloud.calls() == []
