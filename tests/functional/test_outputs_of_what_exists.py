"""After a failure, outputs contain only existing resources, and the summary does not claim that nothing changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import TIMER, write_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path, TIMER)


def test_outputs_are_empty_when_the_function_could_not_be_created(project: Path, cloud: LocalServer) -> None:
    cloud.control("faults", [{"action": "CreateFunction", "code": "LimitExceeded.Function"}])
    applied = scfdeploy("apply", project, "--yes", "--format", "json", env=cloud.env)
    assert applied.exit_code == 1
    assert applied.document["outputs"] == {}
    assert [result["effect"] for result in applied.document["results"]] == ["none", "none"]


def test_outputs_name_the_function_whose_trigger_could_not_be_created(project: Path, cloud: LocalServer) -> None:
    cloud.control("faults", [{"action": "CreateTrigger", "code": "LimitExceeded.Timer"}])
    applied = scfdeploy("apply", project, "--yes", "--format", "json", env=cloud.env)
    assert applied.exit_code == 5
    assert applied.document["outputs"]["hello"]["name"] == "hello"
    assert [result["effect"] for result in applied.document["results"]] == ["confirmed", "none"]


def test_outputs_of_an_update_that_failed_name_the_runtime_that_is_deployed(project: Path, cloud: LocalServer) -> None:
    assert scfdeploy("apply", project, "--yes", env=cloud.env).exit_code == 0
    file = project / "serverless.yml"
    file.write_text(file.read_text().replace("Python3.10", "Python3.9"))
    writes = ("DeleteFunction", "DeleteTrigger", "UpdateFunctionConfiguration", "CreateFunction")
    cloud.control("faults", [{"action": action, "code": "UnauthorizedOperation"} for action in writes])
    applied = scfdeploy("apply", project, "--yes", "--format", "json", env=cloud.env)
    assert applied.exit_code == 1
    assert applied.document["outputs"]["hello"]["runtime"] == "Python3.10"


@pytest.mark.parametrize("output", ["text", "github"])
def test_summary_of_a_failure_says_that_some_resources_may_exist(
    output: str, project: Path, cloud: LocalServer
) -> None:
    cloud.control("faults", [{"action": "CreateFunction", "drop": "before"}])
    applied = scfdeploy("apply", project, "--yes", "--format", output, env=cloud.env)
    assert applied.exit_code == 1
    assert "No change was confirmed; some resources may exist. Fix the cause and run apply again." in applied.stdout
    assert "Outputs" not in applied.stdout
