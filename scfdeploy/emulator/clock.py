"""The emulator's clock: real time plus an offset, or time that stands still until it is moved."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

_CHINA = timezone(timedelta(hours=8))


class Clock:
    """Real time plus an offset that only grows. Signatures are checked against real time, not against this.

    While it is held, time stands still and moves only by `move_to`.
    """

    def __init__(self) -> None:
        self._offset_s = 0.0
        self._held_at: float | None = None

    def now(self) -> float:
        """Seconds since the epoch."""
        held = self._held_at
        return time.time() + self._offset_s if held is None else held

    def advance(self, seconds: float) -> None:
        """Advance the clock."""
        if self._held_at is not None:
            self._held_at += seconds
        else:
            self._offset_s += seconds

    def reset(self) -> None:
        """Go back to real time."""
        self._offset_s = 0.0
        self._held_at = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let time stand still meanwhile, and go on from where it was moved to."""
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
            raise AssertionError("only a held clock is moved")
        self._held_at = max(self._held_at, moment)


class StoredClock(Clock):
    """A clock that always stands still, and whose time is kept in the store: the virtual time of `--local`.

    It starts at the real time, in whole seconds, of the first use.
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
        """Start at the real time again."""
        self._held_at = float(int(time.time()))
        self._write(self._held_at)


def as_text(moment: float) -> str:
    """`YYYY-MM-DD hh:mm:ss` in China Standard Time, as the API writes times."""
    return datetime.fromtimestamp(moment, _CHINA).strftime("%Y-%m-%d %H:%M:%S")


def from_text(text: str) -> float:
    """Parse the format of `as_text`. Raises ValueError for any other text."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=_CHINA).timestamp()


def as_iso(moment: float) -> str:
    """`YYYY-MM-DDThh:mm:ss.000Z`, as the storage writes times."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def utc_date(moment: float) -> str:
    """`YYYY-MM-DD` in UTC, as credential scopes name days."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
