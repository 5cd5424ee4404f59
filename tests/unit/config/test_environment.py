from __future__ import annotations

import io
import os

import pytest
from dotenv import dotenv_values

from scfdeploy.config import LoadResult
from tests.support.configured import HEAD, Workspace, findings, function_of, only

TEXT = HEAD + "  description: ${env:X}\n"


def description(loaded: LoadResult) -> object:
    return function_of(loaded).settings["description"]


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    return workspace.write("a/b/c/serverless.yml", TEXT).write("a/b/c/code/x", "")


PLACES = [
    "a/b/c/.env.dev",
    "a/b/c/.env",
    "a/b/cwd/.env.dev",
    "a/b/cwd/.env",
    "a/b/.env.dev",
    "a/b/.env",
    "a/.env.dev",
    "a/.env",
]


@pytest.mark.parametrize("nth", range(len(PLACES)))
def test_first_existing_env_file_is_read(project: Workspace, nth: int) -> None:
    project.write("a/b/cwd/x", "")
    for place in PLACES[nth:]:
        project.write(place, f"X={place}\nONLY_{PLACES.index(place)}=1\n")
    loaded = project.load("../c", cwd="a/b/cwd")
    assert description(loaded) == PLACES[nth]
    assert [name for name in loaded.environment if name.startswith("ONLY_")] == [f"ONLY_{nth}"]


def test_env_file_above_grandparent_is_not_read(project: Workspace) -> None:
    project.write(".env", "X=1\n")
    assert findings(project.load(".", cwd="a/b/c")) == ["7:16 variable-unset"]


@pytest.mark.parametrize(
    ("stage", "line", "environ", "expected"),
    [
        ("prod", "stage: test", {}, "prod"),
        (None, "stage: test", {}, "test"),
        (None, "stage: ${env:S}", {"S": "prod"}, "prod"),
        (None, "stage: ${env:S}", {}, "plain"),
        (None, "", {}, "dev"),
    ],
)
def test_stage_selects_env_file(
    workspace: Workspace, stage: str | None, line: str, environ: dict[str, str], expected: str
) -> None:
    for name in ("prod", "test", "dev"):
        workspace.write(f".env.{name}", f"X={name}\n")
    workspace.write(".env", "X=plain\nS=test\n").write("serverless.yml", f"{line}\n{TEXT}")
    assert description(workspace.load(stage=stage, environ=environ)) == expected


def test_stage_with_slash_selects_no_file(workspace: Workspace) -> None:
    workspace.write(".env.x/secret", "X=1\n").write("serverless.yml", TEXT)
    told = findings(workspace.load(stage="x/secret"))
    assert [one.split()[-1] for one in told] == ["identity-form", "variable-unset"]


def test_process_environment_takes_precedence_and_stays_unchanged(workspace: Workspace) -> None:
    workspace.write("serverless.yml", TEXT).write(".env", "X=file\nSCFDEPLOY_TEST_LEAK=1\n")
    loaded = workspace.load(environ={"X": "process"})
    assert description(loaded) == "process"
    assert loaded.environment == {"X": "process", "SCFDEPLOY_TEST_LEAK": "1"}
    assert "SCFDEPLOY_TEST_LEAK" not in os.environ


def test_env_file_is_parsed_like_dotenv(workspace: Workspace) -> None:
    text = "export A=1\nB='two words' # no\nC=\"a\\nb\"\nD=${A}\nE=\nF\n# G=1\nA=1\n"
    environment = workspace.write("serverless.yml", HEAD).write(".env", text).load().environment
    read = dotenv_values(stream=io.StringIO(text), interpolate=False)
    assert environment == {key: value for key, value in read.items() if value is not None}
    assert {key: environment[key] for key in "ABCDE"} == {"A": "1", "B": "two words", "C": "a\nb", "D": "${A}", "E": ""}


def test_invalid_line_is_a_warning_without_its_text(workspace: Workspace) -> None:
    workspace.write("serverless.yml", HEAD).write(".env", "A=1\nthe secret is: hunter2\n")
    loaded = workspace.load()
    found = only(loaded)
    assert (str(found.subject), found.rule) == (".env:2:1", "env-file-line")
    assert "hunter2" not in f"{found.summary}{found.detail}{found.hint}{loaded.sources}"
    assert ".env" not in loaded.sources


def test_binary_env_file_is_reported(workspace: Workspace) -> None:
    workspace.write("serverless.yml", HEAD).write(".env", b"A=1\nB=\xff\n")
    assert str(only(workspace.load()).subject) == ".env:2:3"


def test_env_file_option_replaces_search(workspace: Workspace) -> None:
    workspace.write("serverless.yml", TEXT).write(".env", "X=1\nY=1\n").write("conf/live.env", "X=2\n")
    loaded = workspace.load(env_file="conf/live.env")
    assert description(loaded) == "2"
    assert dict(loaded.environment) == {"X": "2"}


@pytest.mark.parametrize("name", ["no.env", "nul\0"])
def test_missing_env_file_option_is_reported(workspace: Workspace, name: str) -> None:
    loaded = workspace.write("serverless.yml", HEAD).load(env_file=name)
    assert [found.rule for found in loaded.diagnostics] == ["env-file-missing"]


def test_folder_named_env_is_ignored(workspace: Workspace) -> None:
    workspace.write("serverless.yml", HEAD).write(".env/bin/python", "")
    assert findings(workspace.load()) == []
