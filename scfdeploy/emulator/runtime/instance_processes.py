"""Finds and kills the processes of instances, also those that have left their process group, as daemons do.

A process can leave its group and its parent, but not the root of its mount namespace, and rarely its first environment.
Each instance has a text of its own in one of them. The processes also stay below their instance in the tree, where
`enter_namespace.py` has made it the parent of all processes without one. Systems without /proc find nothing.

Run as `python instance_processes.py`, it is the guardian of a server: it kills the processes of functions when the
server ends without doing so itself, as after SIGKILL. Standard input has the line `+ID [COMMAND, MARKER]` for each
process group that starts and `-ID` for each that ended. When the server ends, the input ends, and all groups that are
left are killed: a frozen process would otherwise stay for ever. So are processes with the MARKER. Then the commands of
these groups run, such as the one that removes a container. COMMAND is a JSON list of words, which is empty for most
groups, and MARKER the fields of `Marker`, or null.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Collection, Iterator
from typing import NamedTuple

_PROC = "/proc"
_MAX_ROUNDS = 20
_COMMAND_S = 30


class Marker(NamedTuple):
    """What shows that a process belongs to an instance."""

    file: str
    """The file of the process in /proc: mountinfo or environ."""
    text: str
    """A word of mountinfo, or a variable with its value."""

    def is_in(self, pid: int) -> bool:
        """Whether a process of this user belongs to the instance."""
        separator = b"\0" if self.file == "environ" else b" "
        # Most processes have the mount namespace of this one, and need not be read.
        if self.file == "mountinfo" and _mounts_of(pid) in (None, _mounts_of(os.getpid())):
            return False
        try:
            with open(f"{_PROC}/{pid}/{self.file}", "rb") as file:  # noqa: PTH123 - for all processes
                return os.fsencode(self.text) in file.read().split(separator)
        except OSError:
            return False


def kill_marked(markers: Collection[Marker]) -> None:
    """Kill every process of some instances."""
    for _ in range(_MAX_ROUNDS if markers else 0):
        found = [(pid, marker) for pid in _pids() for marker in markers if marker.is_in(pid)]
        if not found:
            return
        # Each may have started another one before its end.
        for pid, marker in found:
            _kill(pid, marker)


def below(pid: int) -> set[int]:
    """The processes that a process has started, and those that these have started."""
    found: set[int] = set()
    for child in _children(pid):
        if child not in found:
            found |= {child, *below(child)}
    return found


def outside_group(leader: int) -> set[int]:
    """The processes below the leader of a process group that are not in this group."""
    return {pid for pid in below(leader) if _group_of(pid) not in (leader, None)}


def main() -> None:
    """Follow the lines of the server to their end."""
    groups: dict[int, tuple[list[str], list[str] | None]] = {}
    for line in sys.stdin.buffer:
        group, _, rest = line[1:].partition(b" ")
        if line.startswith(b"+"):
            groups[int(group)] = json.loads(rest)
        else:
            groups.pop(int(group), None)
    for leader in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)
    kill_marked([Marker(*marker) for _, marker in groups.values() if marker is not None])
    _run_all([command for command, _ in groups.values() if command])


def _kill(pid: int, marker: Marker) -> None:
    with contextlib.suppress(OSError):
        if not hasattr(os, "pidfd_open"):
            os.kill(pid, signal.SIGKILL)
            return
        fd = os.pidfd_open(pid)
        try:
            # Another process may have got the number since.
            if marker.is_in(pid):
                signal.pidfd_send_signal(fd, signal.SIGKILL)
        finally:
            os.close(fd)


def _pids() -> Iterator[int]:
    with contextlib.suppress(OSError):
        yield from (int(name) for name in os.listdir(_PROC) if name.isdigit())  # noqa: PTH208


def _children(pid: int) -> Iterator[int]:
    with contextlib.suppress(OSError):
        for task in os.listdir(f"{_PROC}/{pid}/task"):  # noqa: PTH208
            with contextlib.suppress(OSError), open(f"{_PROC}/{pid}/task/{task}/children", "rb") as file:  # noqa: PTH123
                yield from map(int, file.read().split())


def _group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except OSError:
        return None


def _mounts_of(pid: int) -> str | None:
    try:
        return os.readlink(f"{_PROC}/{pid}/ns/mnt")  # noqa: PTH115
    except OSError:
        return None


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
