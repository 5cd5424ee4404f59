"""Files are written whole or not at all, and what is not ready yet is where git and packages leave it out."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from scfdeploy.workspace.atomic_write import append_to_file, pending_file, write_file
from scfdeploy.workspace.paths import make_hidden_folder
from tests.support.full_disk import full_disk

LARGE = b"x" * 10_000
HOUR_S = 3600


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def untracked(folder: Path) -> str:
    subprocess.run(["git", "init", "-q", folder], check=True)
    found = subprocess.run(
        ["git", "-C", folder, "status", "--porcelain", "--untracked-files=all"], check=True, capture_output=True
    )
    return found.stdout.decode()


class TestWriteFile:
    def test_new_file_has_the_usual_permissions_and_leaves_nothing_beside_it(self, tmp_path: Path) -> None:
        write_file(str(tmp_path / "a"), b"new")
        (tmp_path / "b").write_text("as usual")
        assert (tmp_path / "a").read_bytes() == b"new"
        assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode
        assert names(tmp_path) == ["a", "b"]

    def test_existing_file_keeps_its_permissions(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        path.write_text("old")
        path.chmod(0o640)
        write_file(str(path), b"new")
        assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o640)

    def test_file_behind_a_link_is_written(self, tmp_path: Path) -> None:
        (tmp_path / "real").write_text("old")
        (tmp_path / "link").symlink_to("real")
        write_file(str(tmp_path / "link"), b"new")
        assert (tmp_path / "real").read_bytes() == b"new"
        assert (tmp_path / "link").is_symlink()

    def test_full_disk_leaves_the_old_content(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        path.write_text("old")
        with full_disk(), pytest.raises(OSError, match="File too large") as caught:
            write_file(str(path), LARGE)
        assert caught.value.filename == str(path)
        assert path.read_text() == "old"
        assert names(tmp_path) == ["a"]

    def test_full_device_is_an_error(self) -> None:
        with pytest.raises(OSError, match="No space left"):
            write_file("/dev/full", b"new")

    def test_pipe_is_written_to(self, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        write_file(str(pipe), b"new")
        assert os.read(reader, 10) == b"new"
        os.close(reader)
        assert pipe.is_fifo()

    def test_folder_of_the_tool_that_was_there_stays(self, tmp_path: Path) -> None:
        make_hidden_folder(str(tmp_path / ".scfdeploy"))
        (tmp_path / ".scfdeploy" / "cache").mkdir()
        write_file(str(tmp_path / "a"), b"new")
        assert names(tmp_path / ".scfdeploy") == [".gitignore", "cache"]

    @pytest.mark.parametrize("obstacle", ["file", "link"])
    def test_folder_of_the_tool_that_cannot_be_one_is_not_used(self, tmp_path: Path, obstacle: str) -> None:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        project = tmp_path / "project"
        project.mkdir()
        own = project / ".scfdeploy"
        own.symlink_to(elsewhere) if obstacle == "link" else own.touch()
        with pending_file(str(project / "a"), b"new") as made:
            assert names(elsewhere) == []
            assert Path(made.path).name.startswith(".scfdeploy-")
            made.replace()
        assert names(project) == [".scfdeploy", "a"]


class TestPendingFile:
    def test_is_in_no_commit_while_it_is_there(self, tmp_path: Path) -> None:
        with pending_file(str(tmp_path / "a"), b"secret") as made:
            assert Path(made.path).read_bytes() == b"secret"
            assert untracked(tmp_path) == ""

    def test_private_one_is_for_its_owner_alone_from_the_start(self, tmp_path: Path) -> None:
        with pending_file(str(tmp_path / "a"), b"secret", mode=0o600) as made:
            assert Path(made.path).stat().st_mode & 0o777 == 0o600

    def test_create_does_not_overwrite(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        path.write_text("old")
        with pending_file(str(path), b"new") as made, pytest.raises(FileExistsError):
            made.create()
        assert path.read_text() == "old"

    def test_leftover_of_a_killed_run_is_removed_after_an_hour(self, tmp_path: Path) -> None:
        make_hidden_folder(str(tmp_path / ".scfdeploy"))
        scratch = tmp_path / ".scfdeploy" / "tmp"
        scratch.mkdir()
        old, recent, other = (scratch / name for name in (".scfdeploy-0.tmp", ".scfdeploy-1.tmp", "of-somebody-else"))
        for path in (old, recent, other):
            path.write_text("left")
        now = recent.stat().st_mtime
        for path in (old, other):
            os.utime(path, (now - 2 * HOUR_S, now - 2 * HOUR_S))
        write_file(str(tmp_path / "a"), b"new")
        assert names(scratch) == [recent.name, other.name]


class TestAppend:
    def test_adds_to_the_end(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        append_to_file(str(path), b"one\n")
        append_to_file(str(path), b"two\n")
        assert path.read_bytes() == b"one\ntwo\n"

    def test_full_disk_leaves_the_old_content(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        path.write_text("old")
        with full_disk(), pytest.raises(OSError, match="File too large"):
            append_to_file(str(path), LARGE)
        assert path.read_text() == "old"


class TestHiddenFolder:
    def test_empty_ignore_file_of_a_killed_run_is_completed(self, tmp_path: Path) -> None:
        own = tmp_path / ".scfdeploy"
        own.mkdir()
        (own / ".gitignore").touch()
        (own / "emulator.db").touch()
        assert make_hidden_folder(str(own)) is False
        assert untracked(tmp_path) == ""

    def test_ignore_file_of_the_user_stays(self, tmp_path: Path) -> None:
        own = tmp_path / ".scfdeploy"
        own.mkdir()
        (own / ".gitignore").write_text("cache\n")
        make_hidden_folder(str(own))
        assert (own / ".gitignore").read_text() == "cache\n"


def test_link_in_place_of_the_folder_for_scratch_is_not_written_through(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "project" / ".scfdeploy").mkdir(parents=True)
    (tmp_path / "project" / ".scfdeploy" / "tmp").symlink_to(elsewhere)
    with pending_file(str(tmp_path / "project" / "file"), b"new") as made:
        assert list(elsewhere.iterdir()) == []
        made.replace()
    assert (tmp_path / "project" / "file").read_bytes() == b"new"
