"""The page of `simulate`: calls of single events and of batches as marks, and what becomes of each."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.delivery.driver import MESSAGE_TOO_LARGE
from scfdeploy.delivery.profiles.stream_source import StreamProfile, simulate_stream
from scfdeploy.delivery.scripted import ScriptedHandler
from scfdeploy.delivery.trace import DeliveryKind, StepKind, TraceStep, TraceSummary, summarise
from scfdeploy.report.html import render_html
from scfdeploy.report.html.simulation_page import simulation_page
from scfdeploy.report.html.timeline import MAX_LANES
from scfdeploy.report.text import TextStyle
from scfdeploy.results import Findings
from scfdeploy.results.simulation import Simulated, SimulatedRun
from tests.support.html_pages import Element, HtmlPage


def simulated(steps: Sequence[TraceStep], *, item: str = "event", total: int = 0) -> SimulatedRun:
    return SimulatedRun(
        "scf",
        item,
        "orders",
        summarise(steps),
        steps,
        total or len(steps),
        {"failedDeliveries": 0},
        destination_kinds={"bad": "CMQ-QUEUE"},
        retried_statuses=frozenset((432,)),
    )


def page(*runs: SimulatedRun) -> HtmlPage:
    return HtmlPage(render_html(Simulated(Findings(), True, runs), TextStyle()).out)


def attempt(at: int, tries: int, status: int) -> list[TraceStep]:
    done = (1,) if status == 200 else ()
    return [
        TraceStep(at, StepKind.INVOKE, (1,), tries=tries),
        TraceStep(at + 2000, StepKind.RESULT, (1,), tries=tries, status=status, completed=done),
    ]


def failing() -> list[TraceStep]:
    return [
        *attempt(0, 0, 430),
        *attempt(62_000, 1, 432),
        *attempt(21_600_000, 2, 430),
        TraceStep(
            21_602_000, StepKind.DELIVER, (1,), destination="bad", delivery=DeliveryKind.DEAD_LETTER, body='{"a": 1}'
        ),
        TraceStep(21_602_000, StepKind.END, (1,), end="dead-lettered", reason="RetriesExhausted"),
    ]


def bisected() -> SimulatedRun:
    profile = StreamProfile(batch=10, bisect=True, retries=2, on_failure="bad")
    return simulated(list(simulate_stream(profile, [0] * 10, ScriptedHandler({3: [430]}))), item="record")


def groups(made: HtmlPage) -> list[str]:
    return [element.attributes["class"] for element in made.find("g") if element.path[-1] == "a"]


def rows(made: HtmlPage) -> list[Element]:
    return [row for row in made.find("tr") if "id" in row.attributes]


def test_attempts_of_event_are_marks_in_one_lane() -> None:
    made = page(simulated(failing()))

    assert groups(made) == ["failure", "platform", "failure", "delivered", "stopped"]
    assert made.marks[:2] == ["10:00:00.000, event 1, attempt 1: 430", "10:01:02.000, event 1, attempt 2: 432"]
    assert made.marks[3] == "16:00:02.000, event 1 to CMQ-QUEUE bad: delivered, 8 bytes"
    assert [text.text for text in made.find("text") if text.text in ("0", "1 min 2 s", "6 h", "1 min")] == [
        *("0", "1 min 2 s", "6 h"),
        "1 min",
    ]
    assert len(rows(made)) == 5


def test_ends_and_messages_are_tables() -> None:
    made = page(simulated(failing()))
    _, ends, messages = made.find("table")

    assert "dead-lettered (RetriesExhausted)" in ends.text
    assert '{"a": 1}' in messages.text


def test_failed_deliveries_are_explained_as_in_the_text() -> None:
    def failed(body: str, reason: str = MESSAGE_TOO_LARGE) -> TraceStep:
        kind = DeliveryKind.DEAD_LETTER
        return TraceStep(0, StepKind.DELIVER, (1,), destination="bad", delivery=kind, body=body, reason=reason)

    steps = [failed("é" * 50), failed("é" * 50), failed("é", "403")]
    summary = TraceSummary(most_bodies=1)
    for step in steps:
        summary.add(step)
    made = page(simulated(steps)._replace(summary=summary, limits={"bad": (64, True)}))

    assert [mark.partition(" to ")[2] for mark in made.marks] == [
        "CMQ-QUEUE bad: not delivered: 100 bytes exceed the limit of 64 bytes (assumed)",
        "CMQ-QUEUE bad: not delivered: 100 bytes exceed the limit of 64 bytes (assumed)",
        "CMQ-QUEUE bad: not delivered: status 403",
    ]
    messages = made.find("table")[-1].text
    assert "100 bytes exceed the limit of 64 bytes (assumed)" in messages
    assert "not delivered: the message exceeds the limit of 64 bytes (assumed)" in messages


def test_call_of_batch_is_one_step_in_several_lanes() -> None:
    made = page(bisected())
    calls = [mark for mark in made.marks if "call with records 1–10" in mark]

    assert calls == ["10:00:00.000, call with records 1–10: 430 completed 1, 2"] * 10
    assert groups(made)[:10] == ["success"] * 2 + ["failure"] * 8
    assert groups(made).count("split") == 6
    assert [text.text for text in made.find("text", class_="result")].count("430") == 6
    assert "Records 1, 2 were processed three times: make the handler idempotent." in made.one("header").text


def test_platforms_are_compared_side_by_side() -> None:
    made = page(simulated(failing()), bisected()._replace(platform="lambda"))

    assert [heading.text for heading in made.find("h2")] == ["Comparison", "Platform scf", "Platform lambda"]
    assert [cell.text for cell in made.find("th", scope="col")[:3]] == ["", "scf", "lambda"]
    assert {link.attributes["href"][1:] for link in made.find("a")} <= set(made.ids)
    assert len(made.ids) == len(set(made.ids))


def test_page_of_long_run_says_what_it_does_not_show() -> None:
    made = page(simulated(failing(), total=3_000_000))

    assert "have the first 8 of 3,000,000 steps; see all with --format jsonl." in made.one("main").text


def test_many_events_keep_those_that_failed() -> None:
    steps = []
    for number in range(1, 5001):
        steps += [TraceStep(0, StepKind.INVOKE, (number,)), TraceStep(0, StepKind.RESULT, (number,), status=200)]
        steps.append(TraceStep(0, StepKind.END, (number,), end="lost" if number == 4999 else "finished"))
    made = page(simulated(steps)._replace(steps=steps[:2000], total_steps=len(steps)))

    assert len(made.source) < 1_500_000
    assert "event 4999" in made.find("table")[1].text
    assert "The picture shows 100 of 5,000 lanes" in made.one("main").text


def test_large_batches_have_marks_only_in_lanes_that_are_drawn() -> None:
    profile = StreamProfile(batch=3000, retries=5, on_failure="bad")
    run = simulated(list(simulate_stream(profile, [0] * 3000, ScriptedHandler({3: [430]}))), item="record")
    (section,) = simulation_page(Simulated(Findings(), True, [run])).sections
    timeline = section.timeline

    assert timeline is not None
    assert (len(timeline.lanes), timeline.total_lanes) == (MAX_LANES, 3000)
    assert len(timeline.marks) == (6 + 1 + 1) * MAX_LANES
    assert "The picture shows 100 of 3,000 lanes" in page(run).one("main").text


def test_scenario_with_errors_has_no_run() -> None:
    assert page().one("h1").text == "No run"
