"""The built-in server inside this process, for --local."""

from __future__ import annotations

import atexit
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError


def start_local_server(folder: Path) -> str:
    """Start the server with its data in `folder`, to be stopped when the process ends; returns its URL."""
    from scfdeploy.emulator import Server

    file = folder / "emulator.db"
    try:
        server = Server(file)
    except OSError as error:
        raise ScfDeployError(
            f"the local server cannot start: {error}", hint="Delete that file to start with an empty local cloud."
        ) from error
    server.start()
    atexit.register(server.stop)
    return server.url
