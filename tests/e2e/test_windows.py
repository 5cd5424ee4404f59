"""Windows, as far as it can be simulated: a clear refusal, and no module that fails for want of `fcntl`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUN = "import sys; from scfdeploy.cli import main; sys.platform = 'win32'; sys.argv = ['scfdeploy', *{words!r}]; main()"
# Programs of their own, which the local server starts for functions, run where they are not imported.
IMPORT_ALL = """
import importlib, pkgutil, sys
for name in ("fcntl", "pwd", "grp", "termios", "resource"):
    sys.modules[name] = None
import scfdeploy
for found in pkgutil.walk_packages(scfdeploy.__path__, "scfdeploy."):
    if not found.name.endswith((".__main__", ".guardian", ".sitecustomize")):
        importlib.import_module(found.name)
print(len(sys.modules))
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


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
