"""Kills the processes of functions when the server ends without doing so itself, as after SIGKILL.

Run as `python guardian.py`. Standard input has the line `+ID COMMAND` for each process group that starts and `-ID` for
each that ended. When the server ends, the input ends, and all groups that are left are killed: a frozen process would
otherwise stay for ever. Then the commands of these groups run, such as the one that removes a container. COMMAND is a
JSON list of words, which is empty for most groups.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys

_COMMAND_S = 30


def main() -> None:
    """Follow the lines of the server to their end."""
    groups: dict[int, list[str]] = {}
    for line in sys.stdin.buffer:
        group, _, command = line[1:].partition(b" ")
        if line.startswith(b"+"):
            groups[int(group)] = json.loads(command)
        else:
            groups.pop(int(group), None)
    for leader in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)
    _run_all([command for command in groups.values() if command])


def _run_all(commands: list[list[str]]) -> None:
    running = []
    for command in commands:
        with contextlib.suppress(OSError):
            running.append(subprocess.Popen(command, stdin=subprocess.DEVNULL))
    for process in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_COMMAND_S)


if __name__ == "__main__":
    main()
