"""Windows and frozen programs, as far as they can be simulated."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUN = "import sys; from scfdeploy.cli import main; sys.platform = 'win32'; sys.argv = ['scfdeploy', *{words!r}]; main()"
FROZEN = """
import sys
from scfdeploy.cli import main
sys.frozen, sys.executable, sys._base_executable, sys.argv = True, "/frozen", "/frozen", ["scfdeploy", "--help"]
try:
    main()
except SystemExit:
    print(sys.executable, sys._base_executable)
"""
# Programs of their own, which the local server starts for functions, run where they are not imported.
IMPORT_ALL = """
import importlib, pkgutil, sys
for name in ("fcntl", "pwd", "grp", "termios", "resource"):
    sys.modules[name] = None
import scfdeploy
for found in pkgutil.walk_packages(scfdeploy.__path__, "scfdeploy."):
    if not found.name.endswith((".__main__", ".sitecustomize")):
        importlib.import_module(found.name)
print(len(sys.modules))
"""


def run(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    env = {**os.environ, **variables}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=env)


@pytest.mark.parametrize(
    "words", [["validate"], ["apply", "--yes"], ["--help"], ["__complete", "bash", "1"]], ids=" ".join
)
def test_windows_is_refused_with_a_way_on(words: list[str]) -> None:
    done = run(RUN.format(words=words))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "error: scfdeploy runs on Linux and macOS, not on Windows itself.\n"
        "  hint: Use the Windows Subsystem for Linux: run wsl --install, then install scfdeploy there.\n"
    )


def test_windows_gets_the_version() -> None:
    assert run(RUN.format(words=["--version"])).stdout.startswith("scfdeploy ")


def test_every_module_is_imported_without_the_modules_of_posix() -> None:
    done = run(IMPORT_ALL)

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 500


@pytest.mark.parametrize("is_installed", [True, False])
def test_frozen_program_starts_functions_with_the_python_of_the_machine(tmp_path: Path, is_installed: bool) -> None:
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    python = tmp_path / name
    if is_installed:
        python.touch(mode=0o755)

    done = run(FROZEN, PATH=str(tmp_path))

    expected = str(python) if is_installed else name
    assert done.stdout.splitlines()[-1] == f"{expected} {expected}", done.stderr
