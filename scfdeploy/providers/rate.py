"""Client-side rate limits per API action, shared by all threads, to avoid throttling by the platform."""

from __future__ import annotations

import threading
from collections.abc import Callable

from scfdeploy.facts import limit
from scfdeploy.providers.clock import Clock

_BURST = 4
_OWN_RATES = {
    "CreateFunction": "rate.create_function_per_s",
    "Invoke": "rate.invoke_per_s",
    "InvokeFunction": "rate.invoke_per_s",
}


def documented_rate(action: str) -> float:
    """Calls per second that the platform allows one account for an action."""
    return float(limit(_OWN_RATES.get(action, "rate.default_per_s")))


class RateLimiter:
    """A token bucket for each action: `burst` calls at once, then evenly spaced.

    A caller reserves its slot under the lock and waits for it outside, so that different actions do not block each
    other.
    """

    def __init__(self, clock: Clock, *, rate: Callable[[str], float] = documented_rate, burst: int = _BURST) -> None:
        self._clock = clock
        self._rate = rate
        self._burst = burst
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}
        self._not_before: dict[str, float] = {}

    def acquire(self, action: str) -> None:
        """Wait for the next slot of an action."""
        interval = 1.0 / self._rate(action)
        with self._lock:
            now = self._clock.monotonic()
            place = max(self._next.get(action, float("-inf")), now - (self._burst - 1) * interval)
            self._next[action] = place + interval
            turn = max(place, self._not_before.get(action, now))
        self._clock.sleep(turn - now)

    def hold(self, action: str, seconds: float) -> None:
        """Block an action for some seconds, after the platform throttled a call."""
        with self._lock:
            until = self._clock.monotonic() + seconds
            self._not_before[action] = max(until, self._not_before.get(action, until))
            # Callers that waited meanwhile must not all start at once.
            self._next[action] = max(self._next.get(action, until), until)
