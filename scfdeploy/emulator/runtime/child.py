"""The process of one instance: start it, exchange calls and reports within time limits, freeze it, and end it.

The process reads lines of JSON from its command pipe and answers each with one line on its report pipe: the settings
at the start with `ready` or an error, then one call after the other. Between calls it is stopped with everything that
it started, as the platform freezes an instance after its response.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from scfdeploy.emulator.runtime.instance_processes import Marker, freeze, kill_group, kill_marked, signal_each
from scfdeploy.facts import limit

READY = b"ready\n"
_GUARDIAN = Path(__file__).parent / "instance_processes.py"
_CHUNK = 1 << 16
# At most 6 MB of characters, of which JSON writes each in up to six bytes, and some fields.
_MAX_REPORT_BYTES = 6 * limit("event.sync_max_bytes") + (1 << 20)
_MAX_OUTPUT_BYTES = 1 << 20
# A process that ends leaves its report pipe open if a copy of it still runs.
_LIVENESS_CHECK_S = 0.25


class OutputTail:
    """Reads a pipe in its own thread until it ends or `close`, and keeps the last megabyte."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        os.set_blocking(pipe.fileno(), False)
        self._content = bytearray()
        self._lock = threading.Lock()
        self._wake, self._waker = os.pipe()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def take(self) -> str:
        """The last megabyte of what was written since the last call, up to now."""
        with self._lock:
            self._read_available()
            content, self._content = self._content, bytearray()
        return bytes(content[-_MAX_OUTPUT_BYTES:]).decode("utf-8", "replace")

    def close(self) -> str:
        """Wait until the process and all that it started have closed the pipe, at most 5 s, and return the rest."""
        self._thread.join(timeout=5)
        output = self.take()
        os.close(self._waker)
        self._thread.join()
        self._pipe.close()
        return output

    def _read(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._pipe, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            is_open = True
            while is_open and self._wake not in [key.fd for key, _ in selector.select()]:
                with self._lock:
                    is_open = self._read_available()
        os.close(self._wake)

    def _read_available(self) -> bool:
        """Read what was written, with the lock. False at the end of the pipe."""
        # A program that writes faster than this reads must not keep the lock.
        for _ in range(_MAX_OUTPUT_BYTES // _CHUNK):
            try:
                chunk = os.read(self._pipe.fileno(), _CHUNK)
            except BlockingIOError:
                return True
            if not chunk:
                return False
            _append_tail(self._content, chunk)
        return True


@dataclass(frozen=True, slots=True)
class Reply:
    """What a process answered."""

    report: bytes
    """A whole line if the process answered."""
    timed_out: bool
    exit_code: int | None
    """None while the process runs."""


class Guardian:
    """The process that kills the others if this server ends without doing so. It starts with the first of them.

    It then removes the temporary folder of the server, too.
    """

    def __init__(self, folder: Callable[[], Path] | None = None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def watch(self, group: int, command: Sequence[str] = (), marker: Marker | None = None) -> None:
        """Kill this process group, and all processes with the marker, if this server ends; and then run a command."""
        with self._lock:
            if self._process is None:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-S", "-B", str(_GUARDIAN)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
                if self._folder is not None:
                    self._send(f"={json.dumps(str(self._folder()))}\n")
            self._send(f"+{group} {json.dumps([list(command), marker and [marker.root, marker.folder]])}\n")

    def forget(self, group: int) -> None:
        """A process group has ended."""
        with self._lock:
            self._send(f"-{group}\n")

    def close(self) -> None:
        """End the guardian with all that it watches, except the folder, which the server removes."""
        with self._lock:
            self._send("=\n")
            process, self._process = self._process, None
        if process is not None:
            process.communicate()

    def _send(self, line: str) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.write(line.encode())
                self._process.stdin.flush()


class ProcessGroup:
    """A process that leads its own group. It ends with everything that it started, and with this server.

    With a `marker`, so do processes that have left the group. `last_command` runs if this server is killed, after the
    processes.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        guardian: Guardian,
        last_command: Sequence[str] = (),
        *,
        marker: Marker | None = None,
    ) -> None:
        self._process = process
        self._guardian = guardian
        self._marker = marker
        self._lock = threading.Lock()
        self._has_ended = False
        self._frozen_outside: set[int] = set()
        guardian.watch(process.pid, last_command, marker)

    @property
    def pid(self) -> int:
        """The id of the process and of its group."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether the process runs or is frozen."""
        return self._process.poll() is None

    def signal(self, number: int) -> None:
        """Send a signal to all; no effect after `end`, when another group may have the same id."""
        with self._lock:
            if not self._has_ended:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.pid, number)

    def freeze(self) -> None:
        """Stop all, also those that have left the group and are still below the process."""
        with self._lock:
            if not self._has_ended:
                self._frozen_outside |= freeze(self.pid)

    def thaw(self) -> None:
        """Continue after `freeze`."""
        outside, self._frozen_outside = self._frozen_outside, set()
        signal_each(outside, signal.SIGCONT)
        self.signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kill all of the group; no effect after `end`."""
        self.signal(signal.SIGKILL)

    def end(self) -> bool:
        """Kill all and wait for the end of the process. False if this was done before."""
        with self._lock:
            if self._has_ended:
                return False
            kill_group(self.pid)
            self._process.wait()
            self._has_ended = True
        if self._marker is not None:
            kill_marked([self._marker])
        self._guardian.forget(self.pid)
        return True


class Child:
    """The process of an instance, which exchanges lines with this server."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        guardian: Guardian,
        marker: Marker | None = None,
    ) -> None:
        command_fd, self._command_fd = os.pipe()
        self._report_fd, report_fd = os.pipe()
        try:
            self._process = subprocess.Popen(
                [*command, str(command_fd), str(report_fd)],
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(command_fd, report_fd),
                start_new_session=True,
            )
        except OSError:
            os.close(self._command_fd)
            os.close(self._report_fd)
            raise
        finally:
            os.close(command_fd)
            os.close(report_fd)
        if self._process.stdout is None:
            raise AssertionError("the process was started with a pipe")
        self._group = ProcessGroup(self._process, guardian, marker=marker)
        self._output = bytearray()
        self._output_fd = self._process.stdout.fileno()
        self._selector = selectors.DefaultSelector()
        for fd in (self._command_fd, self._report_fd, self._output_fd):
            os.set_blocking(fd, False)
        for fd in (self._report_fd, self._output_fd):
            self._selector.register(fd, selectors.EVENT_READ)

    @property
    def pid(self) -> int:
        """The id of the process and of its group."""
        return self._group.pid

    def is_alive(self) -> bool:
        """Whether the process runs or is frozen."""
        return self._group.is_alive()

    def exchange(self, message: bytes, limit_s: float) -> Reply:
        """Send a line and wait until the process answers, ends or exceeds the time limit."""
        deadline = time.monotonic() + limit_s
        report = bytearray()
        self._send(memoryview(message))
        while (left_s := deadline - time.monotonic()) > 0:
            chunk = self._read_report(min(left_s, _LIVENESS_CHECK_S))
            if chunk == b"":
                # The pipe closes shortly before the process ends, whose own exit code is needed.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(timeout=1)
                return Reply(bytes(report), False, self._process.returncode)
            report += chunk or b""
            if len(report) > _MAX_REPORT_BYTES or report.endswith(b"\n"):
                return Reply(bytes(report), False, None)
        return Reply(bytes(report), True, None)

    def take_output(self) -> str:
        """The last megabyte of what the process wrote since the last call. Only what it wrote already."""
        self._read_output(at_most=_MAX_OUTPUT_BYTES)
        text = bytes(self._output[-_MAX_OUTPUT_BYTES:]).decode("utf-8", "replace")
        self._output.clear()
        return text

    def freeze(self) -> None:
        """Stop the process and all that it started."""
        self._group.freeze()

    def thaw(self) -> None:
        """Continue after `freeze`."""
        self._group.thaw()

    def kill(self) -> None:
        """End the process and all that it started; no effect if it has ended."""
        self._group.kill()

    def terminate(self, grace_s: float) -> None:
        """Send SIGTERM, and SIGKILL after `grace_s` if the process has not ended."""
        self._group.signal(signal.SIGTERM)
        timer = threading.Timer(grace_s, self.kill)
        timer.daemon = True
        timer.start()

    def end(self) -> str:
        """Kill the process if it runs, release what it holds, and return the rest of its output."""
        if not self._group.end():
            return ""
        output = self.take_output()
        self._selector.close()
        os.close(self._command_fd)
        os.close(self._report_fd)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return output

    def _read_report(self, wait_s: float) -> bytes | None:
        """Move what the pipes take and hold. Returns part of the report, nothing, or b"" at the end of the process."""
        chunk = None
        ready = self._selector.select(wait_s)
        for key, _ in ready:
            if key.fd == self._output_fd:
                self._read_output(at_most=_CHUNK)
            elif key.fd == self._report_fd:
                chunk = os.read(self._report_fd, _CHUNK)
            else:
                self._selector.unregister(self._command_fd)
                self._send(key.data)
        if chunk is None and not self.is_alive():
            # A copy of the process may keep the pipe open, and write output all the time.
            with contextlib.suppress(BlockingIOError):
                return os.read(self._report_fd, _CHUNK)
            return b""
        return chunk

    def _send(self, content: memoryview) -> None:
        """Write a line, the rest of it when the pipe takes more."""
        try:
            content = content[os.write(self._command_fd, content) :]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            # The end of the process shows on its report pipe.
            return
        if content:
            self._selector.register(self._command_fd, selectors.EVENT_WRITE, content)

    def _read_output(self, *, at_most: int) -> None:
        taken = 0
        while taken < at_most:
            try:
                chunk = os.read(self._output_fd, _CHUNK)
            except BlockingIOError:
                return
            if not chunk:
                with contextlib.suppress(KeyError):
                    self._selector.unregister(self._output_fd)
                return
            taken += len(chunk)
            _append_tail(self._output, chunk)


def _append_tail(content: bytearray, chunk: bytes) -> None:
    content += chunk
    if len(content) > 2 * _MAX_OUTPUT_BYTES:
        del content[:-_MAX_OUTPUT_BYTES]
