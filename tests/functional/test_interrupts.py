"""Signals to processes whose server does not answer, before the first write and during writes."""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest

from scfdeploy.emulator import Server
from scfdeploy.emulator.messages import Request, Response
from tests.support.command_process import CommandProcess, clean_environment, command_process
from tests.support.local_server import LocalServer
from tests.support.project import TIMER, write_project
from tests.support.raw_server import Reply, raw_server

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_INTERRUPTED = 130
_LONG_S = 60  # far more than the two seconds that are promised, far less than what any of these servers needs

_KEYS = {"TENCENTCLOUD_SECRET_ID": "AKIDx", "TENCENTCLOUD_SECRET_KEY": "key"}
_COMMANDS = {
    "plan": ["plan"],
    "apply": ["apply", "--yes"],
    "destroy": ["destroy", "--yes"],
    "status": ["status"],
    "import": ["import", "hello", "--code", "--out", "imported"],
    "versions": ["versions"],
    "alias": ["alias", "set", "prod", "--to", "1", "--yes"],
    "shift": ["alias", "shift", "prod", "--to", "1", "--yes"],
    "rollback": ["rollback", "--yes"],
    "invoke": ["invoke", "hello"],
}


def drip(head: bytes) -> Reply:
    """A byte now and then, for ever."""

    def reply(connection: socket.socket) -> None:
        while True:
            connection.sendall(head)
            threading.Event().wait(0.05)

    return reply


_SERVERS: dict[str, tuple[Reply, ...]] = {
    "never answers": (),
    "drips headers": (drip(b"HTTP/1.1 200 OK\r\n" + b"A"),),
    "drips continues": (drip(b"HTTP/1.1 100 Continue\r\n\r\n"),),
    "drips a body": (drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n \r\n1\r\n"),),
}


def clean(env: dict[str, str]) -> dict[str, str]:
    """The environment of the tests without what scfdeploy reads of it, and with this."""
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    kept = {name: value for name, value in clean_environment().items() if name.upper() not in proxies}
    return {**kept, **env}


def running(
    *arguments: str, folder: Path, env: dict[str, str], stderr: int | None = None, stdin: int | None = None
) -> AbstractContextManager[CommandProcess]:
    return command_process(*arguments, folder=folder, env=clean(env), stderr=stderr, stdin=stdin)


@contextmanager
def started(*arguments: str, folder: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A process that starts and ends its own interpreter."""
    with subprocess.Popen(
        [sys.executable, "-m", "scfdeploy", *arguments],
        cwd=folder,
        env=clean(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("sent", _SIGNALS, ids=lambda sent: sent.name)
@pytest.mark.parametrize("command", _COMMANDS)
def test_signal_before_the_first_write_ends_every_command_whose_server_never_answers(
    command: str, sent: signal.Signals, tmp_path: Path
) -> None:
    with raw_server() as server:
        _ends(_COMMANDS[command], sent, server.url, server.asked, tmp_path)


@pytest.mark.parametrize("sent", _SIGNALS, ids=lambda sent: sent.name)
@pytest.mark.parametrize("server", _SERVERS)
@pytest.mark.parametrize("command", ["plan", "invoke"])
def test_signal_before_first_write_ends_the_command(
    command: str, server: str, sent: signal.Signals, tmp_path: Path
) -> None:
    with raw_server(*_SERVERS[server]) as there:
        _ends(_COMMANDS[command], sent, there.url, there.asked, tmp_path)


@pytest.mark.parametrize("sent", _SIGNALS, ids=lambda sent: sent.name)
@pytest.mark.parametrize("command", ["plan", "invoke"])
def test_signal_ends_a_command_that_hangs_in_the_tls_handshake(
    command: str, sent: signal.Signals, tmp_path: Path
) -> None:
    with raw_server() as server:
        _ends(_COMMANDS[command], sent, f"https://127.0.0.1:{server.port}", server.asked, tmp_path)


# A mutex that is locked twice: no signal ends that, as none ends the resolver of the system.
_HANG = """
import ctypes, os, socket

def hang(*_arguments, **_options):
    open(os.environ["HANGS"], "w").close()
    mutex = ctypes.create_string_buffer(128)
    lock = ctypes.CDLL(None).pthread_mutex_lock
    lock(mutex)
    lock(mutex)

"""


@pytest.mark.parametrize("sent", _SIGNALS, ids=lambda sent: sent.name)
@pytest.mark.parametrize("command", ["plan", "invoke"])
@pytest.mark.parametrize("where", ["socket.getaddrinfo", "os.getcwd"])
def test_signal_ends_a_command_blocked_in_native_code(
    where: str, command: str, sent: signal.Signals, tmp_path: Path
) -> None:
    mark = tmp_path / "hangs"
    (tmp_path / "sitecustomize.py").write_text(f"{_HANG}\n{where} = hang\n")
    project = write_project(tmp_path / "project")
    env = {
        "PYTHONPATH": str(tmp_path),
        "HANGS": str(mark),
        **_KEYS,
    }
    with started(*_COMMANDS[command], "--endpoint", "https://cloud.example", folder=project, env=env) as process:
        while not mark.exists():
            assert process.poll() is None, process.stderr and process.stderr.read()
            threading.Event().wait(0.01)
        process.send_signal(sent)
        process.communicate(timeout=_LONG_S)
    assert process.returncode == _INTERRUPTED


# An exit function that keeps the process from ending. Interrupted commands run none.
_LATE = """
import atexit, os, select

def wait(mark=os.environ["LATE"]):
    open(mark, "w").close()
    while not os.path.exists(mark + ".go"):
        select.select([], [], [], 0.01)

atexit.register(wait)
"""


@pytest.fixture
def late(tmp_path: Path) -> dict[str, str]:
    """The environment of a process whose exit writes a file and waits for another."""
    (tmp_path / "sitecustomize.py").write_text(_LATE)
    return {"PYTHONPATH": str(tmp_path), "LATE": str(tmp_path / "late"), **_KEYS}


@pytest.mark.parametrize("sent", _SIGNALS, ids=lambda sent: sent.name)
@pytest.mark.parametrize("command", ["plan", "invoke"])
def test_interrupted_command_runs_no_exit_functions(
    command: str, sent: signal.Signals, late: dict[str, str], tmp_path: Path
) -> None:
    with raw_server() as server:
        _ends(_COMMANDS[command], sent, server.url, server.asked, tmp_path / "project", late, run=started)
    assert not Path(late["LATE"]).exists()


@pytest.mark.parametrize("sent", _SIGNALS, ids=lambda sent: sent.name)
def test_signal_during_exit_functions_does_not_change_the_exit_code(
    sent: signal.Signals, late: dict[str, str], tmp_path: Path
) -> None:
    project = write_project(tmp_path / "project")
    mark = Path(late["LATE"])
    with started("validate", folder=project, env=late) as process:
        while not mark.exists():
            assert process.poll() is None
            threading.Event().wait(0.01)
        process.send_signal(sent)
        mark.with_name("late.go").touch()
        process.communicate(timeout=_LONG_S)
    assert process.returncode == 0


def _ends(
    command: list[str],
    sent: signal.Signals,
    url: str,
    asked: threading.Event,
    folder: Path,
    env: dict[str, str] = _KEYS,
    run: Callable[..., AbstractContextManager[CommandProcess | subprocess.Popen[str]]] = running,
) -> None:
    project = write_project(folder)
    with run(*command, "--endpoint", url, "--format", "json", folder=project, env=env) as process:
        assert asked.wait(_LONG_S)
        process.send_signal(sent)
        out, err = process.communicate(timeout=_LONG_S)
    assert process.returncode == _INTERRUPTED, err
    assert "Traceback" not in err
    # Where a slow machine leaves no time for the document the end is forced, with one line.
    document = json.loads(out) if out else {"ok": False, "interrupted": "interrupted" in err}
    assert (document["ok"], document["interrupted"]) == (False, True)
    assert not list(project.glob("imported/*"))


class HoldingServer(Server):
    """A local server that never answers calls of one action; the call takes effect, or not."""

    def __init__(self, action: str, *, takes_effect: bool) -> None:
        super().__init__()
        self._action = action
        self._takes_effect = takes_effect
        self.held = threading.Event()
        self.go_on = threading.Event()

    def _handle(self, request: Request) -> Response:
        if request.headers.get("x-tc-action") != self._action:
            return super()._handle(request)
        answer = super()._handle(request) if self._takes_effect else None
        self.held.set()
        self.go_on.wait(_LONG_S)
        return answer or Response(0, b"", dropped=True)


@pytest.mark.parametrize("sent", _SIGNALS, ids=lambda sent: sent.name)
@pytest.mark.parametrize("takes_effect", [True, False])
def test_second_signal_during_a_write_ends_the_run_and_reports_the_request_as_unknown(
    sent: signal.Signals, takes_effect: bool, tmp_path: Path
) -> None:
    project = write_project(tmp_path, TIMER)
    with HoldingServer("CreateFunction", takes_effect=takes_effect) as server:
        env = {"SCFDEPLOY_ENDPOINT": server.url}
        with running("apply", "--yes", "--format", "json", folder=project, env=env) as process:
            assert server.held.wait(_LONG_S)
            process.send_signal(sent)
            line = next(line for line in process.stderr if "Stopping" in line)
            process.send_signal(sent)
            out, err = process.communicate(timeout=_LONG_S)
        server.go_on.set()
    assert "waiting up to 30 s for 1 operation in progress" in line
    assert process.returncode == _INTERRUPTED, err
    document = json.loads(out)
    function, trigger = document["results"]
    assert (function["status"], function["effect"], function["error"]["code"]) == ("failed", "unknown", "Interrupted")
    assert (trigger["status"], trigger["effect"]) == ("skipped", "none")
    assert document["outputs"] == {}


def test_first_signal_during_write_waits_and_starts_no_new_change(tmp_path: Path) -> None:
    project = write_project(tmp_path, TIMER)
    with (
        HoldingServer("CreateFunction", takes_effect=True) as server,
        running("apply", "--yes", folder=project, env={"SCFDEPLOY_ENDPOINT": server.url}) as process,
    ):
        assert server.held.wait(_LONG_S)
        process.send_signal(signal.SIGINT)
        next(line for line in process.stderr if "Stopping" in line)
        server.go_on.set()
        out, err = process.communicate(timeout=_LONG_S)
    assert process.returncode == _INTERRUPTED, err
    assert "Interrupted: 1 created, 1 skipped." in out
    assert "Successful changes are kept." in out


def test_live_terminal_shows_that_a_run_is_stopping(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    reading, writing = pty.openpty()
    with HoldingServer("CreateFunction", takes_effect=False) as server:
        env = {"SCFDEPLOY_ENDPOINT": server.url, "TERM": "xterm", "COLUMNS": "200"}
        with running("apply", "--yes", folder=project, env=env, stderr=writing) as process:
            os.close(writing)
            assert server.held.wait(_LONG_S)
            process.send_signal(signal.SIGINT)
            shown = b""
            while b"Press Ctrl-C again to exit immediately" not in shown.replace(b"\r\n", b" "):
                shown += os.read(reading, 4096)
            process.send_signal(signal.SIGINT)
            # A process whose terminal nobody reads would wait for it.
            with suppress(OSError):
                while os.read(reading, 4096):
                    pass
            out, _ = process.communicate(timeout=_LONG_S)
        server.go_on.set()
    os.close(reading)
    assert b"waiting up to 30 s for 1 operation in progress" in shown
    assert process.returncode == _INTERRUPTED
    assert "No change was confirmed; some resources may exist." in out


@pytest.mark.parametrize("sent", _SIGNALS, ids=lambda sent: sent.name)
def test_signal_at_the_approval_prompt_ends_the_run_before_any_change(sent: signal.Signals, tmp_path: Path) -> None:
    project = write_project(tmp_path)
    reading, writing = pty.openpty()
    with Server() as server:
        env = {"SCFDEPLOY_ENDPOINT": server.url, "TERM": "dumb"}
        with running("apply", folder=project, env=env, stderr=writing, stdin=writing) as process:
            os.close(writing)
            shown = b""
            while b"Type 'yes' to continue" not in shown:
                shown += os.read(reading, 4096)
            process.send_signal(sent)
            with suppress(OSError):
                while piece := os.read(reading, 4096):
                    shown += piece
            process.communicate(timeout=_LONG_S)
        assert LocalServer(server.url).writes() == []
    os.close(reading)
    assert process.returncode == _INTERRUPTED
    # A command that needs more than its 2 seconds, on a busy machine, is ended with the first word only.
    assert b"interrupted" in shown


_SLEEPER = """
import os, socket, time

def main_handler(event, context):
    with socket.create_connection(("127.0.0.1", int(os.environ["PORT"]))) as test:
        test.sendall(str(os.getpid()).encode())
    time.sleep(600)
"""


@pytest.mark.parametrize("sent", _SIGNALS, ids=lambda sent: sent.name)
def test_signal_to_a_command_with_a_local_server_ends_the_function_that_runs(
    sent: signal.Signals, tmp_path: Path
) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    text = f"  timeout: 900\n  environment:\n    variables:\n      PORT: '{listener.getsockname()[1]}'\n"
    project = write_project(tmp_path / "project", text, code=_SLEEPER)
    with running("apply", "--local", "--yes", folder=project, env={}) as process:
        _, err = process.communicate(timeout=_LONG_S)
        assert process.returncode == 0, err
    with running("invoke", "hello", "--local", folder=project, env={}) as process:
        listener.settimeout(_LONG_S)
        with listener, listener.accept()[0] as connection:
            function = int(connection.makefile().read())
        process.send_signal(sent)
        process.communicate(timeout=_LONG_S)
    assert process.returncode == _INTERRUPTED
    for _ in range(200):
        if not _is_alive(function):
            return
        threading.Event().wait(0.05)
    os.kill(function, signal.SIGKILL)
    pytest.fail("the function outlived the command")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="newer versions do not wrap the exception")
@pytest.mark.parametrize("interrupt", ["KeyboardInterrupt", "SystemExit"])
def test_interrupt_while_a_class_is_created_exits_as_interrupted(interrupt: str) -> None:
    program = (
        "from scfdeploy.cli.interrupt import exits_promptly\n"
        "class Field:\n"
        f"    def __set_name__(self, owner, name): raise {interrupt}\n"
        "with exits_promptly():\n"
        "    class Record:\n"
        "        field = Field()\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "Traceback" not in ended.stderr
    assert ended.returncode == 130
