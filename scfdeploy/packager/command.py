"""Run a command of the user, such as `src.hook`, in its own process group, with a timeout, and pass on its output."""

from __future__ import annotations

import codecs
import os
import selectors
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from types import FrameType
from typing import IO

from scfdeploy.diagnostics import Diagnostics, Finding, Severity
from scfdeploy.diagnostics.messages import message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Hook
from scfdeploy.packager.findings import printable
from scfdeploy.records import NamedTuple

HOOK_FAILED = Finding(
    "hook-failed",
    Severity.ERROR,
    "Command before packaging failed",
    detail='"{command}" in "{folder}" {result}.{output}',
    hint="Run it there manually until it succeeds, or package the existing files with --no-hook.",
    title="A command before packaging that failed.",
    what="The command of `src.hook`, which builds the code, ended with an exit code other than 0, or did not end "
    "within the time of --hook-timeout (30 minutes).",
    why="The files to package are missing, or were left by an earlier run.",
    wrong=yaml("src:\n  src: ./\n  hook: npm run biuld\n  dist: ./dist"),
    right=yaml("src:\n  src: ./\n  hook: npm run build\n  dist: ./dist"),
)

_POLL_S = 0.05
_GRACE_S = 1.0
_CHUNK_BYTES = 1 << 16
_PIPE_BYTES = 1 << 20
"""More than a pipe holds: enough to read all output of a command that has ended, but not of what it left running."""
_MAX_LINE = 1 << 16
_NOT_STARTED = 127
_LAST_LINES = 10


class CommandResult(NamedTuple):
    """How a command ended."""

    code: int
    """The exit code, negative for a signal."""
    timed_out: bool = False


def run_command(
    command: str | Sequence[str],
    *,
    folder: str,
    environment: Mapping[str, str],
    on_output: Callable[[str], None],
    timeout_s: float,
    stop: threading.Event | None = None,
) -> CommandResult:
    """Run a command line with the shell, or a list of words without one, and pass each line of output to `on_output`.

    Processes that it leaves running are not waited for. After the timeout, or when `stop` is set, its whole process
    group is ended. Without `stop`, in the main thread, Ctrl-C and SIGTERM end the group too, and then raise
    KeyboardInterrupt. Raises OSError when it cannot be started.
    """
    # A hook is a command line that the user wrote for the shell.
    process = subprocess.Popen(
        command if isinstance(command, str) else list(command),
        shell=isinstance(command, str),
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    running = _RunningCommand(process, _LineSplitter(on_output), time.monotonic() + timeout_s)
    try:
        with _interrupts() if stop is None else nullcontext(stop) as stop_requested:
            result = running.wait(stop_requested)
    except BaseException:
        running.end()
        raise
    finally:
        running.close()
    if stop is None and stop_requested.is_set():
        raise KeyboardInterrupt
    return result


def run_hook(
    hook: Hook,
    diagnostics: Diagnostics,
    *,
    environment: Mapping[str, str],
    on_output: Callable[[str], None],
    timeout_s: float,
) -> None:
    """Run a hook with the shell, and pass the command and each line of its output to `on_output`.

    A failure or timeout is reported to `diagnostics` with the last lines of the output.
    """
    on_output(f"$ {hook.command}")
    last: deque[str] = deque(maxlen=_LAST_LINES)

    def record(line: str) -> None:
        on_output(line)
        last.append(line)

    try:
        result = run_command(
            hook.command, folder=hook.cwd, environment=environment, on_output=record, timeout_s=timeout_s
        )
    except OSError as wrong:
        result, last = CommandResult(_NOT_STARTED), deque([wrong.strerror or str(wrong)])
    if result == CommandResult(0):
        return
    diagnostics.report(
        HOOK_FAILED,
        hook.span,
        hint="Give --hook-timeout SECONDS if it needs longer, or package the existing files with --no-hook."
        if result.timed_out
        else None,
        command=printable(hook.command),
        folder=printable(hook.cwd),
        result=describe_end(result, timeout_s),
        output=message(" Its last lines:\n{lines}", lines="\n".join(map(printable, last)))
        if last
        else message(" It printed nothing."),
    )


def describe_end(result: CommandResult, timeout_s: float) -> str:
    """How a failed command ended, as the rest of a sentence about it."""
    if result.timed_out:
        return message(
            "did not end within {seconds} seconds and was stopped, with all processes it had started",
            seconds=f"{timeout_s:g}",
        )
    if result.code < 0:
        return message("was ended by signal {number}", number=-result.code)
    return message("ended with exit code {code}", code=result.code)


class _RunningCommand:
    def __init__(self, process: subprocess.Popen[bytes], lines: _LineSplitter, deadline: float) -> None:
        self._process = process
        self._out: IO[bytes] | None = process.stdout
        self._lines = lines
        self._deadline = deadline

    def wait(self, stop: threading.Event) -> CommandResult:
        while self._process.poll() is None:
            timed_out = time.monotonic() >= self._deadline
            if timed_out or stop.is_set():
                self.end()
                self._read_rest()
                return CommandResult(self._process.returncode, timed_out=timed_out)
            self._read_chunk()
        self._read_rest()
        return CommandResult(self._process.returncode)

    def end(self) -> None:
        """Terminate the process group, and kill it after a grace period."""
        _signal(self._process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE_S)
        _signal(self._process, getattr(signal, "SIGKILL", signal.SIGTERM))
        self._process.wait()

    def close(self) -> None:
        self._lines.flush()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read_chunk(self) -> None:
        """Read available output, or wait a moment when there is none."""
        if self._out is None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_POLL_S)
        elif _is_readable(self._out, _POLL_S):
            chunk = os.read(self._out.fileno(), _CHUNK_BYTES)
            self._lines.feed(chunk)
            if not chunk:
                self._out = None

    def _read_rest(self) -> None:
        """Read what was written before the command ended; a process it left running can still write to the pipe."""
        left = _PIPE_BYTES
        while self._out is not None and left > 0 and _is_readable(self._out, 0):
            chunk = os.read(self._out.fileno(), min(left, _CHUNK_BYTES))
            self._lines.feed(chunk)
            left -= len(chunk)
            if not chunk:
                return


class _LineSplitter:
    """Splits output into lines."""

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self._on_line = on_line
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._incomplete = ""

    def feed(self, chunk: bytes) -> None:
        """Pass on the lines that this chunk completes."""
        *lines, self._incomplete = (self._incomplete + self._decode(chunk)).split("\n")
        if len(self._incomplete) > _MAX_LINE:
            lines.append(self._incomplete)
            self._incomplete = ""
        for line in lines:
            self._on_line(line.rstrip("\r"))

    def flush(self) -> None:
        """Pass on a last line without a line ending."""
        if last := self._incomplete + self._decode(b"", True):
            self._incomplete = ""
            self._on_line(last.rstrip("\r"))


def _is_readable(out: IO[bytes], wait_s: float) -> bool:
    if os.name == "nt":  # selectors do not accept pipes there: reading blocks until all writers have closed the pipe
        return True
    # Not select(), which refuses descriptors from 1024 on: a program with many open files can use the Python API.
    with selectors.DefaultSelector() as selector:
        selector.register(out, selectors.EVENT_READ)
        return bool(selector.select(wait_s))


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.terminate()


@contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """An event that is set when the user or the system asks to stop; the terminal does not send Ctrl-C to the group."""
    requested = threading.Event()

    def request(_number: int, _frame: FrameType | None) -> None:
        requested.set()

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        numbers = []
    # Ignored signals stay ignored, as under `nohup`.
    handled = [number for number in numbers if signal.getsignal(number) not in (signal.SIG_IGN, None)]
    previous = {number: signal.signal(number, request) for number in handled}
    try:
        yield requested
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
