"""One API call on its way through an action: what was asked, and the parts of the server that it may use."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scfdeploy.emulator.clock import Clock, as_text

if TYPE_CHECKING:
    from scfdeploy.emulator.runtime import Invoker
    from scfdeploy.emulator.settings import Settings
    from scfdeploy.emulator.store import Store


_FOR_EVER_S = 1e9


@dataclass(frozen=True, slots=True)
class World:
    """The parts of one server that actions work on. `base_url` is where the server itself is reached.

    `draw` gives numbers from 0 to 1, for the shares of traffic.
    """

    store: Store
    clock: Clock
    settings: Settings
    invoker: Invoker
    base_url: str
    draw: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Call:
    """One call. The rest is set by fault rules.

    With `async_failure` what the call starts will end in a failed state, with `stuck` it will not end; the tags that it
    writes show `late_tags_s` seconds later.
    """

    world: World
    region: str
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    async_failure: str = ""
    stuck: bool = False
    late_tags_s: float = 0.0

    @property
    def store(self) -> Store:
        """The server's memory; held for this call while its action runs."""
        return self.world.store

    @property
    def now(self) -> float:
        """The server's time, seconds since the epoch."""
        return self.world.clock.now()

    @property
    def settled_at(self) -> float:
        """When what the call starts is done: after the usual delay, or not before the end of days."""
        return self.now + (_FOR_EVER_S if self.stuck else self.world.settings.activation_s)

    @property
    def now_text(self) -> str:
        """The server's time as the API writes it."""
        return as_text(self.now)
