"""A command that changes resources of a project is refused while another one runs in the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from scfdeploy.cli.completion.table import COMMANDS
from scfdeploy.workspace.lock import project_lock
from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import write_project

CHANGES = {
    "alias set": ("prod", "--to", "1", "--path"),
    "alias shift": ("prod", "--to", "1", "--path"),
    "apply": (),
    "destroy": (),
    "rollback": ("--alias", "prod", "--to", "1", "--path"),
}
"""The commands that change resources, with arguments before the path of the project."""
OTHERS = {"queue purge"}
"""Commands that ask for approval, and change no resource."""
INPUTS = "  publish: true\n  aliasName: prod\n"


def run(command: str, cloud: LocalServer, folder: Path, *arguments: str) -> Ran:
    return scfdeploy(*command.split(), *arguments, folder, "--yes", env=cloud.env)


@pytest.fixture
def project(tmp_path: Path, cloud: LocalServer) -> Path:
    """A function with two versions, deployed from its own folder and from the one above."""
    folder = tmp_path / "shop" / "hello"
    for memory in (128, 256):
        write_project(folder, f"{INPUTS}  memorySize: {memory}\n")
        assert run("apply", cloud, folder).exit_code == 0
    assert run("apply", cloud, folder.parent).exit_code == 0
    return folder


def test_every_command_that_asks_for_approval_is_known_here() -> None:
    asking = {name for name, (options, _) in COMMANDS.items() if any("--yes" in names for names, _, _ in options)}
    assert asking == CHANGES.keys() | OTHERS


@pytest.mark.parametrize("command", CHANGES)
@pytest.mark.parametrize("held", [".", ".."])
def test_command_is_refused_while_another_run_holds_the_lock(
    project: Path, cloud: LocalServer, command: str, held: str
) -> None:
    write_project(project, f"{INPUTS}  memorySize: 512\n")
    before = cloud.writes()
    with project_lock("apply") as lock:
        lock.acquire(str((project / held).resolve()), stage="dev", region="ap-guangzhou")
        ran = run(command, cloud, project, *CHANGES[command])
        assert ran.exit_code == 1
        assert "another run of scfdeploy works on this checkout" in ran.stderr
        assert cloud.writes() == before
    assert run(command, cloud, project, *CHANGES[command]).exit_code == 0
    assert cloud.writes() != before


@pytest.mark.parametrize("command", ["apply", "destroy"])
def test_command_on_a_project_is_refused_while_a_run_works_on_a_folder_of_it(
    project: Path, cloud: LocalServer, command: str
) -> None:
    write_project(project, f"{INPUTS}  memorySize: 512\n")
    with project_lock("alias set") as lock:
        lock.acquire(str(project), stage="dev", region="ap-guangzhou")
        assert run(command, cloud, project.parent).exit_code == 1
    assert run(command, cloud, project.parent).exit_code == 0


def test_project_in_the_folder_above_with_a_file_of_its_own_is_independent(project: Path, cloud: LocalServer) -> None:
    write_project(project.parent, name="above")
    with project_lock("apply") as lock:
        lock.acquire(str(project.parent), stage="dev", region="ap-guangzhou")
        assert run("apply", cloud, project).exit_code == 0


def test_command_leaves_nothing_in_the_folder_above(tmp_path: Path, cloud: LocalServer) -> None:
    assert run("apply", cloud, write_project(tmp_path / "shop" / "hello")).exit_code == 0
    assert [path.name for path in (tmp_path / "shop").iterdir()] == ["hello"]
