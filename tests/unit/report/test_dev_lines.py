"""The lines of `dev`."""

from __future__ import annotations

import pytest

from scfdeploy.model import Address
from scfdeploy.providers.log_source import LogEntry
from scfdeploy.report.dev_lines import render_dev_event
from scfdeploy.report.text import TextStyle
from scfdeploy.results.dev import DevEvent, Failure, HelpShown, RequestEnded, TimersFired, UrlReady

ORDERS = Address.of_function("default", "orders")


def entry(**fields: object) -> LogEntry:
    values = {"status_code": 200, "duration_ms": 12.4, "memory_mb": 30.0, "result": {"id": 7}, "lines": ("working",)}
    return LogEntry("8f14e45f-ceea", ORDERS, 0, **{**values, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (UrlReady("http://127.0.0.1:9080/orders"), "ready: http://127.0.0.1:9080/orders\n"),
        (
            RequestEnded(entry()),
            'orders: status 200, 12 ms  8f14e45f\n  working\n  Result: {"id": 7}\n',
        ),
        (
            RequestEnded(entry(), "GET", "/a?b=c", 404),
            "orders: GET /a?b=c 404, 12 ms  8f14e45f\n  working\n",
        ),
        (
            RequestEnded(entry(status_code=430, lines=("ValueError: no",)), "GET", "/", 502),
            "orders: GET / 502, status 430, 12 ms  8f14e45f\n  ValueError: no\n",
        ),
        (
            RequestEnded(entry(status_code=433, retries=2, lines=(), duration_ms=None)),
            "orders: status 433, retry 2  8f14e45f\n",
        ),
        (TimersFired("orders", ["a", "b"]), "orders: timer a, b fired\n"),
    ],
)
def test_event_is_one_line_and_what_belongs_to_it(event: DevEvent, text: str) -> None:
    assert render_dev_event(event, TextStyle()) == (text, "")


def test_failure_goes_to_stderr() -> None:
    rendered = render_dev_event(Failure("it broke", "mend it"), TextStyle())

    assert rendered == ("", "error: it broke\nhint: mend it\n")


def test_long_results_are_cut() -> None:
    rendered = render_dev_event(RequestEnded(entry(result="x" * 10_000)), TextStyle())

    assert rendered.out.endswith("x…\n")
    assert len(rendered.out) < 2_200


def test_output_of_functions_does_not_act_on_the_terminal() -> None:
    event = RequestEnded(entry(lines=("\x1b[2Jgone",), result="\x1b]0;title\x07"), "GET", "/\x1b[2J", 200)

    assert "\x1b" not in render_dev_event(event, TextStyle()).out


def test_help_names_each_line() -> None:
    assert [line.split()[0] for line in render_dev_event(HelpShown(), TextStyle()).out.splitlines()] == list("tirq")
