"""The emulator behind its HTTP server: store, clock, faults, recorder and settings."""

from __future__ import annotations

import copy
import random
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from scfdeploy.emulator.api_call import ActionContext
from scfdeploy.emulator.clock import Clock, StoredClock
from scfdeploy.emulator.faults import Faults
from scfdeploy.emulator.recorder import Recorder
from scfdeploy.emulator.runtime import Invoker
from scfdeploy.emulator.scf.events.engine import EventEngine
from scfdeploy.emulator.scf.records import functions
from scfdeploy.emulator.settings import Settings
from scfdeploy.emulator.store import Store

_CLOCK = "clock"


class EmulatorApp:
    """The state of one emulator. `base_url` is set once the port is known."""

    def __init__(
        self,
        data: Path | None,
        credentials: Mapping[str, str],
        settings: Settings,
        *,
        virtual_time: bool = False,
        control_key: str = "",
    ) -> None:
        self.store = Store(data)
        self.clock = Clock()
        self.event_clock = StoredClock(self._stored_time, self._store_time) if virtual_time else self.clock
        self.invoker = Invoker()
        self.faults = Faults()
        self.recorder = Recorder()
        self.credentials = dict(credentials)
        self.control_key = control_key
        self._past_lock = threading.Lock()
        self._past: list[tuple[float, Store]] = []
        self._random = random.Random(settings.seed or None)  # noqa: S311 - shares of traffic, no secret
        self._settings = settings
        self._first_settings = settings
        self.base_url = ""
        self.events = EventEngine(self)
        self.events.start(in_real_time=not virtual_time)

    def context(self) -> ActionContext:
        """The context of an action, with the current settings."""
        return ActionContext(
            self.store,
            self.clock,
            self.settings,
            self.invoker,
            self.base_url,
            self.events,
            self.faults,
            self.event_clock,
            self._random.random,
        )

    @property
    def settings(self) -> Settings:
        """The current settings."""
        return self._settings

    @settings.setter
    def settings(self, wanted: Settings) -> None:
        self._settings = wanted
        self._random.seed(wanted.seed or None)

    def settle(self) -> None:
        """Complete every operation that is due by now."""
        functions.settle(self.store, self.clock.now())

    def delay_reads(self, seconds: float) -> None:
        """Let reads return the present state for this many seconds, whatever is written meanwhile."""
        with self._past_lock:
            self._past.append((self.clock.now() + seconds, self.store.copy()))

    def as_read(self) -> Self:
        """The emulator as reads see it: with the present state, or the one that `delay_reads` saved."""
        with self._past_lock:
            if self._past:
                self._past = [kept for kept in self._past if kept[0] > self.clock.now()]
            if not self._past:
                return self
            shown = copy.copy(self)
            shown.store = self._past[0][1]
            return shown

    def reset(self) -> None:
        """Return to the initial state: delete all documents, faults and records, reset clock and settings."""
        with self.store.exclusive(writes=True):
            self.store.clear()
        with self._past_lock:
            self._past.clear()
        self.clock.reset()
        self.event_clock.reset()
        self.faults.replace(())
        self.recorder.clear()
        self.settings = self._first_settings

    def _stored_time(self) -> float | None:
        with self.store.exclusive(writes=False):
            document = self.store.get(_CLOCK, "events")
        return document["now"] if document else None

    def _store_time(self, now: float) -> None:
        with self.store.exclusive(writes=True):
            self.store.put(_CLOCK, "events", {"now": now})

    def close(self) -> None:
        """Close the database and remove unpacked code. No function may be running."""
        self.invoker.cache.close()
        self.store.close()
