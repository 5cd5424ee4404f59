"""The emulator's clock: real time plus an offset set by the control path."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

_CHINA = timezone(timedelta(hours=8))


class Clock:
    """Real time plus an offset that only grows. Signatures are checked against real time, not against this."""

    def __init__(self) -> None:
        self._offset_s = 0.0

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._offset_s

    def advance(self, seconds: float) -> None:
        """Advance the clock."""
        self._offset_s += seconds

    def reset(self) -> None:
        """Go back to real time."""
        self._offset_s = 0.0


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
