"""When a part cannot be applied: the rest goes on, the report says what holds, the next run does what is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Ran, scfdeploy
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


def test_what_is_independent_goes_on_and_the_next_run_does_only_the_rest(tmp_path: Path, cloud: LocalServer) -> None:
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


def test_a_replacement_that_stops_half_way_is_named_as_such(tmp_path: Path, cloud: LocalServer) -> None:
    project = _replacement_that_fails(tmp_path, cloud)

    stopped = scfdeploy("apply", project, "--yes", env=cloud.env)

    assert stopped.exit_code == 5
    assert "the old one is deleted, and the new one not complete" in stopped.stdout
    assert "Applied in part" in stopped.stdout
    assert "Nothing is known to have changed" not in stopped.stdout


def test_a_replacement_that_stopped_half_way_is_a_creation_in_the_next_run(tmp_path: Path, cloud: LocalServer) -> None:
    project = _replacement_that_fails(tmp_path, cloud)
    stopped = apply(project, cloud)
    cloud.control("faults", [])

    again = apply(project, cloud)

    actions = {one["address"]: one["action"] for one in again.document["results"]}
    assert stopped.exit_code == 5
    assert again.exit_code == 0
    assert actions == {"function/default/hello": "create", "trigger/default/hello/timer/nightly": "create"}
    assert scfdeploy("plan", project, "--detailed-exitcode", env=cloud.env).exit_code == 0


@pytest.mark.parametrize("reason", ["CreateFailed", "UpdateFailed"])
def test_a_state_that_ends_badly_fails_the_run_and_is_mended_by_the_next(
    reason: str, tmp_path: Path, cloud: LocalServer
) -> None:
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
