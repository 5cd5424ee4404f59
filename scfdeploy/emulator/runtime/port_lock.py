"""Lets one program at a time listen on port 9000, where web functions cannot have addresses of their own."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from scfdeploy.emulator.private_files import open_to_write, require_private_folder
from scfdeploy.emulator.runtime.web_request import PORT, WebError

# Another function, of this server or another one, holds the port during one request.
_WAIT_S = 15.0


@contextlib.contextmanager
def reserve_port() -> Iterator[None]:
    """Reserve port 9000 among the servers of this user; wait while another program uses it. Raises WebError."""
    deadline = time.monotonic() + _WAIT_S
    with _lock_file() as lock:
        while not (_try_lock(lock) and _is_free()):
            if time.monotonic() > deadline:
                message = (
                    f"port {PORT} is taken on this machine, and web functions must listen on it. "
                    f"This system runs one web function at a time."
                )
                raise WebError(446, message)
            time.sleep(0.05)  # noqa: TID251 - another program has the port
        yield


def _lock_file() -> IO[str]:
    """The file that all servers of this user lock, in a private folder below the shared temporary folder."""
    folder = Path(tempfile.gettempdir()) / f"scfdeploy-{os.getuid()}"
    try:
        require_private_folder(folder)
        return open_to_write(folder / f"port-{PORT}.lock")
    except OSError as error:
        raise WebError(446, f"{folder} cannot hold the lock of port {PORT}: {error.strerror}") from error


def _try_lock(lock: IO[str]) -> bool:
    import fcntl  # missing on Windows, where this module is imported but never used

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free() -> bool:
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", PORT))  # noqa: S104 - the address that the function uses
        except OSError:
            return False
    return True
