"""What reports on queues, streams and CKafka say, and limits of their sources, through the program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.command import scfdeploy

STREAM = (
    "on: lambda\noutcomes: {default: ok, %s}\n"
    "source: {stream: clicks, records: 10, batch: 10, bisect: %s, retries: 2, maxAge: -1, onFailure: topic://bad}\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(folder: Path, scenario: str) -> dict[str, Any]:
    (folder / "s.yml").write_text(scenario)
    (found,) = scfdeploy("simulate", "s.yml", "--format", "json").document["runs"]
    simulated: dict[str, Any] = found
    return simulated


@pytest.mark.parametrize(
    ("outcomes", "advice"),
    [
        (
            "'record 3': fail, 'record 8': fail",
            "Records 1, 2 were processed three times and 6, 7 twice: make the handler idempotent.",
        ),
        ("'record 2': fail", "Record 1 was processed four times: make the handler idempotent."),
    ],
)
def test_report_ends_with_advice(folder: Path, outcomes: str, advice: str) -> None:
    (folder / "s.yml").write_text(STREAM % (outcomes, "true"))

    assert scfdeploy("simulate", "s.yml").stdout.splitlines()[-1] == advice


def test_report_of_records_processed_once_has_no_advice(folder: Path) -> None:
    (folder / "s.yml").write_text(STREAM % ("'record 1': fail", "true"))

    assert "idempotent" not in scfdeploy("simulate", "s.yml").stdout


def test_without_bisection_all_records_are_sent_as_one_batch(folder: Path) -> None:
    found = run(folder, STREAM % ("'record 3': fail", "false"))

    assert {item["end"] for item in found["events"]} == {"dead-lettered"}
    assert [delivery["events"] for delivery in found["deliveries"]] == [list(range(1, 11))]


def test_records_before_and_after_bad_ones_are_completed_by_position(folder: Path) -> None:
    both = run(folder, STREAM % ("'record 3': fail, 'record 8': fail", "true"))
    last = run(folder, STREAM % ("'record 10': fail", "true"))

    assert [item["completions"] for item in both["events"]] == [3, 3, 0, 1, 1, 2, 2, 0, 1, 1]
    assert last["events"][8]["completions"] == 5


def test_at_most_five_batches_of_a_queue_run_at_a_time(folder: Path) -> None:
    source = "{queue: orders, messages: 7, batch: 1, visibility: 1m, maxReceive: 3, deadLetter: dead}"
    found = run(folder, f"on: lambda\nduration: 10s\noutcomes: ok\nsource: {source}\n")

    assert sorted(item["attemptsAtMs"][0] for item in found["events"]) == [0] * 5 + [10_000] * 2


def test_report_of_a_call_that_succeeds_shows_what_it_completed(folder: Path) -> None:
    source = "{queue: orders, messages: 3, maxReceive: 1, deadLetter: dead, acknowledge: report}"
    (folder / "s.yml").write_text(
        f"on: lambda\nafterFailure: continue\noutcomes: {{'message 2': fail}}\nsource: {source}\n"
    )

    assert "messages 1–3  200  completed 1, 3" in scfdeploy("simulate", "s.yml").stdout


def test_long_timeline_shows_beginning_and_end(folder: Path) -> None:
    lines = scfdeploy("simulate", "--outcomes", "500").stdout.splitlines()

    assert lines[0].startswith("10:00:00.000  function  attempt 1  500")
    assert "… 162 lines are left out; see all steps with --format jsonl." in lines
    assert any("attempt 361" in line for line in lines)


def test_batch_of_ckafka_runs_once_more_than_its_retries(folder: Path) -> None:
    found = run(folder, "outcomes: {'message 1': fail}\nsource: {ckafka: orders, messages: 4, batch: 2}\n")

    assert [item["attempts"] for item in found["events"]] == [10_001, 10_001, 1, 1]


def test_overrun_of_ckafka_is_repeated_with_growing_pauses_and_no_limit(folder: Path) -> None:
    outcomes = ", ".join(["432"] * 9)
    source = "{ckafka: orders, messages: 1, retry: 0}"
    found = run(folder, f"outcomes: {{'message 1': [{outcomes}, ok]}}\nsource: {source}\n")

    times = [at // 1000 for at in found["events"][0]["attemptsAtMs"]]
    assert times == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]
