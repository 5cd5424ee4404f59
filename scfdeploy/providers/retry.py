"""Retries of failed calls: back-off and limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from scfdeploy.providers.base import ErrorKind
from scfdeploy.providers.clock import Clock


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Back-off and limits of retries, and the polling of a resource until it is ready."""

    base_s: float = 0.5
    """The delay before the first retry; doubles with each retry. The actual delay is a random part (full jitter)."""
    cap_s: float = 8.0
    """The longest delay."""
    budget_s: float = 120.0
    """Transient failures are retried for this long."""
    # With 15 % ambiguous and 30 % throttled responses, six ambiguous ones in a row happen to one call in 10,000, ten to
    # one in 5,000,000. Six ended runs in tests under fault load.
    ambiguous_tries: int = 10
    """The number of attempts with an ambiguous result."""
    wait_s: float = 600.0
    """How long a resource may take to become ready."""
    first_poll_s: float = 0.25
    """The delay before the first poll."""
    poll_growth: float = 1.3
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
        if self._clock.monotonic() + delay > self._deadline:
            return None
        return delay
