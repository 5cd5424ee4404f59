"""The memory that running functions hold, against the quotas of functions and regions."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from scfdeploy.emulator.runtime.invocation import Invocation


class Concurrency:
    """Counts the memory of running instances: of each function, and of all functions of a region without a reservation.

    Thread-safe.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held_mb: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def hold(self, invocation: Invocation, *, reserved_mb: int | None, region_quota_mb: int) -> Iterator[str]:
        """Hold the memory of an invocation while it runs. Yields why it must not run, or an empty text."""
        memory_mb, function = invocation.version["MemorySize"], invocation.function
        if reserved_mb is None:
            holder, most_mb, quota = (invocation.region, ""), region_quota_mb, "region unreserved"
        else:
            holder, most_mb, quota = (invocation.region, function["FunctionId"]), reserved_mb, "reserved"
        with self._lock:
            is_refused = self._held_mb[holder] + memory_mb > most_mb
            if not is_refused:
                self._held_mb[holder] += memory_mb
        if is_refused:
            yield f"Function [ {function['FunctionName']} ] concurrency exceeded {quota} quota {most_mb} MB"
            return
        try:
            yield ""
        finally:
            with self._lock:
                self._held_mb[holder] -= memory_mb
