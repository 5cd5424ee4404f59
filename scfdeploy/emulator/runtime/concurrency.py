"""The memory that running functions hold and the instances that start, against the quotas of functions and regions."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scfdeploy.emulator.runtime.invocation import Invocation

_BURST_S = 60


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


class Burst:
    """Counts the instances that start in each region within a minute of `now`. Thread-safe."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._starts: defaultdict[str, deque[float]] = defaultdict(deque)

    def start(self, invocation: Invocation) -> str:
        """Count a new instance. Returns why it must not start, or an empty text."""
        with self._lock:
            now, starts = self._now(), self._starts[invocation.region]
            while starts and not now - _BURST_S < starts[0] <= now:
                starts.popleft()
            if len(starts) >= invocation.burst_limit:
                return f"more than {invocation.burst_limit} instances started within a minute in {invocation.region}"
            starts.append(now)
            return ""
