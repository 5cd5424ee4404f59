from __future__ import annotations

import io
import re
import threading

import pytest

from scfdeploy.apply import Failure, Outcome, Status
from scfdeploy.apply.events import (
    ChangeFinished,
    ChangeStarted,
    Event,
    Retrying,
    RunStarted,
    StepStarted,
    Uploading,
    Waiting,
)
from scfdeploy.model import Address
from scfdeploy.plan import Action
from scfdeploy.report.progress import LiveProgress, progress
from tests.support.results import HELLO, NIGHTLY, OLD, OUTCOMES

EVENTS: tuple[Event, ...] = (
    RunStarted(3),
    ChangeStarted(HELLO, Action.CREATE),
    StepStarted(HELLO, "create the function"),
    Retrying(HELLO, "create the function", "RequestLimitExceeded", 2.0),
    Waiting(HELLO, "until it is active"),
    ChangeFinished(OUTCOMES[0]),
    ChangeStarted(OLD, Action.DELETE),
    ChangeFinished(OUTCOMES[1]),
    ChangeFinished(OUTCOMES[2]),
)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_line_progress_writes_one_line_per_event() -> None:
    stream = io.StringIO()
    with progress(stream, live=False) as listen:
        for event in EVENTS:
            listen(event)

    assert stream.getvalue() == (
        "function/default/hello: creating ...\n"
        "function/default/hello: create the function: RequestLimitExceeded, retrying in 2.0 s\n"
        "function/default/hello: created in 2.1 s (1 of 3)\n"
        "function/default/old: deleting ...\n"
        "function/default/old: delete failed after 0.5 s: ResourceInUse (2 of 3)\n"
        "trigger/default/hello/timer/nightly: skipped: waits for function/default/old, which failed (3 of 3)\n"
    )


def test_upload_shows_progress() -> None:
    stream = io.StringIO()
    with progress(stream, live=False) as listen:
        listen(Uploading(HELLO, "upload code, part 1 of 2", 5 << 20, 9 << 20))
    assert stream.getvalue() == "function/default/hello: upload code, part 1 of 2, 5.0 of 9.0 MB sent\n"


@pytest.mark.parametrize("live", [True, False])
def test_nothing_is_written_before_the_first_event(live: bool) -> None:
    stream = io.StringIO()
    with progress(stream, live=live):
        assert stream.getvalue() == ""
    assert stream.getvalue() == ""


@pytest.mark.parametrize("live", [True, False])
def test_nothing_is_written_after_the_end(live: bool) -> None:
    stream = io.StringIO()
    with progress(stream, live=live) as listen:
        listen(RunStarted(1))
    before = stream.getvalue()
    listen(ChangeFinished(OUTCOMES[0]))

    assert stream.getvalue() == before


def test_lines_of_parallel_threads_are_not_mixed() -> None:
    stream = io.StringIO()
    with progress(stream, live=False) as listen:

        def work() -> None:
            for _ in range(50):
                listen(ChangeStarted(HELLO, Action.UPDATE))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert set(stream.getvalue().splitlines()) == {"function/default/hello: updating ..."}
    assert len(stream.getvalue().splitlines()) == 200


def test_parallel_threads_and_redrawing_do_not_deadlock() -> None:
    stream = io.StringIO()
    with progress(stream, live=True) as listen:

        def work() -> None:
            for _ in range(100):
                listen(ChangeStarted(HELLO, Action.CREATE))
                listen(ChangeFinished(OUTCOMES[0]))

        threads = [threading.Thread(target=work, daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)
        assert not any(thread.is_alive() for thread in threads)


def test_live_display_shows_running_changes_and_counts() -> None:
    clock = Clock()
    with LiveProgress(io.StringIO(), clock) as listen:
        listen(RunStarted(3))
        listen(ChangeStarted(HELLO, Action.CREATE))
        listen(ChangeStarted(NIGHTLY, Action.UPDATE))
        listen(StepStarted(HELLO, "upload the code"))
        clock.now += 4
        assert listen.lines() == [
            "  function/default/hello: upload the code (4.0 s)",
            "  trigger/default/hello/timer/nightly: updating (4.0 s)",
            "  0 of 3 done (4.0 s)",
        ]
        listen(Retrying(HELLO, "upload the code", "InternalError", 1.5))
        listen(ChangeFinished(OUTCOMES[1]))
        listen(ChangeFinished(Outcome(NIGHTLY, Action.UPDATE, Status.SUCCEEDED, 4.0)))
        assert listen.lines() == [
            "  function/default/hello: upload the code: InternalError, retrying in 1.5 s (4.0 s)",
            "  2 of 3 done, 1 failed (4.0 s)",
        ]


def test_live_display_keeps_only_failures() -> None:
    stream = io.StringIO()
    with progress(stream, live=True, clock=Clock()) as listen:
        for event in EVENTS:
            listen(event)
    text = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())

    assert "function/default/hello: created" not in text
    assert "function/default/old: delete failed after 0.5 s: ResourceInUse\n" in text
    assert text.rstrip().endswith("\x1b[2K")


def test_count_line_stays_visible_with_a_hundred_changes() -> None:
    stream = io.StringIO()
    with progress(stream, live=True, clock=Clock()) as listen:
        listen(RunStarted(100))
        for number in range(100):
            listen(ChangeStarted(HELLO.trigger("timer", str(number)), Action.CREATE))
        listen(ChangeFinished(OUTCOMES[0]))

    assert "more" in stream.getvalue()
    assert "1 of 100 done" in stream.getvalue()


@pytest.mark.parametrize("live", [True, False])
def test_names_and_codes_are_escaped(live: bool) -> None:
    stream = io.StringIO()
    evil = HELLO.trigger("timer", "\x1b]0;title\x07[bold]x")
    outcome = Outcome(evil, Action.CREATE, Status.FAILED, 1.0, error=Failure("\x1b[2J[red]", "m"))
    with progress(stream, live=live, clock=Clock()) as listen:
        listen(ChangeStarted(evil, Action.CREATE))
        listen(StepStarted(evil, "\x1b[5Astep"))
        listen(ChangeFinished(outcome))

    assert "\x1b]0" not in stream.getvalue()
    assert "\x1b[2J" not in stream.getvalue()
    assert "\x1b[5A" not in stream.getvalue()
    assert "[bold]" in stream.getvalue()


@pytest.mark.parametrize("live", [False, True])
def test_progress_lines_are_redacted(live: bool) -> None:
    stream = io.StringIO()
    with progress(stream, live=live, redact=lambda text: text.replace("marked", "***")) as listener:
        for event in (
            RunStarted(2),
            ChangeStarted(HELLO, Action.CREATE),
            Retrying(HELLO, "create marked", "Limit.marked", 2.0),
            ChangeFinished(Outcome(HELLO, Action.CREATE, Status.FAILED, 1.0, error=Failure("Failed.marked", "marked"))),
        ):
            listener(event)
    assert "***" in stream.getvalue()
    assert "marked" not in stream.getvalue()


def test_log_of_many_changes_has_few_lines() -> None:
    stream, clock = io.StringIO(), Clock()
    with progress(stream, live=False, clock=clock) as listen:
        listen(RunStarted(300))
        for number in range(300):
            clock.now += 0.1
            address = Address.of_function("default", f"f{number}")
            listen(ChangeStarted(address, Action.CREATE))
            listen(Retrying(address, "create the function", "RequestLimitExceeded", 2.0))
            status = Status.FAILED if number >= 250 else Status.SUCCEEDED
            listen(ChangeFinished(Outcome(address, Action.CREATE, status)))

    lines = stream.getvalue().splitlines()
    assert len([line for line in lines if "retrying" in line]) == 3
    assert len([line for line in lines if "create failed" in line]) == 5
    assert [line for line in lines if " of 300 done" in line] == [
        *(f"{number} of 300 done" for number in range(30, 241, 30)),
        "270 of 300 done, 20 failed",
        "300 of 300 done, 50 failed",
    ]
    assert len(lines) == 18
