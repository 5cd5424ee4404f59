"""How long to wait before a failed call is made again, and when to give up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from scfdeploy.providers.base import ErrorKind
from scfdeploy.providers.clock import Clock


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """`base_s` doubles with each try up to `cap_s`; the wait is any part of that (full jitter).

    What may pass is tried for `budget_s` seconds, an ambiguous answer `ambiguous_tries` times. A resource may take
    `wait_s` to settle; it is looked at after `first_poll_s`, then at pauses that grow up to `poll_cap_s`. With
    `retries` no call is made again more often than that, whatever it failed of.
    """

    base_s: float = 0.5
    cap_s: float = 8.0
    budget_s: float = 120.0
    # Where 15 % of answers are unclear and 30 % refused for their rate, six unclear ones come before the first good one
    # for one call of 10,000, ten for one of 5,000,000. Six ended runs in storms.
    ambiguous_tries: int = 10
    wait_s: float = 600.0
    first_poll_s: float = 0.25
    poll_growth: float = 1.3
    poll_cap_s: float = 3.0
    retries: int | None = None


def uniform() -> Callable[[], float]:
    """A source of numbers from 0 to 1."""
    import random

    return random.Random().random  # noqa: S311 - it spreads waits, it keeps no secret


class Attempts:
    """The tries of one call, none of them after `deadline` (monotonic). One thread."""

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
        """Seconds to wait before the next try after a failure of this kind, or None to give up."""
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
