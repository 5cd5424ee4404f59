"""Why and when a run stops early: a signal of the user, or the time limit."""

from __future__ import annotations

import threading
from enum import StrEnum

from scfdeploy.diagnostics import message

GRACE_S = 30.0
"""How long operations in progress may take after the first signal."""


class StopReason(StrEnum):
    """Why a run ends early; the value is the code of the changes that it skips or abandons."""

    INTERRUPTED = "Interrupted"
    OUT_OF_TIME = "OutOfTime"

    @property
    def text(self) -> str:
        """The reason for messages."""
        return message("interrupted") if self is StopReason.INTERRUPTED else message("time limit of the run reached")


class Stop(threading.Event):
    """Set by the first signal; shared by signal handlers and threads."""

    def __init__(self) -> None:
        super().__init__()
        self._at_once = threading.Event()
        self._writes = threading.Event()
        self._since: float | None = None

    def end_at_once(self) -> None:
        """Stop without waiting for operations in progress."""
        self.set()
        self._at_once.set()

    @property
    def is_at_once(self) -> bool:
        """Whether the run ends without waiting for operations in progress."""
        return self._at_once.is_set()

    def begin_writes(self) -> None:
        """Record that writes begin: from now on a signal must not end the process immediately."""
        self._writes.set()

    @property
    def has_writes(self) -> bool:
        """Whether writes may have been sent."""
        return self._writes.is_set()

    def is_over(self, now: float) -> bool:
        """Whether operations in progress are abandoned at `now` (monotonic); the first call starts the grace period."""
        if not self.is_set():
            return False
        if self._since is None:
            self._since = now
        return self.is_at_once or now - self._since >= GRACE_S
