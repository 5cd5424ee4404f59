"""The SQLite database of the server: documents, code, transitions, asynchronous events, and logs."""

from scfdeploy.emulator.store.database import Store, Transition
from scfdeploy.emulator.store.event_table import EventSettings, StoredEvent, TimelineStep
from scfdeploy.emulator.store.log_table import LogEntry
from scfdeploy.emulator.store.message_table import StoredMessage

__all__ = ["EventSettings", "LogEntry", "Store", "StoredEvent", "StoredMessage", "TimelineStep", "Transition"]
