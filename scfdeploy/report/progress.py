"""Shows a running apply: a live display on a terminal, whole lines elsewhere. Writes only to the stream it is given."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO, assert_never

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
from scfdeploy.model import Address
from scfdeploy.plan import Action
from scfdeploy.report.actions import DOING, DONE
from scfdeploy.report.humanize import count, duration
from scfdeploy.report.terminal import safe

if TYPE_CHECKING:
    from scfdeploy.report.live_display import LiveScreen

Clock = Callable[[], float]
"""Seconds that only go up, such as `time.monotonic`."""


class Progress(Protocol):
    """A listener that shows events while it is open. They may come from any thread; late ones are dropped."""

    def __call__(self, event: Event) -> None:
        """Take note of one event."""

    def __enter__(self) -> Self:
        """Begin to show."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop showing; nothing is written afterwards."""


Redact = Callable[[str], str]
"""Gives a text without the secrets in it."""


def _as_it_is(text: str) -> str:
    return text


def progress(
    stream: TextIO, *, live: bool, color: bool = True, clock: Clock = time.monotonic, redact: Redact = _as_it_is
) -> Progress:
    """A display on `stream`: one that redraws itself when `live` (a terminal), plain lines without colour otherwise.

    Each line is shown as `redact` gives it.
    """
    return LiveProgress(stream, clock, color=color, redact=redact) if live else LineProgress(stream, redact)


@dataclass(slots=True)
class RunningChange:
    """One change that is being carried out."""

    action: Action
    since: float
    doing: str


@dataclass(slots=True)
class ProgressState:
    """Where a run stands: how many changes there are and are done, and what is running."""

    total: int = 0
    finished: int = 0
    failed: int = 0
    running: dict[Address, RunningChange] = field(default_factory=dict)

    def note(self, event: Event, now: float) -> None:
        """Bring the tally up to date."""
        match event:
            case RunStarted(total=total):
                self.total = total
            case ChangeStarted(address=address, action=action):
                self.running[address] = RunningChange(action, now, DOING[action])
            case StepStarted(address=address, title=title) | Waiting(address=address, title=title):
                self._say(address, title)
            case Uploading(address=address, title=title, sent=sent, of=of):
                self._say(address, f"{title}, {_megabytes(sent)} of {_megabytes(of)} MB sent")
            case Retrying(address=address, title=title, code=code, delay_s=delay):
                self._say(address, f"{title}: {code}, trying again in {duration(delay)}")
            case ChangeFinished(outcome=outcome):
                self.running.pop(outcome.address, None)
                self.finished += 1
                self.failed += outcome.status is Status.FAILED
            case Stopping():
                pass  # nothing is counted
            case _:
                assert_never(event)

    def _say(self, address: Address, doing: str) -> None:
        if address in self.running:
            self.running[address].doing = doing


class LineProgress:
    """One whole line when a change begins, is retried, or ends: fit for logs and for several threads."""

    def __init__(self, stream: TextIO, redact: Redact = _as_it_is) -> None:
        self._stream = stream
        self._redact = redact
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
        """Write the line of this event, if it has one."""
        with self._lock:
            if not self._open:
                return
            self._state.note(event, 0.0)
            line = _line(event, self._state)
            if line:
                self._stream.write(f"{self._redact(line)}\n")
                self._stream.flush()


def _line(event: Event, state: ProgressState) -> str:
    match event:
        case ChangeStarted(address=address, action=action):
            return f"{safe(str(address))}: {DOING[action]} ..."
        case Retrying(address=address, title=title, code=code, delay_s=delay):
            return f"{safe(str(address))}: {safe(title)}: {safe(code)}, trying again in {duration(delay)}"
        case Uploading(address=address, title=title, sent=sent, of=of):
            return f"{safe(str(address))}: {safe(title)}, {_megabytes(sent)} of {_megabytes(of)} MB sent"
        case ChangeFinished(outcome=outcome):
            return f"{outcome_line(outcome)} ({state.finished} of {state.total})"
        case Stopping():
            return stopping_message(event)
        case RunStarted() | StepStarted() | Waiting():
            return ""
        case _:
            assert_never(event)


def stopping_message(event: Stopping) -> str:
    """What happens after the first signal."""
    changes = count(event.under_way, "operation")
    return f"Stopping: waiting up to {event.seconds:.0f} s for {changes} under way. Press Ctrl-C again to end at once."


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.1f}"


def outcome_line(outcome: Outcome) -> str:
    """How one change ended, in one line."""
    address = safe(str(outcome.address))
    match outcome.status:
        case Status.SUCCEEDED:
            return f"{address}: {DONE[outcome.action]} in {duration(outcome.seconds)}"
        case Status.FAILED:
            code = f": {safe(outcome.error.code)}" if outcome.error is not None else ""
            return f"{address}: {outcome.action.value} failed after {duration(outcome.seconds)}{code}"
        case Status.SKIPPED:
            reason = f": {safe(outcome.error.message)}" if outcome.error is not None else ""
            return f"{address}: skipped{reason}"


class LiveProgress:
    """What is running, which step and for how long, and what is left. Failures scroll by above it."""

    def __init__(self, stream: TextIO, clock: Clock, *, color: bool = True, redact: Redact = _as_it_is) -> None:
        self._stream = stream
        self._redact = redact
        self._clock = clock
        self._color = color
        # Two locks, and never the first while the screen draws: drawing holds rich's own lock and asks for `lines`.
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
        """Take note; the next redrawing shows it. The first event begins the display."""
        with self._lock:
            now = self._clock()
            if self._started is None:
                self._started = now
            self._state.note(event, now)
        with self._writing:
            if not self._open:
                return
            screen = self._begun()
            # The report at the end tells what succeeded; what did not is news at once.
            if isinstance(event, ChangeFinished) and event.outcome.status is not Status.SUCCEEDED:
                screen.scroll(self._redact(outcome_line(event.outcome)))
            if isinstance(event, Stopping):
                screen.scroll(stopping_message(event))

    def _begun(self) -> LiveScreen:
        if self._screen is None:
            from scfdeploy.report.live_display import LiveScreen

            self._screen = LiveScreen(self._stream, self.lines, color=self._color)
            self._screen.start()
        return self._screen

    def lines(self) -> list[str]:
        """What stands below: one line for each running change, then one that counts."""
        with self._lock:
            now = self._clock()
            shown = [
                self._redact(f"  {safe(str(address))}: {safe(one.doing)} ({duration(now - one.since)})")
                for address, one in self._state.running.items()
            ]
            left = self._state.total - self._state.finished
            counts = f"{self._state.finished} of {self._state.total} done, {left} left"
            failed = f", {self._state.failed} failed" if self._state.failed else ""
            since = self._started if self._started is not None else now
            return [*shown, f"  {counts}{failed} ({duration(now - since)})"]
