"""A local server with the API of SCF and the products around it, for local use and for tests.

It shares no logic with the rest of scfdeploy: a mistake in shared code would not be found by tests against it.
"""

from scfdeploy.emulator.messages import DataFileError, IsolationError, ServerNotice
from scfdeploy.emulator.server import LOCAL_CREDENTIALS, Server
from scfdeploy.emulator.settings import ISOLATIONS, Debugging, Settings

__all__ = [
    "ISOLATIONS",
    "LOCAL_CREDENTIALS",
    "DataFileError",
    "Debugging",
    "IsolationError",
    "Server",
    "ServerNotice",
    "Settings",
]
