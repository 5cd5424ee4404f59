"""The source distribution: whoever unpacks it has every file of the repository, and builds the same wheel."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.support.shared import shared_folder

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the source distribution unpacks to."""

    def unpack(folder: Path) -> None:
        [file] = build("sdist", ROOT, folder)
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")

    folder = shared_folder(tmp_path_factory, "sdist", unpack)
    [root] = [path for path in folder.iterdir() if path.is_dir()]
    return root


def build(target: str, root: Path, folder: Path) -> list[Path]:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return [path for path in folder.iterdir() if path.is_file()]


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def listed(*options: str) -> set[str]:
    """The files that git lists."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    done = subprocess.run(["git", "ls-files", "-z", *options], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in done.stdout.split("\0") if name and (ROOT / name).exists()}


def test_sdist_has_every_file_of_the_repository(unpacked: Path) -> None:
    tracked = listed()

    assert tracked
    assert tracked - files_of(unpacked) == set()


def test_sdist_has_no_file_that_git_ignores(unpacked: Path) -> None:
    assert files_of(unpacked) - listed("--cached", "--others", "--exclude-standard") == {"PKG-INFO"}


def test_wheel_of_the_sdist_is_that_of_the_repository(unpacked: Path, tmp_path: Path) -> None:
    contents = []
    for name, root in (("repository", ROOT), ("sdist", unpacked)):
        [wheel] = build("wheel", root, tmp_path / name)
        with zipfile.ZipFile(wheel) as archive:
            contents.append({entry.filename: entry.CRC for entry in archive.infolist()})

    assert contents[0] == contents[1]


def test_tests_of_the_sdist_are_collected_from_it(unpacked: Path) -> None:
    """Some of each kind: those that read other folders of the repository while they are collected."""
    paths = ("tests/golden", "tests/rules", "tests/functional/pipelines", "tests/e2e", "tests/fuzz")
    # Nothing is asserted while tests are collected.
    options = ("--collect-only", "--assert=plain", "-q", "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", *options, *paths]
    done = subprocess.run(command, cwd=unpacked, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
