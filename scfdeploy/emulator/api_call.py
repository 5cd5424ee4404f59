"""The context of one API call: what an action may use of the server, and what fault rules require of it."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scfdeploy.emulator.clock import Clock, as_text
from scfdeploy.emulator.run_observer import RunObserver

if TYPE_CHECKING:
    from scfdeploy.emulator.credentials import Credentials
    from scfdeploy.emulator.faults import Faults
    from scfdeploy.emulator.runtime import Invoker
    from scfdeploy.emulator.scf.events.engine import EventEngine
    from scfdeploy.emulator.settings import Settings
    from scfdeploy.emulator.store import Store


_NEVER_S = 1e9


@dataclass(frozen=True, slots=True)
class ActionContext:
    """The parts of the server that actions use."""

    store: Store
    clock: Clock
    settings: Settings
    invoker: Invoker
    base_url: str
    """The URL of the server itself."""
    events: EventEngine
    """The queue of asynchronous events."""
    faults: Faults
    event_clock: Clock
    """The time of invocations and events; `clock` is that of API operations."""
    credentials: Credentials
    draw: Callable[[], float] = random.random
    """Returns a random number in [0, 1) that routes a call by traffic weights."""
    runs: RunObserver = field(default_factory=RunObserver)


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One API call. Fault rules set `async_failure`, `stuck` and `late_tags_s`."""

    context: ActionContext
    region: str
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    async_failure: str = ""
    """The reason with which the operation that the call starts fails later; empty when it succeeds."""
    stuck: bool = False
    """Whether the operation that the call starts never completes."""
    late_tags_s: float = 0.0
    """Seconds until tags that the call writes become visible."""

    @property
    def store(self) -> Store:
        """The server's store, locked for this call while its action runs."""
        return self.context.store

    @property
    def now(self) -> float:
        """The server's time, seconds since the epoch."""
        return self.context.clock.now()

    @property
    def completes_at(self) -> float:
        """When the operation completes; never, under a "stuck" fault."""
        return self.now + (_NEVER_S if self.stuck else self.context.settings.activation_s)

    @property
    def now_text(self) -> str:
        """The server's time as the API writes it."""
        return as_text(self.now)
