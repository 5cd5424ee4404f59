"""HTML pages: safe by themselves, complete, and the same for the same result."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import Any

import pytest

from scfdeploy.diagnostics.messages import use_translation
from scfdeploy.report.html import render_html
from scfdeploy.report.text import TextStyle
from scfdeploy.results import Failed, Findings, Planned, Result, Validated
from scfdeploy.results.events import EventInfo, EventShown, TimelineEntry
from tests.support.html_pages import HtmlPage
from tests.support.results import HELLO, MEMORY_STEP, PLAN, REFUSED

START = 1_795_831_200_000
REQUEST = "3fd01f0a-0000-4000-8000-000000000000"
HOSTILE = "</pre></svg></style><script>alert(1)</script><img src=x onerror=alert(2)>\" ' & {{ 7 * 7 }} \x1b[2J\u202e"
EVENT = EventInfo(
    REQUEST,
    "3fd0",
    "orders",
    "$DEFAULT",
    "CLOUD_API",
    START,
    "dead-lettered",
    4,
    2,
    reason="RetriesExhausted",
    ended_at=START + 21_600_000,
    dead_letter="orders-failed",
    dead_letter_kind="CMQ-QUEUE",
)


def entry(seconds: float, kind: str, status: int | None = None, message: str = "", **more: Any) -> TimelineEntry:
    return TimelineEntry(REQUEST, "orders", START + round(seconds * 1000), kind, status, message, **more)


def attempt(number: int, seconds: float, status: int = 430, message: str = "ValueError: no items") -> TimelineEntry:
    more = {"retry": number - 1, "retries": 2, "duration_ms": 12.5, "memory_mb": 21.2, "log": "received\norder 7\n"}
    return entry(seconds, "retry" if number > 1 else "attempt", status, message, attempt=number, **more)


TIMELINE = [
    entry(0, "accepted"),
    attempt(1, 0),
    attempt(2, 60, 432, "no concurrency"),
    attempt(3, 120),
    entry(21_600, "delivered", destination="orders-failed", destination_kind="CMQ-QUEUE", bytes=813),
    entry(21_600, "ended", message="dead-lettered", reason="RetriesExhausted"),
]
SHOWN = EventShown(Findings(), EVENT, TIMELINE)
PLANNED = Planned(Findings([MEMORY_STEP]), True, PLAN)
ACTIVE = {"script", "link", "img", "iframe", "object", "embed", "form", "base", "use"}
RESULTS: dict[str, Result] = {
    "event": SHOWN,
    "plan": PLANNED,
    "refused plan": Planned(Findings(), False, REFUSED),
    "no plan": Planned(Findings([MEMORY_STEP]), False, None),
    "failure": Failed("plan", "No credentials <were> found.", "Set them."),
    "other": Validated(Findings([MEMORY_STEP]), ok=False),
}


def page(result: Result, redact: Any = str) -> HtmlPage:
    return HtmlPage(render_html(result, TextStyle(), redact).out)


@pytest.mark.parametrize("name", RESULTS)
class TestEveryPage:
    def test_policy_allows_only_the_style_of_the_page(self, name: str) -> None:
        made = page(RESULTS[name])
        policy = made.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
        digest = base64.b64encode(hashlib.sha256(made.one("style").text.encode()).digest()).decode()

        assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"

    def test_page_runs_and_loads_nothing(self, name: str) -> None:
        made = page(RESULTS[name])

        assert {element.tag for element in made.elements} & ACTIVE == set()
        for element in made.elements:
            assert not [attribute for attribute in element.attributes if attribute.startswith("on")]
            assert "style" not in element.attributes
            assert element.attributes.get("href", "#").startswith("#")
        assert not re.search(r"https?://|url\(|@import", made.source)

    def test_links_lead_to_ids_that_exist_once(self, name: str) -> None:
        made = page(RESULTS[name])
        targets = {element.attributes["href"][1:] for element in made.find("a")}

        assert len(made.ids) == len(set(made.ids))
        assert targets <= set(made.ids)

    def test_page_has_title_language_and_skip_link(self, name: str) -> None:
        made = page(RESULTS[name])

        assert made.one("html").attributes["lang"] == "en"
        assert made.find("title")[0].text == made.one("h1").text
        assert made.find("a")[0].attributes == {"class": "skip", "href": "#content"}
        assert made.one("main").attributes["id"] == "content"

    def test_same_result_gives_same_bytes(self, name: str) -> None:
        assert page(RESULTS[name]).source == page(RESULTS[name]).source


def test_steps_of_event_are_marks_and_rows() -> None:
    made = page(SHOWN)

    assert made.one("h1").text == "Event 3fd0 of function orders"
    assert made.marks == [
        "10:00:00.000, accepted",
        "10:00:00.000, attempt 1: 430 ValueError: no items",
        "10:01:00.000, attempt 2 (retry 1 of 2): 432 no concurrency",
        "10:02:00.000, attempt 3 (retry 2 of 2): 430 ValueError: no items",
        "16:00:00.000, delivery to CMQ-QUEUE orders-failed: delivered, 813 bytes",
        "16:00:00.000, ended: dead-lettered: RetriesExhausted",
    ]
    rows = [row.text.split() for row in made.find("tr") if "id" in row.attributes]
    assert rows[2][:7] == ["10:01:00.000", "1", "min", "attempt", "2", "(retry", "1"]
    assert "order 7" in made.find("pre")[0].text


def test_results_of_attempts_differ_in_shape_and_text() -> None:
    made = page(SHOWN._replace(timeline=[attempt(1, 0, 200, ""), attempt(2, 60), attempt(3, 120, 500)]))
    drawn = [element for element in made.elements if element.path[-2:] == ("a", "g") and element.tag != "text"]
    shapes = [shape.tag for shape in drawn if shape.attributes["class"] not in ("hit", "bar")]

    assert [group.attributes["class"] for group in made.find("g") if group.path[-1] == "a"] == [
        "success",
        "failure",
        "platform",
    ]
    assert shapes == [
        *("circle", "path"),
        *("rect", "path"),
        *("path", "path"),
    ]
    assert [text.text for text in made.find("text", class_="result")] == ["200", "430", "500"]


def test_due_attempt_is_shown() -> None:
    waiting = EVENT._replace(status="waiting", ended_at=None, reason="", next_attempt_at=START + 60_000)
    waiting = waiting._replace(is_retry=True, retries=0, retry_num=2)
    made = page(SHOWN._replace(event=waiting, timeline=TIMELINE[:2]))

    assert made.marks[-1] == "10:01:00.000, next attempt (retry 1 of 2)"


def test_hostile_texts_are_escaped() -> None:
    event = EVENT._replace(function=HOSTILE, short_id=HOSTILE, reason=HOSTILE)
    steps = [attempt(1, 0, 430, HOSTILE)._replace(log=f"{HOSTILE}\n{HOSTILE}"), entry(1, "lost", None, HOSTILE)]
    made = page(EventShown(Findings(), event, steps, HOSTILE))

    assert [element.tag for element in made.elements if element.tag in ("script", "img")] == []
    assert "\x1b" not in made.source
    assert "\u202e" not in made.source
    assert "{{ 7 * 7 }}" in made.source
    assert made.find("pre")[0].text.startswith("</pre></svg></style><script>alert(1)</script>")


@pytest.mark.parametrize("secret", ["s3cr&t<\"'>value", "plain-secret-value"])
def test_secrets_are_redacted_before_texts_are_cut_and_escaped(secret: str) -> None:
    long = f"{'x' * 15}{secret}"
    event = EVENT._replace(function=long, short_id=long)
    steps = [attempt(1, 0, 430, f"bad {secret}")._replace(log=f"log {secret}")]
    made = page(EventShown(Findings(), event, steps), lambda text: text.replace(secret, "***"))

    assert secret not in "".join(element.text for element in made.elements)
    assert not any(secret in value for element in made.elements for value in element.attributes.values())
    assert secret[:6] not in made.source
    assert "log ***" in made.source


def test_plan_is_graph_and_table() -> None:
    made = page(PLANNED)

    assert made.one("h1").text == "Plan for shop (stage dev, ap-guangzhou)"
    assert made.marks == [
        "create trigger/default/hello/timer/nightly, not there yet",
        "replace function/default/hello, the runtime cannot be changed in place",
        "delete function/default/old, no longer in serverless.yml",
        "unchanged async/default/hello, as it should be",
    ]
    text = made.find("table")[0].text
    assert 'runtime: "Python3.9" -> "Python3.10"  # forces replacement' in text
    assert "environment.variables.API_KEY: (sensitive) -> (sensitive)" in text
    assert "old-key" not in made.source
    assert "Memory size is no step [memory-step]" in made.source
    assert f"{HELLO}: the versions of the function are lost" in made.source


def test_rejected_plan_says_why() -> None:
    made = page(RESULTS["refused plan"])

    assert "This plan cannot be applied." in made.source
    assert f"{HELLO}: it belongs to project blog (dev) [foreign-owner]" in made.one("main").text


@pytest.fixture(name="chinese")
def translated() -> Iterator[None]:
    use_translation(lambda text: {"Timeline": "时间线", "accepted": "已接受"}.get(text, text), "zh-CN")
    yield
    use_translation(None)


@pytest.mark.usefixtures("chinese")
def test_page_is_in_the_active_language() -> None:
    made = page(SHOWN)

    assert made.one("html").attributes["lang"] == "zh-CN"
    assert made.one("h2").text == "时间线"
    assert made.marks[0] == "10:00:00.000, 已接受"


def test_long_logs_and_messages_do_not_make_a_huge_page() -> None:
    steps = [attempt(1, number, 430, "x" * 100_000)._replace(log="y" * 100_000) for number in range(2000)]
    made = page(SHOWN._replace(timeline=steps))

    assert len(made.source) < 5_000_000
    assert "… (shortened)" in made.source
    assert len(made.marks[0]) < 600
