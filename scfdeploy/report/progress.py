"""Progress of an apply: a live display on a terminal, and one line per event elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO, assert_never

from scfdeploy.apply import Outcome, Status
from scfdeploy.apply.events import (
    ChangeFinished,
    ChangeStarted,
    Event,
    Retrying,
    RunStarted,
    StepStarted,
    Stopping,
    Uploading,
    Waiting,
)
from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import join_sentences
from scfdeploy.model import Address
from scfdeploy.records import dataclass, field
from scfdeploy.report.actions import action_verb, completed, in_progress
from scfdeploy.report.humanize import duration, plural
from scfdeploy.report.terminal import safe

if TYPE_CHECKING:
    from scfdeploy.report.live_display import LiveScreen

_MANY_CHANGES = 20
"""More changes than this have no lines of their own in a log."""

_FAILURES_SHOWN = 5
_RETRY_LINE_S = 10.0

Clock = Callable[[], float]
"""Returns seconds that only increase, such as `time.monotonic`."""


Redact = Callable[[str], str]
"""Returns a text without the secrets in it."""


def _no_redaction(text: str) -> str:
    return text


def progress(
    stream: TextIO, *, live: bool, color: bool = True, clock: Clock = time.monotonic, redact: Redact = _no_redaction
) -> LineProgress | LiveProgress:
    """A display on `stream`: redrawn in place if `live`, plain lines without colour otherwise. Lines are redacted."""
    return LiveProgress(stream, clock, color=color, redact=redact) if live else LineProgress(stream, redact, clock)


@dataclass(slots=True)
class RunningChange:
    """One change in progress, and its current step."""

    since: float
    step: str


@dataclass(slots=True)
class ProgressState:
    """The counts of changes, and the changes in progress."""

    total: int = 0
    finished: int = 0
    failed: int = 0
    running: dict[Address, RunningChange] = field(default_factory=dict)

    def note(self, event: Event, now: float) -> None:
        """Update the state."""
        match event:
            case RunStarted(total=total):
                self.total = total
            case ChangeStarted(address=address, action=action):
                self.running[address] = RunningChange(now, in_progress(action))
            case StepStarted(address=address, title=title) | Waiting(address=address, title=title):
                self._set_step(address, title)
            case Uploading(address=address):
                self._set_step(address, _upload_text(event))
            case Retrying(address=address):
                self._set_step(address, _retry_text(event))
            case ChangeFinished(outcome=outcome):
                self.running.pop(outcome.address, None)
                self.finished += 1
                self.failed += outcome.status is Status.FAILED
            case Stopping():
                pass
            case _:
                assert_never(event)

    def _set_step(self, address: Address, step: str) -> None:
        if address in self.running:
            self.running[address].step = step


class LineProgress:
    """Lines for logs: when a change starts, is retried, or ends; of many changes, the counts now and then."""

    def __init__(self, stream: TextIO, redact: Redact = _no_redaction, clock: Clock = time.monotonic) -> None:
        self._stream = stream
        self._redact = redact
        self._clock = clock
        self._next_retry = 0.0
        self._lock = threading.Lock()
        self._state = ProgressState()
        self._open = False

    def __enter__(self) -> Self:
        self._open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._open = False

    def __call__(self, event: Event) -> None:
        """Write the line of an event, if it has one."""
        with self._lock:
            if not self._open:
                return
            self._state.note(event, 0.0)
            line = self._rare_line(event) if self._state.total > _MANY_CHANGES else _line(event, self._state)
            if line:
                self._stream.write(f"{self._redact(line)}\n")
                self._stream.flush()

    def _rare_line(self, event: Event) -> str:
        """The counts at each tenth of the changes, the first failures, and a retry every ten seconds."""
        state = self._state
        match event:
            case ChangeFinished(outcome=outcome):
                is_new_failure = outcome.status is Status.FAILED and state.failed <= _FAILURES_SHOWN
                failure = outcome_line(outcome) if is_new_failure else ""
                tenth = state.finished * 10 // state.total > (state.finished - 1) * 10 // state.total
                return "\n".join(line for line in (failure, _counts(state) if tenth else "") if line)
            case Retrying(address=address) if self._clock() >= self._next_retry:
                self._next_retry = self._clock() + _RETRY_LINE_S
                return f"{safe(str(address))}: {safe(_retry_text(event))}"
            case Stopping():
                return stopping_message(event)
        return ""


def _counts(state: ProgressState) -> str:
    counts = message("{finished} of {total} done", finished=state.finished, total=state.total)
    return counts + (message(", {number} failed", number=state.failed) if state.failed else "")


def _line(event: Event, state: ProgressState) -> str:
    match event:
        case ChangeStarted(address=address, action=action):
            return f"{safe(str(address))}: {in_progress(action)} ..."
        case Retrying(address=address):
            return f"{safe(str(address))}: {safe(_retry_text(event))}"
        case Uploading(address=address):
            return f"{safe(str(address))}: {safe(_upload_text(event))}"
        case ChangeFinished(outcome=outcome):
            count = message("({finished} of {total})", finished=state.finished, total=state.total)
            return join_sentences(outcome_line(outcome), count)
        case Stopping():
            return stopping_message(event)
        case RunStarted() | StepStarted() | Waiting():
            return ""
        case _:
            assert_never(event)


def stopping_message(event: Stopping) -> str:
    """The announcement after the first signal."""
    operations = plural(event.under_way, "{number} operation", "{number} operations")
    return message(
        "Stopping: waiting up to {seconds} s for {operations} in progress. Press Ctrl-C again to exit immediately.",
        seconds=f"{event.seconds:.0f}",
        operations=operations,
    )


def _retry_text(event: Retrying) -> str:
    delay = duration(event.delay_s)
    return message("{step}: {code}, retrying in {delay}", step=event.title, code=event.code, delay=delay)


def _upload_text(event: Uploading) -> str:
    sent, total = (f"{size / 2**20:.1f}" for size in (event.sent, event.of))
    return message("{step}, {sent} of {total} MB sent", step=event.title, sent=sent, total=total)


def outcome_line(outcome: Outcome) -> str:
    """The end of one change in one line."""
    address = safe(str(outcome.address))
    match outcome.status:
        case Status.SUCCEEDED:
            action = completed(outcome.action)
            return f"{address}: {message('{action} in {time}', action=action, time=duration(outcome.seconds))}"
        case Status.FAILED:
            code = f": {safe(outcome.error.code)}" if outcome.error is not None else ""
            action, time = action_verb(outcome.action), duration(outcome.seconds)
            return f"{address}: {message('{action} failed after {time}', action=action, time=time)}{code}"
        case Status.SKIPPED:
            reason = f": {safe(outcome.error.message)}" if outcome.error is not None else ""
            return f"{address}: {message('skipped')}{reason}"


class LiveProgress:
    """The changes in progress with their steps and durations, and the counts; failures scroll above them."""

    def __init__(self, stream: TextIO, clock: Clock, *, color: bool = True, redact: Redact = _no_redaction) -> None:
        self._stream = stream
        self._redact = redact
        self._clock = clock
        self._color = color
        # Two locks: drawing holds rich's own lock and calls `lines`, so `_lock` must be free while the screen draws.
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._state = ProgressState()
        self._started: float | None = None
        self._open = False
        self._screen: LiveScreen | None = None

    def __enter__(self) -> Self:
        with self._writing:
            self._open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._writing:
            self._open = False
            screen, self._screen = self._screen, None
            if screen is not None:
                screen.stop()

    def __call__(self, event: Event) -> None:
        """Update the display; the first event starts it."""
        with self._lock:
            now = self._clock()
            if self._started is None:
                self._started = now
            self._state.note(event, now)
        with self._writing:
            if not self._open:
                return
            screen = self._start_screen()
            # Successful changes are in the report at the end; failures are shown immediately.
            if isinstance(event, ChangeFinished) and event.outcome.status is not Status.SUCCEEDED:
                screen.scroll(self._redact(outcome_line(event.outcome)))
            if isinstance(event, Stopping):
                screen.scroll(stopping_message(event))

    def _start_screen(self) -> LiveScreen:
        if self._screen is None:
            from scfdeploy.report.live_display import LiveScreen

            self._screen = LiveScreen(self._stream, self.lines, color=self._color)
            self._screen.start()
        return self._screen

    def lines(self) -> list[str]:
        """One line for each change in progress, and one with the counts."""
        with self._lock:
            now = self._clock()
            state = self._state
            lines = [
                self._redact(f"  {safe(str(address))}: {safe(change.step)} ({duration(now - change.since)})")
                for address, change in state.running.items()
            ]
            started = self._started if self._started is not None else now
            return [*lines, f"  {_counts(state)} ({duration(now - started)})"]
