"""A clock for the tool whose waiting is the local server's time passing: nobody waits for real."""

from __future__ import annotations

import heapq
import http.client
import json
import threading

# How long a sleeping thread lets others come to sleep too, before time goes on: real seconds, for threads to meet.
_MEET_S = 0.002


class ServerClock:
    """Implements `providers.clock.Clock`. What is slept here is advanced there, by the control path.

    Time goes to the end of whichever sleep ends first, so that what several threads sleep side by side is not added up.
    """

    def __init__(self, url: str) -> None:
        self._address = url.removeprefix("http://")
        self._changed = threading.Condition()
        self._passed = 0.0
        self._ends: list[float] = []

    def now(self) -> float:
        return 1_700_000_000.0 + self.monotonic()

    def monotonic(self) -> float:
        with self._changed:
            return self._passed

    def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        with self._changed:
            end = self._passed + seconds
            heapq.heappush(self._ends, end)
            while self._passed < end:
                self._changed.wait(_MEET_S)
                if self._passed < end and self._ends[0] == end:
                    self._go_on_to(end)

    def _go_on_to(self, end: float) -> None:
        self._advance(end - self._passed)
        self._passed = end
        while self._ends and self._ends[0] <= end:
            heapq.heappop(self._ends)
        self._changed.notify_all()

    def _advance(self, seconds: float) -> None:
        connection = http.client.HTTPConnection(self._address, timeout=30)
        try:
            connection.request("POST", "/_emulator/clock", json.dumps({"advance_s": seconds}))
            connection.getresponse().read()
        finally:
            connection.close()
