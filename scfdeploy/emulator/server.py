"""The server as others use it: made, started, asked for its URL, stopped."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from scfdeploy.emulator.settings import Settings

if TYPE_CHECKING:
    from scfdeploy.emulator.messages import Admission, Answer, Request

LOCAL_CREDENTIALS = {"AKIDlocal": "local-secret"}
_PATIENCE_S = 5.0
# Three such waits and what is left to do fit into the two seconds that a command has after a signal.
_HURRY_S = 0.3


class Server:
    """A local SCF API server on 127.0.0.1.

    It listens from the moment it is made (so that `url` is known) and answers from `start` or `serve_forever` on.
    `data` is its SQLite file, made when missing, or None to keep everything in memory; `port` 0 takes a free one;
    `credentials` maps secret ids to keys. Raises OSError for a port in use and for a file that is not its own.
    """

    def __init__(
        self,
        data: Path | None = None,
        *,
        port: int = 0,
        credentials: Mapping[str, str] = LOCAL_CREDENTIALS,
        settings: Settings = Settings(),  # noqa: B008 - frozen
    ) -> None:
        # Only a server that is made pays for loading what it is made of.
        from scfdeploy.emulator.app import Machine
        from scfdeploy.emulator.http_server import Door

        self._door = Door(port, self._answer, self._admit)
        try:
            self._machine = Machine(data, credentials, settings)
        except BaseException:
            self._door.close(wait_s=0)
            raise
        self._machine.base_url = self.url
        self._thread: threading.Thread | None = None
        self._stop_lock = threading.Lock()
        self._stopped = False

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._door.server_port}"

    def start(self) -> None:
        """Answer requests in a background thread."""
        self._thread = threading.Thread(target=self._door.serve, name="scfdeploy-emulator", daemon=True)
        self._thread.start()

    def serve_forever(self) -> None:
        """Answer requests in this thread until `stop` is called in another one or an interrupt ends it."""
        try:
            self._door.serve()
        except KeyboardInterrupt:
            self.stop(in_a_hurry=True)
            raise
        finally:
            self.stop()

    def stop(self, *, in_a_hurry: bool = False) -> None:
        """Close the door, give calls and functions a few seconds to end, then end them, and close the database.

        In a hurry they get less than a second.
        Does nothing the second time.
        """
        with self._stop_lock:
            if self._stopped:
                return
            self._stopped = True
        wait_s = _HURRY_S if in_a_hurry else _PATIENCE_S
        self._door.leave()
        if self._thread is not None:
            self._thread.join()
        self._door.finish(wait_s=wait_s)
        self._machine.invoker.stop(wait_s=wait_s)
        self._door.close(wait_s=wait_s)
        self._machine.close()

    def kill_functions(self) -> None:
        """End the processes of functions, running or about to, and wait for nothing."""
        self._machine.invoker.kill()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _answer(self, request: Request) -> Answer:
        from scfdeploy.emulator.routes import answer

        return answer(self._machine, request)

    def _admit(self, request: Request) -> Admission | Answer:
        from scfdeploy.emulator.routes import admit

        return admit(self._machine, request)
