"""Runs scfdeploy with a clock that goes faster than the machine's, so that rate limits and waits pass in less time.

    python benchmarks/fast_clock.py SPEED COMMAND [OPTION]...

Only the command's own waiting gets shorter: work, and the latency of the server, take as long as ever. So a time on
this clock, which is SPEED times as long as on the machine's, is an upper bound.
"""

from __future__ import annotations

import sys
import time


class FastClock:
    """Implements `providers.clock.Clock`. Dates stay those of the machine, because requests are signed with them."""

    def __init__(self, speed: float) -> None:
        self._speed = speed

    def now(self) -> float:
        """Unix time in seconds."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment, on the fast clock."""
        return time.monotonic() * self._speed

    def sleep(self, seconds: float) -> None:
        """Wait for seconds of the fast clock; returns at once for zero or less."""
        if seconds > 0:
            time.sleep(seconds / self._speed)  # noqa: TID251 - this is the clock


def main() -> None:
    """Run the command as the installed program does."""
    import gc

    from scfdeploy.cli.app import app

    gc.set_threshold(100_000, 20, 20)
    app(sys.argv[2:], prog_name="scfdeploy", obj=FastClock(float(sys.argv[1])))


if __name__ == "__main__":
    main()
