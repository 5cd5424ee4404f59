"""`scfdeploy` as a process that has loaded its modules before it starts: a fork of one that has, and has run commands.

Tests start the command hundreds of times, and most of its time is for loading. `start_command` and `fork_command`
hand arguments, environment, folder, umask and standard streams to a process of this module, which forks. The fork is a
real process of its own session, and runs what `python -m scfdeploy` runs. The pip that it starts for dependencies of
functions is a fork, too, and so are the functions that `command_process` calls. On macOS, where a process that has
loaded libraries of the system cannot fork safely, each is an ordinary new process.

    order    8 bytes with its length and three descriptors; FOLDER, UMASK, COUNT OF WORDS, WORD..., NAME=VALUE..., each
             but the last followed by a zero byte
    answer   4 bytes with the process id; at the end 4 bytes with the exit code, or minus the signal
"""

from __future__ import annotations

import _socket
import atexit
import importlib
import json
import os
import runpy
import select
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NoReturn

_ROOT = Path(__file__).parents[2]
_CLIENT = Path(__file__).with_name("preloaded_client.py")
_FORKS = sys.platform == "linux"
_MODULE = "tests.support.preloaded_command"
_DIRECTLY = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from {_MODULE} import run_directly; run_directly()"
_SOCKET = "socket"
_PYTHON = "python"
"""Beside the socket: what runs a program of Python that imports pip, in a fork."""
_PROGRAM = "--python-program"
"""The first word of an order for such a program."""
CALL = "--call"
"""The first word of an order for a function; `package.module:function` and its arguments as JSON follow."""
# The exit code of Python for it.
_FLUSH_FAILED = 120


def start_command() -> str:
    """The words of a shell that start scfdeploy; they go before its arguments."""
    return _client(_started()) if _FORKS else shlex.join([sys.executable, "-c", _DIRECTLY])


def _client(path: str) -> str:
    return shlex.join([sys.executable, "-I", "-S", str(_CLIENT), path])


def program_text() -> str:
    """The text of a program of Python that is scfdeploy."""
    if not _FORKS:
        return f"#!{sys.executable}\n{_DIRECTLY}\n"
    client = _CLIENT.read_text(encoding="utf-8")
    return f"#!{sys.executable}\nimport sys\nsys.argv.insert(1, {_started()!r})\n{client}"


def python_with_pip() -> str:
    """A program that runs a file of Python in a fork that has loaded pip."""
    return str(Path(_started()).with_name(_PYTHON)) if _FORKS else sys.executable


class ForkedCommand:
    """A command that `fork_command` has started."""

    def __init__(self, connection: _socket.socket) -> None:
        self._connection = connection
        self._code: int | None = None
        self.pid = int.from_bytes(_received(connection), "big")

    def send_signal(self, number: int) -> None:
        """Send a signal to the command, unless it has ended."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; returns the exit code, or minus the signal."""
        if self._code is None:
            self._connection.settimeout(timeout)
            self._code = int.from_bytes(_received(self._connection), "big", signed=True)
            self._connection.close()
        return self._code

    def close(self) -> None:
        """Kill what still runs of it."""
        self._connection.close()


class _NewCommand(ForkedCommand):
    """The same as an ordinary process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.pid = process.pid

    def wait(self, timeout: float | None = None) -> int:
        return self._process.wait(timeout)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def _received(connection: _socket.socket) -> bytes:
    answer = connection.recv(4)
    if len(answer) < 4:
        raise ChildProcessError("the process that forks has ended")
    return answer


def fork_command(
    words: Sequence[str], *, folder: Path, environment: Mapping[str, str], streams: tuple[int, int, int]
) -> ForkedCommand:
    """Start scfdeploy with these standard streams, and nothing but this environment."""
    if not _FORKS:
        stdin, stdout, stderr = streams
        command = [sys.executable, "-c", _DIRECTLY, *words]
        started = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True
        )
        return _NewCommand(started)
    pairs = [os.fsencode(f"{name}={value}") for name, value in environment.items()]
    order = b"\0".join([os.fsencode(folder), b"%d" % 0o022, b"%d" % len(words), *map(os.fsencode, words), *pairs])
    # Tests may connect to hosts only; this is no host.
    connection = _socket.socket(socket.AF_UNIX)
    connection.connect(_started())
    socket.send_fds(connection, [len(order).to_bytes(8, "big")], list(streams))
    connection.sendall(order)
    return ForkedCommand(connection)


@cache
def _started() -> str:
    """The socket of the process that forks; it ends with this one."""
    # The path of a socket must be short, and a test may have set TMPDIR to a folder that goes with it.
    folder = tempfile.TemporaryDirectory(prefix="scf-", dir="/tmp" if os.access("/tmp", os.W_OK) else None)
    path = f"{folder.name}/{_SOCKET}"
    python = Path(folder.name, _PYTHON)
    python.write_text(f'#!/bin/sh\nexec {_client(path)} {_PROGRAM} "$@"\n')
    python.chmod(0o755)
    listener = _socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    # What a test has set by now must not be there later.
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    process = subprocess.Popen(
        [sys.executable, "-m", _MODULE, str(listener.fileno())],
        cwd=_ROOT,
        env=clean,
        stdin=subprocess.PIPE,
        pass_fds=(listener.fileno(),),
    )
    listener.close()

    def end() -> None:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()
        folder.cleanup()

    atexit.register(end)
    return path


class _Fork:
    """A command that runs, and the connection that waits for its end."""

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self.ending = os.pidfd_open(pid)
        self.connection = connection

    def end(self) -> None:
        """Tell the exit code."""
        _, status = os.waitpid(self.pid, 0)
        with suppress(OSError):
            self.connection.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))
        os.close(self.ending)
        self.connection.close()

    def kill(self) -> None:
        """Whoever waited was killed, as the command would have been."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def _serve(listener: socket.socket) -> None:
    """Fork for each connection, until stdin ends."""
    forks: list[_Fork] = []
    while True:
        waiting: list[int | socket.socket] = [0, listener]
        ready, _, _ = select.select(
            [*waiting, *(fork.ending for fork in forks), *(fork.connection for fork in forks)], [], []
        )
        if 0 in ready:
            for fork in forks:
                fork.kill()
            return
        for fork in [fork for fork in forks if fork.ending in ready]:
            fork.end()
            forks.remove(fork)
        for fork in forks:
            if fork.connection in ready:
                fork.kill()
        if listener in ready:
            connection, _ = listener.accept()
            size, streams, _, _ = socket.recv_fds(connection, 8, 3)
            order = _read_order(connection, int.from_bytes(size, "big"))
            if order:
                forks.append(_fork(connection, listener, order, streams))
            else:
                connection.close()
            for stream in streams:
                os.close(stream)


def _read_order(connection: socket.socket, size: int) -> bytes:
    """What a client asks for; nothing, if it broke off."""
    order = b""
    while len(order) < size:
        piece = connection.recv(size - len(order))
        if not piece:
            return b""
        order += piece
    return order


def _fork(connection: socket.socket, listener: socket.socket, order: bytes, streams: list[int]) -> _Fork:
    with suppress(Exception):  # the fork reports it
        _load_function(order)
    pid = os.fork()
    if pid == 0:
        listener.close()
        connection.close()
        _become(order, streams)
    with suppress(OSError):
        connection.sendall(pid.to_bytes(4, "big"))
    return _Fork(pid, connection)


def _load_function(order: bytes) -> None:
    """Import the module of a function, once for all forks."""
    _, _, _, *words = order.split(b"\0")
    if words[:1] == [CALL.encode()]:
        importlib.import_module(words[1].decode().partition(":")[0])


def _become(order: bytes, streams: list[int]) -> NoReturn:
    """Run the command: from here to the end nothing of the forking process matters."""
    import traceback

    code = 1
    try:
        os.setsid()
        _inherit(order, streams)
        code = _run()
    except BaseException:  # noqa: BLE001 - the end of a process
        traceback.print_exc()
    finally:
        with suppress(BaseException):
            atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            try:
                if stream is not None:
                    stream.flush()
            except OSError:
                code = _FLUSH_FAILED
        os._exit(code)


def _inherit(order: bytes, streams: list[int]) -> None:
    """Take over arguments, environment, folder and standard streams."""
    import time

    folder, umask, count, *rest = order.split(b"\0")
    words, environment = rest[: int(count)], rest[int(count) :]
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for stream in streams:
        if stream > 2:
            os.close(stream)
    os.chdir(folder)
    os.umask(int(umask))
    os.environb.clear()
    os.environb.update(pair.split(b"=", 1) for pair in environment)
    time.tzset()
    tempfile.tempdir = None
    sys.argv = ["scfdeploy", *map(os.fsdecode, words)]
    errors = "strict" if os.environ.get("LANG", "").endswith("UTF-8") else "surrogateescape"
    sys.stdin = open(0, encoding="utf-8", errors=errors)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors=errors, buffering=1 if os.isatty(1) else -1)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1)  # noqa: SIM115


def run_directly() -> NoReturn:
    """Run the command of this process, which has not been forked for it."""
    sys.argv[0] = "scfdeploy"
    sys.exit(_run())


def _run() -> int:
    from scfdeploy.cli import main

    try:
        if sys.argv[1:2] == [_PROGRAM]:
            del sys.argv[:2]
            runpy.run_path(sys.argv[0], run_name="__main__")
        elif sys.argv[1:2] == [CALL]:
            _, _, function, arguments = sys.argv
            module, _, name = function.partition(":")
            return int(getattr(importlib.import_module(module), name)(*json.loads(arguments)))
        else:
            main()
    except SystemExit as ending:
        if isinstance(ending.code, str):
            print(ending.code, file=sys.stderr)
            return 1
        return ending.code or 0
    return 0


def _load(folder: str) -> None:
    import gc

    from scfdeploy.packager.build import python

    _run_once()
    # What only other commands need.
    for name in (
        "concurrent.futures.thread",
        "pip._internal.cli.main",
        "pip._internal.commands.install",
        "pip._internal.operations.install.wheel",
        "pip._internal.resolution.resolvelib.resolver",
        *(f"scfdeploy.cli.commands.{name}" for name in ("build", "dev", "events", "invoke")),
        "scfdeploy.cli.language",
        "scfdeploy.local_server",
        "scfdeploy.operations.alias.traffic_shift",
        "scfdeploy.operations.build",
        "scfdeploy.operations.dev.file_watcher",
        "scfdeploy.operations.dev.session",
        "scfdeploy.operations.import_.operation",
        "scfdeploy.operations.saved_plans",
        "scfdeploy.packager.build.nodejs",
        "scfdeploy.providers.tencent.cos.bucket",
        "scfdeploy.report.github",
        "scfdeploy.report.junit",
        "scfdeploy.report.markdown",
        "scfdeploy.report.text.groups.similar_changes",
        "scfdeploy.report.text.built",
        "typer._click.decorators",
    ):
        importlib.import_module(name)
    python._interpreter_with_pip = lambda *_: f"{folder}/{_PYTHON}"
    gc.collect()
    gc.freeze()


def _run_once() -> None:
    """Run commands in this process, for what is loaded, compiled and read at first use and kept."""
    from scfdeploy.emulator import Server
    from scfdeploy.providers import workers
    from tests.support.changing_project import write_after, write_before
    from tests.support.command import scfdeploy

    with tempfile.TemporaryDirectory() as folder, Server() as server:
        environment = {"HOME": folder, "SCFDEPLOY_ENDPOINT": server.url}
        for write, commands in (
            (write_before, ("validate", "apply --yes --format json")),
            (write_after, ("plan", "apply --yes", "status", "destroy --yes")),
        ):
            write(Path(folder))
            for command in commands:
                ran = scfdeploy(*command.split(), folder, env=environment)
                assert ran.exit_code == 0, ran
    # A process with threads cannot fork safely.
    if workers._calls is not None:
        workers._calls.close()
        workers._calls = None
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join()


if __name__ == "__main__":
    # Interrupts of a terminal are for the test process, and forks have the usual ones.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with socket.socket(fileno=int(sys.argv[1])) as server:
        _load(os.path.dirname(server.getsockname()))  # noqa: PTH120
        _serve(server)
