"""An emulator that sends a signal to its client at a chosen call, before or after the call takes effect."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

from scfdeploy.emulator import Server, Settings
from scfdeploy.emulator.messages import Request, Response


class CrashPointServer(Server):
    """Counts API and COS calls, not control calls. `crash_at` arms it for one process.

    After SIGKILL the response is lost; with other signals the call completes normally.
    """

    def __init__(self, data: Path | None = None, *, activation_s: float = 1.0) -> None:
        super().__init__(data, settings=Settings(activation_s=activation_s))
        self._lock = threading.Lock()
        self._pid_known = threading.Event()
        self._pid = 0
        self._at = 0
        self._when = ""
        self._signal = signal.SIGKILL
        self._action = ""
        self.count = 0
        self.signal_sent = False

    def crash_at(self, number: int, when: str, sent: signal.Signals = signal.SIGKILL, *, action: str = "") -> None:
        """Send the signal at this call, counted from 1 from now on; 0 disarms. With `action`, count its calls only."""
        with self._lock:
            self._at, self._when, self._signal, self._action = number, when, sent, action
            self.count, self.signal_sent = 0, False
            self._pid_known.clear()

    def set_target(self, pid: int) -> None:
        """Set the process that gets the signal."""
        self._pid = pid
        self._pid_known.set()

    def _handle(self, request: Request) -> Response:
        if request.path.startswith("/_"):
            return super()._handle(request)
        with self._lock:
            counts = self._action in ("", request.headers.get("x-tc-action"))
            self.count += counts
            is_due = counts and self.count == self._at
        if is_due and self._when == "before":
            self._send_signal()
            return Response(0, b"", dropped=True) if self._signal is signal.SIGKILL else super()._handle(request)
        found = super()._handle(request)
        if is_due:
            self._send_signal()
            return Response(0, b"", dropped=True) if self._signal is signal.SIGKILL else found
        return found

    def _send_signal(self) -> None:
        self._pid_known.wait(30)
        os.kill(self._pid, self._signal)
        self.signal_sent = True
