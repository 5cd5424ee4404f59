"""The state of one emulator, shared by its HTTP server, API actions and control paths."""

from __future__ import annotations

import copy
import random
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

from scfdeploy.emulator.api_call import ActionContext
from scfdeploy.emulator.clock import Clock, StoredClock
from scfdeploy.emulator.credentials import Credentials
from scfdeploy.emulator.faults import Faults
from scfdeploy.emulator.messages import ServerNotice
from scfdeploy.emulator.recorder import Recorder
from scfdeploy.emulator.run_observer import RunObserver
from scfdeploy.emulator.runtime import Invoker
from scfdeploy.emulator.scf import operations
from scfdeploy.emulator.scf.events.engine import EventEngine
from scfdeploy.emulator.settings import Debugging, Settings
from scfdeploy.emulator.store import Store

_CLOCK = "clock"


def _instance_settings(settings: Settings) -> tuple[str, ...]:
    """The settings that instances get when they start."""
    return settings.isolation, settings.interpreters, settings.host_id


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
        on_notice: Callable[[ServerNotice], None] | None = None,
        runs: RunObserver | None = None,
        debugging: Debugging = Debugging(),  # noqa: B008 - frozen
    ) -> None:
        self._on_notice = on_notice
        self.runs = runs or RunObserver()
        self.store = Store(data)
        self.clock = Clock()
        self.event_clock = StoredClock(self._read_time, self._store_time) if virtual_time else self.clock
        self.invoker = Invoker(
            self.event_clock.now,
            notify=self.notify,
            interpreter_setting=lambda: self._settings.interpreters,
            is_code_stored=self.store.has_blob,
            debugging=debugging,
        )
        self.faults = Faults()
        self.recorder = Recorder()
        self.credentials = Credentials(credentials, self.clock.now)
        self.control_key = control_key
        self._snapshots_lock = threading.Lock()
        self._snapshots: list[tuple[float, Store]] = []
        self._random = random.Random(settings.seed or None)  # noqa: S311 - traffic weights, not a secret
        self._settings = settings
        self._initial_settings = settings
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
            self.credentials,
            self._random.random,
            self.runs,
        )

    @property
    def settings(self) -> Settings:
        """The current settings. Setting them restarts the random sequence of `seed`."""
        return self._settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        is_switched = settings.triggers is not self._settings.triggers
        if _instance_settings(settings) != _instance_settings(self._settings):
            self.invoker.recycle()
        self._settings = settings
        self._random.seed(settings.seed or None)
        if is_switched:
            self.events.restart_timers()

    @property
    def fires_triggers(self) -> bool:
        """Whether objects and messages start functions now."""
        chosen = self._settings.triggers
        return self.clock is not self.event_clock if chosen is None else chosen

    def complete_due(self) -> None:
        """Complete every operation that is due by now. Each call does so first: no thread is needed."""
        operations.complete_due(self.store, self.clock.now())

    def delay_reads(self, seconds: float) -> None:
        """Let reads return the present state for this many seconds, despite later writes."""
        with self._snapshots_lock:
            self._snapshots.append((self.clock.now() + seconds, self.store.copy()))

    def read_view(self) -> Self:
        """The emulator for reads: itself, or with the oldest state that `delay_reads` saved and that still applies."""
        with self._snapshots_lock:
            if self._snapshots:
                self._snapshots = [entry for entry in self._snapshots if entry[0] > self.clock.now()]
            if not self._snapshots:
                return self
            view = copy.copy(self)
            view.store = self._snapshots[0][1]
            return view

    def reset(self) -> None:
        """Return to the initial state: delete all documents, faults and records, reset clock and settings."""
        with self.store.exclusive(writes=True):
            self.store.clear()
        with self._snapshots_lock:
            self._snapshots.clear()
        self.invoker.recycle()
        self.clock.reset()
        self.event_clock.reset()
        self.events.restart_timers()
        self.faults.replace(())
        self.recorder.clear()
        self.settings = self._initial_settings

    def notify(self, function: str, notice: ServerNotice) -> None:
        """Tell the user about a function, or about all (empty key), once for each database."""
        if self._on_notice is None:
            return
        with self.store.exclusive(writes=True):
            key = f"{function}/{notice}"
            if self.store.get(operations.NOTICE, key) is not None:
                return
            self.store.put(operations.NOTICE, key, {})
        self._on_notice(notice)

    def _read_time(self) -> float | None:
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
