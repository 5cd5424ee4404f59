"""Web functions: the program `scf_bootstrap`, started for one request, on port 9000 as the platform has it."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from scfdeploy.emulator.messages import Answer, Request
from scfdeploy.emulator.private_files import open_to_write, require_private_folder
from scfdeploy.emulator.runtime.code_cache import CodeCache
from scfdeploy.emulator.runtime.environment import variables
from scfdeploy.emulator.runtime.interpreters import with_local_interpreters
from scfdeploy.emulator.runtime.loopback import LoopbackGuard, can_guard, reachable_from_outside
from scfdeploy.emulator.runtime.output import Tail
from scfdeploy.emulator.runtime.work import Work
from scfdeploy.facts import limit

_PORT = 9000
_BOOTSTRAP = "scf_bootstrap"
_LARGEST = limit("event.sync_max_bytes")
_CONFINE = Path(__file__).parent / "confine.py"
# Another server's function has the port for as long as its request takes.
_PORT_WAIT_S = 15.0
_NOT_PASSED_ON = frozenset({"host", "connection", "content-length", "transfer-encoding", "keep-alive"})


class WebError(Exception):
    """A web function that gave no answer: the documented status, and what its program wrote."""

    def __init__(self, status: int, message: str, output: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.output = output


class WebRunner:
    """Runs one web function at a time: there is only one port 9000.

    `starter` is the script that becomes the function's program, as `confine.py` does; `is_guarded` says whether it
    keeps the program to loopback addresses. Without that the interpreters have to.
    """

    def __init__(self, cache: CodeCache, *, starter: Path = _CONFINE, is_guarded: bool | None = None) -> None:
        self._cache = cache
        self._starter = str(starter)
        self._is_guarded = can_guard() if is_guarded is None else is_guarded
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def serve(self, work: Work, request: Request) -> Answer:
        """The function's answer to a request. Raises WebError when there is none."""
        folder = self._cache.folder(work.version["blob"], work.code)
        opt = self._cache.layers(work.layers)
        script = self._script(folder)
        with self._turn, _port(), self._started(script, work, folder, opt) as output:
            _wait_until_listening(self._process, output, work.version["InitTimeout"])
            _require_unreachable(output)
            return _forwarded(work, request, output, self.kill)

    def kill(self) -> None:
        """End the program, if one runs."""
        process = self._process
        if process is not None:
            _end(process)

    def _script(self, folder: Path) -> Path:
        script = folder / _BOOTSTRAP
        if not script.is_file():
            raise WebError(405, f"the bundle has no {_BOOTSTRAP}")
        if not os.access(script, os.X_OK):
            raise WebError(405, f"{_BOOTSTRAP} is not executable")
        content = script.read_bytes()
        wrapped_in = None if self._is_guarded else self._cache.root() / "python"
        local = with_local_interpreters(content, wrapped_in=wrapped_in)
        if local == content:
            return script
        copy = self._cache.root() / f"{_BOOTSTRAP}-{uuid.uuid4().hex}"
        copy.write_bytes(local)
        copy.chmod(0o755)
        return copy

    @contextlib.contextmanager
    def _started(self, script: Path, work: Work, folder: Path, opt: Path | None) -> Iterator[Tail]:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                process = subprocess.Popen(
                    [sys.executable, "-I", "-S", "-B", self._starter, str(theirs.fileno()), str(script)],
                    env=variables(work, folder, self._cache.home(), opt),
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
            self._process = process
            with process, contextlib.ExitStack() as ending:
                if process.stdout is None:
                    raise AssertionError("the process was started with a pipe")
                output = Tail(process.stdout)
                ending.callback(output.join)
                ending.callback(self._end_process, process)
                _guard(ours, ending, output)
                yield output

    def _end_process(self, process: subprocess.Popen[bytes]) -> None:
        _end(process)
        self._process = None


def _guard(ours: socket.socket, ending: contextlib.ExitStack, output: Tail) -> None:
    """Answer what the kernel asks about the program, and wait until it has been started."""
    sign, listeners, _, _ = socket.recv_fds(ours, 1, 1)
    for listener in listeners:
        ending.callback(LoopbackGuard(listener).close)
    failed = ours.recv(16) if sign else b""
    if failed:
        raise WebError(405, f"{_BOOTSTRAP} cannot be started: {os.strerror(int(failed))}", output.text())


@contextlib.contextmanager
def _port() -> Iterator[None]:
    """Hold port 9000 against the other servers of this machine, and against whoever listens there."""
    deadline = time.monotonic() + _PORT_WAIT_S
    with _lock_file() as lock:
        while not (_locked(lock) and _is_free()):
            if time.monotonic() > deadline:
                message = f"port {_PORT} is taken on this machine, and web functions must listen on it"
                raise WebError(446, message)
            time.sleep(0.05)  # noqa: TID251 - another program has the port
        yield


def _lock_file() -> IO[str]:
    """A file that all servers of this user lock, in a folder of the user's own below the shared temporary one."""
    folder = Path(tempfile.gettempdir()) / f"scfdeploy-{os.getuid()}"
    try:
        require_private_folder(folder)
        return open_to_write(folder / f"port-{_PORT}.lock")
    except OSError as error:
        raise WebError(446, f"{folder} cannot hold the lock of port {_PORT}: {error.strerror}") from error


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free() -> bool:
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", _PORT))  # noqa: S104 - the address that the function will take
        except OSError:
            return False
    return True


def _wait_until_listening(process: subprocess.Popen[bytes] | None, output: Tail, init_timeout_s: int) -> None:
    deadline = time.monotonic() + init_timeout_s
    while time.monotonic() < deadline:
        if process is None or process.poll() is not None:
            output.join()
            raise WebError(405, f"{_BOOTSTRAP} ended before it listened on port {_PORT}", output.text())
        with contextlib.suppress(OSError), contextlib.closing(socket.create_connection(("127.0.0.1", _PORT), 1)):
            return
        time.sleep(0.02)  # noqa: TID251 - a process starts in its own time
    raise WebError(446, f"nothing listens on port {_PORT} after {init_timeout_s} seconds", output.text())


def _require_unreachable(output: Tail) -> None:
    address = reachable_from_outside(_PORT)
    if address:
        message = (
            f"the web function was stopped: it listens on {address}, port {_PORT}, where the network can reach it, and "
            f"this system cannot change that. Let it listen on 127.0.0.1 when it runs locally."
        )
        raise WebError(446, message, output.text())


def _forwarded(work: Work, request: Request, output: Tail, kill: Callable[[], None]) -> Answer:
    """The program's answer, of no more bytes and in no more time than the platform gives it."""
    seconds = work.version["Timeout"]
    connection = http.client.HTTPConnection("127.0.0.1", _PORT, timeout=seconds)
    headers = {name: value for name, value in request.headers.items() if name not in _NOT_PASSED_ON}
    target = f"{request.path}?{request.query}" if request.query else request.path
    too_late = f"Invoking task timed out after {seconds} seconds"
    # The limit of a socket begins anew with each byte: a program that drips its answer would never end.
    limit_of_time = _Limit(seconds, kill)
    try:
        connection.request(request.method, target, request.body, headers | _platform_headers(work))
        answer = connection.getresponse()
        body = answer.read(_LARGEST + 1)
        if answer.length and len(body) <= _LARGEST:
            raise http.client.IncompleteRead(body, answer.length)
    except TimeoutError as error:
        raise WebError(433, too_late, output.text()) from error
    except (OSError, http.client.HTTPException) as error:
        if limit_of_time.is_over:
            raise WebError(433, too_late, output.text()) from error
        raise WebError(439, f"the function ended without an answer: {error}", output.text()) from error
    finally:
        limit_of_time.cancel()
        connection.close()
    if limit_of_time.is_over:
        raise WebError(433, too_late, output.text())
    if len(body) > _LARGEST:
        raise WebError(407, f"the answer is larger than {_LARGEST >> 20} MB", output.text())
    kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in (*_NOT_PASSED_ON, "date")]
    content_type = next((value for name, value in kept if name.lower() == "content-type"), "text/plain")
    others = tuple((name, value) for name, value in kept if name.lower() != "content-type")
    return Answer(answer.status, body, content_type, others)


class _Limit(threading.Timer):
    """Does something once, after so many seconds; `is_over` says whether they have passed."""

    def __init__(self, seconds: float, act: Callable[[], None]) -> None:
        self.is_over = False
        self._act = act
        super().__init__(seconds, self._end)
        self.daemon = True
        self.start()

    def _end(self) -> None:
        self.is_over = True
        self._act()


def _platform_headers(work: Work) -> dict[str, str]:
    return {
        "X-Scf-Request-Id": work.request_id,
        "X-Scf-Memory": str(work.version["MemorySize"]),
        "X-Scf-Timeout": str(work.version["Timeout"]),
        "X-Scf-Version": work.version["FunctionVersion"],
        "X-Scf-Name": work.function["FunctionName"],
        "X-Scf-Namespace": work.function["Namespace"],
        "X-Scf-Region": work.region,
        "X-Scf-Appid": work.app_id,
        "X-Scf-Uin": work.uin,
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
