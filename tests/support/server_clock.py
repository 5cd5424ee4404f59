"""A clock for the tool whose waiting is the local server's time passing: nobody waits for real."""

from __future__ import annotations

import heapq
import http.client
import json
import threading
import weakref
from collections import deque
from urllib.parse import urlsplit

# How long a sleeping thread lets others come to sleep too, before time goes on: real seconds, for threads to meet.
_MEET_S = 0.002
_LATELY = 8


class ServerClock:
    """Implements `providers.clock.Clock`. What is slept here is advanced there, by the control path.

    Time goes to the end of whichever sleep ends first, so that what several threads sleep side by side is not added up.
    A thread that has been the only one to sleep lately waits for nobody.
    """

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        weakref.finalize(self, self._connection.close)
        self._changed = threading.Condition()
        self._passed = 0.0
        self._ends: list[float] = []
        self._came = 0
        self._lately: deque[int] = deque(maxlen=_LATELY)

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
            self._came += 1
            self._lately.append(threading.get_ident())
            while self._passed < end:
                if self._is_quiet() and self._passed < end and self._ends[0] == end:
                    self._go_on_to(end)

    def _is_quiet(self) -> bool:
        """Whether nobody comes to sleep for a while."""
        if len(self._ends) == 1 and len(set(self._lately)) == 1:
            return True
        came = self._came
        self._changed.wait(_MEET_S)
        return came == self._came

    def _go_on_to(self, end: float) -> None:
        self._advance(end - self._passed)
        self._passed = end
        while self._ends and self._ends[0] <= end:
            heapq.heappop(self._ends)
        self._changed.notify_all()

    def _advance(self, seconds: float) -> None:
        order = json.dumps({"advance_s": seconds})
        try:
            self._tell(order)
        except (OSError, http.client.HTTPException):
            # The server may have hung up since the last time.
            self._connection.close()
            self._tell(order)

    def _tell(self, order: str) -> None:
        self._connection.request("POST", "/_emulator/clock", order)
        self._connection.getresponse().read()
