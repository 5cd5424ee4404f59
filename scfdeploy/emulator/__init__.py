"""A local server that speaks the API of SCF and the products around it, for trying out and for tests.

It is an island: it shares no logic with the tool that it tests, because a shared mistake would pass its own test.
"""

from scfdeploy.emulator.server import LOCAL_CREDENTIALS, Server
from scfdeploy.emulator.settings import Settings

__all__ = ["LOCAL_CREDENTIALS", "Server", "Settings"]
