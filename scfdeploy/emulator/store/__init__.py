"""Everything the server remembers, in one SQLite file."""

from scfdeploy.emulator.store.database import Store
from scfdeploy.emulator.store.event_table import EventSettings, StoredEvent, TimelineStep
from scfdeploy.emulator.store.message_table import StoredMessage
from scfdeploy.emulator.store.transitions import Transition

__all__ = ["EventSettings", "Store", "StoredEvent", "StoredMessage", "TimelineStep", "Transition"]
