"""The control paths under `/_emulator/`, which inspect and control the server. The cloud has none of them."""

from scfdeploy.emulator.control.paths import handle

__all__ = ["handle"]
