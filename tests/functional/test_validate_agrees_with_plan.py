"""`plan` refuses nothing offline that `validate` has not reported."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.corpus import SHARED, arguments_for
from tests.support.local_server import LocalServer
from tests.support.project import write_project

CASES = sorted(
    path.parent for folder in ("cases", "cases-from-files") for path in SHARED.glob(f"{folder}/*/**/serverless.yml")
)
LOCK = '{"name": "a", "lockfileVersion": 3, "packages": {"": {"name": "a", "dependencies": {"left-pad": "^1.3.0"}}}}'


def _rules(text: str, severity: str = "error") -> set[str]:
    return set(re.findall(rf"\b{severity}: .* \[([a-z0-9-]+)", text))


def _broken_link(code: Path) -> None:
    (code / "old").symlink_to("gone")


def _special_file(code: Path) -> None:
    os.mkfifo(code / "pipe")


def _name_in_other_encoding(code: Path) -> None:
    (Path(os.fsdecode(os.fsencode(code) + b"/\xb2\xe2.py"))).write_text("")


def _clashing_include(code: Path) -> None:
    (code / "util.py").write_text("A = 1\n")
    (code.parent / "lib").mkdir()
    (code.parent / "lib" / "util.py").write_text("A = 2\n")


def _linked_modules(code: Path) -> None:
    (code / "package.json").write_text("{}")
    (code.parent / "store").mkdir()
    (code / "node_modules").mkdir()
    (code / "node_modules" / "left-pad").symlink_to("../../store")


def _unreadable_requirements(code: Path) -> None:
    (code / "requirements.txt").write_text("flask==\n")


def _lock_without_package(code: Path) -> None:
    (code / "package.json").write_text('{"dependencies": {"left-pad": "^1.3.0", "right-pad": "^1.0.0"}}')
    (code / "package-lock.json").write_text(LOCK)


def _nothing(code: Path) -> None:
    (code / "index.py").unlink()
    (code / ".env").write_text("A=1\n")


@pytest.mark.parametrize(
    ("prepare", "src", "inputs", "rule"),
    [
        (_broken_link, "./src", "", "link-broken"),
        (_special_file, "./src", "", "file-special"),
        (_name_in_other_encoding, "./src", "", "name-not-utf8"),
        (_clashing_include, "{src: ./src, include: [{source: ../lib, prefix: ../}]}", "", "include-clash"),
        (_linked_modules, "./src", "", "link-leaves"),
        (_unreadable_requirements, "./src", "", "dependency-file-invalid"),
        (_lock_without_package, "./src", "", "lock-outdated"),
        (_nothing, "{src: ./src, exclude: ['*.md']}", "type: web, runtime: Php8.0", "entry-file-missing"),
        (lambda _: None, "{src: ./src, exclude: ['*']}", "", "code-empty"),
        (lambda _: None, "{src: ./src, build: true}", "", "build-nothing"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_code_that_cannot_be_packed_is_an_error_of_validate(
    tmp_path: Path, cloud: LocalServer, prepare: Callable[[Path], None], src: str, inputs: str, rule: str
) -> None:
    project = write_project(tmp_path / "app")
    file = project / "serverless.yml"
    text = file.read_text().replace("src: ./src", f"src: {src}")
    if inputs:
        text = re.sub(r"  (runtime|handler): .*\n", "", text) + "".join(f"  {line}\n" for line in inputs.split(", "))
    if rule in ("link-leaves", "lock-outdated"):
        text = text.replace("Python3.10", "Nodejs18.15")
        (project / "src" / "index.js").write_text("exports.main_handler = async () => 1;\n")
    file.write_text(text)
    prepare(project / "src")
    checked = scfdeploy("validate", project)
    planned = scfdeploy("plan", project, env=cloud.env)
    assert (checked.exit_code, planned.exit_code) == (3, 3)
    assert _rules(checked.stderr) == _rules(planned.stderr) == {rule}


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_archive_that_cannot_be_unpacked_is_an_error_of_validate(
    tmp_path: Path, cloud: LocalServer, content: bytes | None
) -> None:
    project = write_project(tmp_path)
    archive = project / "code.zip"
    if content is None:
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("index.py", "def main_handler(event, context): return 1\n")
        archive.write_bytes(archive.read_bytes().replace(b"return 1", b"return 2"))
    else:
        archive.write_bytes(content)
    (project / "serverless.yml").write_text((project / "serverless.yml").read_text().replace("./src", "./code.zip"))
    checked, planned = scfdeploy("validate", project), scfdeploy("plan", project, env=cloud.env)
    assert _rules(checked.stderr) == _rules(planned.stderr) == {"archive-broken"}


def test_warnings_of_packaging_are_reported_by_validate_if_they_fail_the_plan(
    tmp_path: Path, cloud: LocalServer
) -> None:
    project = write_project(tmp_path)
    (project / "src" / ".npmrc").write_text("//registry.example.com/:_authToken=abc\n")
    for options, exit_code in ((), 0), (("--strict",), 3), (("--strict", "--ignore", "key-file-left-out"), 0):
        checked = scfdeploy("validate", project, *options)
        planned = scfdeploy("plan", project, *options, env=cloud.env)
        assert (checked.exit_code, planned.exit_code) == (exit_code, exit_code), options
        if exit_code:
            assert _rules(checked.stderr, "warning") == _rules(planned.stderr, "warning") == {"key-file-left-out"}


def test_validate_writes_nothing_while_it_reads_code(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    (project / "src" / "requirements.txt").write_text("left==1\n")
    before = sorted(project.rglob("*"))
    assert scfdeploy("validate", project).exit_code == 0
    assert sorted(project.rglob("*")) == before


@pytest.mark.skipif(not CASES, reason="no cases here (SCFDEPLOY_SHARED)")
def test_plan_of_each_case_is_refused_only_for_reasons_of_validate(tmp_path: Path, cloud: LocalServer) -> None:
    unsaid = {}
    for number, case in enumerate(CASES):
        folder = tmp_path / str(number)
        shutil.copytree(case, folder, symlinks=True)
        text = (folder / "serverless.yml").read_text(encoding="utf-8")
        if "hook:" in text:
            continue  # what the command leaves is known after it has run
        checked = scfdeploy("validate", folder, *arguments_for(text))
        planned = scfdeploy("plan", folder, *arguments_for(text), env=cloud.env)
        if missing := _rules(planned.stderr) - _rules(checked.stderr):
            unsaid[case.name] = missing
    assert unsaid == {}
