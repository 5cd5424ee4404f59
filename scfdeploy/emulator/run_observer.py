"""Tells the program that started the server about every run of a function, as soon as it ended."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from scfdeploy.emulator.store import LogEntry


class HttpExchange(NamedTuple):
    """The HTTP request that started a run, and the status of the response."""

    method: str
    path: str
    """With the query, and without the part that selects the function."""
    status: int


@dataclass(slots=True)
class HeldRun:
    """A run of which the observer hears once its response is known."""

    exchange: HttpExchange | None = None
    entry: LogEntry | None = None


@dataclass(slots=True)
class RunObserver:
    """Passes the log entry of each run to `on_run`, and the HTTP exchange if there was one. Thread-safe."""

    on_run: Callable[[LogEntry, HttpExchange | None], None] | None = None
    _held: dict[str, HeldRun] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ended(self, entry: LogEntry) -> None:
        """A run has ended. Not inside `Store.exclusive`: the observer may call the server."""
        with self._lock:
            held = self._held.get(entry.request_id)
            if held is not None:
                held.entry = entry
                return
        if self.on_run is not None:
            self.on_run(entry, None)

    @contextlib.contextmanager
    def hold(self, request_id: str) -> Iterator[HeldRun]:
        """Let the observer wait for the response to the request that started a run."""
        held = HeldRun()
        with self._lock:
            self._held[request_id] = held
        try:
            yield held
        finally:
            with self._lock:
                del self._held[request_id]
            if held.entry is not None and self.on_run is not None:
                self.on_run(held.entry, held.exchange)
