"""A clock for the tool whose waiting is the local server's time passing: nobody waits for real."""

from __future__ import annotations

import http.client
import json

from tests.support.fake_clock import FakeClock


class ServerClock(FakeClock):
    """Implements `providers.clock.Clock`. What is slept here is advanced there, by the control path."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._address = url.removeprefix("http://")

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if seconds > 0:
            self._advance(seconds)

    def _advance(self, seconds: float) -> None:
        connection = http.client.HTTPConnection(self._address, timeout=30)
        try:
            connection.request("POST", "/_emulator/clock", json.dumps({"advance_s": seconds}))
            connection.getresponse().read()
        finally:
            connection.close()
