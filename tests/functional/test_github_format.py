"""`--format github` in GitHub Actions: annotations, groups, step summary and masked values."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import TIMER, write_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "hello", TIMER)


@pytest.fixture
def summary(tmp_path: Path) -> Path:
    file = tmp_path / "summary.md"
    file.write_text("before\n")
    return file


def run(command: str, project: Path, cloud: LocalServer, summary: Path, *more: str | Path) -> Ran:
    env = {**cloud.env, "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_ACTIONS": "true"}
    return scfdeploy(command, *more, "--format", "github", *([project] if "--plan" not in more else []), env=env)


def test_plan_is_a_group_and_a_summary(project: Path, cloud: LocalServer, summary: Path, tmp_path: Path) -> None:
    ran = run("plan", project, cloud, summary, "--out", tmp_path / "plan")

    assert ran.exit_code == 0
    assert ran.stdout.startswith("::group::scfdeploy\n")
    assert "\x1b" not in ran.stdout + ran.stderr
    text = summary.read_text("utf-8")
    assert text.startswith("before\n### scfdeploy: 2 to create; 0 unchanged.\n\napp `shop`, stage `dev`, region `ap-")
    assert "+ function/default/hello" in text


def test_saved_plan_is_applied_without_prompt(project: Path, cloud: LocalServer, summary: Path, tmp_path: Path) -> None:
    run("plan", project, cloud, summary, "--out", tmp_path / "plan")
    ran = run("apply", project, cloud, summary, "--plan", tmp_path / "plan")

    assert ran.exit_code == 0
    assert ran.stdout.count("::group::scfdeploy") == 2
    assert summary.read_text("utf-8").count("### scfdeploy: apply done") == 1


def test_failed_change_becomes_annotation_and_fails_job(project: Path, cloud: LocalServer, summary: Path) -> None:
    cloud.control("faults", [{"action": "CreateTrigger", "code": "LimitExceeded.Trigger", "times": 1}])
    ran = run("apply", project, cloud, summary, "--yes")

    assert ran.exit_code == 5
    assert "::error title=trigger/default/hello/timer/nightly%3A create failed [LimitExceeded.Trigger]::" in ran.stdout
    assert "### scfdeploy: apply failed" in summary.read_text("utf-8")


def test_no_prompt_is_shown(project: Path, cloud: LocalServer, summary: Path) -> None:
    ran = run("apply", project, cloud, summary)
    assert ran.exit_code == 1
    assert "no terminal for the approval prompt" in ran.stdout
    assert cloud.writes() == []


def test_summary_contains_findings(project: Path, cloud: LocalServer, summary: Path) -> None:
    (project / "src" / "index.py").unlink()
    ran = run("validate", project, cloud, summary)
    assert ran.exit_code == 3
    assert "::error file=" in ran.stdout
    assert "### scfdeploy: the configuration has errors" in summary.read_text("utf-8")


def test_summary_is_not_written_without_its_variable(project: Path, cloud: LocalServer) -> None:
    assert scfdeploy("plan", project, "--format", "github", env=cloud.env).exit_code == 0


def test_unwritable_summary_is_reported_without_failing(project: Path, cloud: LocalServer, tmp_path: Path) -> None:
    ran = run("plan", project, cloud, tmp_path / "gone" / "summary")
    assert ran.exit_code == 0
    assert "warning: the summary of the job cannot be written" in ran.stderr


def test_secret_variables_are_masked_only_on_github(project: Path, cloud: LocalServer, summary: Path) -> None:
    given = ["--var", "DB_PASSWORD=hunter%2\nsecond", "--var", "LEVEL=info"]
    ran = run("plan", project, cloud, summary, *given)
    assert ran.stdout.startswith("::add-mask::hunter%252\n::add-mask::second\n::group::")
    assert "info" not in ran.stdout
    for other in (["--format", "text"], ["--format", "github"]):
        elsewhere = scfdeploy("plan", project, *given, *other, env={**cloud.env, "GITHUB_ACTIONS": ""})
        assert "hunter" not in elsewhere.stdout + elsewhere.stderr
