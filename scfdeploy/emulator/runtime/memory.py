"""Enforces the memory limit of functions: ends a process that, with all that it started, uses more."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scfdeploy.emulator.runtime.instance_processes import below

# Short calls are over before the first look; what they used at most is in their report.
_INTERVAL_S = 0.05
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


@dataclass(eq=False, slots=True)
class MemoryWatch:
    """A process that is watched during a call."""

    pid: int
    limit_bytes: int
    kill: Callable[[], None]
    exceeded_bytes: int = 0
    """What the process used when it was ended; 0 if it was not."""


class MemoryLimiter:
    """Looks at all running functions of a server in one thread, which ends when none runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watches: set[MemoryWatch] = set()
        self._thread: threading.Thread | None = None
        self._pause = threading.Event()
        self._is_supported = Path("/proc/self/statm").exists()

    @contextlib.contextmanager
    def watch(self, pid: int, limit_bytes: int, kill: Callable[[], None]) -> Iterator[MemoryWatch]:
        """Call `kill` if the process exceeds the limit inside this context."""
        watch = MemoryWatch(pid, limit_bytes, kill)
        if not self._is_supported:
            yield watch
            return
        with self._lock:
            self._watches.add(watch)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="scfdeploy-memory", daemon=True)
                self._thread.start()
        try:
            yield watch
        finally:
            with self._lock:
                self._watches.discard(watch)

    def _run(self) -> None:
        while True:
            self._pause.wait(_INTERVAL_S)
            with self._lock:
                watches = list(self._watches)
                if not watches:
                    self._thread = None
                    return
            for watch in watches:
                used = _memory_bytes(watch.pid)
                if used > watch.limit_bytes and not watch.exceeded_bytes:
                    watch.exceeded_bytes = used
                    watch.kill()


def _memory_bytes(pid: int) -> int:
    """The resident memory of a process and of all that it started."""
    pages = 0
    for each in (pid, *below(pid)):
        with contextlib.suppress(OSError, IndexError), open(f"/proc/{each}/statm", "rb") as file:  # noqa: PTH123 - often
            pages += int(file.read().split()[1])
    return pages * _PAGE
