"""Run a command of the user, such as `src.hook`: in its own process group, with a time limit, its output by line."""

from __future__ import annotations

import codecs
import os
import select
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import IO, NamedTuple

from scfdeploy.diagnostics import Diagnostics, Finding, Severity
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Hook
from scfdeploy.packager.findings import shown

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

_LOOK_UP_S = 0.05
_GRACE_S = 1.0
_CHUNK_BYTES = 1 << 16
_PIPE_BYTES = 1 << 20
"""More than a pipe holds: what a command wrote before it ended is read, what it left running goes unheard."""
_LONGEST_LINE = 1 << 16


class CommandResult(NamedTuple):
    """How a command ended: its exit code, negative for a signal; and whether it was because its time was over."""

    code: int
    timed_out: bool = False


def run_command(
    command: str | Sequence[str],
    *,
    folder: str,
    environment: Mapping[str, str],
    tell: Callable[[str], None],
    limit_s: float,
    stop: threading.Event | None = None,
) -> CommandResult:
    """Run a command line by the shell, or the words of one without; returns when the command itself has ended.

    What it leaves running is not waited for. With its time over, or with `stop` set, its whole process group is ended.
    Without `stop`, in the main thread, Ctrl-C and SIGTERM end the group too, and then raise KeyboardInterrupt. Raises
    OSError when it cannot be started.
    """
    # The shell is the point of a hook: the user wrote a command line, and wrote it for this.
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
    running = _Running(process, _Lines(tell), time.monotonic() + limit_s)
    try:
        with _interrupts() if stop is None else _none(stop) as asked_to_stop:
            ended = running.wait(asked_to_stop)
    except BaseException:
        running.end()
        raise
    finally:
        running.close()
    if stop is None and asked_to_stop.is_set():
        raise KeyboardInterrupt
    return ended


class _Running:
    """A command that was started."""

    def __init__(self, process: subprocess.Popen[bytes], lines: _Lines, deadline: float) -> None:
        self._process = process
        self._out: IO[bytes] | None = process.stdout
        self._lines = lines
        self._deadline = deadline

    def wait(self, stop: threading.Event) -> CommandResult:
        while self._process.poll() is None:
            is_late = time.monotonic() >= self._deadline
            if is_late or stop.is_set():
                self.end()
                self._read_rest()
                return CommandResult(self._process.returncode, timed_out=is_late)
            self._read_some()
        self._read_rest()
        return CommandResult(self._process.returncode)

    def end(self) -> None:
        """End the whole group: politely, then for certain."""
        _signal(self._process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE_S)
        _signal(self._process, getattr(signal, "SIGKILL", signal.SIGTERM))
        self._process.wait()

    def close(self) -> None:
        self._lines.end()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read_some(self) -> None:
        """Pass on what there is; comes back after a moment when there is nothing."""
        if self._out is None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_LOOK_UP_S)
        elif _is_readable(self._out, _LOOK_UP_S) and not self._lines.take(os.read(self._out.fileno(), _CHUNK_BYTES)):
            self._out = None

    def _read_rest(self) -> None:
        """Pass on what was written before the command ended; others may hold the pipe, and go on writing."""
        left = _PIPE_BYTES
        while self._out is not None and left > 0 and _is_readable(self._out, 0):
            chunk = os.read(self._out.fileno(), min(left, _CHUNK_BYTES))
            left -= len(chunk)
            if not self._lines.take(chunk):
                return


class _Lines:
    """Makes lines of what is read."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._begun = ""

    def take(self, chunk: bytes) -> bool:
        """Pass on the lines that this completes; False where there is nothing any more."""
        *lines, self._begun = (self._begun + self._decode(chunk)).split("\n")
        if len(self._begun) > _LONGEST_LINE:
            lines.append(self._begun)
            self._begun = ""
        for line in lines:
            self._tell(line.rstrip("\r"))
        return bool(chunk)

    def end(self) -> None:
        """Pass on a last line without an end."""
        if last := self._begun + self._decode(b"", True):
            self._begun = ""
            self._tell(last.rstrip("\r"))


def _is_readable(out: IO[bytes], wait_s: float) -> bool:
    if os.name == "nt":  # its pipes cannot be waited for: there it is read until everybody has let go of it
        return True
    return bool(select.select([out], [], [], wait_s)[0])


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.terminate()


@contextmanager
def _none(stop: threading.Event) -> Iterator[threading.Event]:
    yield stop


@contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Set while it lasts: whether the user, or the system, asked to stop. The group is not sent a Ctrl-C of its own."""
    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        numbers = []
    # What is ignored stays so: `nohup` asks for that.
    heard = [number for number in numbers if signal.getsignal(number) not in (signal.SIG_IGN, None)]
    before = {number: signal.signal(number, ask) for number in heard}
    try:
        yield asked
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


_LAST_LINES = 10


def run_hook(
    hook: Hook,
    diagnostics: Diagnostics,
    *,
    environment: Mapping[str, str],
    tell: Callable[[str], None],
    limit_s: float,
) -> None:
    """Run the command by the shell until it has ended, whatever it leaves running. Each line it says goes to `tell`.

    One that fails goes to `diagnostics`, with its exit code and last lines; so does one that takes more than `limit_s`
    seconds, which is ended then, with all that it started.
    """
    tell(f"$ {hook.command}")
    last: deque[str] = deque(maxlen=_LAST_LINES)

    def hear(line: str) -> None:
        tell(line)
        last.append(line)

    try:
        ended = run_command(hook.command, folder=hook.cwd, environment=environment, tell=hear, limit_s=limit_s)
    except OSError as wrong:
        ended, last = CommandResult(127), deque([wrong.strerror or str(wrong)])
    if ended == CommandResult(0):
        return
    said = f" Its last lines:\n{chr(10).join(map(shown, last))}" if last else " It printed nothing."
    diagnostics.report(
        HOOK_FAILED,
        hook.span,
        hint="Give --hook-timeout SECONDS if it needs longer, or package the existing files with --no-hook."
        if ended.timed_out
        else None,
        command=shown(hook.command),
        folder=shown(hook.cwd),
        result=_how(ended, limit_s),
        output=said,
    )


def _how(ended: CommandResult, limit_s: float) -> str:
    if ended.timed_out:
        return f"did not end within {limit_s:g} seconds and was stopped, with all processes it had started"
    return f"was ended by signal {-ended.code}" if ended.code < 0 else f"ended with exit code {ended.code}"
