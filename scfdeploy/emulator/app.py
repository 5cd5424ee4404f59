"""One server's parts, and what of it can be changed while it runs."""

from __future__ import annotations

import copy
import random
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from scfdeploy.emulator.call import World
from scfdeploy.emulator.clock import Clock
from scfdeploy.emulator.faults import Faults
from scfdeploy.emulator.recorder import Recorder
from scfdeploy.emulator.runtime import Invoker
from scfdeploy.emulator.scf.records import functions
from scfdeploy.emulator.settings import Settings
from scfdeploy.emulator.store import Store


class Machine:
    """Everything behind the door. `base_url` is set once the port is known."""

    def __init__(self, data: Path | None, credentials: Mapping[str, str], settings: Settings) -> None:
        self.store = Store(data)
        self.clock = Clock()
        self.invoker = Invoker()
        self.faults = Faults()
        self.recorder = Recorder()
        self.credentials = dict(credentials)
        self._past_lock = threading.Lock()
        self._past: list[tuple[float, Store]] = []
        self._random = random.Random(settings.seed or None)  # noqa: S311 - shares of traffic, no secret
        self._settings = settings
        self._first_settings = settings
        self.base_url = ""

    def world(self) -> World:
        """What an action may use, with the settings of this moment."""
        return World(self.store, self.clock, self.settings, self.invoker, self.base_url, self._random.random)

    @property
    def settings(self) -> Settings:
        """How the server behaves at this moment."""
        return self._settings

    @settings.setter
    def settings(self, wanted: Settings) -> None:
        self._settings = wanted
        self._random.seed(wanted.seed or None)

    def settle(self) -> None:
        """Let everything come about that is due by now."""
        functions.settle(self.store, self.clock.now())

    def show_late(self, seconds: float) -> None:
        """Let reads show everything as it is now, for so long, whatever is written meanwhile."""
        with self._past_lock:
            self._past.append((self.clock.now() + seconds, self.store.copy()))

    def as_shown(self) -> Self:
        """This machine as reads see it: with what is stored now, or was when something began to show late."""
        with self._past_lock:
            if self._past:
                self._past = [kept for kept in self._past if kept[0] > self.clock.now()]
            if not self._past:
                return self
            shown = copy.copy(self)
            shown.store = self._past[0][1]
            return shown

    def reset(self) -> None:
        """Forget everything that calls and control paths have left behind."""
        with self.store.exclusive(writes=True):
            self.store.clear()
        with self._past_lock:
            self._past.clear()
        self.clock.reset()
        self.faults.replace(())
        self.recorder.clear()
        self.settings = self._first_settings

    def close(self) -> None:
        """Close the database and remove unpacked code; nothing may run any more."""
        self.invoker.cache.close()
        self.store.close()
