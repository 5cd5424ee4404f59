"""One run at a time in a checkout, for each stage and region."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Project, ProjectKey
from scfdeploy.workspace.lock import project_lock


def _project(root: Path, stage: str) -> Project:
    return Project(ProjectKey("shop", stage, "ap-guangzhou"), str(root), ())


@pytest.mark.parametrize("stage", ["dev", "s" * 300, "深" * 90])
def test_a_second_run_is_refused_however_the_stage_is_called(tmp_path: Path, stage: str) -> None:
    with project_lock("apply") as first, project_lock("destroy") as second, project_lock("apply") as other:
        first.acquire(str(tmp_path), stage=stage, region="ap-guangzhou")
        other.acquire(str(tmp_path), stage="other" + stage, region="ap-guangzhou")
        with pytest.raises(ScfDeployError, match="another run"):
            second.acquire(str(tmp_path), stage=stage, region="ap-guangzhou")


def test_system_without_locks_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with project_lock("apply") as lock, pytest.raises(ScfDeployError, match="cannot be locked on this system"):
        lock.acquire(str(tmp_path), stage="dev", region="ap-guangzhou")
    assert list(tmp_path.iterdir()) == []


def test_link_in_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    with project_lock("apply") as lock:
        lock.acquire(str(tmp_path), stage="dev", region="ap-guangzhou")
    [file] = (tmp_path / ".scfdeploy").glob("lock-*")
    victim = tmp_path / "victim"
    victim.write_text("precious")
    file.unlink()
    file.symlink_to(victim)
    with project_lock("apply") as lock, pytest.raises(ScfDeployError, match="symbolic link"):
        lock.acquire(str(tmp_path), stage="dev", region="ap-guangzhou")
    assert victim.read_text() == "precious"


def test_lock_of_a_related_folder_is_respected_and_not_held(tmp_path: Path) -> None:
    above, below = tmp_path, tmp_path / "api"
    below.mkdir()
    with project_lock("apply") as first, project_lock("alias set") as second:
        first.acquire(str(above), stage="dev", region="ap-guangzhou", related=[str(below)])
        with pytest.raises(ScfDeployError, match=rf"another run .*\(process {os.getpid()}, apply\)"):
            second.acquire(str(below), stage="dev", region="ap-guangzhou", related=[str(above)])
    with project_lock("apply") as first, project_lock("alias set") as second:
        second.acquire(str(below), stage="dev", region="ap-guangzhou", related=[str(above)])
        with pytest.raises(ScfDeployError, match=rf"another run .*\(process {os.getpid()}, alias set\)"):
            first.acquire(str(above), stage="dev", region="ap-guangzhou", related=[str(below)])
    with project_lock("apply") as first, project_lock("apply") as second:
        first.acquire(str(below), stage="dev", region="ap-guangzhou", related=[str(above)])
        second.acquire(str(tmp_path / "other"), stage="dev", region="ap-guangzhou", related=[str(above)])


@pytest.mark.parametrize("kind", ["link", "fifo"])
def test_other_file_in_place_of_the_lock_of_a_related_folder_is_ignored(tmp_path: Path, kind: str) -> None:
    with project_lock("apply") as lock:
        lock.acquire(str(tmp_path), stage="dev", region="ap-guangzhou")
    [file] = (tmp_path / ".scfdeploy").glob("lock-*")
    file.unlink()
    if kind == "fifo":
        os.mkfifo(file)
    else:
        file.symlink_to(tmp_path / "victim")
    with project_lock("apply") as lock:
        lock.acquire(str(tmp_path / "api"), stage="dev", region="ap-guangzhou", related=[str(tmp_path)])
    assert not (tmp_path / "victim").exists()
