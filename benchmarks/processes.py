"""Runs one command as a whole process and says what it took."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_KEPT_OUTPUT = 4000


@dataclass(frozen=True)
class Usage:
    """What a process and the processes that it waited for took."""

    wall_s: float
    cpu_s: float
    memory_mb: float
    """The most that one of these processes held at once; at least what the process that measures holds."""


def run(
    command: Sequence[str | Path],
    folder: Path,
    environment: Mapping[str, str],
    *,
    exit_codes: Collection[int] = (0,),
) -> Usage:
    """Run a command to its end; exits with its output if it ends with another exit code."""
    output = folder.parent / f"{folder.name}.output"
    began = time.perf_counter()
    with output.open("wb") as stream:
        words = [str(word) for word in command]
        process = subprocess.Popen(
            words, cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
        )
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in exit_codes:
        text = output.read_text(encoding="utf-8", errors="replace")
        sys.exit(f"{' '.join(words)} ended with {process.returncode}:\n{text[-_KEPT_OUTPUT:]}")
    output.unlink()
    return Usage(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def bare_python_s(folder: Path) -> float:
    """CPU seconds of a Python that does nothing: what figures of one machine are divided by."""
    return min(run([sys.executable, "-c", "pass"], folder, {}).cpu_s for _ in range(5))
