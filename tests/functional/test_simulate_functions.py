"""`simulate` with real functions of a project: they run on a server in memory, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import Ran, scfdeploy

PROJECT = """\
component: scf
name: orders
app: shop
inputs:
  name: orders
  src: ./src
  runtime: Python3.10
  handler: index.main
  memorySize: 128
  retryNum: 1
  timeout: 60
  deadLetter: {type: CMQ-QUEUE, name: orders-failed}
"""
FAILING = "def main(event, context):\n    raise KeyError('customer')\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "serverless.yml").write_text(PROJECT)
    return tmp_path


def simulate(folder: Path, code: str, *arguments: str, scenario: str = "") -> Ran:
    (folder / "src" / "index.py").write_text(code)
    if scenario:
        (folder / "s.yml").write_text(scenario)
        arguments = ("s.yml", *arguments)
    return scfdeploy("simulate", *arguments)


def test_function_runs_with_the_settings_of_the_project(folder: Path) -> None:
    ran = simulate(folder, FAILING)
    assert ran.exit_code == 0, ran.stderr
    assert ran.stdout.splitlines()[:2] == [
        "10:00:00.000  orders  attempt 1  430  KeyError: 'customer'          retry 1 of 1 at 10:01:00",
        "10:01:00.000  orders  attempt 2  430  KeyError: 'customer'          no retries left",
    ]
    assert "Destinations: orders-failed 1 message" in ran.stdout
    assert sorted(path.name for path in folder.iterdir()) == ["serverless.yml", "src"]


def test_function_without_managed_code_is_an_error(folder: Path) -> None:
    (folder / "serverless.yml").write_text(PROJECT.replace("src: ./src", "src: false"))
    ran = simulate(folder, FAILING)
    assert ran.exit_code == 1
    assert "cannot run locally: does not exist yet, and with `src: false` there is no code for it" in ran.stderr


def test_same_function_gives_the_same_bytes(folder: Path) -> None:
    code = "import random\ndef main(event, context):\n    random.random()\n    return event\n"
    first = simulate(folder, code, "--events", "3", "--format", "json")
    assert first.stdout == simulate(folder, code, "--events", "3", "--format", "json").stdout
    assert [event["end"] for event in first.document["runs"][0]["events"]] == ["finished"] * 3


def test_outcomes_replace_the_function_and_keep_its_settings(folder: Path) -> None:
    ran = simulate(folder, FAILING, "--outcomes", "433", "--format", "json")
    (run,) = ran.document["runs"]
    assert run["events"][0]["attemptsAtMs"] == [0, 120_000]
    assert run["deliveries"][0]["destination"] == "orders-failed"


def test_unknown_function_is_reported_with_the_nearest(folder: Path) -> None:
    ran = simulate(folder, FAILING, "--function", "ordrs")
    assert ran.exit_code == 1
    assert 'Did you mean "orders"?' in ran.stderr


def test_handler_without_a_project_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.yml").write_text("handler: orders\n")
    ran = scfdeploy("simulate", "s.yml")
    assert ran.exit_code == 0
    assert "s.yml:1:10: warning: Handler does not run [scenario-handler]" in ran.stderr


def test_function_in_a_folder_of_projects_runs(folder: Path) -> None:
    project = folder / "orders"
    project.mkdir()
    for name in ("serverless.yml", "src"):
        (folder / name).rename(project / name)
    (project / "src" / "index.py").write_text(FAILING)
    (folder / "s.yml").write_text("handler: orders\n")

    ran = scfdeploy("simulate", "s.yml")

    assert "attempt 1  430  KeyError: 'customer'" in ran.stdout


RECORDS = """\
def main(event, context):
    first, _ = event['Records']
    fields = first.get('kinesis') or first.get('Ckafka') or first
    assert fields[NAME] == VALUE
"""


@pytest.mark.parametrize(
    ("scenario", "name", "value"),
    [
        ("on: lambda\nhandler: orders\nsource: {queue: q, messages: 2, maxReceive: 1}\n", "body", '{"id": 1}'),
        ("on: lambda\nhandler: orders\nsource: {stream: s, records: 2, retries: 0}\n", "sequenceNumber", "1"),
        ("handler: orders\nsource: {ckafka: t, messages: 2, retry: 0}\n", "msgBody", '{"id": 1}'),
    ],
)
def test_sources_send_their_own_events(folder: Path, scenario: str, name: str, value: str) -> None:
    code = f"NAME, VALUE = {name!r}, {value!r}\n{RECORDS}"
    ran = simulate(folder, code, "--format", "json", scenario=scenario)
    assert [event["end"] for event in ran.document["runs"][0]["events"]] == ["finished"] * 2, ran.stdout


def test_function_reports_failed_messages(folder: Path) -> None:
    code = (
        "import json\ndef main(event, context):\n"
        "    failed = [r['messageId'] for r in event['Records'] if json.loads(r['body'])['id'] == 2]\n"
        "    return {'batchItemFailures': [{'itemIdentifier': name} for name in failed]}\n"
    )
    scenario = (
        "on: lambda\nhandler: orders\n"
        "source: {queue: q, messages: 3, maxReceive: 2, deadLetter: dead, acknowledge: report}\n"
    )
    (run,) = simulate(folder, code, "--format", "json", scenario=scenario).document["runs"]
    assert [event["end"] for event in run["events"]] == ["finished", "dead-lettered", "finished"]
    assert [event["completions"] for event in run["events"]] == [1, 0, 1]


def idempotency(folder: Path, body: str, command: str) -> Ran:
    state = folder / "state"
    state.mkdir()
    code = f"STATE = {str(state)!r}\nRAN = []\ndef main(event, context):\n    {body}\n"
    return simulate(folder, code, "--events", "4", "--idempotent", command)


def test_function_that_appends_is_not_idempotent(folder: Path) -> None:
    body = "open(f'{STATE}/log', 'a').write(f\"{event['id']} \")"
    ran = idempotency(folder, body, "cat state/log 2>/dev/null; rm -f state/log")
    assert ran.exit_code == 1
    assert ran.stdout.splitlines()[-4:] == [
        "Not idempotent. The smallest set of faults that changes the state:",
        "  event 1, attempt 1: the handler ran, the result was lost (status 500)",
        "State without faults:  1 2 3 4 ",
        "State with them:       1 2 3 4 1 ",
    ]


def test_function_that_writes_by_id_is_idempotent(folder: Path) -> None:
    ran = idempotency(folder, "open(f\"{STATE}/{event['id']}\", 'w').close()", "ls state")
    assert ran.exit_code == 0, ran.stderr
    assert ran.stdout.splitlines()[-1].startswith("Idempotent: ")


def test_memory_of_the_function_does_not_reach_the_next_run(folder: Path) -> None:
    body = "RAN.append(1); open(f'{STATE}/count', 'w').write(str(len(RAN)))"
    ran = idempotency(folder, body, "cat state/count 2>/dev/null || true")
    assert ran.exit_code == 1
    assert "State without faults:  4" in ran.stdout
    assert "State with them:       5" in ran.stdout


def test_command_without_credentials_that_fails_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "marked-key-31aa")
    ran = idempotency(folder, "return None", 'echo "key: $TENCENTCLOUD_SECRET_KEY"; exit 3')
    assert ran.exit_code == 1
    assert "the command of --idempotent failed: it ended with exit code 3: key:\n" in ran.stderr
    assert "marked-key-31aa" not in ran.stderr


def test_idempotency_needs_a_function(folder: Path) -> None:
    ran = simulate(folder, FAILING, "--outcomes", "200", "--idempotent", "true")
    assert ran.exit_code == 1
    assert "--idempotent runs the function of the project" in ran.stderr


def test_empty_command_of_idempotent_is_a_usage_error(folder: Path) -> None:
    ran = simulate(folder, FAILING, "--idempotent", " ")
    assert ran.exit_code == 2
    assert "--idempotent takes a command" in ran.stderr


def test_command_that_a_signal_ends_is_an_error(folder: Path) -> None:
    ran = idempotency(folder, "return None", "echo half; kill -9 $$")
    assert ran.exit_code == 1
    assert "the command of --idempotent failed: it was ended by signal 9: half\n" in ran.stderr


def test_command_that_prints_nothing_is_remarked(folder: Path) -> None:
    ran = idempotency(folder, "return None", "true")
    assert ran.exit_code == 0, ran.stderr
    assert "The command of --idempotent prints nothing, so it shows no state." in ran.stdout
