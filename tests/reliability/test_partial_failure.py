"""When a part cannot be applied: the rest goes on, the report says what holds, the next run does what is left."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.crash_point_server import CrashPointServer
from tests.support.forked_commands import CommandRunner, CommandSpec
from tests.support.local_server import LocalServer
from tests.support.project import TIMER, write_project

TWO = """\
component: multi-scf
name: api
app: shop
inputs:
  src: ./src
  runtime: Python3.10
  functions:
    good: {handler: index.main_handler, name: good}
    poor: {handler: index.main_handler, name: poor, msgTTL: 600, retryNum: 1}
  triggers:
    - {type: timer, function: good, parameters: {name: nightly, cronExpression: "0 0 2 * * * *", enable: true}}
    - {type: timer, function: poor, parameters: {name: nightly, cronExpression: "0 0 2 * * * *", enable: true}}
"""


def results(ran: Ran) -> dict[str, tuple[str, str | None]]:
    return {one["address"]: (one["status"], one["error"] and one["error"]["code"]) for one in ran.document["results"]}


def apply(project: Path, cloud: LocalServer, *more: str) -> Ran:
    return scfdeploy("apply", project, "--yes", "--format", "json", *more, env=cloud.env)


def test_independent_changes_complete_and_next_run_does_the_rest(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path)
    (project / "serverless.yml").write_text(TWO)
    cloud.control("faults", [{"action": "CreateFunction", "function": "poor", "code": "LimitExceeded.Function"}])

    first = apply(project, cloud)
    cloud.control("faults", [])
    written = len(cloud.writes())
    second = apply(project, cloud)

    assert first.exit_code == 5
    assert first.document["ok"] is False
    assert results(first) == {
        "function/default/good": ("succeeded", None),
        "trigger/default/good/timer/nightly": ("succeeded", None),
        "function/default/poor": ("failed", "LimitExceeded.Function"),
        "async/default/poor": ("skipped", "DependencyFailed"),
        "trigger/default/poor/timer/nightly": ("skipped", "DependencyFailed"),
    }
    assert first.document["summary"] == {"succeeded": 2, "failed": 1, "skipped": 2, "unchanged": 0}
    reasons = [one["error"]["message"] for one in first.document["results"] if one["status"] == "skipped"]
    assert all("function/default/poor" in reason for reason in reasons)
    assert second.exit_code == 0
    assert sorted(cloud.writes()[written:]) == ["CreateFunction", "CreateTrigger", "UpdateFunctionEventInvokeConfig"]


def _replacement_that_fails(tmp_path: Path, cloud: LocalServer) -> Path:
    project = write_project(tmp_path, TIMER)
    assert apply(project, cloud).exit_code == 0
    text = (project / "serverless.yml").read_text()
    (project / "serverless.yml").write_text(text.replace("Python3.10", "Python3.9"))
    cloud.control("faults", [{"action": "CreateFunction", "code": "LimitExceeded.Function"}])
    return project


def test_interrupted_replace_is_reported(tmp_path: Path, cloud: LocalServer) -> None:
    project = _replacement_that_fails(tmp_path, cloud)

    stopped = scfdeploy("apply", project, "--yes", env=cloud.env)

    assert stopped.exit_code == 5
    assert "the old resource is deleted, and the new one is incomplete" in stopped.stdout
    assert "Partly applied" in stopped.stdout
    assert "No change was confirmed" not in stopped.stdout


def test_interrupted_replace_becomes_create_in_next_run(tmp_path: Path, cloud: LocalServer) -> None:
    project = _replacement_that_fails(tmp_path, cloud)
    stopped = apply(project, cloud)
    cloud.control("faults", [])

    again = apply(project, cloud)

    actions = {one["address"]: one["action"] for one in again.document["results"]}
    assert stopped.exit_code == 5
    assert again.exit_code == 0
    assert actions == {"function/default/hello": "create", "trigger/default/hello/timer/nightly": "create"}
    assert scfdeploy("plan", project, "--detailed-exitcode", env=cloud.env).exit_code == 0


_SEVERAL = """\
component: multi-scf
name: api
app: shop
inputs:
  src: ./src
  memorySize: {memory}
  functions:
    early: {{handler: index.main_handler, name: early, runtime: Python3.10}}
    swap: {{handler: index.main_handler, name: swap, runtime: {runtime}}}
{more}  triggers:
    - {{type: timer, function: swap, parameters: {{name: nightly, cronExpression: "0 0 2 * * * *", enable: true}}}}
"""
_ADDED = "    added: {handler: index.main_handler, name: added, runtime: Python3.10}\n"
_STOPPED = "an earlier replacement was interrupted: the old resource is deleted"


def _several(tmp_path: Path, *, changed: bool) -> Path:
    """Two functions; once `changed`, the first is updated, the second replaced, and a third is new."""
    project = write_project(tmp_path)
    settings: dict[str, Any] = {"memory": 256, "runtime": "Python3.9", "more": _ADDED}
    first = {"memory": 128, "runtime": "Python3.10", "more": ""}
    (project / "serverless.yml").write_text(_SEVERAL.format(**(settings if changed else first)))
    return project


def _planned(project: Path, cloud: LocalServer) -> list[tuple[str, str, str]]:
    changes = scfdeploy("plan", project, "--format", "json", env=cloud.env).document["changes"]
    return [(one["action"], one["address"], one["reason"]) for one in changes]


def _noted(project: Path) -> list[Path]:
    return list((project / ".scfdeploy" / "cache").glob("replacing/*"))


def _left_half_replaced(tmp_path: Path, cloud: LocalServer) -> Path:
    """A run that made nothing of what was to change but deleted `swap`."""
    assert apply(_several(tmp_path, changed=False), cloud).exit_code == 0
    assert _noted(tmp_path) == []
    writes = ("CreateFunction", "UpdateFunctionConfiguration")
    cloud.control("faults", [{"action": action, "code": "LimitExceeded.Function"} for action in writes])
    assert apply(_several(tmp_path, changed=True), cloud).exit_code == 5
    cloud.control("faults", [])
    return tmp_path


def test_interrupted_replace_is_planned_and_created_first(tmp_path: Path, cloud: LocalServer) -> None:
    project = _left_half_replaced(tmp_path, cloud)

    planned = _planned(project, cloud)
    assert planned[0] == ("create", "function/default/swap", _STOPPED)
    assert planned[1][:2] == ("create", "trigger/default/swap/timer/nightly")
    assert _STOPPED in scfdeploy("plan", project, env=cloud.env).stdout

    # Whatever is created after the first is refused: so it is known which one was the first.
    cloud.control("faults", [{"action": "CreateFunction", "skip": 1, "code": "LimitExceeded.Function"}])
    written = len(cloud.writes())
    again = apply(project, cloud, "--parallelism", "1")

    assert cloud.writes()[written] == "CreateFunction"
    assert results(again)["function/default/swap"] == ("succeeded", None)
    assert results(again)["function/default/added"] == ("failed", "LimitExceeded.Function")
    assert _noted(project) == []
    assert _STOPPED not in str(_planned(project, cloud))


def test_interrupted_replace_is_plain_create_in_another_checkout(tmp_path: Path, cloud: LocalServer) -> None:
    project = _left_half_replaced(tmp_path, cloud)
    shutil.rmtree(project / ".scfdeploy")

    planned = _planned(project, cloud)

    assert ("create", "function/default/swap", "does not exist yet") in planned
    assert planned[0][1] == "function/default/early"


def test_plan_saved_in_another_checkout_completes_interrupted_replace(tmp_path: Path, cloud: LocalServer) -> None:
    project = _left_half_replaced(tmp_path / "project", cloud)
    file = tmp_path / "the.plan"
    assert scfdeploy("plan", project, "--out", file, env=cloud.env).exit_code == 0
    shutil.rmtree(project / ".scfdeploy")

    assert scfdeploy("apply", "--plan", file, env=cloud.env).exit_code == 0


def test_interrupted_replace_completed_elsewhere_is_cleared(tmp_path: Path, cloud: LocalServer) -> None:
    project = _left_half_replaced(tmp_path, cloud)
    # The same project out of another checkout.
    other = tmp_path.with_name("other")
    shutil.copytree(project, other, ignore=shutil.ignore_patterns(".scfdeploy"))
    assert apply(other, cloud).exit_code == 0

    assert apply(project, cloud).exit_code == 0
    assert _noted(project) == []


def test_destroy_clears_interrupted_replaces(tmp_path: Path, cloud: LocalServer) -> None:
    project = _left_half_replaced(tmp_path, cloud)

    assert scfdeploy("destroy", project, "--yes", env=cloud.env).exit_code == 0

    assert _noted(project) == []
    assert _planned(project, cloud)[0][1:] == ("function/default/early", "does not exist yet")


@pytest.mark.parametrize(("action", "when"), [("DeleteFunction", "after"), ("CreateFunction", "before")])
def test_run_killed_between_delete_and_create_is_an_interrupted_replace(
    action: str, when: str, tmp_path: Path, commands: CommandRunner
) -> None:
    with CrashPointServer(activation_s=0.0) as server:
        cloud = LocalServer(server.url)
        assert apply(_several(tmp_path, changed=False), cloud).exit_code == 0
        project = _several(tmp_path, changed=True)
        order = CommandSpec("apply", str(project), server.url, str(tmp_path / "out"), parallelism=1)
        server.crash_at(1, when, action=action)
        pid = commands.start(order)
        server.set_target(pid)
        assert commands.end(pid, order).exit_code == -9

        assert _planned(project, cloud)[0] == ("create", "function/default/swap", _STOPPED)
        assert apply(project, cloud).exit_code == 0
        assert _noted(project) == []


@pytest.mark.parametrize("reason", ["CreateFailed", "UpdateFailed"])
def test_failed_state_fails_the_run_and_next_run_repairs_it(reason: str, tmp_path: Path, cloud: LocalServer) -> None:
    rule: dict[str, Any] = {"action": "CreateFunction", "async_failure": "no room on the disk", "times": 1}
    project = write_project(tmp_path)
    if reason == "UpdateFailed":
        assert apply(project, cloud).exit_code == 0
        write_project(tmp_path, "  memorySize: 256\n")
        rule["action"] = "UpdateFunctionConfiguration"
    cloud.control("faults", [rule])

    failed = apply(project, cloud)
    again = apply(project, cloud)

    assert failed.exit_code == 1
    assert "no room on the disk" in failed.document["results"][0]["error"]["message"]
    assert again.exit_code == 0, again.stdout
    state = cloud.control("state")["version"]["ap-guangzhou/default/hello/$LATEST"]
    assert (state["Status"], state["MemorySize"]) == ("Active", 256 if reason == "UpdateFailed" else 128)
