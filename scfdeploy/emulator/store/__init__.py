"""Everything the server remembers, in one SQLite file."""

from scfdeploy.emulator.store.database import Store
from scfdeploy.emulator.store.transitions import Transition

__all__ = ["Store", "Transition"]
