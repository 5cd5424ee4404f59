"""`invoke` shows its caller all that a function prints and returns, secrets included, and hides them elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import write_project

SECRET = "marked-secret-5d1"
CODE = """\
import os

def main_handler(event, context):
    password = os.environ["DB_PASSWORD"]
    print("connecting with", password)
    if event.get("fails"):
        raise ValueError(password)
    return {"password": password}
"""


@pytest.fixture
def project(tmp_path: Path, cloud: LocalServer) -> Path:
    write_project(tmp_path, "  environment: {variables: {DB_PASSWORD: '${env:DB_PASSWORD}'}}\n", code=CODE)
    (tmp_path / ".env").write_text(f"DB_PASSWORD={SECRET}\n")
    applied = scfdeploy("apply", tmp_path, "--yes", env=cloud.env)
    assert applied.exit_code == 0, applied.stderr
    return tmp_path


def invoke(project: Path, cloud: LocalServer, *arguments: str) -> Ran:
    return scfdeploy("invoke", "hello", "--project", project, *arguments, env=cloud.env)


def test_text_shows_what_the_function_returns_and_prints(project: Path, cloud: LocalServer) -> None:
    ran = invoke(project, cloud)

    assert ran.exit_code == 0
    assert f'"password": "{SECRET}"' in ran.stdout
    assert f"connecting with {SECRET}" in ran.stdout


def test_text_shows_the_error_of_the_function(project: Path, cloud: LocalServer) -> None:
    ran = invoke(project, cloud, "--data", '{"fails": true}')

    assert ran.exit_code == 1
    assert f"ValueError: {SECRET}" in ran.stdout


def test_json_has_result_and_log_as_they_are(project: Path, cloud: LocalServer) -> None:
    document = invoke(project, cloud, "--format", "json").document

    assert document["result"] == {"password": SECRET}
    assert f"connecting with {SECRET}" in document["log"]


def test_secrets_of_the_project_are_hidden_in_errors(project: Path, cloud: LocalServer) -> None:
    ran = invoke(project, cloud, "--qualifier", SECRET)

    assert ran.exit_code == 1
    assert SECRET not in ran.stdout + ran.stderr
