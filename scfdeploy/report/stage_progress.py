"""What a command does before its first change, if it takes long: on a terminal in one line, in a log rarely."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TextIO

from scfdeploy.diagnostics import message
from scfdeploy.providers.base import CallRetry, Stage, StageProgress
from scfdeploy.report.humanize import duration
from scfdeploy.report.terminal import clip, safe

_SILENT_S = 0.5
"""On a terminal, nothing is shown about work that is done after this time."""

_RETRY_SHOWN_S = 2.0
"""Calls that are repeated for longer than this are named."""

_FIRST_LINE_S = 10.0
"""The time to the first line in a log; each further one comes after twice the time."""

_TICK_S = 0.25
_CLEAR_LINE = "\r\x1b[2K"


class StageDisplay:
    """Shows the progress of one command up to its first change, and calls that are repeated. Thread-safe."""

    def __init__(
        self,
        stream: TextIO,
        *,
        live: bool,
        clock: Callable[[], float] = time.monotonic,
        redact: Callable[[str], str] = str,
        repeat: Callable[[Callable[[], bool]], None] | None = None,
    ) -> None:
        """`repeat` calls a function now and then, until it returns False; by default in a thread."""
        self._stream = stream
        self._is_live = live
        self._clock = clock
        self._redact = redact
        self._lock = threading.Lock()
        self._is_muted = False
        self._progress: StageProgress | None = None
        self._started = 0.0
        self._next_line_s = _FIRST_LINE_S
        self._retry: CallRetry | None = None
        self._retrying_since = 0.0
        self._next_retry_s = _RETRY_SHOWN_S
        self._is_drawn = False
        self._repeat = repeat or _repeat_in_thread
        self._is_ticking = False

    def __call__(self, event: StageProgress | CallRetry) -> None:
        """Note the event, and show it if the work takes long."""
        with self._lock:
            if isinstance(event, CallRetry):
                self._note_retry(event)
            else:
                self._note_progress(event)
            self._show()

    def tick(self) -> bool:
        """Show the time that has passed. Whether a stage is in progress."""
        with self._lock:
            self._show()
            self._is_ticking = self._progress is not None
            return self._is_ticking

    def _note_progress(self, event: StageProgress) -> None:
        previous = self._progress
        if event.stage is Stage.CHANGING:
            self._is_muted = True  # changes have a display of their own
        if self._is_muted or event.done >= event.total:
            if self._is_drawn:
                self._write(_CLEAR_LINE)
            self._is_drawn = False
            self._progress = self._retry = None
            return
        if previous is None or previous.stage is not event.stage:
            self._started, self._next_line_s = self._clock(), _FIRST_LINE_S
        elif event.done > previous.done:
            self._retry = None
        self._progress = event
        if self._is_live and not self._is_ticking:
            self._is_ticking = True
            self._repeat(self.tick)

    def _note_retry(self, event: CallRetry) -> None:
        if self._retry is None:
            self._retrying_since, self._next_retry_s = self._clock(), _RETRY_SHOWN_S
        self._retry = event
        retrying_s = self._clock() - self._retrying_since + event.delay_s
        if self._progress is None and not self._is_muted and retrying_s >= self._next_retry_s:
            self._next_retry_s = 2 * retrying_s
            self._write(f"{self._retry_text(event)}\n")

    def _show(self) -> None:
        if self._progress is None:
            return
        elapsed = self._clock() - self._started
        if self._is_live and elapsed >= _SILENT_S:
            import shutil

            columns = shutil.get_terminal_size((100, 24)).columns
            self._write(_CLEAR_LINE + clip(self._text(self._progress, elapsed), columns - 1))
            self._is_drawn = True
        elif not self._is_live and elapsed >= self._next_line_s:
            self._next_line_s = 2 * elapsed
            self._write(f"{self._text(self._progress, elapsed)}\n")

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            self._is_muted, self._progress = True, None  # nobody reads it; the command goes on

    def _text(self, progress: StageProgress, elapsed: float) -> str:
        values = {"done": progress.done, "total": progress.total, "time": duration(elapsed)}
        text = (
            message("Packaging: {done} of {total} ({time})", **values)
            if progress.stage is Stage.PACKAGING
            else message("Reading the cloud: {done} of {total} functions ({time})", **values)
        )
        if self._retry is None or self._clock() - self._retrying_since + self._retry.delay_s < _RETRY_SHOWN_S:
            return text
        return f"{text}; {self._retry_text(self._retry)}"

    def _retry_text(self, retry: CallRetry) -> str:
        return message(
            "retrying {action} in {delay}: {code}",
            action=safe(retry.action),
            code=safe(self._redact(retry.code)),
            delay=duration(retry.delay_s),
        )


def _repeat_in_thread(tick: Callable[[], bool]) -> None:
    pause = threading.Event()

    def run() -> None:
        while tick():
            pause.wait(_TICK_S)

    threading.Thread(target=run, name="progress", daemon=True).start()
