"""What `invoke` shows of secrets that a function prints and returns."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer

SECRET = "marked-secret-5d1"
CODE = """\
import os

def main(event, context):
    password = os.environ["DB_PASSWORD"]
    print("connecting with", password)
    if event.get("fails"):
        raise ValueError(password)
    return {"password": password}
"""


@pytest.fixture
def project(tmp_path: Path, cloud: LocalServer) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.py").write_text(CODE)
    (tmp_path / ".env").write_text(f"DB_PASSWORD={SECRET}\n")
    (tmp_path / "serverless.yml").write_text(
        "component: scf\nname: hello\ninputs:\n  name: hello\n  runtime: Python3.10\n  handler: index.main\n"
        "  src: ./src\n  environment:\n    variables:\n      DB_PASSWORD: ${env:DB_PASSWORD}\n"
    )
    applied = scfdeploy("apply", tmp_path, "--yes", env=cloud.env)
    assert applied.exit_code == 0, applied.stderr
    return tmp_path


def invoke(project: Path, cloud: LocalServer, *arguments: str) -> Ran:
    return scfdeploy("invoke", "hello", "--project", project, *arguments, env=cloud.env)


def test_text_hides_secrets_in_result_and_log(project: Path, cloud: LocalServer) -> None:
    ran = invoke(project, cloud)

    assert ran.exit_code == 0
    assert '"password": "***"' in ran.stdout
    assert "connecting with ***" in ran.stdout
    assert SECRET not in ran.stdout + ran.stderr


def test_text_hides_secrets_in_the_error_of_a_function(project: Path, cloud: LocalServer) -> None:
    ran = invoke(project, cloud, "--data", '{"fails": true}')

    assert ran.exit_code == 1
    assert "ValueError: ***" in ran.stdout
    assert SECRET not in ran.stdout + ran.stderr


def test_json_has_the_result_as_it_is_and_hides_secrets_in_the_log(project: Path, cloud: LocalServer) -> None:
    document = invoke(project, cloud, "--format", "json").document

    assert document["result"] == {"password": SECRET}
    assert "connecting with ***" in document["log"]
    assert SECRET not in document["log"]
