"""The built-in server inside this process, for --local."""

from __future__ import annotations

import atexit
import os


def start_local_server(root: str) -> str:
    """Start the server with its data under `root`, to be stopped when the process ends; returns its URL."""
    from pathlib import Path

    from scfdeploy.emulator import Server

    folder = os.path.join(root, ".scfdeploy")  # noqa: PTH118
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103
    server = Server(Path(folder) / "emulator.db")
    server.start()
    atexit.register(server.stop)
    return server.url
