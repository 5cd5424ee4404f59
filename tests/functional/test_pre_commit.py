"""The pre-commit hook, run like pre-commit with file names as arguments."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from scfdeploy.config.discover import FILE_NAMES
from tests.support.command import Ran, scfdeploy
from tests.support.project import write_project

ROOT = Path(__file__).parents[2]
(HOOK,) = YAML(typ="safe", pure=True).load(ROOT / ".pre-commit-hooks.yaml")


def run_hook(*files: str) -> Ran:
    program, *arguments = shlex.split(HOOK["entry"])
    assert program == "scfdeploy"
    return scfdeploy(*arguments, *HOOK.get("args", []), *files)


def test_pre_commit_hook_runs_python() -> None:
    assert (HOOK["id"], HOOK["language"]) == ("scfdeploy-validate", "python")
    assert HOOK.get("pass_filenames", True)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("serverless.yml", True),
        ("api/serverless.yaml", True),
        ("my-serverless.yml", False),
        ("serverless.yml.bak", False),
        ("serverless_yml", False),
    ],
)
def test_pre_commit_hook_matches_project_files(file: str, expected: bool) -> None:
    assert (re.search(HOOK["files"], file) is not None) is expected


def test_every_yaml_name_that_is_read_is_checked() -> None:
    assert all(re.search(HOOK["files"], name) for name in FILE_NAMES if name.endswith(("yml", "yaml")))


def test_several_files_are_checked_each_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path / "api", "  memorySize: 100\n", name="api")
    write_project(tmp_path / "web", "  timeout: 0\n", name="web", app="another")
    write_project(tmp_path / "good", name="good")
    monkeypatch.chdir(tmp_path)

    ran = run_hook("api/serverless.yml", "web/serverless.yml", "good/serverless.yml")

    assert ran.exit_code == 3
    assert "api/serverless.yml:9:15: error: " in ran.stderr
    assert "web/serverless.yml:9:12: error: " in ran.stderr
    assert "2 errors in 2 files." in ran.stderr
    assert "instances-disagree" not in ran.stderr


def test_valid_files_pass_pre_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path / "api", name="api")
    write_project(tmp_path / "web", name="web")
    monkeypatch.chdir(tmp_path)

    ran = run_hook("api/serverless.yml", "web/serverless.yml", "web/serverless.yml")

    assert ran.exit_code == 0
    assert ran.stdout == "Valid: 2 functions in 2 files.\n"


def test_one_document_covers_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path / "api", "  memorySize: 100\n", name="api")
    write_project(tmp_path / "web", name="web")
    monkeypatch.chdir(tmp_path)

    found: dict[str, Any] = scfdeploy("validate", "api", "web", "--format", "json").document

    assert (found["ok"], found["files"], found["functions"]) == (False, 2, 2)
    assert [one["file"] for one in found["diagnostics"]] == ["api/serverless.yml"]
