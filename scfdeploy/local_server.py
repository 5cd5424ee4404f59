"""Starts the built-in local server in this process, with a key pair that only this process knows."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Secret
from scfdeploy.operations.request import LocalServer
from scfdeploy.workspace.paths import LOCAL_CLOUD

if TYPE_CHECKING:
    from scfdeploy.emulator import Debugging, Server, ServerNotice, Settings


def notice_text(notice: ServerNotice) -> str:
    """A notice of the local server in the active language."""
    return message(notice.template, **notice.values)


def start_project_server(folder: Path, on_notice: Callable[[str], None]) -> tuple[LocalServer, Server]:
    """Start the local server of a project, with its data in `folder`. The caller stops it.

    Raises ScfDeployError if it cannot start.
    """
    from scfdeploy.emulator import DataFileError, Settings

    try:
        return start_server(folder / LOCAL_CLOUD, Settings(), on_notice)
    except OSError as error:
        hint = message("Make the folder writable, and free some disk space.")
        if isinstance(error, DataFileError):
            hint = message("Delete that file to start with an empty local cloud.")
        raise ScfDeployError(message("the local server cannot start: {reason}", reason=error), hint=hint) from error


def start_server(
    data: Path | None,
    settings: Settings,
    on_notice: Callable[[str], None],
    *,
    port: int = 0,
    debugging: Debugging | None = None,
    on_run: Callable[[dict[str, Any]], None] | None = None,
    lasts: bool = False,
) -> tuple[LocalServer, Server]:
    """Start a local server with its data in a file, or in memory. The caller stops it. Raises OSError.

    Its random key pair is not stored, so no other program on this machine can use the server.
    """
    from scfdeploy.emulator import Debugging, Server

    secret_id, secret_key = f"AKIDlocal{secrets.token_hex(8)}", secrets.token_hex(32)
    server = Server(
        data,
        port=port,
        credentials={secret_id: secret_key},
        settings=settings,
        virtual_time=not lasts,
        control_key=secret_key,
        on_notice=lambda notice: on_notice(notice_text(notice)),
        on_run=on_run,
        debugging=debugging or Debugging(),
    )
    server.start()
    return LocalServer(server.url, secret_id, Secret(secret_key), lasts), server
