"""Web functions: start the program `scf_bootstrap` for one request, on port 9000 as on the platform."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import os
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from scfdeploy.emulator.messages import Request, Response
from scfdeploy.emulator.private_files import open_to_write, require_private_folder
from scfdeploy.emulator.runtime.child import Guardian, OutputTail, ProcessGroup
from scfdeploy.emulator.runtime.code_cache import CodeCache
from scfdeploy.emulator.runtime.environment import variables
from scfdeploy.emulator.runtime.interpreters import Interpreter, library_path, own_python, with_local_interpreters
from scfdeploy.emulator.runtime.invocation import Invocation
from scfdeploy.emulator.runtime.launcher import CodeError, Launcher
from scfdeploy.emulator.runtime.loopback import LoopbackGuard, can_guard, reachable_from_outside
from scfdeploy.emulator.runtime.memory import MemoryLimiter
from scfdeploy.emulator.runtime.sandbox import NAMESPACE, Sandbox
from scfdeploy.facts import limit

_PORT = 9000
_BOOTSTRAP = "scf_bootstrap"
_MAX_BYTES = limit("event.sync_max_bytes")
_CONFINE = Path(__file__).parent / "confine.py"
# A function of another server holds the port during one request.
_PORT_WAIT_S = 15.0
_NOT_FORWARDED = frozenset({"host", "connection", "content-length", "transfer-encoding", "keep-alive"})
_NOT_RETURNED = _NOT_FORWARDED | {"date"}


class WebError(Exception):
    """A web function that gave no response: the documented status, and the output of its program."""

    def __init__(self, status: int, message: str, output: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.output = output


@dataclass(frozen=True, slots=True)
class _StartScript:
    """The start script of a function with interpreters of this machine."""

    path: Path | None
    """A changed copy of the script; None if it needs no change."""
    interpreters: tuple[Interpreter, ...]
    programs: list[str]


class WebRunner:
    """Runs one web function at a time, since there is only one port 9000.

    `starter` is the script that becomes the program, like `confine.py`. `is_guarded` says whether the starter restricts
    the program to loopback addresses; otherwise the interpreters do.
    """

    def __init__(
        self,
        cache: CodeCache,
        launcher: Launcher,
        memory: MemoryLimiter,
        guardian: Guardian,
        *,
        starter: Path = _CONFINE,
        is_guarded: bool | None = None,
    ) -> None:
        self._cache = cache
        self._launcher = launcher
        self._memory = memory
        self._guardian = guardian
        self._starter = str(starter)
        self._is_guarded = can_guard() if is_guarded is None else is_guarded
        self._single = threading.Lock()
        self._lock = threading.Lock()
        self._group: ProcessGroup | None = None
        self._stopped = False

    def serve(self, invocation: Invocation, request: Request) -> tuple[Response, str]:
        """The response of the function, and the output of its program.

        Raises WebError if there is no response, and CloudError if this machine cannot run the function.
        """
        try:
            code, _ = self._launcher.unpack(invocation)
        except CodeError as error:
            raise WebError(437, str(error)) from error
        script = self._prepare_script(code)
        try:
            return self._run(invocation, request, script)
        finally:
            if script.path is not None:
                script.path.unlink(missing_ok=True)

    def _run(self, invocation: Invocation, request: Request, script: _StartScript) -> tuple[Response, str]:
        sandbox = self._launcher.open_sandbox(invocation, script.interpreters)
        try:
            with self._single, _reserve_port(), self._start(script, invocation, sandbox) as (group, output):
                response = self._respond(invocation, request, group, output)
            return response, sandbox.visible_path(output.text())
        except WebError as error:
            raise WebError(error.status, error.message, sandbox.visible_path(error.output)) from error
        finally:
            sandbox.close()

    def kill(self) -> None:
        """End the program that runs, and each that starts later."""
        with self._lock:
            self._stopped = True
            group = self._group
        if group is not None:
            group.kill()

    def _respond(self, invocation: Invocation, request: Request, group: ProcessGroup, output: OutputTail) -> Response:
        memory_mb = invocation.version["MemorySize"]
        with self._memory.watch(group.pid, memory_mb << 20, group.kill) as memory:
            try:
                _wait_until_listening(group, output, invocation.version["InitTimeout"])
                _require_unreachable(output)
                return forward(invocation, request, output, group.kill)
            except WebError as error:
                if not memory.exceeded_bytes:
                    raise
                message = f"the function used more than its {memory_mb} MB"
                raise WebError(434, message, error.output) from error

    def _prepare_script(self, folder: Path) -> _StartScript:
        script = folder / _BOOTSTRAP
        if not script.is_file():
            raise WebError(445, f"the bundle has no {_BOOTSTRAP}")
        if not os.access(script, os.X_OK):
            raise WebError(445, f"{_BOOTSTRAP} is not executable")
        content = script.read_bytes()
        python_dir = None if self._is_guarded else self._cache.root() / "python"
        local = with_local_interpreters(content, self._launcher.interpreters, loopback_python_dir=python_dir)
        programs = [interpreter.program for interpreter in local.interpreters]
        if python_dir is not None:
            programs.append(str(python_dir / "bin" / "python"))
        if local.content == content:
            return _StartScript(None, local.interpreters, programs)
        copy = self._cache.root() / f"{_BOOTSTRAP}-{uuid.uuid4().hex}"
        copy.write_bytes(local.content)
        copy.chmod(0o755)
        return _StartScript(copy, local.interpreters, programs)

    @contextlib.contextmanager
    def _start(
        self, script: _StartScript, invocation: Invocation, sandbox: Sandbox
    ) -> Iterator[tuple[ProcessGroup, OutputTail]]:
        program, files = f"{sandbox.code}/{_BOOTSTRAP}", {}
        if script.path is not None and sandbox.isolation == NAMESPACE:
            files[program] = str(script.path)
        elif script.path is not None:
            program = str(script.path)
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                starter = [own_python(), "-I", "-S", "-B", self._starter, str(theirs.fileno()), program]
                process = subprocess.Popen(
                    sandbox.command(starter, files=files, programs=script.programs),
                    env=library_path() | variables(invocation, sandbox, [own_python(), *script.programs]),
                    cwd=sandbox.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
            group = ProcessGroup(process, self._guardian)
            with process, contextlib.ExitStack() as cleanup:
                if process.stdout is None:
                    raise AssertionError("the process was started with a pipe")
                output = OutputTail(process.stdout)
                cleanup.callback(output.join)
                cleanup.callback(group.end)
                with self._lock:
                    self._group = group
                    if self._stopped:
                        group.kill()
                _guard(ours, cleanup, output)
                yield group, output


def _guard(ours: socket.socket, cleanup: contextlib.ExitStack, output: OutputTail) -> None:
    """Respond to notifications of the kernel, and wait until the program has started."""
    reply, listeners, _, _ = socket.recv_fds(ours, 1, 1)
    for listener in listeners:
        cleanup.callback(LoopbackGuard(listener).close)
    error_number = ours.recv(16) if reply else b""
    if error_number:
        raise WebError(445, f"{_BOOTSTRAP} cannot be started: {os.strerror(int(error_number))}", output.text())


@contextlib.contextmanager
def _reserve_port() -> Iterator[None]:
    """Reserve port 9000 among the servers of this user; wait while another program uses it."""
    deadline = time.monotonic() + _PORT_WAIT_S
    with _lock_file() as lock:
        while not (_try_lock(lock) and _is_free()):
            if time.monotonic() > deadline:
                message = f"port {_PORT} is taken on this machine, and web functions must listen on it"
                raise WebError(446, message)
            time.sleep(0.05)  # noqa: TID251 - another program has the port
        yield


def _lock_file() -> IO[str]:
    """The file that all servers of this user lock, in a private folder below the shared temporary folder."""
    folder = Path(tempfile.gettempdir()) / f"scfdeploy-{os.getuid()}"
    try:
        require_private_folder(folder)
        return open_to_write(folder / f"port-{_PORT}.lock")
    except OSError as error:
        raise WebError(446, f"{folder} cannot hold the lock of port {_PORT}: {error.strerror}") from error


def _try_lock(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free() -> bool:
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", _PORT))  # noqa: S104 - the address that the function uses
        except OSError:
            return False
    return True


def _wait_until_listening(group: ProcessGroup, output: OutputTail, init_timeout_s: int) -> None:
    deadline = time.monotonic() + init_timeout_s
    while time.monotonic() < deadline:
        if not group.is_alive():
            output.join()
            raise WebError(405, f"{_BOOTSTRAP} ended before it listened on port {_PORT}", output.text())
        with contextlib.suppress(OSError), contextlib.closing(socket.create_connection(("127.0.0.1", _PORT), 1)):
            return
        time.sleep(0.02)  # noqa: TID251 - wait for the start of a process
    raise WebError(446, f"nothing listens on port {_PORT} after {init_timeout_s} seconds", output.text())


def _require_unreachable(output: OutputTail) -> None:
    address = reachable_from_outside(_PORT)
    if address:
        message = (
            f"the web function was stopped: it listens on {address}, port {_PORT}, where the network can reach it, and "
            f"this system cannot change that. Let it listen on 127.0.0.1 when it runs locally."
        )
        raise WebError(446, message, output.text())


def forward(
    invocation: Invocation, request: Request, output: OutputTail, kill: Callable[[], None], port: int = _PORT
) -> Response:
    """Forward a request to the program and return its response, within the limits of size and time."""
    seconds = invocation.version["Timeout"]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    headers = {name: value for name, value in request.headers.items() if name not in _NOT_FORWARDED}
    target = f"{request.path}?{request.query}" if request.query else request.path
    timeout_message = f"Invoking task timed out after {seconds} seconds"
    # The timeout of the socket restarts with each byte, so it does not limit the total time.
    timer = _KillTimer(seconds, kill)
    try:
        connection.request(request.method, target, request.body, headers | _platform_headers(invocation))
        response = connection.getresponse()
        body = response.read(_MAX_BYTES + 1)
        if response.length and len(body) <= _MAX_BYTES:
            raise http.client.IncompleteRead(body, response.length)
    except (OSError, http.client.HTTPException) as error:
        if timer.expired or isinstance(error, TimeoutError):
            raise WebError(433, timeout_message, output.text()) from error
        raise WebError(439, f"the function ended without a response: {error}", output.text()) from error
    finally:
        timer.cancel()
        connection.close()
    if timer.expired:
        raise WebError(433, timeout_message, output.text())
    if len(body) > _MAX_BYTES:
        raise WebError(407, f"the response is larger than {_MAX_BYTES >> 20} MB", output.text())
    headers_to_client = [header for header in response.getheaders() if header[0].lower() not in _NOT_RETURNED]
    return Response.from_headers(response.status, body, headers_to_client, default_type="text/plain")


class _KillTimer(threading.Timer):
    """Calls `kill` after a number of seconds, and sets `expired`."""

    def __init__(self, seconds: float, kill: Callable[[], None]) -> None:
        self.expired = False
        self._kill = kill
        super().__init__(seconds, self._expire)
        self.daemon = True
        self.start()

    def _expire(self) -> None:
        self.expired = True
        self._kill()


def _platform_headers(invocation: Invocation) -> dict[str, str]:
    return {
        "X-Scf-Request-Id": invocation.request_id,
        "X-Scf-Memory": str(invocation.version["MemorySize"]),
        "X-Scf-Timeout": str(invocation.version["Timeout"]),
        "X-Scf-Version": invocation.version["FunctionVersion"],
        "X-Scf-Name": invocation.function["FunctionName"],
        "X-Scf-Namespace": invocation.function["Namespace"],
        "X-Scf-Region": invocation.region,
        "X-Scf-Appid": invocation.app_id,
        "X-Scf-Uin": invocation.uin,
    }
