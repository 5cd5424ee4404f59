"""The clocks of the emulator: real time plus an offset, or virtual time that only moves on request."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
"""China Standard Time."""


class Clock:
    """Real time plus an offset that only grows. Signatures are checked against real time instead.

    While the clock is held, its time changes only by `move_to` and `advance`.
    """

    def __init__(self) -> None:
        self._offset_s = 0.0
        self._held_at: float | None = None

    def now(self) -> float:
        """The present time in seconds since the epoch."""
        held_at = self._held_at
        return time.time() + self._offset_s if held_at is None else held_at

    def advance(self, seconds: float) -> None:
        """Advance the clock."""
        if self._held_at is not None:
            self._held_at += seconds
        else:
            self._offset_s += seconds

    def reset(self) -> None:
        """Return to real time."""
        self._offset_s = 0.0
        self._held_at = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the clock; afterwards it continues from its present time."""
        if self._held_at is not None:
            yield
            return
        self._held_at = self.now()
        try:
            yield
        finally:
            self._offset_s = self._held_at - time.time()
            self._held_at = None

    def move_to(self, moment: float) -> None:
        """Move a held clock forward. An earlier moment changes nothing."""
        if self._held_at is None:
            raise AssertionError("only a held clock can be moved")
        self._held_at = max(self._held_at, moment)


class StoredClock(Clock):
    """A clock that is always held, with its time in the store: the virtual time of `--local`.

    It starts at the real time of its first use, in whole seconds.
    """

    def __init__(self, read: Callable[[], float | None], write: Callable[[float], None]) -> None:
        super().__init__()
        self._write = write
        stored = read()
        self._held_at = float(int(time.time())) if stored is None else stored
        if stored is None:
            write(self._held_at)

    def advance(self, seconds: float) -> None:
        """Advance the clock and store the time."""
        super().advance(seconds)
        self._write(self.now())

    def move_to(self, moment: float) -> None:
        """Move the clock forward and store the time."""
        super().move_to(moment)
        self._write(self.now())

    def reset(self) -> None:
        """Restart at the present real time."""
        self._held_at = float(int(time.time()))
        self._write(self._held_at)


def as_text(moment: float) -> str:
    """`YYYY-MM-DD hh:mm:ss` in China Standard Time, the format of the API."""
    return datetime.fromtimestamp(moment, CHINA).strftime("%Y-%m-%d %H:%M:%S")


def as_exact_text(moment: float) -> str:
    """`as_text` with microseconds, the format of status records of events."""
    return datetime.fromtimestamp(moment, CHINA).strftime("%Y-%m-%d %H:%M:%S.%f")


def from_text(text: str) -> float:
    """Parse the format of `as_text`. Raises ValueError for any other text."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA).timestamp()


def as_rfc3339(moment: float, *, precision: str = "seconds") -> str:
    """`YYYY-MM-DDThh:mm:ss+08:00`, the format of the control paths."""
    return datetime.fromtimestamp(moment, CHINA).isoformat(timespec=precision)


def as_iso(moment: float) -> str:
    """`YYYY-MM-DDThh:mm:ss.000Z`, the format of COS."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def utc_date(moment: float) -> str:
    """`YYYY-MM-DD` in UTC, the format of credential scopes."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
