"""Retries of failed calls, and client-side rate limits."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from math import inf

from scfdeploy.facts import limit
from scfdeploy.providers.base import ErrorKind
from scfdeploy.providers.clock import Clock
from scfdeploy.records import dataclass

_SLOW_S = 10.0
"""How long after the last throttled call the default rate is kept."""
_MANY_THROTTLED = 10
"""The least number of throttled calls in a second that can change a rate."""
# The other actions have the same limit, 20 calls per second; see the list of APIs in the documentation (583/17235).
_ACTION_RATES = {
    "CreateFunction": "rate.create_function_per_s",
    "CreateTrigger": "rate.create_trigger_per_s",
    "DeleteFunction": "rate.delete_function_per_s",
    "DeleteTrigger": "rate.delete_trigger_per_s",
    "GetFunction": "rate.get_function_per_s",
    "Invoke": "rate.invoke_per_s",
    "InvokeFunction": "rate.invoke_per_s",
    "ListFunctions": "rate.list_functions_per_s",
    "UpdateFunctionCode": "rate.update_function_code_per_s",
    "UpdateFunctionConfiguration": "rate.update_function_configuration_per_s",
}


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Back-off and limits of retries, and the polling of a resource until it is ready."""

    base_s: float = 0.5
    """The delay before the first retry; doubles with each retry. The actual delay is a random part (full jitter)."""
    cap_s: float = 8.0
    """The longest delay."""
    budget_s: float = 120.0
    """Transient failures are retried for this long."""
    # With 15 % ambiguous and 30 % throttled responses, one call in 10,000 has six ambiguous attempts, one in 5,000,000
    # has ten. A limit of six made runs under fault load fail.
    ambiguous_tries: int = 10
    """The number of attempts with an ambiguous result."""
    wait_s: float = 600.0
    """How long a resource may take to become ready."""
    first_poll_s: float = 0.25
    """The delay before the first poll. No operation of the platform is known to take less."""
    poll_share: float = 0.1
    """The delay between polls as a share of the time waited so far, so that a wait ends at most that much too late."""
    poll_floor_s: float = 0.05
    """The shortest delay between polls."""
    poll_cap_s: float = 3.0
    """The longest delay between polls."""
    retries: int | None = None
    """The maximum number of retries of one call; None for no limit."""


def uniform() -> Callable[[], float]:
    """A random number generator for 0 to 1."""
    import random

    return random.Random().random  # noqa: S311 - spreads retries; not for security


class Attempts:
    """The attempts of one call; none starts after `deadline` (monotonic). Not thread-safe."""

    def __init__(
        self, policy: RetryPolicy, clock: Clock, random: Callable[[], float], *, deadline: float = inf
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._random = random
        self._failed = 0
        self._ambiguous = 0
        self._deadline = min(clock.monotonic() + policy.budget_s, deadline)

    def delay_after(self, kind: ErrorKind) -> float | None:
        """Seconds to wait before the next attempt after a failure of this kind; None to give up."""
        self._failed += 1
        self._ambiguous += kind is ErrorKind.AMBIGUOUS
        if not kind.is_transient or self._ambiguous >= self._policy.ambiguous_tries:
            return None
        if self._policy.retries is not None and self._failed > self._policy.retries:
            return None
        ceiling = min(self._policy.cap_s, self._policy.base_s * 2.0 ** min(self._failed - 1, 30))
        delay: float = ceiling * self._random()
        return delay if self._clock.monotonic() + delay <= self._deadline else None


def documented_rate(action: str) -> float:
    """Calls per second that the platform allows one account for an action."""
    return float(limit(_ACTION_RATES.get(action, "rate.default_per_s")))


def least_seconds(action: str, calls: int) -> float:
    """Seconds between the first and the last of some calls of an action at its documented rate."""
    rate = documented_rate(action)
    return 0.0 if calls <= rate else (calls - 1) / rate


class RateLimiter:
    """Limits the calls of each action: in no second are there more than its rate. Thread-safe.

    As many calls start at once, and those that have to wait are evenly spaced. With `burst`, only that many start at
    once. A caller reserves its slot under the lock and waits for it outside, so that different actions do not block
    each other.
    """

    def __init__(
        self, clock: Clock, *, rate: Callable[[str], float] = documented_rate, burst: int | None = None
    ) -> None:
        self._clock = clock
        self._rate = rate
        self._burst = burst
        self._lock = threading.Lock()
        self._slots: dict[str, _Slots] = {}

    def acquire(self, action: str) -> None:
        """Wait for the next slot of an action."""
        rate = self._rate(action)
        if rate == inf:
            return
        with self._lock:
            now = self._clock.monotonic()
            start = self._slots_of(action, rate).reserve(now)
        self._clock.sleep(start - now)

    def hold(self, action: str, seconds: float) -> None:
        """Block an action for some seconds, after the platform throttled a call."""
        rate = self._rate(action)
        if rate == inf:
            return
        with self._lock:
            self._slots_of(action, rate).hold(self._clock.monotonic(), seconds)

    def _slots_of(self, action: str, rate: float) -> _Slots:
        if action not in self._slots:
            self._slots[action] = _Slots(rate, self._burst or max(1, int(rate)))
        return self._slots[action]


class _Slots:
    """When the calls of one action start.

    If the account has a lower limit than documented, or shares it, most calls of a second are throttled. Calls are then
    made at the platform's default rate: more would only be repeated, and each throttled call holds all others.
    """

    def __init__(self, rate: float, burst: int) -> None:
        self._interval = 1.0 / rate
        self._slow_interval = max(self._interval, 1.0 / limit("rate.default_per_s"))
        self._window = burst / rate
        self._starts: deque[float] = deque(maxlen=burst)
        self._throttled: deque[float] = deque(maxlen=burst)
        self._next = float("-inf")
        """When a call starts that is evenly spaced from the calls before."""
        self._not_before = float("-inf")
        self._slow_until = float("-inf")
        self._is_spaced = False

    def reserve(self, now: float) -> float:
        """When a call may start that is made now."""
        start = max(now, self._not_before)
        if self._next < start:
            self._is_spaced = False
        is_full = len(self._starts) == self._starts.maxlen
        if is_full and self._starts[0] + self._window > start:
            self._is_spaced = True
            start = self._starts[0] + self._window
        is_slow = start < self._slow_until
        if self._is_spaced or is_slow:
            start = max(start, self._next)
        self._starts.append(start)
        self._next = max(self._next, start) + (self._slow_interval if is_slow else self._interval)
        return start

    def hold(self, now: float, seconds: float) -> None:
        """Start no call for some seconds. Callers that waited meanwhile do not all start at once."""
        self._not_before = max(now + seconds, self._not_before)
        self._next = max(now + seconds, self._next)
        self._is_spaced = True
        self._throttled.append(now)
        if now < self._slow_until or self._is_mostly_throttled(now):
            self._slow_until = now + _SLOW_S

    def _is_mostly_throttled(self, now: float) -> bool:
        throttled, started = (
            sum(now - 1.0 <= time <= now for time in times) for times in (self._throttled, self._starts)
        )
        return throttled >= _MANY_THROTTLED and throttled * 2 > started
