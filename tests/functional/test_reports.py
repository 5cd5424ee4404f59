"""`--report FORMAT=FILE` writes a copy of the result."""

import json
from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer, local_server
from tests.support.project import write_project


@pytest.fixture(name="server")
def started() -> LocalServer:
    with local_server() as server:
        yield server


def test_plan_is_shown_and_reported_in_two_formats(tmp_path: Path, server: LocalServer) -> None:
    project = write_project(tmp_path / "p")

    ran = scfdeploy(
        "plan",
        project,
        *("--report", f"json={tmp_path / 'plan.json'}", "--report", f"markdown={tmp_path / 'plan.md'}"),
        env=server.env | KEYS,
    )

    assert ran.exit_code == 0
    assert "Plan: 1 to create" in ran.stdout
    assert json.loads((tmp_path / "plan.json").read_text())["summary"]["create"] == 1
    assert (tmp_path / "plan.md").read_text().startswith("### scfdeploy: 1 to create; 0 unchanged.\n")
    assert server.calls().count("ListFunctions") <= 1


def test_apply_writes_its_report(tmp_path: Path, server: LocalServer) -> None:
    project = write_project(tmp_path / "p", "  timeout: 3  # scfdeploy: ignore memory-step\n")
    reports = ("--report", f"json={tmp_path / 'it.json'}", "--report", f"markdown={tmp_path / 'it.md'}")

    ran = scfdeploy("apply", project, "--yes", *reports, env=server.env | KEYS)

    document = json.loads((tmp_path / "it.json").read_text())
    assert ran.exit_code == 0
    assert document["summary"]["succeeded"] == 1
    assert [found["rule"] for found in document["diagnostics"]] == ["suppression-unused"], "also what stood above"
    assert (tmp_path / "it.md").read_text().startswith("### scfdeploy: apply done: 1 created.\n")


def test_failed_apply_writes_its_report(tmp_path: Path, server: LocalServer) -> None:
    project = write_project(tmp_path / "p")
    server.control("faults", [{"action": "CreateFunction", "code": "LimitExceeded.Function"}])

    ran = scfdeploy("apply", project, "--yes", "--report", f"markdown={tmp_path / 'it.md'}", env=server.env | KEYS)

    assert ran.exit_code == 1
    assert (tmp_path / "it.md").read_text().startswith("### scfdeploy: apply failed: 1 failed.\n")


def test_command_error_writes_its_report(tmp_path: Path) -> None:
    ran = scfdeploy("status", tmp_path / "nowhere", "--report", f"json={tmp_path / 'it.json'}")

    assert ran.exit_code != 0
    assert json.loads((tmp_path / "it.json").read_text())["ok"] is False


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("json", "--report takes FORMAT=FILE"),
        ("xml=a", "with one of github, html, json"),
        ("json=", "--report takes FORMAT=FILE"),
        ("jsonl=a", "with one of github, html, json, junit"),
        ("json=no/such/a", "there is no folder no/such"),
    ],
)
def test_invalid_report_option_is_a_usage_error(tmp_path: Path, asked: str, why: str) -> None:
    ran = scfdeploy("plan", write_project(tmp_path), "--report", asked)

    assert ran.exit_code == 2
    assert why in " ".join(ran.stderr.split())


def test_report_that_cannot_be_written_fails_the_command(tmp_path: Path, server: LocalServer) -> None:
    (tmp_path / "folder").mkdir()
    project = write_project(tmp_path / "p")

    ran = scfdeploy("plan", project, "--report", f"json={tmp_path / 'folder'}", env=server.env | KEYS)

    assert ran.exit_code == 1
    assert "the report cannot be written" in ran.stderr


KEYS = {"TENCENT_SECRET_ID": "AKIDlocal", "TENCENT_SECRET_KEY": "local-secret"}
