"""What tests of reliability count is printed at the end of any run of them, what failed included, from all workers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
_TESTS = """\
import pytest
from tests.support.measured import measure

@pytest.fixture
def started():
    measure("starts", servers=1)

@pytest.mark.parametrize("at", range(4))
def test_points(at, started):
    measure("SIGKILL", points=1)
    measure("SIGKILL", points=1, calls=10)
    assert at != 2

def test_skipped():
    pytest.skip("not here")

@pytest.fixture
def broken():
    yield
    raise OSError("the server did not end")

def test_fails_twice(broken):
    assert False
"""
_ELSEWHERE = "def test_of_something_else():\n    pass\n"


def _run(folder: Path, *options: str) -> tuple[str, dict[str, Any]]:
    (folder / "tests" / "reliability").mkdir(parents=True)
    (folder / "tests" / "reliability" / "test_cuts.py").write_text(_TESTS)
    (folder / "tests" / "reliability" / "conftest.py").write_text("")
    (folder / "tests" / "test_else.py").write_text(_ELSEWHERE)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
    plugins = ("-p", "xdist.plugin", "-p", "tests.support.counts")
    command = [sys.executable, "-m", "pytest", *plugins, "--counts=counts.json", *options, "tests"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    clean["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    ran = subprocess.run(
        command, cwd=folder, env={**clean, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    return ran.stdout, json.loads((folder / "counts.json").read_text())


@pytest.mark.parametrize("options", [("-n0",), ("-n2",)], ids=["one process", "two workers"])
def test_counts_of_all_tests_are_printed_with_what_was_lost(options: tuple[str, ...], tmp_path: Path) -> None:
    told, numbers = _run(tmp_path, *options)
    [line] = [line for line in told.splitlines() if line.startswith("test_cuts.py")]
    assert " 6 tests 2 losses " in line
    assert line.endswith(" s  SIGKILL: 40 calls, 8 points; starts: 4 servers")
    assert "6 tests of reliability, 2 losses, " in told
    assert "test_else" not in told.partition("= reliability =")[2].partition("\n=")[0]
    measured = {"SIGKILL": {"calls": 40, "points": 8}, "starts": {"servers": 4}}
    assert numbers["files"] == {"test_cuts.py": {"tests": 6, "skipped": 1, "losses": 2, "measured": measured}}


def test_no_counts_are_printed_without_reliability_tests(tmp_path: Path) -> None:
    told, numbers = _run(tmp_path, "-n0", "-k", "test_of_something_else")
    assert "of reliability" not in told
    assert numbers == {"files": {}, "run": {"tests": 0, "seconds": 0}}
