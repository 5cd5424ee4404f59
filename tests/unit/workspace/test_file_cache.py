"""Small cache files are believed only as the very files that were written here."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scfdeploy.workspace.file_cache import FileCache

NAME = "folders/key"


def copied(folder: Path) -> None:
    """As a checkout, or the cache of a pipeline, brings it: with all times that can be set."""
    shutil.copytree(folder, folder.with_name("copy"))
    shutil.rmtree(folder)
    shutil.copytree(folder.with_name("copy"), folder)


def moved_there(folder: Path) -> None:
    other = folder.with_name("other")
    FileCache(str(other)).write(NAME, b"of another folder")
    shutil.rmtree(folder)
    other.rename(folder)


def edited(folder: Path) -> None:
    (folder / NAME).write_bytes(b"poisons")


def replaced(folder: Path) -> None:
    (folder / "new").write_bytes(b"content")
    (folder / "new").rename(folder / NAME)


def swapped(folder: Path) -> None:
    FileCache(str(folder)).write("folders/other", b"of other code")
    (folder / "folders" / "other").rename(folder / NAME)


def with_the_seal_of_another(folder: Path) -> None:
    FileCache(str(folder)).write("folders/other", b"of other code")
    (folder / "folders" / "other").rename(folder / NAME)
    (folder / "seals" / "folders-other").rename(folder / "seals" / "folders-key")


def unsealed(folder: Path) -> None:
    shutil.rmtree(folder / "seals")


def touched(folder: Path) -> None:
    (folder / NAME).chmod(0o644)


@pytest.mark.parametrize(
    "change", [copied, moved_there, edited, replaced, swapped, with_the_seal_of_another, unsealed, touched]
)
def test_file_that_was_not_written_here_is_not_believed(tmp_path: Path, change: Callable[[Path], None]) -> None:
    folder = tmp_path / "cache"
    FileCache(str(folder)).write(NAME, b"content")
    assert FileCache(str(folder)).read(NAME) == b"content"
    change(folder)
    assert (folder / NAME).is_file()
    assert FileCache(str(folder)).read(NAME) is None


def test_file_can_be_written_again_after_a_change(tmp_path: Path) -> None:
    shelf = FileCache(str(tmp_path))
    shelf.write(NAME, b"content")
    edited(tmp_path)
    shelf.write(NAME, b"new")
    assert shelf.read(NAME) == b"new"


def test_file_that_is_removed_leaves_no_seal(tmp_path: Path) -> None:
    shelf = FileCache(str(tmp_path))
    shelf.write(NAME, b"content")
    shelf.remove(NAME)
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.name != ".gitignore"] == []
