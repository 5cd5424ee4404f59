"""What the user's signals ask of a run: to finish what is under way and start nothing new, then to end at once."""

from __future__ import annotations

import threading

GRACE_S = 30.0
"""How long operations under way are waited for after the first signal."""


class Stop(threading.Event):
    """Set by the first signal. Signal handlers and threads share it."""

    def __init__(self) -> None:
        super().__init__()
        self._at_once = threading.Event()
        self._writes = threading.Event()
        self._since: float | None = None

    def end_at_once(self) -> None:
        """Let nothing be waited for any more."""
        self.set()
        self._at_once.set()

    @property
    def is_at_once(self) -> bool:
        """Whether nothing is to be waited for any more."""
        return self._at_once.is_set()

    def begin_writes(self) -> None:
        """Say that from here on a signal may not end the process where it is."""
        self._writes.set()

    @property
    def has_writes(self) -> bool:
        """Whether anything may have been sent that changes something."""
        return self._writes.is_set()

    def is_over(self, now: float) -> bool:
        """Whether what is under way is not waited for any more; `now` is monotonic, of one clock."""
        if not self.is_set():
            return False
        if self._since is None:
            self._since = now
        return self.is_at_once or now - self._since >= GRACE_S
