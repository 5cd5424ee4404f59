"""The built-in server inside this process, for --local."""

from __future__ import annotations

from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Secret
from scfdeploy.operations.request import LocalServer


def start_local_server(folder: Path) -> LocalServer:
    """Start the server with its data in `folder`, to be stopped when the process ends.

    Its key pair is made for this run and written nowhere: no other program of this machine can use the server.
    """
    import secrets

    from scfdeploy.cli.interrupt import stop_at_exit
    from scfdeploy.emulator import Server

    file = folder / "emulator.db"
    secret_id, secret_key = f"AKIDlocal{secrets.token_hex(8)}", secrets.token_hex(32)
    try:
        server = Server(file, credentials={secret_id: secret_key}, virtual_time=True, control_key=secret_key)
    except OSError as error:
        raise ScfDeployError(
            f"the local server cannot start: {error}", hint="Delete that file to start with an empty local cloud."
        ) from error
    server.start()
    stop_at_exit(server)
    return LocalServer(server.url, secret_id, Secret(secret_key))
