"""Errors about mistakes on the command line: short, specific, and with advice."""

from __future__ import annotations

import os
import pty
import socket
from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.command_process import command_process
from tests.support.local_server import LocalServer
from tests.support.project import write_project


def test_invalid_region_option_names_the_option(tmp_path: Path) -> None:
    project = write_project(tmp_path, "  region: ap-guangzhou\n")
    (found,) = scfdeploy("validate", project, "--region", "ap-guangzou", "--format", "json").document["diagnostics"]
    assert (found["rule"], found["file"], found["address"]) == ("region-unknown", "", None)
    assert "from --region" in found["detail"]
    assert found["hint"] == 'Did you mean "ap-guangzhou"?'


@pytest.mark.parametrize("command", ["plan", "destroy"])
def test_file_diagnostics_are_reported_when_the_cloud_call_fails(
    command: str, cloud: LocalServer, tmp_path: Path
) -> None:
    project = write_project(tmp_path, "  region: guangzhou\n")
    ran = scfdeploy(command, project, env=cloud.env)
    assert ran.exit_code == 1
    assert "region: guangzhou" in ran.stderr
    assert 'Did you mean "ap-guangzhou"?' in ran.stderr
    assert "hint: Choose another region." in ran.stderr
    document = scfdeploy(command, project, "--format", "json", env=cloud.env).document
    assert [one["rule"] for one in document["diagnostics"]] == ["region-unknown"]
    assert document["error"]["code"] == "UnsupportedRegion"


@pytest.mark.parametrize(("content", "why"), [(None, "No such file or directory"), (b"\xff", "it is not UTF-8 text")])
def test_unreadable_event_file_is_reported_with_reason(
    content: bytes | None, why: str, cloud: LocalServer, tmp_path: Path
) -> None:
    project, event = write_project(tmp_path), tmp_path / "event.json"
    if content is not None:
        event.write_bytes(content)
    ran = scfdeploy("invoke", "--path", project, "--event", event, env=cloud.env)
    assert ran.exit_code == 1
    assert f"the event file {event} cannot be read: {why}\n" in ran.stderr


def test_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = scfdeploy("emulator", "--port", port)
    assert ran.exit_code == 1
    assert f"the local server cannot start on port {port}: Address already in use\n" in ran.stderr


@pytest.mark.parametrize("command", ["apply", "destroy"])
def test_prompt_without_terminal_names_the_yes_option(command: str, cloud: LocalServer, tmp_path: Path) -> None:
    project = write_project(tmp_path)
    if command == "destroy":
        assert scfdeploy("apply", project, "--yes", env=cloud.env).exit_code == 0
    ran = scfdeploy(command, project, env=cloud.env)
    assert ran.exit_code == 1
    assert f"hint: Use `scfdeploy {command} --yes` to approve the plan without a prompt." in ran.stderr


def test_prompt_names_stage_region_and_emulator(cloud: LocalServer, tmp_path: Path) -> None:
    project = write_project(tmp_path)
    ours, theirs = pty.openpty()
    env = {"PATH": os.environ["PATH"], "TERM": "dumb", **cloud.env}
    with command_process("apply", project, "--stage", "prd", env=env, stdin=theirs, stderr=theirs) as process:
        os.write(ours, b"no\n")
        process.communicate(timeout=60)
    asked = os.read(ours, 10_000).decode()
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 1
    place = f"stage prd, ap-guangzhou, local emulator at {cloud.url}"
    assert f"Apply these changes to shop ({place})? Type 'yes' to continue:" in asked
    assert "not approved; nothing was changed" in asked


def test_file_named_like_state_folder_fails_only_commands_that_need_it(cloud: LocalServer, tmp_path: Path) -> None:
    project = write_project(tmp_path)
    (project / ".scfdeploy").touch()
    ran = scfdeploy("plan", project, "--local")
    assert ran.exit_code == 1
    assert f"error: cannot create the folder {project / '.scfdeploy'}: File exists\n" in ran.stderr
    assert scfdeploy("apply", project, "--yes", env=cloud.env).exit_code == 0


def test_import_that_fails_leaves_no_folder(cloud: LocalServer, tmp_path: Path) -> None:
    ran = scfdeploy("import", "nobody", "--out", tmp_path / "new", env=cloud.env)
    assert ran.exit_code == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("local", [(), ("--local",)])
def test_import_into_a_file_is_refused(
    local: tuple[str, ...], cloud: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # without a local cloud
    file = write_project(tmp_path) / "serverless.yml"
    assert scfdeploy("apply", tmp_path, "--yes", env=cloud.env).exit_code == 0
    ran = scfdeploy("import", "hello", "--out", file, *local, env={} if local else cloud.env)
    assert ran.exit_code == 1
    assert f"error: cannot create the folder {file}: File exists\n" in ran.stderr


def test_missing_workflow_is_reported_with_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = scfdeploy("ci", "init", "github", "--from", "nofile")
    assert ran.exit_code == 1
    assert "error: the pipeline file cannot be read: nofile: No such file or directory\n" in ran.stderr


@pytest.mark.parametrize("command", ["validate", "migrate", "init"])
def test_missing_folder_is_reported(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    ran = scfdeploy(command)
    assert ran.exit_code == 2
    assert "the current folder no longer exists" in ran.stderr


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("deploy", "To deploy, run `scfdeploy apply`"),
        (
            "remove",
            "`scfdeploy destroy` deletes the resources that the project owns. It shows the plan and asks for approval.",
        ),
        ("list", "run `scfdeploy status`"),
        ("info", "run `scfdeploy status`"),
        ("aply", "Did you mean 'apply'"),
    ],
)
def test_command_of_other_tool_names_the_equivalent(typed: str, said: str) -> None:
    ran = scfdeploy(typed)
    assert ran.exit_code == 2
    assert said in ran.stderr


@pytest.mark.parametrize("typed", ["destory", "destry", "destroyy", "DESTROY", "dstroy", "detroy", "destro", "destroi"])
def test_mistyped_destroy_is_not_suggested(typed: str) -> None:
    ran = scfdeploy(typed)
    assert ran.exit_code == 2
    assert "destroy" not in ran.stderr.replace(repr(typed), "")


@pytest.mark.parametrize(
    "command", [("plan",), ("apply",), ("destroy",), ("import", "x"), ("ci", "init", "github"), ()]
)
@pytest.mark.parametrize("typed", ["--yse", "--ye", "--yess", "--prun", "--pruen", "--forc", "--froce", "--adpot"])
def test_destructive_option_is_not_suggested(command: tuple[str, ...], typed: str) -> None:
    ran = scfdeploy(*command, typed)
    assert ran.exit_code == 2
    assert typed in ran.stderr
    said = ran.stderr.replace(typed, "")
    assert not [option for option in ("--yes", "--prune", "--force", "--adopt") if option in said]


def test_harmless_option_is_suggested() -> None:
    assert "--no-color" in scfdeploy("plan", "--no-colr").stderr


def test_mistyped_target_of_destroy_has_no_suggestion(cloud: LocalServer, tmp_path: Path) -> None:
    project = write_project(tmp_path)
    assert scfdeploy("apply", project, "--yes", env=cloud.env).exit_code == 0
    ran = scfdeploy("destroy", project, "--target", "function/default/helo", "--yes", env=cloud.env)
    assert ran.exit_code == 1
    assert "function/default/hello" not in ran.stderr
    planned = scfdeploy("plan", project, "--target", "function/default/helo", env=cloud.env)
    assert "function/default/hello" in planned.stderr
