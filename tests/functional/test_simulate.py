"""`simulate`: what happens to events on a virtual clock, as text, JSON and lines of JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.command_process import command_process

FAILING = "handler: orders\noutcomes: 430\npolicy: {deadLetter: queue://orders-failed}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def simulate(folder: Path, scenario: str, *arguments: str) -> Ran:
    (folder / "s.yml").write_text(scenario)
    return scfdeploy("simulate", "s.yml", *arguments)


def steps(ran: Ran) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_failing_event_is_retried_and_dead_lettered(folder: Path) -> None:
    ran = simulate(folder, FAILING)
    assert ran.exit_code == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert lines[:3] == [
        "10:00:00.000  orders  attempt 1  430          retry 1 of 2 at 10:01:00",
        "10:01:00.000  orders  attempt 2  430          retry 2 of 2 at 10:02:00",
        "10:02:00.000  orders  attempt 3  430          no retries left",
    ]
    assert lines[3].startswith("10:02:00.000  -> CMQ-QUEUE orders-failed  delivered, ")
    assert lines[4:] == [
        "",
        "EVENT  ATTEMPTS  COMPLETIONS  END",
        "1             3            0  dead-lettered (RetriesExhausted)",
        "",
        "Processed more than once: none",
        "Lost: none",
        "Destinations: orders-failed 1 message",
        "Metrics: failed deliveries 0",
        "Assumed: retry interval counted from the end of the failed attempt",
    ]


def test_secret_under_a_word_of_this_program_is_hidden_in_message(folder: Path) -> None:
    secret = "ghp_" + "a1B2" * 9
    event = f"on: lambda\nevent: {{code: {secret}, state: [{secret}]}}\npolicy: {{onFailure: queue://failed}}\n"

    ran = simulate(folder, event + "outcomes: {event 1: fail}\n", "--format", "json")

    assert ran.exit_code == 0, ran.stderr
    (delivery,) = ran.document["runs"][0]["deliveries"]
    assert delivery["body"]["requestPayload"] == {"code": "***", "state": ["***"]}


def test_secret_in_event_is_hidden_in_each_message_of_document(folder: Path) -> None:
    secret = "ghp_" + "a1B2" * 9
    event = f"source: {{events: 3}}\nevent: {{text: 'key {secret}'}}\n"
    ran = simulate(folder, FAILING + event, "--format", "json")
    assert secret not in ran.stdout
    texts = [delivery["body"]["Body"]["ClientContext"] for delivery in ran.document["runs"][0]["deliveries"]]
    assert [json.loads(text) for text in texts] == [{"text": "key ***"}] * 3


def test_json_has_events_and_deliveries(folder: Path) -> None:
    document = simulate(folder, FAILING, "--format", "json").document
    assert (document["format"], document["command"], document["ok"]) == (1, "simulate", True)
    (run,) = document["runs"]
    assert (run["platform"], run["invocations"]) == ("scf", 3)
    assert run["events"] == [
        {
            "id": 1,
            "attempts": 3,
            "attemptsAtMs": [0, 60_000, 120_000],
            "completions": 0,
            "end": "dead-lettered",
            "reason": "RetriesExhausted",
            "endedAtMs": 120_000,
        }
    ]
    (delivery,) = run["deliveries"]
    assert (delivery["destination"], delivery["kind"], delivery["atMs"]) == ("orders-failed", "dead-letter", 120_000)
    assert (delivery["tries"], delivery["delivered"]) == (1, True)
    assert delivery["body"]["Body"]["RetryNum"] == 2


def test_jsonl_has_one_record_per_step(folder: Path) -> None:
    found = steps(simulate(folder, FAILING, "--format", "jsonl"))
    assert [(step["t"], step["kind"]) for step in found] == [
        (0, "invoke"),
        (0, "result"),
        (60_000, "invoke"),
        (60_000, "result"),
        (120_000, "invoke"),
        (120_000, "result"),
        (120_000, "deliver"),
        (120_000, "end"),
    ]
    assert {step["platform"] for step in found} == {"scf"}
    assert [step["events"] for step in found] == [[1]] * 8


@pytest.mark.parametrize("output", ["text", "json", "jsonl"])
def test_same_input_gives_the_same_bytes(folder: Path, output: str) -> None:
    scenario = "outcomes: {default: [430, 200], event 3: 500}\nsource: {events: 20, every: 7s}\n"
    assert len({simulate(folder, scenario, "--format", output).stdout for _ in range(2)}) == 1


@pytest.mark.parametrize("output", ["text", "json", "jsonl"])
def test_reader_that_stops_early_gets_no_error_message(folder: Path, output: str) -> None:
    (folder / "s.yml").write_text("outcomes: 430\nsource: {events: 3000}\n")
    reader, writer = os.pipe()
    os.close(reader)
    try:
        with command_process("simulate", "s.yml", "--format", output, folder=folder, stdout=writer) as process:
            _, errors = process.communicate()
    finally:
        os.close(writer)
    assert (process.returncode, errors) == (1, "")


def test_options_stand_for_keys_without_a_project(folder: Path) -> None:
    ran = scfdeploy("simulate", "--function", "orders", "--outcomes", "430,200", "--events", "2", "--format", "json")
    (run,) = ran.document["runs"]
    assert [(event["attempts"], event["completions"], event["end"]) for event in run["events"]] == [
        (2, 1, "finished")
    ] * 2
    retried = scfdeploy("simulate", "--outcomes", "430", "--retries", "0", "--format", "json")
    assert retried.document["runs"][0]["invocations"] == 1


def test_assert_compares_counts_and_items(folder: Path) -> None:
    matching = simulate(folder, FAILING + "expect: {dead: [1], attempts: 3, invocations: 3}\n", "--assert")
    assert matching.exit_code == 0
    assert matching.stdout.splitlines()[-1] == "The results are as expected."
    other = simulate(folder, FAILING + "expect: {dead: [], attempts: 4}\n", "--assert")
    assert other.exit_code == 1
    assert other.stdout.splitlines()[-2:] == [
        "Expected dead [], but got [1].",
        "Expected attempts 4, but got 3.",
    ]


def test_assert_without_expectation_says_that_nothing_was_compared(folder: Path) -> None:
    ran = simulate(folder, FAILING, "--assert")
    assert (ran.exit_code, ran.stdout.splitlines()[-1]) == (
        0,
        "--assert compared nothing, because there is no `expect`.",
    )


def test_run_without_items_says_so(folder: Path) -> None:
    assert simulate(folder, "outcomes: 200\n", "--events", "0").stdout.splitlines()[1] == "No events."


def test_mistakes_exit_with_3_and_a_position(folder: Path) -> None:
    ran = simulate(folder, "polciy: {}\n")
    assert ran.exit_code == 3
    assert ran.stderr.startswith("s.yml:1:1: error: Unknown key [unknown-key]")
    assert simulate(folder, "polciy: {}\n", "--format", "json").document["diagnostics"][0]["column"] == 1


def test_keys_without_a_value_are_not_set(folder: Path) -> None:
    ran = simulate(
        folder,
        "on:\nhandler: ~\noutcomes: 430\nduration: null\nbackoff: null\n"
        "policy: {retries: null, maxAge: null, deadLetter: null, onFailure: null, onSuccess: null}\n"
        "source: {events: null, every: null}\ndestinations: {failed: {limit: null, answers: null}}\n"
        "expect: {dead: null, attempts: 3}\n",
        "--assert",
    )
    assert ran.exit_code == 0, ran.stderr


@pytest.mark.parametrize(
    ("scenario", "position", "text"),
    [
        ("source: {queue: null}\non: lambda\n", "1:17", '"source.queue" must be text, not empty.'),
        ("outcomes: []\n", "1:11", '"outcomes" must be a list with at least one outcome, not a list.'),
        ("outcomes: {event 1: []}\n", "1:21", '"outcomes.event 1" must be a list with at least one outcome'),
        ("outcomes: {event 3: ok, record 3: 430}\n", "1:25", '"outcomes" must be set once per item, not "record 3".'),
        ("duration: 99999999999d\n", "1:11", '"duration" must be a duration of at most 1000 days'),
        ("source: {events: 90, every: 999d}\n", "1:9", "short enough for all items to arrive within 100 years"),
        ("policy:\n  retries: -1\n", "2:12", '"policy.retries" must be an integer from 0 to'),
        ("duration: -1s\n", "1:11", '"duration" must be a duration such as 90s'),
    ],
)
def test_wrong_values_are_reported_with_their_position(folder: Path, scenario: str, position: str, text: str) -> None:
    ran = simulate(folder, scenario)
    assert ran.exit_code == 3
    assert ran.stderr.startswith(f"s.yml:{position}: error: ")
    assert text in ran.stderr


def test_destination_that_nothing_is_sent_to_is_a_warning(folder: Path) -> None:
    ran = simulate(folder, FAILING + "destinations: {orders-faild: {answers: 403}}\n", "--format", "json")
    (finding,) = ran.document["diagnostics"]
    assert (ran.exit_code, finding["rule"], finding["severity"]) == (0, "scenario-unused", "warning")
    assert '"orders-faild" is described' in finding["detail"]
    assert finding["hint"] == 'Did you mean "orders-failed"?'


@pytest.mark.parametrize("name", ["orders-failed", "queue://orders-failed"])
def test_destination_is_described_by_name_or_as_in_the_policy(folder: Path, name: str) -> None:
    document = simulate(
        folder, FAILING + f'destinations: {{"{name}": {{answers: 403}}}}\n', "--format", "json"
    ).document
    assert document["diagnostics"] == []
    assert document["runs"][0]["events"][0]["end"] == "lost"


def test_long_durations_are_simulated(folder: Path) -> None:
    ran = simulate(folder, "outcomes: 430\nduration: 1000d\nsource: {events: 36, every: 1000d}\n")
    assert ran.exit_code == 0, ran.stderr
    assert "-- 2029-08-24" in ran.stdout


def test_source_that_the_platform_does_not_have_names_the_nearest(folder: Path) -> None:
    ran = simulate(folder, "source: {queue: orders}\n")
    assert ran.exit_code == 3
    assert 'Platform scf has no source "queue". Use "ckafka", or select a platform with --on lambda.' in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--on", "aws"), "--on takes scf, functiongraph, fc, lambda, not 'aws'."),
        (("--on", "lamda"), 'Did you mean "lambda"?'),
        (("--outcomes", "430,bad"), "--outcomes takes statuses"),
        (("--max-age", "long"), "--max-age takes a duration"),
        (("--max-age", "9" * 400 + "d"), "--max-age takes at most 1000 days"),
        (("--return", "later"), "--return takes at-once, not 'later'"),
    ],
)
def test_wrong_options_are_usage_errors(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    ran = scfdeploy("simulate", *arguments)
    assert ran.exit_code == 2
    assert message in " ".join(ran.stderr.replace("│", " ").split())
