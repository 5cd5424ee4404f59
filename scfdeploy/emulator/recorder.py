"""Records calls: action, product, time and outcome, never bodies."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

_MAX_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One call."""

    action: str
    product: str
    region: str
    time: float
    """When the call began, on the server's clock."""
    seconds: float
    """Its duration in real time."""
    outcome: str
    """`ok`, an API error code, `http <status>`, `dropped` or `garbled <how>`."""
    request_id: str


class Recorder:
    """The last 10,000 calls, oldest first. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=_MAX_ENTRIES)

    def add(self, entry: Entry) -> None:
        """Add a call."""
        with self._lock:
            self._entries.append(entry)

    def listing(self) -> list[dict[str, Any]]:
        """The recorded calls as JSON objects."""
        with self._lock:
            return [asdict(entry) for entry in self._entries]

    def clear(self) -> None:
        """Delete all recorded calls."""
        with self._lock:
            self._entries.clear()
