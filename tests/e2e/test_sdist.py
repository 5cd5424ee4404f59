"""The source distribution: whoever unpacks it can run the tests."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What tests read beside the package, and what a build from it needs.
FOLDERS = (
    "tests",
    "scfdeploy",
    "templates",
    "schemas",
    "examples",
    "docs",
    "website",
    "scripts",
    "benchmarks",
    "action",
    ".github",
    ".ci",
)
FILES = (
    "pyproject.toml",
    "uv.lock",
    "Makefile",
    "Jenkinsfile",
    "action.yml",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE",
    "llms.txt",
    ".gitignore",
    ".pre-commit-hooks.yaml",
)


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The paths of all files in it."""
    folder = tmp_path_factory.mktemp("sdist")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = folder.glob("*.tar.gz")
    with tarfile.open(file) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


@pytest.mark.parametrize("folder", FOLDERS)
def test_sdist_holds_every_file_of_a_folder_that_tests_read(packed: set[str], folder: str) -> None:
    here = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and not {"__pycache__", ".scfdeploy"} & set(file.parts)
    }
    assert here
    assert here - packed == set()


def test_sdist_holds_the_files_of_the_root(packed: set[str]) -> None:
    assert set(FILES) - packed == set()
