"""Finds and kills the processes of instances, also those that have left their process group, as daemons do.

A process can leave its group and its parent, but rarely the root of its mount namespace or its first environment. Each
instance has a text of its own in one of them. The processes also stay below their instance in the tree, where
`enter_namespace.py` has made it the parent of all processes without one. Systems without /proc find nothing.

Run as `python instance_processes.py`, it is the guardian of a server: it kills the processes of functions when the
server ends without doing so itself, as after SIGKILL. Standard input has the line `+ID [COMMAND, MARKER]` for each
process group that starts, `-ID` for each that ended, and `=FOLDER` with the temporary folder of the server, or `=` if
the server removes that itself. When the server ends, the input ends, and all groups that are left are killed: a frozen
process would otherwise stay for ever. So are processes below their leaders, and those with the MARKER. Then the
commands of these groups run, such as the one that removes a container, and the folder is removed. COMMAND is a JSON
list of words, which is empty for most groups, MARKER the fields of `Marker`, or null, and FOLDER a JSON text.
"""

from __future__ import annotations

import os
import sys

# One process for each server runs this file: to import what only its end or the server needs costs start-up time.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_PROC = "/proc"
_MAX_ROUNDS = 20
_COMMAND_S = 30
_END_MS = 2000
_SIGKILL = 9


class Marker:
    """What shows that a process belongs to an instance.

    With a mount namespace, `root` is the name of its root. With a copy of the code, `folder` holds the copy and the
    home: a process has the home in its environment, or no environment and works below the folder.
    """

    __slots__ = ("folder", "root")

    def __init__(self, root: str = "", folder: str = "") -> None:
        self.root = root
        self.folder = folder

    def is_in(self, pid: int) -> bool:
        """Whether a process of this user belongs to the instance."""
        if self.root:
            # Most processes have the mount namespace of this one, and need not be read.
            is_elsewhere = _link(pid, "ns/mnt") not in ("", _link(os.getpid(), "ns/mnt"))
            return is_elsewhere and os.fsencode(self.root) in _content(pid, "mountinfo").split(b" ")
        environment = _content(pid, "environ")
        if environment:
            return os.fsencode(f"HOME={self.folder}/home") in environment.split(b"\0")
        # A process that becomes another program has no environment for a moment.
        return f"{_link(pid, 'cwd')}/".startswith(f"{self.folder}/")


def kill_marked(markers: Collection[Marker]) -> None:
    """Kill every process of some instances."""
    for _ in range(_MAX_ROUNDS if markers else 0):
        found = [(pid, marker) for pid in _pids() for marker in markers if marker.is_in(pid)]
        if not found:
            return
        killed = []
        for pid, marker in found:
            try:
                killed.append(_kill(pid, marker))
            except OSError:
                continue  # it has ended, or belongs to another user
        # Each may have started another one before its end.
        for fd in killed:
            if fd is not None:
                _wait_and_close(fd)


def below(pid: int) -> set[int]:
    """The processes that a process has started, and those that these have started."""
    found: set[int] = set()
    unread = [pid]
    while unread:
        started = set(_children(unread.pop())) - found
        found |= started
        unread += started
    return found


def outside_group(leader: int) -> set[int]:
    """The processes below the leader of a process group that are not in this group."""
    return {pid for pid in below(leader) if _group_of(pid) not in (leader, None)}


def freeze(leader: int) -> set[int]:
    """Stop a process group, and all processes below its leader in others, which are returned."""
    import signal

    _signal_group(leader, signal.SIGSTOP)
    frozen: set[int] = set()
    # Another process may have got the number of a leader that has ended.
    is_leader = _group_of(leader) == leader
    for _ in range(_MAX_ROUNDS if is_leader else 0):
        # Each may have started another one before it stopped.
        started = outside_group(leader) - frozen
        if not started:
            break
        signal_each(started, signal.SIGSTOP)
        frozen |= started
    return frozen


def kill_group(leader: int) -> None:
    """Kill a process group, and all processes below its leader in others."""
    # While all are stopped, none can start another one, and no number of an ended one is given to another process.
    signal_each(freeze(leader), _SIGKILL)
    _signal_group(leader, _SIGKILL)


def signal_each(pids: Collection[int], number: int) -> None:
    """Send a signal to the processes that still run."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def main() -> None:
    """Follow the lines of the server to their end."""
    groups: dict[int, bytes] = {}
    folder = b""
    for line in sys.stdin.buffer:
        group, _, rest = line[1:].partition(b" ")
        if line.startswith(b"="):
            folder = line[1:].strip()
        elif line.startswith(b"+"):
            groups[int(group)] = rest
        else:
            groups.pop(int(group), None)
    for leader in groups:
        kill_group(leader)
    if groups or folder:
        import json

        contents = [json.loads(rest) for rest in groups.values()]
        kill_marked([Marker(*marker) for _, marker in contents if marker is not None])
        _run_all([command for command, _ in contents if command])
        if folder:
            remove_folder(json.loads(folder))


def remove_folder(root: str) -> None:
    """Remove a folder with what is in it, also copies of code, which cannot be written to."""
    import shutil

    # A link has taken the place of a folder that somebody removed from /tmp. What it leads to is not ours.
    if os.path.islink(root):  # noqa: PTH114 - pathlib costs start-up time
        return
    for folder, folders, _ in os.walk(root):
        for path in [f"{folder}/{name}" for name in folders]:
            if not os.path.islink(path):  # noqa: PTH114
                os.chmod(path, 0o700)  # noqa: PTH101
    shutil.rmtree(root, ignore_errors=True)


def _kill(pid: int, marker: Marker) -> int | None:
    """Kill a process. Returns a file descriptor by which its end can be waited for, if the system has such."""
    import signal

    try:
        fd: int = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    except (AttributeError, OSError):
        # Other systems, and Linux before 5.3 or with a filter of system calls.
        os.kill(pid, _SIGKILL)
        return None
    try:
        # Another process may have got the number since.
        if marker.is_in(pid):
            signal.pidfd_send_signal(fd, _SIGKILL)
    except BaseException:
        os.close(fd)
        raise
    return fd


def _wait_and_close(fd: int) -> None:
    """Wait for the end of a process that was killed."""
    import select

    poll = select.poll()
    poll.register(fd, select.POLLIN)
    poll.poll(_END_MS)
    os.close(fd)


def _pids() -> Iterator[int]:
    try:
        names = os.listdir(_PROC)  # noqa: PTH208
    except OSError:
        return
    yield from (int(name) for name in names if name.isdigit())


def _children(pid: int) -> Iterator[int]:
    try:
        tasks = os.listdir(f"{_PROC}/{pid}/task")  # noqa: PTH208
    except OSError:
        return
    for task in tasks:
        try:
            with open(f"{_PROC}/{pid}/task/{task}/children", "rb") as file:  # noqa: PTH123
                content = file.read()
        except OSError:
            continue  # this thread has ended
        yield from map(int, content.split())


def _signal_group(leader: int, number: int) -> None:
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        return


def _group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except OSError:
        return None


def _link(pid: int, name: str) -> str:
    try:
        return os.readlink(f"{_PROC}/{pid}/{name}")  # noqa: PTH115
    except OSError:
        return ""


def _content(pid: int, name: str) -> bytes:
    try:
        with open(f"{_PROC}/{pid}/{name}", "rb") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return b""


def _run_all(commands: list[list[str]]) -> None:
    import subprocess

    running = []
    for command in commands:
        try:
            running.append(subprocess.Popen(command, stdin=subprocess.DEVNULL))
        except OSError:
            continue
    for process in running:
        try:
            process.wait(timeout=_COMMAND_S)
        except subprocess.TimeoutExpired:
            continue


if __name__ == "__main__":
    main()
