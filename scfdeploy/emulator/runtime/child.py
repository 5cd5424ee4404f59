"""The process of one invocation: start it, enforce its time limits, collect its output, and end it."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from scfdeploy.facts import limit

_CHUNK = 1 << 16
# At most 6 MB of characters, of which JSON writes each in up to six bytes, and some fields.
_MAX_REPORT_BYTES = 6 * limit("event.sync_max_bytes") + (1 << 20)
_MAX_OUTPUT_BYTES = 1 << 20
_READY = b"ready\n"


class OutputTail:
    """Reads a pipe to its end in its own thread and keeps the last megabyte."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._content = bytearray()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until the process and all that it started have closed the pipe."""
        self._thread.join(timeout=5)

    def text(self) -> str:
        """The last megabyte of the output."""
        return bytes(self._content[-_MAX_OUTPUT_BYTES:]).decode("utf-8", "replace")

    def _read(self) -> None:
        while chunk := os.read(self._pipe.fileno(), _CHUNK):
            self._content += chunk
            if len(self._content) > 2 * _MAX_OUTPUT_BYTES:
                del self._content[:-_MAX_OUTPUT_BYTES]


@dataclass(frozen=True, slots=True)
class ChildResult:
    """How a process ended."""

    report: bytes
    """What it wrote to its report pipe."""
    loaded: bool
    """Whether it loaded the code."""
    timed_out: bool
    exit_code: int
    output: str


class Child:
    """A process in its own process group, with a pipe for its report. It ends with everything that it started."""

    def __init__(self, command: Sequence[str], *, request: Path, environment: Mapping[str, str], folder: Path) -> None:
        self._report_fd, child_fd = os.pipe()
        try:
            self._process = subprocess.Popen(
                [*command, str(request), str(child_fd)],
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(child_fd,),
                start_new_session=True,
            )
        except OSError:
            os.close(self._report_fd)
            raise
        finally:
            os.close(child_fd)

    def finish(self, *, load_s: float, run_s: float) -> ChildResult:
        """Wait until the process reports, ends or exceeds a time limit; then end it."""
        if self._process.stdout is None:
            raise AssertionError("the process was started with a pipe")
        output = OutputTail(self._process.stdout)
        try:
            report, timed_out = self._read_report(load_s, run_s)
        finally:
            self.kill()
            os.close(self._report_fd)
            exit_code = self._process.wait()
            output.join()
            self._process.stdout.close()
        loaded = report.startswith(_READY)
        return ChildResult(report.removeprefix(_READY), loaded, timed_out, exit_code, output.text())

    def kill(self) -> None:
        """End the process and all that it started; no effect if it has ended."""
        # At once, even after a report: the platform freezes an instance after its response, too.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def terminate(self, grace_s: float) -> None:
        """Send SIGTERM, and SIGKILL after `grace_s` if the process has not ended."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGTERM)
        timer = threading.Timer(grace_s, self._kill_if_running)
        timer.daemon = True
        timer.start()

    def _kill_if_running(self) -> None:
        if self._process.returncode is None:
            self.kill()

    def _read_report(self, load_s: float, run_s: float) -> tuple[bytes, bool]:
        report = bytearray()
        deadline = time.monotonic() + load_s
        with selectors.DefaultSelector() as selector:
            selector.register(self._report_fd, selectors.EVENT_READ)
            while True:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    return bytes(report), True
                chunk = os.read(self._report_fd, _CHUNK)
                if not chunk:
                    # The pipe closes shortly before the process ends, whose own exit code is needed.
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        self._process.wait(timeout=1)
                    return bytes(report), False
                if not report and chunk.startswith(_READY):
                    deadline = time.monotonic() + run_s
                report += chunk
                if len(report) > _MAX_REPORT_BYTES or (report.endswith(b"\n") and report != _READY):
                    return bytes(report), False
