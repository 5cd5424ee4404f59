"""`pytest --workers N`: what tests report from forked processes is what they report in one process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = """
import os, sys, warnings
import pytest

@pytest.fixture(scope="module")
def pid():
    return os.getpid()

@pytest.mark.parametrize("number", range(20))
def test_shares_a_fixture_of_the_module(pid, number):
    assert pid == os.getpid()

def test_prints_and_fails(tmp_path):
    print("printed by the test")
    os.write(2, b"written by the test")
    assert tmp_path.name == "another"

def test_is_skipped():
    pytest.skip("for a reason")

def test_warns():
    warnings.warn("a warning of the test")

@pytest.fixture
def broken():
    yield
    raise ValueError("in the teardown")

def test_ends_badly(broken):
    pass
"""
CRASH = """
import os

def test_before():
    pass

def test_crashes():
    os._exit(7)

def test_after():
    pass

def test_fails_after():
    assert not "after"
"""
KILLS = """
import gc, os, select, signal
from multiprocessing.connection import Connection

def test_is_killed():
    os.kill(os.getpid(), signal.SIGKILL)

def test_crashes_with_success():
    os._exit(0)

def test_leaves_a_process():
    main = os.pidfd_open(os.getppid())
    if os.fork() == 0:
        select.select([main], [], [])
    os._exit(1)

def test_breaks_off_a_message():
    for one in gc.get_objects():
        if isinstance(one, Connection) and not one.closed and one.writable:
            os.write(one.fileno(), b"xx")
    os._exit(1)
"""


PYTEST = [sys.executable, "-m", "pytest", "-p", "tests.support.worker_processes", "-p", "no:cacheprovider", "-ra"]
# With one of these pytest prints a failure in its summary whole, with empty lines.
CI_VARIABLES = ("CI", "BUILD_NUMBER")
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name not in CI_VARIABLES},
    "PYTHONPATH": str(ROOT),
    "PYTEST_ADDOPTS": "",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [*PYTEST, "--rootdir", folder, *options, folder]
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)


def summary(output: str) -> list[str]:
    """The lines at the end, without the time."""
    end = output[output.index("short test summary info") :]
    return sorted(re.sub(r" in [\d.]+s.*", "", line).strip("= ") for line in end.splitlines()[1:])


def test_report_of_workers_is_that_of_one_process(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(TESTS)
    alone = run(tmp_path)
    workers = run(tmp_path, "--workers", "3", "--junit-xml", "results.xml")
    assert summary(workers.stdout) == summary(alone.stdout)
    assert summary(workers.stdout)[0].startswith("1 failed, 22 passed, 1 skipped, 1 warning, 1 error")
    assert workers.returncode == alone.returncode == 1
    for text in ("printed by the test", "written by the test", "a warning of the test", "in the teardown"):
        assert text in workers.stdout
    assert (tmp_path / "results.xml").read_text().count("<testcase") == 24


def test_crash_fails_its_test_and_the_others_still_run(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(CRASH)
    ran = run(tmp_path, "--workers", "1")
    assert "worker w0 ended with 7 in test_sample.py::test_crashes" in ran.stdout
    assert summary(ran.stdout)[-1].startswith("FAILED")
    assert "2 failed, 2 passed" in ran.stdout
    assert "During handling of the above exception" not in ran.stdout
    assert ran.returncode == 1


def test_each_way_to_die_fails_its_test(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(KILLS)
    ran = run(tmp_path, "--workers", "2")
    assert "4 failed" in ran.stdout
    assert ran.returncode == 1


def test_worker_ends_when_the_main_process_is_killed(tmp_path: Path) -> None:
    text = "import os\n\ndef test_waits():\n    os.write(1, b'reached')\n    os.read(0, 1)\n"
    # More than a worker takes at once: it asks for the third.
    for name in ("one", "two", "three"):
        (tmp_path / f"test_{name}.py").write_text(text)
    command = [*PYTEST, "-s", "--rootdir", tmp_path, "--workers", "1", tmp_path]
    with subprocess.Popen(
        command, cwd=tmp_path, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        shown = b""
        while b"reached" not in shown:
            shown += (part := os.read(process.stdout.fileno(), 4096))
            assert part, shown
        process.kill()
        # It returns when no worker has stdout open any more.
        process.communicate(timeout=60)


def test_option_of_pytest_xdist_is_wrong_usage_beside_workers(tmp_path: Path) -> None:
    ran = run(tmp_path, "-p", "xdist", "--workers", "2", "-n", "2")
    assert "--workers goes neither with --cov nor with -n" in ran.stderr
    assert ran.returncode == 4


def test_debugger_is_wrong_usage_beside_workers(tmp_path: Path) -> None:
    ran = run(tmp_path, "--workers", "2", "--pdb")
    assert "--workers does not go with --pdb" in ran.stderr
    assert ran.returncode == 4


@pytest.mark.parametrize("option", ["-x", "--maxfail=1"])
def test_first_failure_ends_the_run_when_asked_for(tmp_path: Path, option: str) -> None:
    for number in range(9):
        (tmp_path / f"test_{number}.py").write_text(f"def test_number():\n    assert {number} != 2\n")
    ran = run(tmp_path, "--workers", "1", option)
    assert "stopping after 1 failures" in ran.stdout
    assert re.search(r"1 failed, [2-4] passed", ran.stdout)
    assert ran.returncode == 1
