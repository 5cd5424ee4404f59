"""Ctrl-C and SIGTERM: a command exits immediately, or after the write operations in progress."""

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

from scfdeploy.cli.exits import ExitCode

if TYPE_CHECKING:
    from scfdeploy.apply.stop import Stop
    from scfdeploy.emulator import Server

_Handler = Callable[[int, FrameType | None], None]
_SIGNALS: tuple[signal.Signals, ...] = (signal.SIGINT, signal.SIGTERM)
_FORCED_AFTER_S = 1.5


class _State:
    """State shared between the main thread and the thread that forces the exit."""

    is_waiting_for_writes: Callable[[], bool] | None = None
    has_signal = False
    is_ending = False
    is_watching = False
    local_server: Server | None = None


def stop_at_exit(server: Server) -> None:
    """Stop the local server and its functions when the process exits, for any reason."""
    _State.local_server = server
    atexit.register(_stop_local_server)


def watch_signals() -> None:
    """Make this process exit within two seconds after a signal, even if a thread is blocked.

    The main thread cannot handle signals inside the system's resolver or a compiled library. Only write operations in
    progress delay the exit, until a second signal.
    """

    def end(_number: int, _frame: FrameType | None) -> None:
        if not _State.is_ending:
            raise SystemExit(ExitCode.INTERRUPTED)

    with suppress(ValueError):  # raised outside the main thread, which gets no signals
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        _handle_signals(end)
        threading.Thread(target=_force, args=(reading,), name="signals", daemon=True).start()
        _State.is_watching = True


@contextmanager
def exits_promptly() -> Iterator[None]:
    """Exit without the interpreter's teardown after a signal, and keep later signals from changing the exit code.

    During the teardown, no thread can force the exit, and signals have their default action again.
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
    except RuntimeError as error:
        # Before Python 3.12, an interrupt while a class is created becomes the cause of a RuntimeError.
        if isinstance(error.__cause__, KeyboardInterrupt | SystemExit):
            _end_at_once(ExitCode.INTERRUPTED)
        raise


def _end_at_once(code: object) -> NoReturn:
    try:
        # Not SIG_IGN: `_force` must see further signals, in case writing to stdout or stderr blocks.
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
            # A signal can interrupt `stop`.
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
    """Exit, unless this is the first signal and write operations are in progress."""
    is_waiting = _State.is_waiting_for_writes
    if count > 1 or is_waiting is None or not is_waiting():
        _print_interrupted()
        if _State.local_server is not None:
            _State.local_server.kill_functions()
        os._exit(ExitCode.INTERRUPTED)


def _print_interrupted() -> None:
    """Write the reason to stderr, unless its pipe is full, which would block."""
    import select

    with suppress(OSError, ValueError):
        if select.select([], [2], [], 0)[1]:
            os.write(2, b"\ninterrupted\n")


@contextmanager
def signals_interrupt() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM raise KeyboardInterrupt in the main thread."""
    _State.is_ending = False

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if not _State.is_ending:
            raise KeyboardInterrupt

    with _handling(interrupt, *_SIGNALS):
        yield


@contextmanager
def first_signal_interrupts() -> Iterator[None]:
    """Let the first signal raise KeyboardInterrupt in the main thread, and ignore later ones until the process ends.

    This is for commands that end with a signal, such as `dev`. A terminal that is closed counts as a signal, too,
    except under `nohup`.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if not _State.is_ending:
            _State.is_ending = _State.has_signal = True
            raise KeyboardInterrupt

    hang_up: signal.Signals | None = getattr(signal, "SIGHUP", None)  # None on Windows
    is_ignored = hang_up is None or signal.getsignal(hang_up) is signal.SIG_IGN
    numbers = _SIGNALS if hang_up is None or is_ignored else (*_SIGNALS, hang_up)
    with _handling(interrupt, *numbers):
        yield


@contextmanager
def signals_stop(stop: Stop, on_stop: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Let a signal raise KeyboardInterrupt before the first write operation, and set `stop` afterwards."""

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
    """Write to stderr, and ignore errors."""
    with suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()


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
