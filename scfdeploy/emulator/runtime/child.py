"""One child process: started, watched against its two time limits, its output collected, and always ended."""

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

from scfdeploy.emulator.runtime.output import Tail
from scfdeploy.facts import limit

_CHUNK = 1 << 16
# JSON writes a character in up to six bytes; there are at most 6 MB of them, and a little beside.
_LARGEST_REPORT = 6 * limit("event.sync_max_bytes") + (1 << 20)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended. `report` is what it wrote on its own pipe, `late` whether a time limit ended it."""

    report: bytes
    loaded: bool
    late: bool
    exit_code: int
    output: str


class Child:
    """A process in a group of its own, with a pipe to report on. Ends with everything that it started."""

    def __init__(self, command: Sequence[str], *, request: Path, environment: Mapping[str, str], folder: Path) -> None:
        self._report_fd, writing_fd = os.pipe()
        try:
            self._process = subprocess.Popen(
                [*command, str(request), str(writing_fd)],
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(writing_fd,),
                start_new_session=True,
            )
        except OSError:
            os.close(self._report_fd)
            raise
        finally:
            os.close(writing_fd)

    def finish(self, *, load_s: float, run_s: float) -> Ended:
        """Wait until the code has reported, has ended or has used up a time limit; then end it."""
        if self._process.stdout is None:
            raise AssertionError("the process was started with a pipe")
        output = Tail(self._process.stdout)
        try:
            report, late = self._read_report(load_s, run_s)
        finally:
            self.kill()
            os.close(self._report_fd)
            exit_code = self._process.wait()
            output.join()
            self._process.stdout.close()
        loaded = report.startswith(b"ready\n")
        return Ended(report.removeprefix(b"ready\n"), loaded, late, exit_code, output.text())

    def kill(self) -> None:
        """End the process and all that it started; harmless when it has ended."""
        # A process that reported is given no time: the platform freezes an instance after its answer, too.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def terminate(self, grace_s: float) -> None:
        """Ask the process to end, and kill it when the grace time is over."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGTERM)
        timer = threading.Timer(grace_s, self._kill_if_running)
        timer.daemon = True
        timer.start()

    def _kill_if_running(self) -> None:
        if self._process.returncode is None:
            self.kill()

    def _read_report(self, load_s: float, run_s: float) -> tuple[bytes, bool]:
        found = bytearray()
        deadline = time.monotonic() + load_s
        with selectors.DefaultSelector() as selector:
            selector.register(self._report_fd, selectors.EVENT_READ)
            while True:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    return bytes(found), True
                chunk = os.read(self._report_fd, _CHUNK)
                if not chunk:
                    # The pipe closes when the process ends; its exit code is read once it is waited for.
                    self._settle()
                    return bytes(found), False
                if not found and chunk.startswith(b"ready\n"):
                    deadline = time.monotonic() + run_s
                found += chunk
                if len(found) > _LARGEST_REPORT:
                    return bytes(found), False
                if found.endswith(b"\n") and found != b"ready\n":
                    return bytes(found), False

    def _settle(self) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
