"""Who starts processes: every place decides by itself what they get of the environment, so there are few."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2] / "scfdeploy"
STARTS = re.compile(r"\b(subprocess|pty|multiprocessing)\b|\bos\.(system|popen|exec\w+|spawn\w+|posix_spawn\w*|fork)\(")
KNOWN = {
    "packager/command.py",  # hooks and checks: without credentials
    "emulator/runtime/child.py",  # local handlers: the documented variables and the function's own
    "emulator/runtime/bootstrap_program.py",  # the program of a bundle: the same
    "emulator/runtime/images.py",  # docker: everything; the container: the function's own variables
    "emulator/runtime/instance_processes.py",  # removes containers of a killed server: everything
    "emulator/runtime/web_instance.py",
    "emulator/runtime/confine.py",
    "emulator/runtime/enter_namespace.py",
    "emulator/runtime/interpreters.py",  # asks an interpreter for its version: PATH and HOME
    "emulator/runtime/sandbox.py",  # tries a namespace: nothing
}


def test_processes_are_started_in_few_places() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if any(STARTS.search(line.partition("#")[0]) for line in path.read_text(encoding="utf-8").splitlines())
    }
    assert found == KNOWN
