"""Lines about events that no short run of a local server produces."""

from __future__ import annotations

from typing import Any

import pytest

from scfdeploy.providers.invocation import Invocation
from scfdeploy.report.text import render_text
from scfdeploy.results import Findings
from scfdeploy.results.events import EventInfo, EventList, EventShown, EventsRun, TimelineEntry
from scfdeploy.results.invoked import Invoked
from scfdeploy.results.queues import QueueMessage, QueueShown

TEN_O_CLOCK = 1_795_831_200_000
REQUEST = "3fd01f0a-0000-4000-8000-000000000000"
EVENT = EventInfo(REQUEST, "3fd0", "orders", "$DEFAULT", "CLOUD_API", TEN_O_CLOCK, "waiting", 1, 0)
NONE = Findings()


def attempt(number: int = 1, status: int = 430, message: str = "KeyError: 'customer'", **more: Any) -> TimelineEntry:
    return TimelineEntry(REQUEST, "orders", TEN_O_CLOCK, "attempt", status, message, number, retries=2, **more)


def run_text(*timeline: TimelineEntry, ends: dict[str, int], **more: Any) -> list[str]:
    result = EventsRun(NONE, TEN_O_CLOCK, timeline, max(1, sum(ends.values())), ends, **more)
    return render_text(result, color=False, width=80).splitlines()


def accepted_text(event: EventInfo, *timeline: TimelineEntry) -> str:
    result = Invoked(NONE, True, "function/default/orders", Invocation(REQUEST), True, event, timeline, None, "--local")
    return render_text(result, color=False, width=80)


def test_run_says_that_it_shows_only_some_lines() -> None:
    lines = run_text(attempt(), attempt(2), ends={}, is_cut=True)
    assert lines[2:] == [
        "Only the first 2 lines are shown.",
        "1 event: 0 finished, 0 in a dead letter queue, 0 dropped, 1 waiting.",
    ]


def test_run_counts_every_end() -> None:
    ends = {"finished": 1, "dead-lettered": 1, "dropped": 1, "failed": 1, "lost": 1, "aborted": 1}
    assert run_text(ends=ends) == [
        "6 events: 1 finished, 1 in a dead letter queue, 1 dropped, 1 failed, 1 lost, 1 cancelled."
    ]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (attempt(next_at=TEN_O_CLOCK + 60_000, next_retry=1), "retry 1 of 2 at 10:01:00"),
        (attempt(next_at=TEN_O_CLOCK + 60_000), "next attempt at 10:01:00"),
        (attempt(), "no retries left"),
        (attempt(is_traced=True), "not retried (asyncRunEnable)"),
        (attempt(is_cancelled=True), "cancelled"),
    ],
)
def test_attempt_says_what_follows(entry: TimelineEntry, expected: str) -> None:
    line = run_text(entry, ends={})[0]
    assert line == f"10:00:00.000  orders  attempt 1  430  KeyError: 'customer'          {expected}"


def test_columns_have_the_width_of_their_longest_text() -> None:
    first, second, third = run_text(attempt(9), attempt(10, 432, ""), attempt(11, 200, ""), ends={})[:3]
    assert first == "10:00:00.000  orders  attempt 9   430  KeyError: 'customer'          no retries left"
    assert second == "10:00:00.000  orders  attempt 10  432                                no retries left"
    assert third == "10:00:00.000  orders  attempt 11  200"


def test_text_of_attempt_is_one_safe_line_of_limited_width() -> None:
    entry = attempt(message="ValueError: \x1b[2J" + "x" * 100 + "\nsecond line")
    line = run_text(entry, ends={})[0]
    assert "ValueError: \\x1b[2Jxxx" in line
    assert "second line" not in line
    assert len(line) < 130


def test_running_first_attempt_is_reported() -> None:
    assert accepted_text(EVENT._replace(status="running")) == (
        f"Accepted: request id {REQUEST}.\n"
        "The first attempt is running.\n"
        "\n"
        "Show the event:  scfdeploy events show 3fd0 --local\n"
    )


def test_lost_event_names_destination_and_error() -> None:
    lost = EVENT._replace(
        status="lost", error="queue not found", dead_letter="orders-failed", dead_letter_kind="CMQ-QUEUE"
    )
    assert accepted_text(lost, attempt()).splitlines()[1:3] == [
        "First attempt failed: status 430, KeyError: 'customer'.",
        "The event was not delivered to the dead letter queue orders-failed: queue not found.",
    ]


def test_list_counts_events_that_it_does_not_show() -> None:
    lines = render_text(EventList(NONE, [EVENT], total=7), color=False, width=80).splitlines()
    assert lines == [
        "ACCEPTED                   REQUEST ID  STATUS   ATTEMPTS  NEXT ATTEMPT",
        "2026-11-28T10:00:00+08:00  3fd0…       waiting         1  -",
        "The newest 1 of 7 events.",
    ]


def test_log_of_attempt_has_no_trace() -> None:
    log = "one\ntwo\nTraceback (most recent call last):\n  File\nKeyError: 'customer'\n"
    shown = render_text(EventShown(NONE, EVENT, [attempt(log=log)]), color=False, width=80)
    assert shown == (
        "Event 3fd0…, function orders ($DEFAULT), status waiting\n"
        "10:00:00.000  attempt 1  430  KeyError: 'customer'\n"
        "              log: one\n"
        "                   two\n"
    )


def test_log_keeps_trace_that_the_function_printed() -> None:
    log = "Traceback (most recent call last):\nKeyError: 'x'\nretried\n"
    shown = render_text(EventShown(NONE, EVENT, [attempt(status=200, message="", log=log)]), color=False, width=80)
    assert [line.strip() for line in shown.splitlines()[2:]] == [
        "log: Traceback (most recent call last):",
        "KeyError: 'x'",
        "retried",
    ]


@pytest.mark.parametrize("kind", ["lost", "ended"])
def test_control_characters_of_the_server_are_escaped(kind: str) -> None:
    entry = TimelineEntry(REQUEST, "orders", TEN_O_CLOCK, kind, None, "a\x1b[2J", reason="b\x1b[2J")
    event = EVENT._replace(status="lost\x1b[2J", error="c\x1b[2J", reason="d\x1b[2J")
    for text in (
        render_text(EventShown(NONE, event, [entry]), color=False, width=80),
        render_text(EventList(NONE, [event]), color=False, width=80),
        "\n".join(run_text(entry, ends={})),
        accepted_text(event, attempt()),
        accepted_text(event._replace(status="lost"), attempt()),
        accepted_text(event),
    ):
        assert "\x1b" not in text
        assert "\\x1b[2J" in text


@pytest.mark.parametrize("explain", [True, False])
def test_control_characters_of_a_queued_message_are_escaped(*, explain: bool) -> None:
    body = {"RequestId": "\x1b[2Jrequest", "\x1b[2J": 1, "Body": {"RetryNum": "\x1b[2J", "\x1b[3J": "\x1b[4J"}}
    shown = QueueShown(NONE, "failed", "CMQ-QUEUE", 1, (QueueMessage(1, "now", {}, body, "{}"),), explain)
    text = render_text(shown, color=False, width=80)
    assert "\x1b" not in text
    assert "\\x1b[2J" in text
