"""The cloud's time, from the Date headers of its responses: what is certain about it, not an estimate."""

from __future__ import annotations

import threading

_CHINA_S = 8 * 3600
# The time zone of ModTime is not documented. Zones differ by multiples of this.
_ZONE_STEP_S = 900
_MOD_TIME_LENGTH = len("2026-11-29 12:00:00")


class CloudTime:
    """Lower bounds of the cloud's time. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: float | None = None
        self._before: float | None = None
        self._first: tuple[float, float] | None = None

    @property
    def latest(self) -> float | None:
        """A time that the cloud has passed already; None before the first response."""
        with self._lock:
            return self._latest

    def begin(self) -> None:
        """Begin a series of calls."""
        with self._lock:
            self._before, self._first = self._latest, None

    @property
    def at_beginning(self) -> float | None:
        """A time that the cloud had passed when the first call of the series began; None if nothing is known."""
        with self._lock:
            known = [self._before, self._first[1] if self._first is not None else None]
            return max((bound for bound in known if bound is not None), default=None)

    def note(self, date: str | None, *, started: float, ended: float) -> None:
        """Record the Date header of a response to a call, which began and ended at these times (monotonic)."""
        moment = unix_time(date)
        if moment is None:
            return
        with self._lock:
            self._latest = moment if self._latest is None else max(self._latest, moment)
            if self._first is None or started < self._first[0]:
                self._first = (started, moment - (ended - started))


def is_past(modified: str, moment: float | None) -> bool:
    """Whether the whole second of a ModTime was over at `moment`; False if that is not certain."""
    from datetime import UTC, datetime

    if moment is None or len(modified) != _MOD_TIME_LENGTH:
        return False
    try:
        in_china = datetime.fromisoformat(modified).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return False
    age = int(moment // 1) - int(in_china) + _CHINA_S
    return age > 0 and age % _ZONE_STEP_S > 0


def unix_time(date: str | None) -> float | None:
    """The time that a Date header names; None if there is none, or if it cannot be read."""
    from datetime import UTC
    from email.utils import parsedate_to_datetime

    if not date:
        return None
    try:
        moment = parsedate_to_datetime(date)
        # A date without a zone, which HTTP allows in one old format, is in UTC, and not in the zone of this machine.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
