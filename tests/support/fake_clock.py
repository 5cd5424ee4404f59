"""A clock that waits for nobody: sleeping moves it on."""

from __future__ import annotations

import threading


class FakeClock:
    """Implements `providers.clock.Clock`. `slept` lists every wait, in order."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self._lock = threading.Lock()
        self._passed = 0.0
        self._start = now
        self.slept: list[float] = []

    def now(self) -> float:
        return self._start + self.monotonic()

    def monotonic(self) -> float:
        with self._lock:
            return self._passed

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            with self._lock:
                self._passed += seconds
                self.slept.append(seconds)
