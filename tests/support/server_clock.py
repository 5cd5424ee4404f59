"""A clock for the tool whose waiting is the local server's time passing: nobody waits for real."""

from __future__ import annotations

import heapq
import json
import re
import socket
import threading
import weakref
from collections import deque
from urllib.parse import urlsplit

# How long a sleeping thread lets others come to sleep too, before time goes on: real seconds, for threads to meet.
_MEET_S = 0.002
_LATELY = 8
_PATH = "/_emulator/clock"
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *([0-9]+)")
_PIECE = 1 << 16


class ServerClock:
    """Implements `providers.clock.Clock`. What is slept here is advanced there, by the control path.

    Time goes to the end of whichever sleep ends first, so that what several threads sleep side by side is not added up.
    A thread that has been the only one to sleep lately waits for nobody.
    """

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url).netloc
        self._connection: socket.socket | None = None
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
        content = json.dumps({"advance_s": seconds})
        order = f"POST {_PATH} HTTP/1.1\r\nHost: {self._address}\r\nContent-Length: {len(content)}\r\n\r\n{content}"
        try:
            self._tell(order.encode())
        except OSError:
            # The server may have hung up since the last time.
            self._connection = None
            self._tell(order.encode())

    def _tell(self, order: bytes) -> None:
        """One exchange, without http.client: there is one for each wait of each command."""
        if self._connection is None:
            host, _, port = self._address.rpartition(":")
            self._connection = socket.create_connection((host, int(port)), timeout=30)
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            weakref.finalize(self, self._connection.close)
        self._connection.sendall(order)
        answer = b""
        while not _is_complete(answer):
            piece = self._connection.recv(_PIECE)
            if not piece:
                raise ConnectionError(answer)
            answer += piece


def _is_complete(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return bool(end) and (length is None or len(body) >= int(length[1]))
