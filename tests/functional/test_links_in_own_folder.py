"""Symbolic links in place of files of scfdeploy are not followed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import write_project

_OWN = (
    ".scfdeploy",
    ".scfdeploy/cache",
    ".scfdeploy/cache/archives",
    ".scfdeploy/cache/folders",
    ".scfdeploy/cache/seals",
    ".scfdeploy/tmp",
    ".scfdeploy/lock-dev-ap-guangzhou",
)


def _link(project: Path, name: str, target: Path) -> None:
    shutil.rmtree(project / ".scfdeploy", ignore_errors=True)
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).symlink_to(target)


@pytest.mark.parametrize("command", [("plan",), ("apply", "--yes")], ids=lambda command: command[0])
@pytest.mark.parametrize("name", _OWN)
def test_link_in_place_of_an_own_file_is_refused(
    name: str, command: tuple[str, ...], cloud: LocalServer, tmp_path: Path
) -> None:
    project, elsewhere = write_project(tmp_path / "project"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    _link(project, name, elsewhere)
    ran = scfdeploy(*command, project, env=cloud.env)
    assert ran.exit_code == 1
    assert f"{project / name} is a symbolic link; nothing was changed" in ran.stderr
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("name", [".scfdeploy", ".scfdeploy/emulator.db", ".scfdeploy/emulator.db-wal"])
def test_link_in_place_of_the_local_cloud_is_refused(name: str, tmp_path: Path) -> None:
    project, elsewhere = write_project(tmp_path / "project"), tmp_path / "elsewhere"
    _link(project, name, elsewhere)
    ran = scfdeploy("apply", "--yes", "--local", project)
    assert ran.exit_code == 1
    assert "is a symbolic link; nothing was changed" in ran.stderr
    assert not elsewhere.exists()
