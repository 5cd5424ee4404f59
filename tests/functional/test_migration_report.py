"""`migrate --report` reads a whole tree and says what changes, what is lost and what to do."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.support.command import scfdeploy

OLD = """\
hello: # 函数
  component: "@serverless/tencent-scf"
  inputs:
    name: hello
    codeUri: ./src
    handler: index.main_handler
    runtime: Python3.10
    events:
      - apigw:
          parameters:
            endpoints: [{path: /, method: GET}]
"""
CURRENT = "component: scf\nname: bye\ninputs: {src: ./src, handler: index.main_handler, runtime: Python3.10}\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files at several depths, and some that belong to nobody's project."""
    for folder, text in {
        "shop/old": OLD,
        "shop/deep/er/current": CURRENT,
        "broken": "component: scf\nname: [\n",
        "shop/node_modules/package": OLD,
        ".git/hooks": OLD,
    }.items():
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "serverless.yml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_report_has_each_file_of_the_tree_and_changes_none(tree: Path) -> None:
    shown = scfdeploy("migrate", ".", "--report", "-", "--format", "json")

    assert shown.exit_code == 3  # one of them cannot be read
    files = {one["file"]: one for one in json.loads(shown.stdout)["files"]}
    assert {name: one["state"] for name, one in files.items()} == {
        "broken/serverless.yml": "failed",
        "shop/deep/er/current/serverless.yml": "current",
        "shop/old/serverless.yml": "to-migrate",
    }
    old = files["shop/old/serverless.yml"]
    assert old["changes"][0]["line"] == 1
    assert "    codeUri: ./src" in old["changes"][0]["before"]
    assert "  src: ./src" in old["changes"][0]["after"]
    assert [(one["rule"], one["line"]) for one in old["lost"]] == [("gateway-replaced", 9)]
    assert "new address" in old["to_do"][0]["text"]
    assert files["broken/serverless.yml"]["errors"] != []
    assert (tree / "shop/old/serverless.yml").read_text("utf-8") == OLD


def test_report_as_markdown_is_written_beside_the_usual_output(tree: Path) -> None:
    shown = scfdeploy("migrate", "shop", "--report", "report.md")

    assert shown.exit_code == 0, shown.stderr
    assert "-    codeUri: ./src\n" in shown.stdout
    text = (tree / "report.md").read_text("utf-8")
    assert "| To migrate | 1 |" in text
    assert "## `shop/old/serverless.yml`\n\nTo migrate.\n" in text
    assert "**What is lost**" in text
    assert "**What to do**" in text
    assert "node_modules" not in text


def test_report_with_write_migrates_the_whole_tree(tree: Path) -> None:
    shown = scfdeploy("migrate", "shop", "--write", "--report", "report.json")

    assert shown.exit_code == 0, shown.stderr
    states = {one["file"]: one["state"] for one in json.loads((tree / "report.json").read_text())["files"]}
    assert states["shop/old/serverless.yml"] == "written"
    assert (tree / "shop/old/serverless.yml").read_text("utf-8").startswith("component: scf\n")
    assert (tree / "shop/node_modules/package/serverless.yml").read_text("utf-8") == OLD


def test_report_hides_values_of_secrets(tree: Path) -> None:
    text = OLD.replace("    runtime:", "    environment: {variables: {API_SECRET: hidden-word-1}}\n    runtime:")
    (tree / "shop/old/serverless.yml").write_text(text, "utf-8")

    for options in ((), ("--format", "json")):
        shown = scfdeploy("migrate", "shop", "--report", "-", *options)
        assert "API_SECRET" in shown.stdout
        assert "hidden-word-1" not in shown.stdout


def test_report_of_a_folder_without_files_is_an_error(tmp_path: Path) -> None:
    shown = scfdeploy("migrate", tmp_path, "--report", "-")

    assert shown.exit_code == 3
    assert "serverless.yml" in shown.stdout


@pytest.mark.parametrize("file", ["report.txt", "report", "missing/report.md", "serverless.json", "Serverless.JSON"])
def test_report_to_a_wrong_file_is_a_usage_error(file: str, tree: Path) -> None:
    shown = scfdeploy("migrate", ".", "--write", "--report", file)

    assert shown.exit_code == 2
    assert (tree / "shop/old/serverless.yml").read_text("utf-8") == OLD


def test_unknown_component_is_a_usage_error_that_lists_the_known_ones(tree: Path) -> None:
    shown = scfdeploy("migrate", "shop/old", "--write", "--component", "expres")

    assert shown.exit_code == 2
    assert "express" in shown.stderr
    assert (tree / "shop/old/serverless.yml").read_text("utf-8") == OLD


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_folder_that_cannot_be_read_is_an_error(tree: Path) -> None:
    closed = tree / "shop" / "deep"
    closed.chmod(0)

    shown = scfdeploy("migrate", "shop", "--report", "-")
    closed.chmod(0o700)

    assert shown.exit_code == 3
    assert "shop/deep: Permission denied." in shown.stdout


def test_report_shows_commands_as_code_and_no_other_markdown(tree: Path) -> None:
    (tree / "shop/old/serverless.yml").write_text("component: ./a_b*<i>\nname: a\n")

    shown = scfdeploy("migrate", "shop/old", "--report", "-")

    assert "`scfdeploy migrate --component scf --write`" in shown.stdout
    assert r"./a\_b\*\<i\>" in shown.stdout


def test_report_hides_secrets_with_characters_of_markdown(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "hidden_word*2")
    (tree / "shop/old/serverless.yml").write_text("component: ./hidden_word*2\nname: a\n")

    for file in ("-", "report.md"):
        shown = scfdeploy("migrate", "shop/old", "--report", file)
        text = shown.stdout if file == "-" else (tree / file).read_text()
        assert "component-path" in text
        assert "word" not in text
