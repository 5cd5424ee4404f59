"""The paths under `/_emulator/`: they look into the server and steer it, and are no part of the cloud."""

from scfdeploy.emulator.control.paths import answer

__all__ = ["answer"]
