"""Runs a program on a terminal, where it asks."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def run_on_terminal(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], typed: str
) -> tuple[int, str]:
    """Run a command and type one line for each question; the exit code, and what is on the screen."""
    leader, follower = pty.openpty()
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**environment, "TERM": "dumb"},
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
    ) as process:
        os.close(follower)
        output, answers = b"", typed.splitlines(keepends=True)
        with contextlib.suppress(OSError):  # the program has closed the terminal
            while part := os.read(leader, 1 << 16):
                output += part
                if answers and output.endswith(b": "):
                    os.write(leader, answers.pop(0).encode())
        code = process.wait()
    os.close(leader)
    return code, output.decode().replace("\r\n", "\n")
