"""`validate --fix` applies certain fixes and changes nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import scfdeploy

HEAD = "component: scf # 组件\nname: hello\ninputs:\n"
CODE = "  src: ./src\n  handler: index.main_handler\n"


def project(folder: Path, text: str) -> Path:
    (folder / "src").mkdir()
    (folder / "src" / "index.py").write_text("def main_handler(event, context):\n    return 1\n")
    file = folder / "serverless.yml"
    file.write_bytes(text.encode())
    return file


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("  runtime: python3.10 # 中文注释\n", "  runtime: Python3.10 # 中文注释\n"),
        ("  runtime: Python3.10\n  publicAccess: yes\n", "  runtime: Python3.10\n  publicAccess: true\n"),
        ("  runtime: Python3.10\n  memorysize: 256\n", "  runtime: Python3.10\n  memorySize: 256\n"),
        ("  runtime: Python3.10\n  role: ${env.ROLE}\n", "  runtime: Python3.10\n  role: ${env:ROLE}\n"),
    ],
    ids=["runtime", "boolean", "key", "variable"],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "bom"])
def test_certain_fix_is_applied_and_rest_is_unchanged(
    wrong: str, right: str, ends: str, mark: str, tmp_path: Path
) -> None:
    file = project(tmp_path, (mark + HEAD + CODE + wrong).replace("\n", ends))
    file.chmod(0o640)

    fixed = scfdeploy("validate", tmp_path, "--fix", env={"ROLE": "role"})

    assert fixed.exit_code == 0, fixed.stderr
    assert "Fixed 1 place" in fixed.stdout
    assert file.read_bytes().decode() == (mark + HEAD + CODE + right).replace("\n", ends)
    assert file.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in tmp_path.iterdir() if "scfdeploy-" in one.name] == []


def test_several_fixes_apply_at_once_and_second_run_finds_none(tmp_path: Path) -> None:
    file = project(tmp_path, HEAD + CODE + "  runtime: PYTHON3.10\n  timeOut: 20\n  eip: No\n")

    first = scfdeploy("validate", tmp_path, "--fix", "--format", "json")
    after = file.read_bytes()
    second = scfdeploy("validate", tmp_path, "--fix", "--format", "json")

    assert [one["places"] for one in first.document["fixed"]] == [3]
    assert second.document["fixed"] == []
    assert file.read_bytes() == after


@pytest.mark.parametrize(("word", "value"), [("on", "true"), ("yes", "true"), ("open", "true"), ("off", "false")])
def test_fix_replaces_other_words_of_enable(word: str, value: str, tmp_path: Path) -> None:
    timer = (
        "  runtime: Python3.10\n  events:\n    - timer:\n        parameters:\n"
        f"          cronExpression: '0 0 2 * * * *'\n          enable: {word}\n"
    )
    file = project(tmp_path, HEAD + CODE + timer)

    (before,) = scfdeploy("validate", tmp_path, "--format", "json").document["diagnostics"]
    fixed = scfdeploy("validate", tmp_path, "--fix")

    assert before["code"] == "InvalidParameterValue.Enable"
    assert fixed.exit_code == 0
    assert f"          enable: {value}\n" in file.read_text("utf-8")


def test_uncertain_fix_is_reported_and_not_applied(tmp_path: Path) -> None:
    file = project(tmp_path, HEAD + CODE + "  runtime: Python3.10\n  memorySize: 100\n")
    before = file.read_bytes()

    fixed = scfdeploy("validate", tmp_path, "--fix")

    assert fixed.exit_code == 3
    assert "memory-step" in fixed.stderr
    assert file.read_bytes() == before


def test_validate_without_fix_writes_nothing(tmp_path: Path) -> None:
    file = project(tmp_path, HEAD + CODE + "  runtime: python3.10\n")
    before = file.read_bytes()

    told = scfdeploy("validate", tmp_path, "--format", "json")

    assert file.read_bytes() == before
    assert told.document["diagnostics"][0]["fix"][0]["replacement"] == "Python3.10"


def test_validate_ends_with_the_command_that_fixes(tmp_path: Path) -> None:
    project(tmp_path, HEAD + CODE + "  runtime: python3.10\n  timeOut: 20\n  memorySize: 100\n")
    file = tmp_path / "serverless.yml"

    checked = scfdeploy("validate", file)
    fixed = scfdeploy("validate", file, "--fix")

    assert checked.stdout.splitlines()[-1] == f"2 of these can be fixed: scfdeploy validate --fix {file}"
    assert "can be fixed" not in fixed.stdout


def test_findings_without_fix_are_not_offered_one(tmp_path: Path) -> None:
    project(tmp_path, HEAD + CODE + "  runtime: Python3.10\n  memorySize: 100\n")
    assert scfdeploy("validate", tmp_path).stdout == ""
