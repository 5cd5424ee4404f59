"""Runs one command as a whole process and says what it took."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_KEPT_OUTPUT = 4000
# A new process counts the memory of the one that starts it as its own until it runs its program. This one is small.
_WAIT = """
import os, sys, time
output = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
actions = [(os.POSIX_SPAWN_DUP2, output, stream) for stream in (1, 2)]
began = time.perf_counter()
process = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ, file_actions=actions)
_, status, used = os.wait4(process, 0)
seconds = time.perf_counter() - began
print(os.waitstatus_to_exitcode(status), seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


@dataclass(frozen=True)
class Usage:
    """What a process and the processes that it waited for took."""

    wall_s: float
    cpu_s: float
    memory_mb: float
    """The most that one of these processes held at once; 10 MB at least."""


def run(
    command: Sequence[str | Path],
    folder: Path,
    environment: Mapping[str, str],
    *,
    exit_codes: Collection[int] = (0,),
) -> Usage:
    """Run a command to its end; exits with its output if it ends with another exit code."""
    output = folder.parent / f"{folder.name}.output"
    words = [str(word) for word in command]
    waited = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _WAIT, str(output), *words],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    exit_code, *figures = waited.stdout.split()
    if int(exit_code) not in exit_codes:
        text = output.read_text(encoding="utf-8", errors="replace")
        sys.exit(f"{' '.join(words)} ended with {exit_code}:\n{text[-_KEPT_OUTPUT:]}")
    output.unlink()
    return Usage(*map(float, figures))


def bare_python_s(folder: Path) -> float:
    """CPU seconds of a Python that does nothing: what figures of one machine are divided by."""
    return min(run([sys.executable, "-c", "pass"], folder, {"PATH": os.defpath}).cpu_s for _ in range(5))
