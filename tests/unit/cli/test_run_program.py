"""The process ends without the interpreter's teardown, but not before everything that Python promises."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scfdeploy import __version__

START = "import sys; sys.argv[1:] = ['validate', 'nothing']; from scfdeploy.cli import run_program\n"


def run(folder: Path, program: str, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, *options, "-c", program]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_exit_code_is_that_of_the_command(tmp_path: Path) -> None:
    ended = run(tmp_path, f"{START}run_program()\nprint('not reached')")

    assert ended.returncode == 3
    assert "nothing" in ended.stderr
    assert "not reached" not in ended.stdout


def test_exit_functions_run_and_output_is_written(tmp_path: Path) -> None:
    program = "import atexit; atexit.register(lambda: print('end', end=''))\nprint('begin', end=' ')\n"
    version = START.replace("'validate', 'nothing'", "'--version'")

    assert run(tmp_path, f"{program}{START}run_program()").stdout == "begin end"
    assert run(tmp_path, f"{program}{version}run_program()").stdout.split() == [
        "begin",
        "scfdeploy",
        __version__,
        "end",
    ]


def test_threads_that_are_no_daemons_finish(tmp_path: Path) -> None:
    program = (
        "import threading\nmain = threading.main_thread()\n"
        "threading.Thread(target=lambda: (main.join(), print('finished'))).start()\n"
    )

    assert run(tmp_path, f"{program}{START}run_program()").stdout == "finished\n"


@pytest.mark.parametrize("module", ["cProfile", "trace"])
def test_profilers_and_tracers_report(module: str, tmp_path: Path) -> None:
    (tmp_path / "start.py").write_text(f"{START}run_program()")
    options = ["-s", "cumulative"] if module == "cProfile" else ["--count", "--summary", "--missing", "-C", "counts"]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-m", module, *options, "start.py"]
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert "function calls" in ended.stdout if module == "cProfile" else (tmp_path / "counts").is_dir()


def test_output_that_cannot_be_written_is_an_error() -> None:
    program = "import sys; sys.argv[1:] = ['--version']; from scfdeploy.cli import run_program; run_program()"
    shell = f'"{sys.executable}" -c "{program}" >/dev/full'
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[3])}
    ended = subprocess.run(["sh", "-c", shell], env=environment, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert "cannot be written" in ended.stderr


@pytest.mark.parametrize("arguments", ["--version", "--help", "schema"])
def test_reader_of_output_that_ended_is_no_error_message(arguments: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-m", "scfdeploy", arguments]
    ended = subprocess.run(command, env=environment, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)

    assert (ended.returncode, ended.stderr) == (1, "")
