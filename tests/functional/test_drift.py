"""`plan --refresh-only`: differences between the cloud and the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import TIMER, write_project

INPUTS = f"""\
  memorySize: 256
  environment:
    variables:
      DB_PASSWORD: first
{TIMER}"""


@pytest.fixture
def project(tmp_path: Path, cloud: LocalServer) -> Path:
    """A project that is applied."""
    folder = write_project(tmp_path / "hello", INPUTS)
    assert scfdeploy("apply", folder, "--yes", env=cloud.env).exit_code == 0
    return folder


def elsewhere(tmp_path: Path, cloud: LocalServer, inputs: str) -> None:
    """What somebody else does to the same function."""
    other = write_project(tmp_path / "other", inputs)
    assert scfdeploy("apply", other, "--yes", env=cloud.env).exit_code == 0


def test_missing_drift_is_reported(cloud: LocalServer, project: Path) -> None:
    ran = scfdeploy("plan", project, "--refresh-only", "--detailed-exitcode", env=cloud.env)
    assert (ran.exit_code, ran.stdout) == (0, "No drift: the cloud matches the configuration.\n")


def test_refresh_only_plan_shows_cloud_and_file_values(cloud: LocalServer, project: Path, tmp_path: Path) -> None:
    inputs = INPUTS.replace("256", "384").replace("first", "second").replace(TIMER, "")
    elsewhere(tmp_path, cloud, inputs)
    before = cloud.writes()

    ran = scfdeploy("plan", project, "--refresh-only", "--detailed-exitcode", env=cloud.env)

    assert ran.exit_code == 4
    assert "memorySize: 384 in the cloud, 256 in the files" in ran.stdout
    assert "environment.variables.DB_PASSWORD: differs (sensitive)" in ran.stdout
    assert "trigger/default/hello/timer/nightly: in the files, but not in the cloud" in ran.stdout
    assert "Drift: 2 resources differ." in ran.stdout
    assert "second" not in ran.stdout
    assert cloud.writes() == before
    assert scfdeploy("plan", project, "--refresh-only", env=cloud.env).exit_code == 0


def test_json_has_the_drift_and_no_changes(cloud: LocalServer, project: Path, tmp_path: Path) -> None:
    elsewhere(tmp_path, cloud, INPUTS.replace("256", "384"))
    document = scfdeploy("plan", project, "--refresh-only", "--format", "json", env=cloud.env).document
    [drift] = document["drift"]
    assert (drift["address"], drift["fields"][0]["before"], drift["fields"][0]["after"]) == (
        "function/default/hello",
        384,
        256,
    )
    assert "changes" not in document


def test_refresh_only_cannot_save_a_plan(cloud: LocalServer, project: Path, tmp_path: Path) -> None:
    ran = scfdeploy("plan", project, "--refresh-only", "--out", tmp_path / "plan", env=cloud.env)
    assert ran.exit_code == 2
    (project / "serverless.yml").write_text("component: scf\nname: x\ninputs: []\n")
    assert scfdeploy("plan", project, "--refresh-only", env=cloud.env).exit_code == 3


@pytest.mark.parametrize("output", ["markdown", "github"])
def test_every_format_renders_drift(cloud: LocalServer, project: Path, output: str) -> None:
    ran = scfdeploy("plan", project, "--refresh-only", "--format", output, env=cloud.env)
    assert "No drift" in ran.stdout
