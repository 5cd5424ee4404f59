"""One rate limit for each action, shared by all threads, so that the platform need not refuse calls."""

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

    A caller takes its place in the row under the lock and waits for it outside, so that rows of different actions do
    not hold each other up.
    """

    def __init__(self, clock: Clock, *, rate: Callable[[str], float] = documented_rate, burst: int = _BURST) -> None:
        self._clock = clock
        self._rate = rate
        self._burst = burst
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}
        self._not_before: dict[str, float] = {}

    def acquire(self, action: str) -> None:
        """Wait for this action's turn."""
        interval = 1.0 / self._rate(action)
        with self._lock:
            now = self._clock.monotonic()
            place = max(self._next.get(action, float("-inf")), now - (self._burst - 1) * interval)
            self._next[action] = place + interval
            turn = max(place, self._not_before.get(action, now))
        self._clock.sleep(turn - now)

    def hold(self, action: str, seconds: float) -> None:
        """Let nobody call this action for some seconds: the platform just refused one for its rate."""
        with self._lock:
            until = self._clock.monotonic() + seconds
            self._not_before[action] = max(until, self._not_before.get(action, until))
            # Those who waited meanwhile must not all come at once.
            self._next[action] = max(self._next.get(action, until), until)
