"""Which program runs which language on this machine."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from scfdeploy.emulator.errors import CloudError
from scfdeploy.facts import runtime

_HERE = Path(__file__).parent


def command(runtime_name: str) -> list[str]:
    """The start of the command that loads a handler. Raises CloudError for what cannot be run here."""
    known = runtime(runtime_name)
    language = known.language if known else ""
    match language:
        case "python":
            # Isolated and without site-packages: only what is in the bundle can be imported, as on the platform.
            return [sys.executable, "-I", "-S", "-B", "-u", "-X", "utf8", str(_HERE / "bootstrap.py")]
        case "nodejs":
            return [_node(), str(_HERE / "bootstrap.js")]
    message = f"The local server runs Python and Node.js functions, not {runtime_name}."
    raise CloudError("UnsupportedOperation", message)


def _node() -> str:
    found = shutil.which("node")
    if found is None:
        message = "Running a Node.js function needs the program `node`, which this machine does not have."
        raise CloudError("FailedOperation.InvokeFunction", message)
    return found
