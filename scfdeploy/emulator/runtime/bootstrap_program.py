"""Runs in the process of an instance: starts the program of a bundle, and passes calls to it.

Started as `python bootstrap_program.py COMMAND_FD REPORT_FD`, with the exchange of lines that `bootstrap.py` describes.
A Go program serves calls itself (see `go_rpc.py`). A function with CustomRuntime is an executable file `bootstrap`. It
fetches events from the runtime API, and sends the results there:

    POST /runtime/init/ready            once, before the first event
    GET  /runtime/invocation/next       waits for an event; the same one until its result is sent
    POST /runtime/invocation/response   the result; the first one counts
    POST /runtime/invocation/error      the same for a failure
"""

from __future__ import annotations

import contextlib
import errno
import http.server
import importlib
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import IO, Any

_HOST = "127.0.0.1"
_CONFINE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "confine.py")  # noqa: PTH100, PTH118, PTH120
_MAX_BODY_BYTES = 6 << 20
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,12}")
# Of <linux/netlink.h>, <linux/sock_diag.h> and <linux/inet_diag.h>.
_NETLINK_SOCK_DIAG, _SOCK_DIAG_BY_FAMILY, _NETLINK_REQUEST = 4, 20, 1
_NETLINK_HEAD_BYTES, _DIAG_BYTES, _ALL_STATES = 16, 72, 0xFFFFFFFF
_ANY_INTERFACE = struct.pack("=III", 0, 0xFFFFFFFF, 0xFFFFFFFF)
# The status of `ps` and shells for a process that a signal ended.
_SIGNALED = 128

Report = dict[str, Any]
_last_seen: list[int] = []
"""The processes of this group, without this one, at the end of the last call."""


class Calls:
    """The call in progress, between the thread that receives calls and those of the runtime API."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_ready = False
        self._exit_code: int | None = None
        self._call: dict[str, Any] | None = None
        self._is_fetched = False
        self._report: Report | None = None

    def wait_until_ready(self) -> int | None:
        """Wait for `ready`. Returns the exit code of the program if it ends before."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_ready or self._exit_code is not None)
            return None if self._is_ready else self._exit_code

    def run(self, call: dict[str, Any]) -> Report:
        """Offer a call and wait for its result. Raises SystemExit with the code of the program if it ends before."""
        start = time.perf_counter()
        with self._changed:
            self._call, self._is_fetched, self._report = call, False, None
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._report is not None or self._exit_code is not None)
            report = self._take_report()
        if report is None:
            raise SystemExit(self._exit_code)
        return {**report, "duration_ms": (time.perf_counter() - start) * 1000}

    def ready(self) -> None:
        """The program is ready for its first call."""
        with self._changed:
            self._is_ready = True
            self._changed.notify_all()

    def next(self) -> dict[str, Any]:
        """Wait for a call without a result, and return it."""
        with self._changed:
            self._changed.wait_for(lambda: self._call is not None and self._report is None)
            if self._call is None:
                raise AssertionError("there is a call now")
            self._is_fetched = True
            return self._call

    def finish(self, report: Report) -> None:
        """Set the result of the call that the program has fetched. Only the first one counts."""
        with self._changed:
            if self._call is not None and self._is_fetched and self._report is None:
                self._report = report
                self._changed.notify_all()

    def _take_report(self) -> Report | None:
        self._call, report = None, self._report
        return report

    def end(self, exit_code: int) -> None:
        """The program has ended."""
        with self._changed:
            self._exit_code = exit_code
            self._changed.notify_all()


class RuntimeApi(http.server.ThreadingHTTPServer):
    """The runtime API of one instance, on a port of its own."""

    daemon_threads = True

    def __init__(self, calls: Calls) -> None:
        super().__init__((_HOST, 0), _RequestHandler)
        self.calls = calls

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A program that closes its connection is no error of the function."""


class _RequestHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One send for head and body: a second would wait for the delayed acknowledgement of the program, 40 ms.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: RuntimeApi

    def do_GET(self) -> None:
        if not self._is_allowed():
            self._answer(HTTPStatus.FORBIDDEN)
        elif self.path != "/runtime/invocation/next":
            self._answer(HTTPStatus.NOT_FOUND)
        else:
            call = self.server.calls.next()
            context = call["context"]
            names = ("request_id", "memory_limit_in_mb", "time_limit_in_ms")
            self._answer(HTTPStatus.OK, _json_bytes(call["event"]), {name: str(context[name]) for name in names})

    def do_POST(self) -> None:
        body = self._read_body()
        text = body.decode("utf-8", "replace")
        status = HTTPStatus.OK
        if not self._is_allowed():
            status = HTTPStatus.FORBIDDEN
        elif self.path == "/runtime/init/ready":
            self.server.calls.ready()
        elif self.path == "/runtime/invocation/response":
            self.server.calls.finish({"status": 200, "returned": text})
        elif self.path == "/runtime/invocation/error":
            self.server.calls.finish({"status": 430, "error": _error(text)})
        else:
            status = HTTPStatus.NOT_FOUND
        self._answer(status)

    def log_message(self, *_arguments: object) -> None:
        """Requests are not part of the function's output."""

    def _is_allowed(self) -> bool:
        """Whether a program of this user sent the request, and not a web page or another user of this machine."""
        host = f"{_HOST}:{self.server.server_port}"
        if self.headers.get("Host") != host or "Origin" in self.headers:
            return False
        return _is_own(self.client_address, (_HOST, self.server.server_port))

    def _read_body(self) -> bytes:
        """The body, up to one byte more than a result may have. The rest is not read."""
        body = bytearray()
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            length = self.headers.get("Content-Length", "0")
            return self._read(int(length) if length.isdigit() else 0)
        while len(body) <= _MAX_BODY_BYTES:
            # `int` alone would accept a sign, and a negative size would read until the program closes the connection.
            match = _CHUNK_SIZE.match(self.rfile.readline())
            size = int(match[0], 16) if match is not None else 0
            body += self._read(size)
            self.rfile.readline()
            if size == 0:
                break
        return bytes(body)

    def _read(self, size: int) -> bytes:
        if size > _MAX_BODY_BYTES:
            self.close_connection = True
            size = _MAX_BODY_BYTES + 1
        return self.rfile.read(size)

    def _answer(self, status: HTTPStatus, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        if body:
            self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)


def main(command_fd: int, report_fd: int) -> None:
    """Serve calls until the command pipe ends."""
    for fd in (command_fd, report_fd):
        os.set_inheritable(fd, False)
    # The program decides what SIGTERM does; a handler, unlike SIG_IGN, is not inherited.
    signal.signal(signal.SIGTERM, lambda *_: None)
    commands = os.fdopen(command_fd, "rb")
    setup = json.loads(commands.readline())
    serve = _serve_go if setup["protocol"] == "go" else _serve_custom_runtime
    try:
        serve(setup, commands, report_fd)
    except StartError as error:
        _report(report_fd, {"status": error.status, "error": {"errorMessage": str(error)}})


class StartError(Exception):
    """The program did not become ready for calls: the documented status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def _serve_custom_runtime(setup: dict[str, Any], commands: IO[bytes], report_fd: int) -> None:
    calls = Calls()
    with RuntimeApi(calls) as api:
        threading.Thread(target=api.serve_forever, daemon=True).start()
        variables = {"SCF_RUNTIME_API": _HOST, "SCF_RUNTIME_API_PORT": str(api.server_port)}
        program = _start(setup, variables | {"_HANDLER": setup["handler"]})
        threading.Thread(target=lambda: calls.end(_wait(program)), daemon=True).start()
        exit_code = calls.wait_until_ready()
        if exit_code is not None:
            raise _early_end(setup, exit_code)
        _serve(commands, report_fd, calls.run)


def _serve_go(setup: dict[str, Any], commands: IO[bytes], report_fd: int) -> None:
    # Only for this process: the program has its own.
    sys.path.insert(0, os.path.dirname(_CONFINE))  # noqa: PTH120
    go_rpc = importlib.import_module("go_rpc")
    loopback = importlib.import_module("loopback")
    port = go_rpc.PORT if loopback.can_guard() else _free_port()
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            # The library of such programs listens on 0.0.0.0, where the network could call them.
            starter_fd = theirs.fileno()
            starter = [sys.executable, "-I", "-S", "-B", _CONFINE, str(starter_fd)]
            variables = dict.fromkeys(go_rpc.PORT_VARIABLES, str(port))
            program = _start(setup, variables, starter, pass_fds=(starter_fd,))
        first, listeners, _, _ = socket.recv_fds(ours, 1, 1)
        is_seen = bool(listeners) and loopback.can_see(program.pid, starter_fd)
        guards = [loopback.LoopbackGuard(listener, is_effective=is_seen) for listener in listeners]
        error_number = b""
        # OSError: the starter was killed.
        with contextlib.suppress(OSError):
            ours.send(b"+")
            error_number = ours.recv(16) if first else b""
        if error_number:
            raise StartError(445, _start_problem(setup, OSError(int(error_number), os.strerror(int(error_number)))))
    address = _wait_until_listening(setup, program, guards if is_seen else [], port)
    if not is_seen and loopback.reachable_from_outside(port):
        message = f"{setup['name']} was stopped: the network could reach it, and this system cannot change that"
        raise StartError(445, message)

    def run(call: dict[str, Any]) -> Report:
        start = time.perf_counter()
        try:
            with socket.create_connection(address) as connection:
                answer = go_rpc.invoke(connection, _go_request(call))
        except (OSError, EOFError):
            raise SystemExit(_wait(program)) from None
        except go_rpc.RpcError as error:
            answer = {"Error": {"Message": str(error)}}
        return {**_go_report(answer), "duration_ms": (time.perf_counter() - start) * 1000}

    _serve(commands, report_fd, run)


def _serve(commands: IO[bytes], report_fd: int, run: Callable[[dict[str, Any]], Report]) -> None:
    os.write(report_fd, b"ready\n")
    for line in commands:
        call = json.loads(line)
        _reset_peak_memory()
        _report(report_fd, run(call))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_listening(
    setup: dict[str, Any], program: subprocess.Popen[bytes], guards: Sequence[Any], port: int
) -> tuple[str, int]:
    """The address at which the program listens. The server ends this process if that takes too long."""
    while program.poll() is None:
        address = guards[0].address(port) if guards else (_HOST, port)
        if address is not None:
            with contextlib.suppress(OSError), socket.create_connection(address):
                return (str(address[0]), int(address[1]))
        time.sleep(0.01)  # noqa: TID251 - wait for the start of a process
    raise _early_end(setup, _wait(program))


def _go_request(call: dict[str, Any]) -> dict[str, Any]:
    context = call["context"]
    # Rounded down: the program must never see more time left than its limit.
    deadline_s, rest_ms = divmod(time.time_ns() // 1_000_000 + context["time_limit_in_ms"], 1000)
    return {
        "Payload": _json_bytes(call["event"]),
        "RequestId": context["request_id"],
        "Deadline": {"Seconds": deadline_s, "Nanos": rest_ms * 1_000_000},
        "Namespace": context["namespace"],
        "FunctionName": context["function_name"],
        "FunctionVersion": context["function_version"],
        "MemoryLimitInMb": context["memory_limit_in_mb"],
        "TimeLimitInMs": context["time_limit_in_ms"],
        # The library sets these in the process of the function.
        "Environment": json.dumps(
            json.loads(context["environment"]) | {name: value for name, value in call["variables"].items() if value}
        ),
        "TencentcloudRegion": context["tencentcloud_region"],
        "TencentcloudAppID": context["tencentcloud_appid"],
        "TencentcloudUin": context["tencentcloud_uin"],
    }


def _go_report(answer: dict[str, Any]) -> Report:
    error = answer.get("Error")
    if error is None:
        return {"status": 200, "returned": answer.get("Payload", b"").decode("utf-8", "replace")}
    text = f"{error.get('Type', 'error')}: {error.get('Message', '')}\n"
    frames = error.get("StackTrace", [])
    text += "".join(f"  {frame.get('Path', '')}:{frame.get('Line', 0)} {frame.get('Label', '')}\n" for frame in frames)
    sys.stderr.write(text)
    fields = {"errorType": error.get("Type", ""), "errorMessage": error.get("Message", ""), "stackTrace": text}
    return {"status": 430, "error": {name: value for name, value in fields.items() if value}}


def _start(
    setup: dict[str, Any], variables: dict[str, str], starter: Sequence[str] = (), *, pass_fds: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start the program, or a starter that becomes it. Raises StartError."""
    environment = {name: value for name, value in os.environ.items() if name not in setup["hidden"]}
    try:
        return subprocess.Popen(
            [*starter, setup["program"]],
            stdin=subprocess.DEVNULL,
            env=environment | variables,
            pass_fds=pass_fds,
        )
    except OSError as error:
        raise StartError(445, _start_problem(setup, error)) from None


def _early_end(setup: dict[str, Any], exit_code: int) -> StartError:
    return StartError(405, f"{setup['name']} ended with the exit code {exit_code} before it was ready")


def _start_problem(setup: dict[str, Any], error: OSError) -> str:
    if not os.path.isfile(f"{setup['root']}/{setup['name']}"):  # noqa: PTH113 - pathlib costs start-up time
        return f"the bundle has no {setup['name']}"
    if error.errno == errno.ENOENT:
        return f"{setup['name']} cannot be started: its interpreter does not exist"
    return f"{setup['name']} cannot be started: {error.strerror}"


def _wait(program: subprocess.Popen[bytes]) -> int:
    code = program.wait()
    return code if code >= 0 else _SIGNALED - code


def _error(text: str) -> dict[str, str]:
    """The fields of an error from what a program sent: a JSON object with these fields, or a text."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, dict) and isinstance(content.get("errorMessage"), str):
        return {name: str(content[name]) for name in ("errorType", "errorMessage", "stackTrace") if name in content}
    return {"errorMessage": text}


def _json_bytes(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which only JSON's own escape can carry
        return json.dumps(value).encode()


def _report(report_fd: int, report: Report) -> None:
    _last_seen[:] = _started_processes()
    report["memory_bytes"] = sum(_peak_memory(pid) for pid in _last_seen)
    content = memoryview(json.dumps(report).encode() + b"\n")
    while content:
        content = content[os.write(report_fd, content) :]


def _is_own(client: tuple[str, int], server: tuple[str, int]) -> bool:
    """Whether a connection comes from a process of this user, where the system tells it."""
    owner = _owner_by_netlink(client, server)
    return _is_own_by_table(client, server) if owner is None else owner == os.getuid()


def _owner_by_netlink(client: tuple[str, int], server: tuple[str, int]) -> int | None:
    """The user whose process has the client's end of a connection; None if the system does not tell it this way.

    Unlike /proc/net/tcp, this takes the same time for any number of connections.
    """
    if not sys.platform.startswith("linux"):
        return None
    ends = struct.pack(">HH4s12x4s12x", client[1], server[1], socket.inet_aton(client[0]), socket.inet_aton(server[0]))
    query = struct.pack("=BBxxI", socket.AF_INET, socket.IPPROTO_TCP, _ALL_STATES) + ends + _ANY_INTERFACE
    head = struct.pack("=IHHII", _NETLINK_HEAD_BYTES + len(query), _SOCK_DIAG_BY_FAMILY, _NETLINK_REQUEST, 1, 0)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as netlink:
            netlink.settimeout(1)
            netlink.sendto(head + query, (0, 0))
            answer = netlink.recv(4096)
    except OSError:
        return None
    # The kernel's structs nlmsghdr and inet_diag_msg.
    content = answer[_NETLINK_HEAD_BYTES:]
    if struct.unpack_from("=H", answer, 4)[0] != _SOCK_DIAG_BY_FAMILY or len(content) < _DIAG_BYTES:
        return None
    user, inode = struct.unpack_from("=II", content, _DIAG_BYTES - 8)
    # Without a connection, the kernel answers with a socket that listens on the client's port. A connection that the
    # program has closed has no inode, and 0 instead of its owner.
    return user if content[4 : 4 + len(ends)] == ends and inode != 0 else None


def _is_own_by_table(client: tuple[str, int], server: tuple[str, int]) -> bool:
    # Both ends: connections to other servers can come from the same port.
    ends = [_as_in_proc(client), _as_in_proc(server)]
    try:
        with open("/proc/net/tcp", encoding="ascii") as file:  # noqa: PTH123
            # A connection that the program has closed has no inode, and 0 instead of its owner.
            owners = [fields[7] for line in file if (fields := line.split())[1:3] == ends and fields[9] != "0"]
    except OSError:
        return True
    return str(os.getuid()) in owners


def _as_in_proc(address: tuple[str, int]) -> str:
    host, port = address
    return f"{int.from_bytes(bytes(map(int, host.split('.'))), sys.byteorder):08X}:{port:04X}"


def _started_processes() -> list[int]:
    """The processes of this group, without this one."""
    own_pid = os.getpid()
    try:
        pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208
    except OSError:
        return []
    return [pid for pid in pids if pid != own_pid and _is_in_group(pid)]


def _is_in_group(pid: int) -> bool:
    try:
        return os.getpgid(pid) == os.getpgrp()
    except OSError:
        return False


def _reset_peak_memory() -> None:
    # Looking for processes takes longer than a short call. Those that have started since have a new peak anyway.
    for pid in _last_seen or _started_processes():
        if not _is_in_group(pid):
            continue
        with contextlib.suppress(OSError), open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:  # noqa: PTH123
            file.write("5")


def _peak_memory(pid: int) -> int:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:  # noqa: PTH123
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
