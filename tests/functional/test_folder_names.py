"""Projects in folders whose names are not UTF-8."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import write_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / os.fsdecode(b"\xc3\x28 caf\xe9"))


def test_project_in_a_folder_that_is_not_utf8_is_deployed(project: Path, cloud: LocalServer) -> None:
    applied = scfdeploy("apply", project, "--yes", "--format", "json", env=cloud.env)
    assert applied.exit_code == 0, applied.stdout + applied.stderr
    again = scfdeploy("plan", project, "--format", "json", env=cloud.env)
    assert again.document["summary"]["unchanged"] == 1
    assert scfdeploy("status", project, env=cloud.env).exit_code == 0
    assert scfdeploy("destroy", project, "--yes", env=cloud.env).exit_code == 0


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif", "junit"])
def test_findings_in_a_folder_that_is_not_utf8_are_shown(project: Path, form: str) -> None:
    file = project / "serverless.yml"
    file.write_text(file.read_text().replace("./src", "./gone"))
    ran = scfdeploy("validate", project, "--format", form)
    assert ran.exit_code == 3
    (ran.stdout + ran.stderr).encode()  # what is no UTF-8 is escaped


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_file_name_that_is_not_utf8_is_escaped(project: Path, command: str) -> None:
    (project / "src" / os.fsdecode(b"b\xffd.txt")).write_text("x")
    ran = scfdeploy(command, project, "--local", *(["--yes"] if command == "apply" else []))
    assert ran.exit_code == 3
    assert "name-not-utf8" in ran.stderr
    assert r"b\xffd.txt" in ran.stderr
