"""The program of a web function, with the addresses on which it listens."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence

from scfdeploy.emulator.runtime.child import Guardian, OutputTail, ProcessGroup
from scfdeploy.emulator.runtime.loopback import LoopbackGuard, can_see, reachable_from_outside
from scfdeploy.emulator.runtime.pool import InstanceKey
from scfdeploy.emulator.runtime.port_lock import reserve_port
from scfdeploy.emulator.runtime.sandbox import Sandbox
from scfdeploy.emulator.runtime.web_request import PORT, WebError

BOOTSTRAP = "scf_bootstrap"
_ENDED, _NO_START, _NOT_LISTENING = 405, 445, 446


class UnguardedError(Exception):
    """The server cannot choose the ports of programs on this system, although it was expected to."""


class WebInstance:
    """The process of a web function. It serves one request at a time, and is frozen between requests.

    `sockets` are the two ends of the connection to `confine.py`. `must_be_guarded` says that nothing else keeps the
    program on loopback. `cleanup` is called when the process has ended. `debug_port` is that of its debugger.
    """

    def __init__(  # noqa: PLR0913 - what a process has from its start to its end
        self,
        key: InstanceKey,
        command: Sequence[str],
        environment: Mapping[str, str],
        sandbox: Sandbox,
        *,
        sockets: tuple[socket.socket, socket.socket],
        guardian: Guardian,
        must_be_guarded: bool,
        cleanup: contextlib.ExitStack,
        debug_port: int | None = None,
    ) -> None:
        self.key = key
        self.idle_since = 0.0
        self.sandbox = sandbox
        self._socket, theirs = sockets
        self._starter_fd = theirs.fileno()
        self._must_be_guarded = must_be_guarded
        self._debug_port = debug_port
        self._guard: LoopbackGuard | None = None
        self._address: tuple[str, int] | None = None
        with cleanup:
            self._process = subprocess.Popen(
                command,
                env=dict(environment),
                cwd=sandbox.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(self._starter_fd,),
                start_new_session=True,
            )
            self._cleanup = cleanup.pop_all()
        if self._process.stdout is None:
            raise AssertionError("the process was started with a pipe")
        self._group = ProcessGroup(self._process, guardian, marker=sandbox.marker)
        self._output = OutputTail(self._process.stdout)

    @property
    def pid(self) -> int:
        """The id of the process and of its group."""
        return self._group.pid

    @property
    def is_reusable(self) -> bool:
        """Whether it can serve another request: it listens, on an address of its own."""
        return self._guard is not None and self._guard.is_effective and self._address is not None

    @property
    def is_debugged(self) -> bool:
        """Whether a debugger may be attached."""
        return self._debug_port is not None

    @property
    def exit_code(self) -> int | None:
        """None while the process runs."""
        return self._process.returncode

    def is_alive(self) -> bool:
        """Whether the process runs or is frozen."""
        return self._group.is_alive()

    def wait_until_listening(self, limit_s: int) -> tuple[str, int]:
        """The address at which the program listens.

        Raises WebError if it does not within the limit, and UnguardedError before the program starts.
        """
        if self._address is None:
            self._let_start()
            self._address = self._wait_for_address(limit_s)
            if self._guard is None or not self._guard.is_effective:
                _require_unreachable()
        return self._address

    def freeze(self) -> None:
        """Stop the process and all that it started, unless a debugger may be attached."""
        if self._debug_port is None:
            self._group.freeze()

    def thaw(self) -> None:
        """Continue after `freeze`."""
        self._group.thaw()

    def kill(self) -> None:
        """End the process and all that it started; no effect if it has ended."""
        self._group.kill()

    def take_output(self) -> str:
        """What the program wrote since the last call."""
        return self._output.take()

    def end(self) -> str:
        """End the process, release what it holds, and return the rest of its output."""
        if not self._group.end():
            return ""
        output = self._output.close()
        if self._guard is not None:
            self._guard.close()
        self._cleanup.close()
        return output

    def _let_start(self) -> None:
        """Let the starter become the program, with addresses of its own or after a reservation of the port."""
        reply, listeners, _, _ = socket.recv_fds(self._socket, 1, 1)
        if listeners:
            kept = () if self._debug_port is None else (self._debug_port,)
            is_effective = can_see(self.pid, self._starter_fd)
            self._guard = LoopbackGuard(listeners[0], is_effective=is_effective, kept_ports=kept)
        if self._guard is None or not self._guard.is_effective:
            if reply and self._must_be_guarded:
                raise UnguardedError
            self._cleanup.enter_context(reserve_port())
        error_number = b""
        # OSError: the starter was killed.
        with contextlib.suppress(OSError):
            self._socket.send(b"+")
            error_number = self._socket.recv(16) if reply else b""
        if error_number:
            raise WebError(_NO_START, f"{BOOTSTRAP} cannot be started: {os.strerror(int(error_number))}")

    def _wait_for_address(self, limit_s: int) -> tuple[str, int]:
        deadline = time.monotonic() + limit_s
        is_effective = self._guard is not None and self._guard.is_effective
        while time.monotonic() < deadline:
            if not self.is_alive():
                raise WebError(_ENDED, f"{BOOTSTRAP} ended before it listened on port {PORT}")
            address = self._guard.address(PORT) if self._guard is not None and is_effective else ("127.0.0.1", PORT)
            if address is not None:
                with contextlib.suppress(OSError), contextlib.closing(socket.create_connection(address, 1)):
                    return address
            time.sleep(0.02)  # noqa: TID251 - wait for the start of a process
        raise WebError(_NOT_LISTENING, f"nothing listens on port {PORT} after {limit_s} seconds")


def _require_unreachable() -> None:
    address = reachable_from_outside(PORT)
    if address:
        message = (
            f"the web function was stopped: it listens on {address}, port {PORT}, where the network can reach it, and "
            f"this system cannot change that. Let it listen on 127.0.0.1 when it runs locally."
        )
        raise WebError(_NOT_LISTENING, message)
