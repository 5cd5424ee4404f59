"""A local server that sends a signal to its client at a chosen call: before the call takes effect, or after."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

from scfdeploy.emulator import Server, Settings
from scfdeploy.emulator.messages import Answer, Request


class CuttingServer(Server):
    """Counts calls of the API and of the storage, not of control paths. `cut_at` arms it for one process.

    After SIGKILL the answer is lost; other signals leave the call to end as it would have.
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
        self.was_cut = False

    def cut_at(self, number: int, when: str, sent: signal.Signals = signal.SIGKILL, *, action: str = "") -> None:
        """Cut at the call of this number, counted from 1 from now on; 0 never. With an `action`, of its calls."""
        with self._lock:
            self._at, self._when, self._signal, self._action = number, when, sent, action
            self.count, self.was_cut = 0, False
            self._pid_known.clear()

    def aim(self, pid: int) -> None:
        """Say which process it is."""
        self._pid = pid
        self._pid_known.set()

    def _answer(self, request: Request) -> Answer:
        if request.path.startswith("/_"):
            return super()._answer(request)
        with self._lock:
            counts = self._action in ("", request.headers.get("x-tc-action"))
            self.count += counts
            is_due = counts and self.count == self._at
        if is_due and self._when == "before":
            self._cut()
            return Answer(0, b"", dropped=True) if self._signal is signal.SIGKILL else super()._answer(request)
        found = super()._answer(request)
        if is_due:
            self._cut()
            return Answer(0, b"", dropped=True) if self._signal is signal.SIGKILL else found
        return found

    def _cut(self) -> None:
        self._pid_known.wait(30)
        os.kill(self._pid, self._signal)
        self.was_cut = True
