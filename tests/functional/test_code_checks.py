"""Checks of `validate` on the code in `src`, before packaging."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.project import write_project

_WEB = "component: scf\nname: site\ninputs:\n  type: web\n  runtime: Python3.10\n  src: ./src\n"


def _found(folder: Path) -> list[tuple[str, int, int]]:
    ran = scfdeploy("validate", folder, "--format", "json")
    return [(one["rule"], one["line"], one["column"]) for one in ran.document["diagnostics"]]


@pytest.mark.parametrize(
    ("item", "rule"),
    [
        (".env", "include-forbidden"),
        ("../.env.production", "include-forbidden"),
        ("../.git", "include-forbidden"),
        ("../common", "include-missing"),
        ("..", "include-invalid"),
    ],
)
@pytest.mark.parametrize("form", ["[index.py, {}]", "\n      - index.py\n      - {}"])
def test_include_that_cannot_be_packed_is_an_error_of_validate_at_its_item(
    tmp_path: Path, item: str, rule: str, form: str
) -> None:
    project = write_project(tmp_path / "app")
    file = project / "serverless.yml"
    text = file.read_text().replace("src: ./src", f"src:\n    src: ./src\n    include: {form.format(item)}")
    file.write_text(text)
    lines = text.splitlines()
    number = next(at for at, line in enumerate(lines, start=1) if line.rstrip("]").endswith(f" {item}"))
    assert _found(project) == [(rule, number, lines[number - 1].index(f" {item}") + 2)]


def test_include_built_by_hook_is_not_missing(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    file = project / "serverless.yml"
    file.write_text(file.read_text().replace("./src", "{src: ./src, hook: make, include: [made.bin]}"))
    assert _found(project) == []


def test_pattern_that_cannot_be_read_is_an_error_of_validate_at_its_item(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    file = project / "serverless.yml"
    file.write_text(
        file.read_text().replace("./src", "\n    src: ./src\n    exclude:\n      - tests/\n      - '[z-a]'")
    )
    assert _found(project) == [("exclude-invalid", 10, 9)]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf#!/bin/sh\n", b"python3 app.py\n", b"#!/bin/sh\r\nexec app\r\n"])
def test_start_program_that_cannot_be_run_is_an_error_of_validate(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "scf_bootstrap").write_bytes(data)
    (tmp_path / "serverless.yml").write_text(_WEB)
    ran = scfdeploy("validate", tmp_path, "--format", "json")
    assert ran.exit_code == 3
    assert [one["rule"] for one in ran.document["diagnostics"]] in (["bootstrap-invalid"], ["bootstrap-crlf"])


def test_start_program_that_is_a_folder_is_an_error_of_validate(tmp_path: Path) -> None:
    (tmp_path / "src" / "scf_bootstrap").mkdir(parents=True)
    (tmp_path / "serverless.yml").write_text(_WEB)
    assert [rule for rule, _, _ in _found(tmp_path)] == ["bootstrap-invalid"]


def test_start_program_of_a_custom_runtime_is_checked(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "bootstrap").write_text("python3 app.py\n")
    (tmp_path / "serverless.yml").write_text(
        "component: scf\nname: f\ninputs:\n  runtime: CustomRuntime\n  handler: main\n  src: ./src\n"
    )
    assert [rule for rule, _, _ in _found(tmp_path)] == ["bootstrap-invalid"]


def test_forbidden_include_is_reported_beside_missing_code(tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").write_text(_WEB.replace("./src", "{src: ./dist, include: [../.env, a]}"))
    assert sorted(_found(tmp_path)) == [("include-forbidden", 6, 32), ("src-missing", 6, 14)]


@pytest.mark.parametrize("key", ["exclude", "include"])
def test_files_are_not_checked_while_patterns_are_invalid(tmp_path: Path, key: str) -> None:
    project = write_project(tmp_path)
    (project / "src" / "old").symlink_to("gone")
    file = project / "serverless.yml"
    file.write_text(file.read_text().replace("./src", f"{{src: ./src, {key}: ['${{env:UNSET_FILES}}']}}"))
    assert [rule for rule, _, _ in _found(project)] == ["variable-unset"]
    file.write_text(file.read_text().replace("['${env:UNSET_FILES}']", "old"))
    assert [rule for rule, _, _ in _found(project)] == ["wrong-type"]


def test_handler_in_folder_that_prefix_moves_to_the_top_is_valid(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    (project / "code").mkdir()
    (project / "src").rename(project / "code" / "api")
    file = project / "serverless.yml"
    file.write_text(
        file.read_text().replace("./src", "{src: ./code, exclude: [api/], include: [{source: api, prefix: ../}]}")
    )
    assert _found(project) == []
    assert scfdeploy("plan", project, "--local").exit_code == 0


@pytest.mark.parametrize("other", ["hook: make, dist: ./out", "hook: make, exclude: ['*.md']", "dist: out"])
def test_code_is_not_checked_while_hook_or_dist_is_invalid(tmp_path: Path, other: str) -> None:
    project = write_project(tmp_path)
    file = project / "serverless.yml"
    invalid = re.sub(r": (\w+)", r": '\1 ${env:UNSET_NAME}'", other, count=1)
    source = f"{{src: ./src, {invalid}}}"
    file.write_text(file.read_text().replace("./src", source).replace("index.main", "made.main"))
    assert [rule for rule, _, _ in _found(project)] == ["variable-unset"]
