"""The public interface of the emulator: `Server`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from scfdeploy.emulator.settings import Debugging, Settings

if TYPE_CHECKING:
    from scfdeploy.emulator.messages import Admission, Json, Request, Response, ServerNotice
    from scfdeploy.emulator.run_observer import HttpExchange
    from scfdeploy.emulator.store import LogEntry

LOCAL_CREDENTIALS = {"AKIDlocal": "local-secret"}
_STOP_WAIT_S = 5.0
# After a signal a command ends within two seconds, and `stop` waits up to three times.
_INTERRUPT_WAIT_S = 0.3


class Server:
    """A local SCF API server on 127.0.0.1.

    It listens as soon as it is created, so that `url` is known, and responds after `start` or `serve_forever`.
    `data` is its SQLite file, created if missing; None keeps everything in memory. `port` 0 selects a free port.
    `credentials` maps secret ids to keys. With `virtual_time` the time of asynchronous events only moves when it is
    advanced. With a `control_key` the control paths accept only requests that send it as `X-Scfdeploy-Key`.
    `on_notice` receives what the user should know about functions, such as an interpreter of another version. `on_run`
    receives each run that ended, in the form of the control path `logs`, with `http` (`method`, `path`, `status`) if a
    request started it; any thread may call it.
    Raises DataFileError for a file that is not a database of this server, and OSError for one that cannot be used
    and for a port in use.
    """

    def __init__(  # noqa: PLR0913 - what a program that starts a server can choose
        self,
        data: Path | None = None,
        *,
        port: int = 0,
        credentials: Mapping[str, str] = LOCAL_CREDENTIALS,
        settings: Settings = Settings(),  # noqa: B008 - frozen
        virtual_time: bool = False,
        control_key: str = "",
        on_notice: Callable[[ServerNotice], None] | None = None,
        on_run: Callable[[Json], None] | None = None,
        debugging: Debugging = Debugging(),  # noqa: B008 - frozen
    ) -> None:
        # Importing this package must stay cheap: most commands start no server.
        from scfdeploy.emulator.app import EmulatorApp
        from scfdeploy.emulator.http_server import HttpServer
        from scfdeploy.emulator.run_observer import RunObserver

        self._http = HttpServer(port, self._handle, self._admit)
        try:
            self._app = EmulatorApp(
                data,
                credentials,
                settings,
                virtual_time=virtual_time,
                control_key=control_key,
                on_notice=on_notice,
                runs=RunObserver(None if on_run is None else lambda *run: on_run(_run_fields(*run))),
                debugging=debugging,
            )
        except BaseException:
            self._http.close(wait_s=0)
            raise
        self._app.base_url = self.url
        self._http.now = self._app.clock.now
        self._thread: threading.Thread | None = None
        self._stop_lock = threading.Lock()
        self._stopped = False

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def start(self) -> None:
        """Respond to requests in a background thread."""
        self._thread = threading.Thread(target=self._http.serve, name="scfdeploy-emulator", daemon=True)
        self._thread.start()

    def serve_forever(self) -> None:
        """Respond to requests in this thread until another thread calls `stop`, or KeyboardInterrupt."""
        try:
            self._http.serve()
        except KeyboardInterrupt:
            self.stop(interrupted=True)
            raise
        finally:
            self.stop()

    def stop(self, *, interrupted: bool = False) -> None:
        """Stop listening, wait for calls and functions (at most 5 s; 0.3 s if `interrupted`), then end them.

        A second call does nothing.
        """
        with self._stop_lock:
            if self._stopped:
                return
            self._stopped = True
        wait_s = _INTERRUPT_WAIT_S if interrupted else _STOP_WAIT_S
        self._http.stop_serving()
        if self._thread is not None:
            self._thread.join()
        self._http.wait_for_calls(wait_s=wait_s)
        self._app.events.stop()
        self._app.invoker.stop(wait_s=wait_s)
        self._http.close(wait_s=wait_s)
        self._app.close()

    def choose_isolation(self) -> str:
        """The isolation of functions, which the caller prints. Raises IsolationError if it does not work here."""
        return self._app.invoker.launcher.choose_isolation(self._app.settings.isolation)

    def debug_folder(self, function: str) -> str:
        """Where the process of a function that is debugged has its code. Raises IsolationError."""
        return self._app.invoker.launcher.code_folder(function, self._app.settings.isolation)

    def kill_functions(self) -> None:
        """End the processes of functions, running or about to start, without waiting."""
        self._app.invoker.kill()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _handle(self, request: Request) -> Response:
        from scfdeploy.emulator.routes import handle

        return handle(self._app, request)

    def _admit(self, request: Request) -> Admission | Response:
        from scfdeploy.emulator.routes import admit

        return admit(self._app, request)


def _run_fields(entry: LogEntry, exchange: HttpExchange | None) -> Json:
    from scfdeploy.emulator.control.logs import entry_fields

    return entry_fields(entry) | ({} if exchange is None else {"http": exchange._asdict()})
