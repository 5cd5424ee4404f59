"""Processes forked from one that has loaded the program: real ones, without the second that loading takes.

A signal, a limit or a full disk acts on them as on the installed program. `run_scfdeploy` is the program by its command
line; `fork_server().run("package.module:function", ...)` is any other function of JSON values.

The server reads one JSON line for each order from a socket and answers with one:

    {"load": MODULE}                                  {}
    {"call": NAME, "arguments": [...], "cwd", "env"}  {"pid": PID}
    {"wait": PID}                                     {"code": EXIT CODE, or minus the signal}

With a call come four descriptors: stdin, stdout, stderr, and a socket that the process keeps open until it ends.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn

PROGRAM = f"{__name__}:run_program"
"""For the calls of a server: the program, by its arguments."""
_ROOT = Path(__file__).parents[2]
_PIECE = 1 << 16
_DESCRIPTORS = 4
# The exit code of Python for it.
_FLUSH_FAILED = 120


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code (negative: the signal), and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


@dataclass
class Forked:
    """A process that was started."""

    pid: int
    _server: ForkServer = field(repr=False)
    _lifeline: socket.socket = field(repr=False)

    def wait(self) -> int:
        """Wait for its end. Returns the exit code, or minus the signal."""
        with self._lifeline:
            while self._lifeline.recv(1):
                pass
        return int(self._server.ask({"wait": self.pid})["code"])


class ForkServer:
    """The process that forks. Threads may share it; what it started runs side by side."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._lock = threading.Lock()
        self._loaded: set[str] = set()

    def start(
        self,
        call: str,
        *arguments: object,
        stdin: int,
        stdout: int,
        stderr: int,
        cwd: str | Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Forked:
        """Call `package.module:function` in a new process with these descriptors; its result is the exit code."""
        module = call.partition(":")[0]
        if module not in self._loaded:
            self.ask({"load": module})
            self._loaded.add(module)
        where = {"cwd": str(cwd or Path.cwd()), "env": None if env is None else dict(env)}
        own, lifeline = socket.socketpair()
        with lifeline:
            order = {"call": call, "arguments": arguments, **where}
            pid = int(self.ask(order, (stdin, stdout, stderr, lifeline.fileno()))["pid"])
        return Forked(pid, self, own)

    def run(
        self,
        call: str,
        *arguments: object,
        cwd: str | Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
    ) -> Ended:
        """Start a process, wait for its end and give what it wrote."""
        with tempfile.TemporaryFile() as given, ExitStack() as ends:
            given.write(stdin.encode())
            given.seek(0)
            # Pipes: a limit of the size of files must not act on what is printed.
            (out, to_out), (err, to_err) = (_pipe(ends) for _ in range(2))
            streams = {"stdin": given.fileno(), "stdout": to_out.fileno(), "stderr": to_err.fileno()}
            process = self.start(call, *arguments, cwd=cwd, env=env, **streams)
            to_out.close()
            to_err.close()
            with ThreadPoolExecutor(1) as reader:
                errors = reader.submit(err.read)
                written = out.read()
            return Ended(process.wait(), written.decode(), errors.result().decode())

    def ask(self, order: Mapping[str, object], descriptors: tuple[int, ...] = ()) -> dict[str, Any]:
        """Send one order and read the answer."""
        content = f"{json.dumps(order)}\n".encode()
        with self._lock:
            sent = socket.send_fds(self._control, [content], list(descriptors))
            self._control.sendall(content[sent:])
            answer = b""
            while not answer.endswith(b"\n"):
                piece = self._control.recv(_PIECE)
                assert piece, "the server has ended"
                answer += piece
        found: dict[str, Any] = json.loads(answer)
        return found


def _pipe(ends: ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    reading, writing = os.pipe()
    return ends.enter_context(open(reading, "rb")), ends.enter_context(open(writing, "wb"))  # noqa: PTH123


@cache
def fork_server() -> ForkServer:
    """The server of this test process, started at its first use. It ends with the test process."""
    started = _running_server()
    server = started.__enter__()
    atexit.register(started.__exit__, None, None, None)
    return server


def run_scfdeploy(
    *arguments: str | Path,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
) -> Ended:
    """Run the program with these arguments; with `env`, in no other environment.

    What is decided when Python starts (`PYTHON...` variables, the encoding of streams) is that of the test process.
    """
    typed = [str(argument) for argument in arguments]
    return fork_server().run(PROGRAM, typed, cwd=cwd, env=env, stdin=stdin)


def run_program(arguments: list[str]) -> int:
    """Be the installed program."""
    from scfdeploy.cli import main

    sys.argv = ["scfdeploy", *arguments]
    main()
    return 0


@contextmanager
def _running_server() -> Iterator[ForkServer]:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("TENCENT", "SCFDEPLOY_", "STAGE"))
    }
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", __name__, str(theirs.fileno())]
    with (
        ours,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], env=clean, cwd=_ROOT
        ) as process,
    ):
        theirs.close()
        yield ForkServer(ours)
        ours.close()
        process.wait(30)


def _serve(control: socket.socket) -> None:
    _load_program()
    while True:
        content, descriptors = _receive(control)
        if not content:
            return
        order = json.loads(content)
        answer: dict[str, object] = {}
        if "load" in order:
            importlib.import_module(order["load"])
        elif "wait" in order:
            answer["code"] = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
        else:
            answer["pid"] = os.fork()
            if not answer["pid"]:
                control.close()
                _become(order, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        control.sendall(f"{json.dumps(answer)}\n".encode())


def _receive(control: socket.socket) -> tuple[bytes, list[int]]:
    content, descriptors = b"", []
    while not content.endswith(b"\n"):
        piece, found, _, _ = socket.recv_fds(control, _PIECE, _DESCRIPTORS)
        if not piece:
            return b"", []
        content += piece
        descriptors += found
    return content, descriptors


def _become(order: Mapping[str, Any], descriptors: list[int]) -> NoReturn:
    """Be the process of an order: from here to the end nothing of the server matters."""
    import traceback

    # The fourth stays open: its end is how the end of this process is noticed.
    for number, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, number)
        os.close(descriptor)
    code: object = 1
    try:
        os.chdir(order["cwd"])
        if order["env"] is not None:
            os.environ.clear()
            os.environ.update(order["env"])
        module, _, name = order["call"].partition(":")
        code = getattr(sys.modules[module], name)(*order["arguments"])
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - the end of a process
        traceback.print_exc()
    if isinstance(code, str):
        print(code, file=sys.stderr)
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except OSError:
        code = _FLUSH_FAILED
    os._exit(code if isinstance(code, int) else int(code is not None))


def _load_program() -> None:
    """Import what commands import, and what is computed once for each process by reading a project."""
    import gc
    import pkgutil

    import scfdeploy
    from tests.support.project import TIMER, write_project

    for module in pkgutil.walk_packages(scfdeploy.__path__, "scfdeploy."):
        if not module.name.startswith(("scfdeploy.emulator", "scfdeploy.__main__")):
            importlib.import_module(module.name)
    for name in (
        "concurrent.futures.thread",
        "configparser",
        "encodings.idna",
        "encodings.utf_8_sig",
        "http.client",
        "requests",
        "tencentcloud.common.common_client",
        "tencentcloud.common.credential",
    ):
        importlib.import_module(name)

    from scfdeploy.cli.arguments import make_request
    from scfdeploy.operations.check import load_and_check

    with tempfile.TemporaryDirectory() as folder:
        load_and_check(make_request(str(write_project(Path(folder), TIMER))), advise=True)
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    # Interrupts of a terminal are for the test process.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _serve(socket.socket(fileno=int(sys.argv[1])))
