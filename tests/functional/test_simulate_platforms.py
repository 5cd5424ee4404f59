"""`simulate`: the documented sequences of each platform and source, through the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Ran, scfdeploy

BISECT = """\
on: lambda
handler: clicks
source: {stream: clicks, records: 10, batch: 10, bisect: true, retries: 2, maxAge: -1, onFailure: topic://bad}
outcomes: {record 3: fail}
"""
QUEUE = """\
on: lambda
source: {queue: orders, messages: 10, batch: 10, visibility: 30s, maxReceive: 3, deadLetter: dead, acknowledge: %s}
outcomes: {message 3: fail}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def simulate(scenario: str, *arguments: str) -> Ran:
    Path("s.yml").write_text(scenario)
    return scfdeploy("simulate", "s.yml", *arguments)


def run_of(scenario: str, *arguments: str) -> dict[str, Any]:
    ran = simulate(scenario, *arguments, "--format", "json")
    assert ran.exit_code == 0, ran.stderr
    (run,) = ran.document["runs"]
    return dict(run)


def steps(scenario: str, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in simulate(scenario, *arguments, "--format", "jsonl").stdout.splitlines()]


def starts(run: dict[str, Any], event: int = 1) -> list[float]:
    return [at / 1000 for at in run["events"][event - 1]["attemptsAtMs"]]


def test_calls_with_the_same_message_that_overlap_each_show_their_result() -> None:
    ran = simulate("on: lambda\nduration: 40s\nsource: {queue: orders, messages: 1, visibility: 30s}\n")

    assert [line.split()[:1] + line.split()[-1:] for line in ran.stdout.splitlines()[:2]] == [
        ["10:00:00.000", "200"],
        ["10:00:30.000", "200"],
    ]


def test_text_names_the_rule_that_lost_a_message() -> None:
    ran = simulate(QUEUE.replace("deadLetter: dead, ", "") % "report" + "afterFailure: continue\n")

    assert (
        "Lost: message 3: received as often as the queue allows; no dead letter queue or failure destination is set"
        in ran.stdout
    )


def test_lost_batch_of_ckafka_is_not_blamed_on_a_missing_dead_letter_queue() -> None:
    ran = simulate("outcomes: 430\nsource: {ckafka: clicks, messages: 2, retry: 1}\n")

    assert "Lost: messages 1, 2: all retries failed; a batch of CKafka goes to no dead letter queue" in ran.stdout


def test_bad_record_blocks_only_its_own_shard() -> None:
    found = steps(BISECT.replace("bisect: true", "bisect: false, shards: 2"))

    assert [(step["t"], step["records"]) for step in found if step["kind"] == "invoke"] == [
        (0, [1, 3, 5, 7, 9]),
        (0, [2, 4, 6, 8, 10]),
        (1000, [1, 3, 5, 7, 9]),
        (2000, [1, 3, 5, 7, 9]),
    ]


def test_message_about_failed_records_names_stream_and_function() -> None:
    (delivery,) = run_of(BISECT)["deliveries"]

    assert delivery["body"]["requestContext"]["functionArn"].endswith(":function:clicks")
    assert delivery["body"]["KinesisBatchInfo"]["streamArn"].endswith(":stream/clicks")


def test_worked_example_of_bisection() -> None:
    found = steps(BISECT)
    invocations = [(step["t"], step["records"], step["tries"]) for step in found if step["kind"] == "invoke"]
    assert invocations == [
        (0, list(range(1, 11)), 0),
        (0, [1, 2, 3, 4, 5], 0),
        (0, [1, 2], 0),
        (0, [3, 4, 5], 0),
        (0, [3], 0),
        (1000, [3], 1),
        (2000, [3], 2),
        (2000, [4, 5], 0),
        (2000, [6, 7, 8, 9, 10], 0),
    ]
    assert [step["parts"] for step in found if step["kind"] == "split"] == [
        [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]],
        [[1, 2], [3, 4, 5]],
        [[3], [4, 5]],
    ]
    (delivery,) = (step for step in found if step["kind"] == "deliver")
    assert (delivery["records"], delivery["destination"], delivery["t"]) == ([3], "bad", 2000)
    results = [step["completed"] for step in found if step["kind"] == "result"]
    assert results == [[1, 2], [1, 2], [1, 2], [], [], [], [], [4, 5], [6, 7, 8, 9, 10]]


def test_worked_example_counts_completions_and_deliveries() -> None:
    run = run_of(BISECT)
    assert (run["invocations"], run["splits"], len(run["deliveries"])) == (9, 3, 1)
    assert [event["completions"] for event in run["events"]] == [3, 3, 0, 1, 1, 1, 1, 1, 1, 1]
    assert [event["attempts"] for event in run["events"]] == [3, 3, 6, 4, 4, 2, 2, 2, 2, 2]
    text = simulate(BISECT).stdout
    assert text.splitlines()[-1] == "Records 1, 2 were processed three times: make the handler idempotent."
    assert "Processed more than once: records 1, 2 (three times)" in text
    assert "Assumed: stream back-off of 1 s" in text


@pytest.mark.parametrize(
    ("old", "new", "invocations"),
    [
        ("retries: 2", "retries: 0", 7),
        ("bisect: true", "bisect: false", 3),
        ("{record 3: fail}", "{record 3: fail, record 8: fail}", 15),
        ("{record 3: fail}", "{record 10: fail}", 11),
        ("{record 3: fail}", "fail", 39),
    ],
)
def test_variants_of_the_worked_example(old: str, new: str, invocations: int) -> None:
    assert run_of(BISECT.replace(old, new))["invocations"] == invocations


@pytest.mark.parametrize(
    ("acknowledge", "dead", "receives", "completions"),
    [
        ("batch", list(range(1, 11)), [3] * 10, [3, 3] + [0] * 8),
        ("delete", list(range(3, 11)), [1, 1] + [3] * 8, [1, 1] + [0] * 8),
        ("report", list(range(3, 11)), [1, 1] + [3] * 8, [1, 1] + [0] * 8),
    ],
)
def test_poison_message_in_a_queue(
    acknowledge: str, dead: list[int], receives: list[int], completions: list[int]
) -> None:
    run = run_of(QUEUE % acknowledge)
    assert [event["id"] for event in run["events"] if event["end"] == "dead-lettered"] == dead
    assert [event["attempts"] for event in run["events"]] == receives
    assert [event["completions"] for event in run["events"]] == completions
    assert {delivery["atMs"] for delivery in run["deliveries"]} == {90_000}


def test_handler_that_continues_after_a_failure_reports_only_that() -> None:
    run = run_of(QUEUE % "report" + "afterFailure: continue\n")
    assert [event["id"] for event in run["events"] if event["end"] == "dead-lettered"] == [3]


def test_messages_return_at_once_on_request() -> None:
    assert {delivery["atMs"] for delivery in run_of(QUEUE % "batch", "--return", "at-once")["deliveries"]} == {0}
    assert (
        "Assumed: failed messages become visible again at the end of the visibility timeout"
        in simulate(QUEUE % "batch").stdout
    )


def test_ckafka_repeats_a_batch_and_backs_off() -> None:
    run = run_of("source: {ckafka: t, messages: 4, batch: 2, retry: 2}\noutcomes: {message 3: [500, 432, 430]}\n")
    assert starts(run, 3) == [0, 1, 3, 3, 3]
    assert (run["events"][2]["end"], run["events"][0]["end"]) == ("dropped", "finished")


@pytest.mark.parametrize(
    ("arguments", "attempts", "end"),
    [
        (("--outcomes", "430"), [0, 60, 120], "RetriesExhausted"),
        (("--outcomes", "430", "--retries", "0"), [0], "RetriesExhausted"),
        (("--outcomes", "430", "--retries", "1"), [0, 60], "RetriesExhausted"),
        (("--outcomes", "430", "--max-age", "60s"), [0, 60], "EventAgeExceeded"),
        (("--outcomes", "432,432,432,430"), [0, 60, 120, 180, 240, 300], "RetriesExhausted"),
        (("--outcomes", "430,200"), [0, 60], None),
    ],
)
def test_attempts_of_scf(arguments: tuple[str, ...], attempts: list[int], end: str | None) -> None:
    run = scfdeploy("simulate", *arguments, "--format", "json").document["runs"][0]
    assert starts(run) == attempts
    assert run["events"][0]["reason"] == end


@pytest.mark.parametrize(
    ("arguments", "attempts", "ended_at"),
    [
        (("--outcomes", "500"), 361, 21_660_000),
        (("--outcomes", "432", "--max-age", "1h"), 61, 3_660_000),
        (("--outcomes", "500", "--max-age", "24h"), 1441, 86_460_000),
    ],
)
def test_outages_of_scf(arguments: tuple[str, ...], attempts: int, ended_at: int) -> None:
    (event,) = scfdeploy("simulate", *arguments, "--format", "json").document["runs"][0]["events"]
    assert (event["attempts"], event["endedAtMs"], event["reason"]) == (attempts, ended_at, "EventAgeExceeded")


def test_older_maximum_age_is_remarked() -> None:
    ran = scfdeploy("simulate", "--outcomes", "430", "--max-age", "24h")
    assert ran.exit_code == 0
    assert "older policy; the cloud no longer applies it" in ran.stdout


def test_full_queue_drops_the_newest_event() -> None:
    run = run_of("outcomes: 430\nsource: {events: 3}\npolicy: {queueLimit: 2}\n")
    assert [(event["attempts"], event["reason"]) for event in run["events"]] == [
        (3, "RetriesExhausted"),
        (3, "RetriesExhausted"),
        (0, "QueueFull"),
    ]
    assert "the newest event is rejected when the queue is full" in run["assumed"]


@pytest.mark.parametrize("status", [400, 401, 402, 406, 410, 436])
def test_call_that_is_refused_at_acceptance_creates_no_event(status: int) -> None:
    scenario = f"outcomes: {{event 2: {status}, event 3: [430, {status}, 200]}}\nsource: {{events: 3}}\n"
    run = run_of(scenario)
    assert [(event["id"], event["attempts"], event["end"]) for event in run["events"]] == [
        (1, 1, "finished"),
        (3, 3, "finished"),
    ]
    assert run["remarks"] == [f"1 call got status {status} at acceptance: no event was created."]
    assert [step["reason"] for step in steps(scenario) if step["events"] == [2]] == ["Refused"]


def test_refused_calls_are_shown_and_take_no_place_in_the_queue(folder: Path) -> None:
    ran = simulate(
        "outcomes: {event 1: 402, default: 430}\nsource: {events: 2}\npolicy: {queueLimit: 1, retries: 0}\n",
        "--html",
        "report.html",
    )
    assert ran.stdout.splitlines()[:2] == [
        "10:00:00.000  function  event 1  402          not accepted: no event",
        "10:00:00.000  function  event 2  attempt 1  430          no retries left",
    ]
    assert "event 1 not accepted" in (folder / "report.html").read_text()


def test_other_platforms_have_no_statuses_of_scf_at_acceptance() -> None:
    assert run_of("on: fc\noutcomes: 402\n")["invocations"] == 4


@pytest.mark.parametrize(
    ("settings", "remarks"),
    [
        ("", ["FunctionGraph does not retry without a policy; with one it retries once by default."]),
        ("policy: {maxAge: 1h}\n", ["FunctionGraph retries once where the policy does not say how often."]),
        ("policy: {retries: 1}\n", []),
    ],
)
def test_default_retries_of_functiongraph_are_remarked(settings: str, remarks: list[str]) -> None:
    assert run_of(f"on: functiongraph\noutcomes: 430\n{settings}")["remarks"] == remarks
    assert run_of(f"on: functiongraph\noutcomes: 200\n{settings}")["remarks"] == []


def test_traced_events_are_not_retried() -> None:
    (event,) = run_of("outcomes: 430\npolicy: {trace: events}\n")["events"]
    assert (event["attempts"], event["end"]) == (1, "failed")


@pytest.mark.parametrize(
    ("platform", "policy", "attempts"),
    [
        ("functiongraph", "{onFailure: function://test3}", [0, 60]),
        ("functiongraph", "{retries: 3, onFailure: function://test3}", [0, 60, 120, 180]),
        ("lambda", "{onFailure: queue://x, deadLetter: queue://y}", [0, 60, 180]),
    ],
)
def test_attempts_of_other_platforms(platform: str, policy: str, attempts: list[int]) -> None:
    run = run_of(f"on: {platform}\noutcomes: 430\npolicy: {policy}\n")
    assert starts(run) == attempts
    assert all(delivery["delivered"] for delivery in run["deliveries"])
    assert len(run["deliveries"]) == (2 if platform == "lambda" else 1)


def test_success_notification_of_functiongraph() -> None:
    (delivery,) = run_of("on: functiongraph\nhandler: test1\npolicy: {onSuccess: function://test2}\n")["deliveries"]
    assert (delivery["destination"], delivery["kind"], delivery["tries"]) == ("test2", "success", 1)
    assert delivery["body"]["response_context"]["status_code"] == 200
    assert delivery["body"]["request_context"]["approximate_invoke_count"] == 1


def test_retries_and_age_of_options_belong_to_a_source_of_batches() -> None:
    assert run_of(BISECT, "--retries", "0")["invocations"] == 7
    assert run_of(BISECT + "backoff: 40s\n", "--max-age", "60s")["events"][3]["reason"] == "EventAgeExceeded"
    failing = "outcomes: 430\nsource: {ckafka: clicks, messages: 2}\n"
    assert run_of(failing, "--retries", "4")["invocations"] == 5


def test_callback_that_fails_is_tried_for_half_an_hour() -> None:
    scenario = "on: fc\npolicy: {onSuccess: queue://done}\ndestinations: {done: {answers: [%s]}}\n"
    tries = [step["t"] for step in steps(scenario % "503") if step["kind"] == "deliver"]
    assert tries == [500 * (2**n - 1) for n in range(12)]
    metrics = run_of(scenario % "503")["metrics"]
    assert (metrics["FunctionDestinationErrors"], metrics["FunctionDestinationSucceed"]) == (1, 0)
    assert run_of(scenario % "403")["deliveries"][0]["tries"] == 1
    (delivered,) = run_of(scenario % "503, 200")["deliveries"]
    assert (delivered["tries"], delivered["delivered"], delivered["atMs"]) == (2, True, 500)


@pytest.mark.parametrize(("target", "is_delivered"), [("queue://q", False), ("function://f", True)])
def test_callback_over_the_limit_is_refused(target: str, is_delivered: bool) -> None:
    event = json.dumps("x" * 65_400)
    (delivery,) = run_of(f"on: fc\npolicy: {{onSuccess: '{target}'}}\nevent: {event}\n")["deliveries"]
    assert (delivery["delivered"], delivery["tries"]) == (is_delivered, 1)


def test_dead_letter_over_the_limit_is_lost_and_says_so() -> None:
    event = json.dumps("x" * 70_000)
    scenario = f"outcomes: 430\npolicy: {{deadLetter: queue://q}}\nevent: {event}\n"
    text = simulate(scenario).stdout
    assert "bytes exceed the limit of 65,536 bytes (assumed)" in text
    assert "Metrics: failed deliveries 1" in text
    assert run_of(scenario)["events"][0]["end"] == "lost"


@pytest.mark.parametrize(
    ("event", "written"),
    [
        ("NaN", None),
        ("[1e999, -Infinity, 0.5]", [None, None, 0.5]),
        # Whether an interpreter can read it depends on its version.
        pytest.param("[" * 900 + "]" * 900, json.loads("[" * 900 + "]" * 900), id="deep"),
    ],
)
def test_messages_with_values_that_json_lacks_leave_a_valid_document(event: str, written: object) -> None:
    scenario = f"on: lambda\noutcomes: 430\npolicy: {{onFailure: queue://q}}\nevent: '{event}'\n"
    run = json.loads(simulate(scenario, "--format", "json").stdout, parse_constant=pytest.fail)["runs"][0]
    body = run["deliveries"][0]["body"]

    if isinstance(body, str):
        assert event in body
    else:
        assert body["requestPayload"] == written


def test_refused_delivery_names_the_cause() -> None:
    scenario = "outcomes: 430\npolicy: {deadLetter: queue://q, retries: 0}\ndestinations: {q: {answers: 403}}\n"
    text = simulate(scenario).stdout
    assert "10:00:00.000  -> CMQ-QUEUE q  not delivered: permission denied" in text
    assert "Lost: event 1: all retries failed; not delivered to q: permission denied" in text


def test_notification_without_permission_names_the_agency() -> None:
    scenario = "on: functiongraph\npolicy: {onSuccess: bucket://done}\ndestinations: {done: {answers: 403}}\n"
    assert "-> OBS done  not delivered: insufficient permissions; set an agency" in simulate(scenario).stdout


def test_loop_of_two_functions_is_stopped() -> None:
    scenario = (
        "on: functiongraph\nhandler: A\npolicy: {onSuccess: function://B}\n"
        "destinations: {B: {onSuccess: function://A}}\n"
    )
    ran = simulate(scenario)
    assert ran.exit_code == 1
    assert "A and B invoke each other in a loop; stopped after 16 invocations." in ran.stdout.splitlines()
    (run,) = simulate(scenario, "--format", "json").document["runs"]
    assert (run["invocations"], run["loop"]) == (16, ["A", "B"])
    invoked = [step["function"] for step in steps(scenario) if step["kind"] == "invoke"]
    assert invoked == ["A", "B"] * 8


def test_function_that_invokes_itself_is_stopped() -> None:
    ran = simulate("on: fc\nhandler: A\npolicy: {onSuccess: function://A}\n")
    assert ran.exit_code == 1
    assert "A invokes itself in a loop; stopped after 16 invocations." in ran.stdout
    assert "Assumed: a loop is stopped after 16 invocations" in ran.stdout


@pytest.mark.parametrize(
    ("platform", "policy", "message"),
    [
        ("scf", "{retries: 3}", "Platform scf accepts retries from 0 to 2, not 3."),
        (
            "scf",
            "{maxAge: 12h}",
            "Platform scf accepts maxAge from 1 min (60 s) to 6 h (21,600 s), not 12 h (43,200 s).",
        ),
        ("functiongraph", "{retries: 4}", "Platform functiongraph accepts retries from 0 to 3, not 4."),
        ("functiongraph", "{maxAge: 86401s}", "to 1 d (86,400 s), not 86,401 s."),
        ("functiongraph", "{maxAge: 0s}", "accepts maxAge from 1 s to"),
        ("lambda", "{maxAge: 7h}", "Platform lambda accepts maxAge from 1 min (60 s) to 6 h (21,600 s)"),
        ("fc", "{retries: 9}", "Platform fc accepts retries from 0 to 8, not 9."),
    ],
)
def test_value_out_of_range_is_an_error_with_the_limit(platform: str, policy: str, message: str) -> None:
    ran = simulate(f"on: {platform}\noutcomes: 200\npolicy: {policy}\n")
    assert ran.exit_code == 3
    assert message in ran.stderr
    assert ran.stderr.startswith("s.yml:3:")


@pytest.mark.parametrize(
    ("platform", "policy", "message"),
    [
        ("scf", "{onSuccess: queue://q}", "Platform scf has no onSuccess; it is left out."),
        ("scf", "{onFailure: queue://q}", "Platform scf has no onFailure; it is left out."),
        ("functiongraph", "{onFailure: queue://q}", "Platform functiongraph cannot send to queue://q"),
        ("functiongraph", "{deadLetter: topic://t}", "topic://t is used as onFailure"),
        ("fc", "{deadLetter: queue://q, onFailure: topic://t}", "sends failed events to one destination, onFailure"),
        ("lambda", "{onSuccess: bucket://b}", "Platform lambda cannot send to bucket://b"),
    ],
)
def test_destination_that_does_not_fit_is_a_warning(platform: str, policy: str, message: str) -> None:
    scenario = f"on: {platform}\noutcomes: 430\npolicy: {policy}\n"
    ran = simulate(scenario)
    assert ran.exit_code == 0
    assert message in ran.stderr
    assert "warning: Policy does not fit the platform [policy-unsupported]" in ran.stderr
    assert simulate(scenario.replace("policy: {", "policy: {unsupported: error, ")).exit_code == 3
    assert simulate(scenario.replace("policy: {", "policy: {unsupported: drop, ")).stderr == ""


def test_several_platforms_are_shown_side_by_side() -> None:
    scenario = "handler: orders\noutcomes: 430\npolicy: {retries: 2, deadLetter: queue://orders-failed}\n"
    ran = simulate(scenario, "--on", "scf,functiongraph,fc,lambda")
    assert ran.exit_code == 0
    header = next(line for line in ran.stdout.splitlines() if line.startswith("EVENT"))
    assert header.split() == ["EVENT", "SCF", "FUNCTIONGRAPH", "FC", "LAMBDA"]
    row = next(line for line in ran.stdout.splitlines() if line.startswith("1 "))
    assert row.count("3, 0, dead-lettered (RetriesExhausted)") == 3
    assert "3, 0, dropped (RetriesExhausted)" in row
    document = simulate(scenario, "--on", "scf,functiongraph,fc,lambda", "--format", "json").document
    assert [run["platform"] for run in document["runs"]] == ["scf", "functiongraph", "fc", "lambda"]


def test_single_invocation_is_counted_in_words() -> None:
    ran = simulate("handler: orders\noutcomes: 200\nsource: {events: 1}\n", "--on", "scf,fc")
    assert next(line for line in ran.stdout.splitlines() if line.startswith("all")).split() == [
        "all", "1", "invocation", "1", "invocation",
    ]  # fmt: skip


def test_dead_letter_queue_of_the_function_is_no_use_to_a_queue() -> None:
    ran = simulate(QUEUE % "batch" + "policy: {deadLetter: queue://f}\n")
    assert "The dead letter queue of the function gets asynchronous events only, none from a queue." in ran.stderr
    assert "hint: Set source.deadLetter." in ran.stderr


def test_seed_adds_the_same_faults_each_time() -> None:
    arguments = ("simulate", "--outcomes", "200", "--events", "20", "--seed", "7", "--format", "json")
    first, second = scfdeploy(*arguments), scfdeploy(*arguments)
    assert first.stdout == second.stdout
    assert first.document["runs"][0]["faults"]
    other = scfdeploy(*(word if word != "7" else "8" for word in arguments))
    assert other.document["runs"][0]["faults"] != first.document["runs"][0]["faults"]
    assert any(event["completions"] > 1 for event in first.document["runs"][0]["events"])


def test_long_runs_are_cut_with_a_pointer_to_the_rest() -> None:
    lines = scfdeploy("simulate", "--outcomes", "200", "--events", "3000").stdout.splitlines()
    assert len(lines) < 320
    assert "… only the first 200 lines are shown; see all 9,000 steps with --format jsonl." in lines
    assert "… and 2,900 more; see all with --format json. Ends: 3,000 finished." in lines


def test_endless_retries_end_after_thirty_days() -> None:
    run = run_of("on: lambda\nsource: {stream: s, records: 2, batch: 2}\noutcomes: fail\nbackoff: 1h\n")
    assert [event["end"] for event in run["events"]] == ["waiting", "waiting"]
    assert run["events"][0]["attempts"] == 721


def test_outcomes_of_a_missing_item_are_a_warning() -> None:
    ran = simulate("outcomes: {event 3: 430}\nsource: {events: 2}\n")
    assert ran.exit_code == 0
    assert "Item 3 has outcomes, but the source has 2 items." in ran.stderr
