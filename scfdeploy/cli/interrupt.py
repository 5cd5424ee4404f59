"""Ctrl-C and SIGTERM: a command that writes nothing ends at once, one that writes finishes what is under way."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from scfdeploy.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from scfdeploy.apply.stop import Stop
    from scfdeploy.emulator import Server

_Handler = Callable[[int, FrameType | None], None]
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_FORCED_AFTER_S = 1.5


class _State:
    """What the thread that forces the end has to know of the main thread."""

    is_waiting_for_writes: Callable[[], bool] | None = None
    has_signal = False
    is_watching = False
    local_server: Server | None = None


def stop_at_exit(server: Server) -> None:
    """Stop the server of this process when the process ends, whatever ends it: a function must not outlive it."""
    _State.local_server = server
    atexit.register(_stop_local_server)


def watch_signals() -> None:
    """From here on this process ends within two seconds after a signal, whatever its threads are doing.

    The main thread may be where no signal reaches it: in the resolver of the system, or in a compiled library. Only
    writes under way are waited for longer, until a second signal.
    """

    def end(_number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(ExitCode.INTERRUPTED)

    with suppress(ValueError):  # not the main thread: nobody sends it signals
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        _handle_signals(end)
        threading.Thread(target=_force, args=(reading,), name="signals", daemon=True).start()
        _State.is_watching = True


@contextmanager
def exits_promptly() -> Iterator[None]:
    """End the process without the interpreter's teardown after a signal, and let no later signal change the exit code.

    During the teardown no thread runs that could force the end, and Python gives signals their default action back.
    """
    try:
        yield
    except SystemExit as ending:
        if not _State.is_watching:
            raise
        if _State.has_signal or ending.code == ExitCode.INTERRUPTED:
            _end_at_once(ending.code)
        try:
            _stop_local_server()
        except SystemExit as interrupted:
            _end_at_once(interrupted.code)
        _handle_signals(signal.SIG_IGN)
        raise


def _end_at_once(code: object) -> NoReturn:
    try:
        # Not SIG_IGN: `_force` must learn of further signals, in case stdout or stderr takes nothing more.
        _handle_signals(lambda _number, _frame: None)
        _State.has_signal = True
        _stop_local_server()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
    finally:
        os._exit(code if isinstance(code, int) else ExitCode.FAILED if code else ExitCode.DONE)


def _handle_signals(handler: _Handler | signal.Handlers) -> None:
    for number in _SIGNALS:
        signal.signal(number, handler)


def _stop_local_server() -> None:
    server = _State.local_server
    if server is not None:
        try:
            server.stop(interrupted=_State.has_signal)
        finally:
            # A signal may have ended `stop` half way.
            server.kill_functions()


def _force(reading: int) -> None:
    count = 0
    while sent := os.read(reading, 64):
        for number in sent:
            if number in _SIGNALS:
                count += 1
                _State.has_signal = True
                timer = threading.Timer(_FORCED_AFTER_S, _end_unless_waiting, (count,))
                timer.daemon = True
                timer.start()


def _end_unless_waiting(count: int) -> None:
    """End the process; after the first signal only where no writes are waited for."""
    is_waiting = _State.is_waiting_for_writes
    if count > 1 or is_waiting is None or not is_waiting():
        _say_interrupted()
        if _State.local_server is not None:
            _State.local_server.kill_functions()
        os._exit(ExitCode.INTERRUPTED)


def _say_interrupted() -> None:
    """Say why, where nobody reads as well: a full pipe must not hold up the end."""
    import select

    with suppress(OSError, ValueError):
        if select.select([], [2], [], 0)[1]:
            os.write(2, b"\ninterrupted\n")


@contextmanager
def signals_interrupt() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM raise KeyboardInterrupt in the main thread."""

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    with _handling(interrupt, *_SIGNALS):
        yield


@contextmanager
def signals_stop(stop: Stop, on_stop: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Before the writes begin, let a signal raise KeyboardInterrupt; from then on, let it ask `stop`."""

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        if not stop.has_writes:
            raise KeyboardInterrupt
        if stop.is_set():
            stop.end_at_once()
            return
        stop.set()
        from scfdeploy.apply.stop import GRACE_S
        from scfdeploy.diagnostics import message

        text = message(
            "Stopping: waiting up to {seconds} s for operations in progress. Press Ctrl-C again to exit immediately.",
            seconds=f"{GRACE_S:.0f}",
        )
        on_stop(f"\n{text}\n")

    _State.is_waiting_for_writes = lambda: stop.has_writes and not stop.is_at_once
    try:
        with _handling(ask_to_stop, *_SIGNALS):
            yield
    finally:
        _State.is_waiting_for_writes = None


def write_to_stderr(text: str) -> None:
    """Write where progress is shown."""
    with suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()


@contextmanager
def stop_on_sigterm() -> Iterator[None]:
    """Let SIGTERM do what Ctrl-C does: raise KeyboardInterrupt."""
    with signals_interrupt():
        yield


@contextmanager
def _handling(handler: _Handler, *signals: signal.Signals) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in signals}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
