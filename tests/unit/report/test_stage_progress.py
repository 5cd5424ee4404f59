"""What is said about long work before the first change."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from scfdeploy.providers.base import CallRetry, Stage, StageProgress
from scfdeploy.report.stage_progress import StageDisplay


class Session:
    """A display with a clock that stands still."""

    def __init__(self, *, live: bool) -> None:
        self.now = 0.0
        self.stream = io.StringIO()
        self.ticks: list[Callable[[], bool]] = []
        self.display = StageDisplay(self.stream, live=live, clock=lambda: self.now, repeat=self.ticks.append)

    def read(self, done: int, *, at: float) -> str:
        self.now = at
        self.display(StageProgress(Stage.READING, done, 300))
        return self.stream.getvalue()

    def retry(self, delay_s: float, *, at: float) -> str:
        self.now = at
        self.display(CallRetry("ListTriggers", "RequestLimitExceeded", delay_s))
        return self.stream.getvalue()


@pytest.mark.parametrize("live", [True, False])
def test_quick_work_is_silent(live: bool) -> None:
    session = Session(live=live)
    session.read(0, at=0.0)
    session.read(150, at=0.2)
    assert session.read(300, at=0.4) == ""


def test_terminal_shows_one_line_and_removes_it() -> None:
    session = Session(live=True)
    session.read(0, at=0.0)
    assert session.read(120, at=3.4).endswith("\r\x1b[2KReading the cloud: 120 of 300 functions (3.4 s)")
    assert session.read(300, at=4.0).endswith("(3.4 s)\r\x1b[2K")
    assert "\n" not in session.stream.getvalue()


def test_time_passes_without_events() -> None:
    session = Session(live=True)
    session.read(0, at=0.0)
    (tick,) = session.ticks
    session.now = 7.5
    assert tick()
    assert session.stream.getvalue().endswith("Reading the cloud: 0 of 300 functions (7.5 s)")
    session.read(300, at=8.0)
    assert not tick()


def test_log_gets_few_lines() -> None:
    session = Session(live=False)
    for second in range(300):
        session.read(second, at=float(second))
    assert session.stream.getvalue().splitlines() == [
        f"Reading the cloud: {second} of 300 functions ({text})"
        for second, text in ((10, "10.0 s"), (20, "20.0 s"), (40, "40.0 s"), (80, "1 min 20 s"), (160, "2 min 40 s"))
    ]


def test_retry_is_said_when_it_takes_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    session = Session(live=True)
    session.read(0, at=0.0)
    assert "retrying" not in session.retry(0.5, at=1.0)
    text = session.retry(4.0, at=2.0)
    assert text.endswith("(2.0 s); retrying ListTriggers in 4.0 s: RequestLimitExceeded")
    assert "retrying" not in session.read(7, at=6.0).rpartition("\x1b[2K")[2]


def test_retry_outside_of_a_stage_is_a_line() -> None:
    session = Session(live=False)
    assert session.retry(0.5, at=0.0) == ""
    assert session.retry(4.0, at=1.0) == "retrying ListTriggers in 4.0 s: RequestLimitExceeded\n"
    assert session.retry(4.0, at=5.0).count("\n") == 1
    assert session.retry(8.0, at=9.0).count("\n") == 2


def test_nothing_is_shown_during_changes() -> None:
    session = Session(live=True)
    session.display(StageProgress(Stage.CHANGING, 0, 3))
    session.read(0, at=1.0)
    session.read(1, at=10.0)
    assert session.retry(60.0, at=20.0) == ""


def test_closed_stream_does_not_end_the_command() -> None:
    session = Session(live=True)
    session.read(0, at=0.0)
    session.stream.close()
    session.now = 5.0
    session.display(StageProgress(Stage.READING, 5, 300))
    session.display(StageProgress(Stage.READING, 300, 300))
