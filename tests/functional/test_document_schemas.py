"""Each command prints a document that its schema describes, with --format json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from scripts.generate_schemas import FOLDER, schema_files
from scripts.reference.document_schemas import DOCUMENTS
from tests.support.command import Ran, scfdeploy
from tests.support.command_process import command_process
from tests.support.document_schemas import check, check_document
from tests.support.emulator import Cloud
from tests.support.project import TIMER, write_project

_GOLDEN = Path(__file__).parent.parent / "golden" / "documents"
_FAILING = {"index.py": "def main(event, context):\n    print('here')\n    raise KeyError('customer')\n"}
_REPORT = {"index.py": "def main(event, context):\n    return event\n"}
_WITH_ALIAS = "  publish: true\n  aliasName: live\n" + TIMER + "    - http: {name: url}\n"
_LAYER = "component: layer\nname: base\napp: shop\ninputs: {name: base, src: ./content, runtimes: [Python3.10]}\n"
_DOMAIN = "  customDomains: [{domain: api.example.com}]\n  events: [http: {name: url}]\n"
_OLD = "hello:\n  component: '@serverless/tencent-scf'\n  inputs: {name: hello, codeUri: ./src}\n"
_WORKFLOW = """\
on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - run: npm i -g serverless
      - run: sls deploy
"""


def test_committed_schemas_are_fresh() -> None:
    assert {file.name: file.read_text("utf-8") for file in FOLDER.glob("*.json")} == dict(schema_files())


@pytest.mark.parametrize("file", sorted(_GOLDEN.glob("*.json")), ids=lambda file: file.stem)
def test_recorded_documents_are_valid(file: Path) -> None:
    # Times are masked in these files.
    check_document(json.loads(file.read_text("utf-8").replace('"TIME"', '"2026-11-28T10:00:00+08:00"')))


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """A server whose time stands still, with a function that fails and one that reports."""
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
        cloud = Cloud(server.url)
        cloud.create("orders", _FAILING, DeadLetterConfig={"Type": "CMQ-QUEUE", "Name": "failed"})
        cloud.create("report", _REPORT)
        yield cloud


def run(cloud: Cloud, *arguments: str) -> Ran:
    ran = scfdeploy(*arguments, env={"SCFDEPLOY_ENDPOINT": cloud.url})
    assert ran.stdout, ran.stderr
    return ran


def documents(cloud: Cloud, *commands: str) -> list[dict[str, Any]]:
    """The documents of commands, each validated. A command that failed before it had a result is an error."""
    found = []
    for command in commands:
        document = run(cloud, *command.split(), "--format", "json").document
        assert "error" not in document or "requestId" not in (document["error"] or ()), document
        check_document(document)
        found.append(document)
    return found


def test_documents_of_events_and_queues_are_valid(cloud: Cloud, tmp_path: Path) -> None:
    write_project(tmp_path, name="orders")
    sent = run(cloud, "invoke", "orders", "--async", "--data", "{}", "--format", "json").document
    check_document(sent)
    request = sent["requestId"]
    documents(
        cloud,
        "events run --step",
        f"events cancel {request}",
        "invoke orders --async --wait",
        "invoke report",
        "events run",
        "events list",
        f"events show {request}",
        "events stats",
        "events pull --to archive.jsonl",
        "logs orders",
        "queue list",
        "queue show failed",
        "queue test failed --handler report",
        "queue redrive failed --to report",
        "queue create news --topic",
        "queue create letters",
        "queue subscribe news --to letters",
        "queue send news hello",
        "queue purge letters --yes",
        "import",
    )
    for line in Path("archive.jsonl").read_text("utf-8").splitlines():
        check("event-record", json.loads(line))
    lines = run(cloud, "logs", "orders", "--format", "jsonl").stdout.splitlines()
    assert lines
    for line in lines:
        check("logs-entry", json.loads(line))


def test_documents_of_deployed_projects_are_valid(cloud: Cloud, tmp_path: Path) -> None:
    write_project(tmp_path / "shop" / "hello", _WITH_ALIAS)
    (tmp_path / "shop" / "base" / "content").mkdir(parents=True)
    (tmp_path / "shop" / "base" / "content" / "shared.py").write_text("")
    (tmp_path / "shop" / "base" / "serverless.yml").write_text(_LAYER)
    write_project(tmp_path / "shop" / "api", _DOMAIN, name="api")
    documents(cloud, "apply shop --yes", "status shop", "invoke hello --path shop", "build shop")
    (tmp_path / "shop" / "hello" / "src" / "more.py").write_text("")
    documents(
        cloud,
        "apply shop --yes --target hello",
        "alias shift live --to 1 --steps 50 --path shop/hello --yes",
        "alias set live --to 2 --path shop/hello --yes",
        "rollback --alias live --to 1 --path shop/hello --yes",
        "versions hello --path shop/hello",
        "plan shop --refresh-only",
        "import hello --out imported",
        "doctor shop",
        "policy shop",
    )


def test_documents_of_refused_failed_and_drifted_changes_are_valid(cloud: Cloud, tmp_path: Path) -> None:
    taken = write_project(tmp_path / "taken", name="orders")
    refused = documents(cloud, f"plan {taken}", f"apply {taken} --yes", f"plan {taken} --refresh-only", "import report")
    assert refused[0]["refused"]
    assert refused[1]["refused"]
    assert refused[2]["leftAlone"]
    assert refused[3]["functions"][0]["address"] == "function/default/report"
    project = write_project(
        tmp_path / "mine", "  memorySize: 256\n  deadLetter: {type: CMQ-QUEUE, name: lost}\n" + _WITH_ALIAS
    )
    cloud.control("faults", [{"action": "CreateFunction", "code": "InternalError", "message": "it broke"}])
    (failed,) = documents(cloud, f"apply {project} --yes --retries 0")
    assert failed["results"][0]["error"]["code"] == "InternalError"
    cloud.control("faults", [])
    (applied,) = documents(cloud, f"apply {project} --yes")
    assert applied["localQueues"]
    cloud.call("UpdateFunctionConfiguration", FunctionName="hello", MemorySize=512)
    run(cloud, "invoke", "hello", "--project", str(project), "--async", "--wait")
    changed = documents(
        cloud,
        f"status {project}",
        f"plan {project} --target function/default/hello",
        f"invoke hello --project {project} --method GET",
        f"alias set live --to 1 --weight $LATEST=0.1 --path {project} --yes",
        f"versions hello --path {project}",
    )
    status, partial, answer, _, versions = changed
    assert status["functions"][0]["drift"]
    assert status["functions"][0]["metrics"]
    assert partial["partial"]
    assert answer["http"]["status"] == 200
    assert [alias["weights"] for alias in versions["aliases"] if alias["weights"]]


def test_documents_of_simulations_and_repairs_are_valid(cloud: Cloud, tmp_path: Path) -> None:
    write_project(tmp_path)
    Path("scenario.yml").write_text(
        "outcomes: {default: 200, 'event 2': 430}\npolicy: {deadLetter: 'queue://dead'}\nsource: {events: 3}\n"
    )
    Path("stream.yml").write_text(
        "on: lambda\noutcomes: {default: ok, 'record 2': fail}\n"
        "source: {stream: clicks, records: 4, batch: 4, bisect: true, retries: 1, onFailure: 'topic://bad'}\n"
    )
    simulated, _, again = documents(
        cloud,
        "simulate scenario.yml",
        "simulate stream.yml --on lambda",
        "simulate --function hello --events 2 --seed 3 --idempotent true",
    )
    assert simulated["runs"][0]["deliveries"]
    assert again["idempotency"]
    for scenario in ("scenario.yml", "stream.yml"):
        for line in run(cloud, "simulate", scenario, "--format", "jsonl").stdout.splitlines():
            check("simulate-step", json.loads(line))
    write_project(tmp_path / "wrong", "  memorySize: 100\n  publicAccess: flase\n")
    (fixed,) = documents(cloud, "validate wrong --fix")
    assert fixed["fixed"]
    (explained,) = documents(cloud, "explain ResourceInUse")
    assert explained["longer"]


def test_documents_of_local_commands_are_valid(cloud: Cloud, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "serverless.yml").write_text(_OLD)
    (tmp_path / "old.yml").write_text(_WORKFLOW)
    documents(
        cloud,
        "init --list",
        "init hello",
        "validate hello",
        "template list --path hello",
        "template save mine --path hello",
        "template show mine --path hello",
        "template delete mine --path hello",
        "simulate --outcomes 430,430,200",
        "explain 430",
        "explain msgTTL",
        "explain SCF_RUNTIME",
        "migrate old",
        "schema",
        "schema --out schema.json",
        "completion fish",
        "ci init github hello --from old.yml --package git+https://example.com/scfdeploy@" + "a" * 40,
    )
    installed = scfdeploy(
        *("completion", "fish", "--install", "--format", "json"),
        env={"HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": ""},
    )
    check_document(installed.document)
    run(cloud, "migrate", "old", "--report", "report.json")
    check("migration-report", json.loads(Path("report.json").read_text("utf-8")))
    for line in run(cloud, "simulate", "--outcomes", "430,200", "--format", "jsonl").stdout.splitlines():
        check("simulate-step", json.loads(line))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_documents_of_several_regions_are_valid(cloud: Cloud, tmp_path: Path, language: str) -> None:
    for name, region in (("north", "ap-beijing"), ("south", "ap-guangzhou")):
        write_project(tmp_path / "shop" / name, f"  region: {region}\n" + TIMER, name=name)
    commands = (
        "validate shop",
        "plan shop",
        "apply shop --yes",
        "status shop",
        "plan shop --refresh-only",
        "destroy shop --yes",
    )

    found = documents(cloud, *(f"{command} --lang {language}" for command in commands))

    _, planned, applied, status, drifted, destroyed = found
    assert all(one["regions"] == ["ap-beijing", "ap-guangzhou"] for one in found[1:])
    assert {one["project"]["region"] for one in (planned, status, drifted)} == {"ap-beijing, ap-guangzhou"}
    for listed in (planned["changes"], applied["results"], status["functions"], destroyed["results"]):
        assert {one["region"] for one in listed} == {"ap-beijing", "ap-guangzhou"}
    assert {one["reason"] for one in planned["changes"]} == {"does not exist yet", "is created with its function"}


def test_documents_of_a_region_that_fails_are_valid(cloud: Cloud, tmp_path: Path) -> None:
    for name, region in (("north", "ap-beijing"), ("south", "ap-guangzhou")):
        write_project(tmp_path / "shop" / name, f"  region: {region}\n", name=name)
    fault = {"action": "ListFunctions", "code": "AuthFailure.SignatureFailure", "message": "it is wrong"}
    cloud.control("faults", [fault])
    for command in ("plan shop", "plan shop --refresh-only", "status shop"):
        cloud.control("faults", [fault])
        failed = run(cloud, *command.split(), "--format", "json").document
        check_document(failed)
        assert failed["error"]["code"] == fault["code"]
        assert failed["regions"] == ["ap-beijing", "ap-guangzhou"]
        cloud.control("faults", [fault | {"times": 1}])
        half = run(cloud, *command.split(), "--format", "json").document
        check_document(half)
        assert (half["ok"], half["error"]["code"]) == (False, fault["code"])
        assert half["project"]["region"] == "ap-guangzhou"
    write_project(tmp_path / "shop" / "south", "  region: ap-guangzhou\n  memorySize: 100\n", name="south")
    cloud.control("faults", [])
    invalid = documents(cloud, "validate shop", "plan shop", "apply shop --yes", "status shop", "destroy shop --yes")
    assert all(one["diagnostics"] for one in invalid)


def test_document_of_the_emulator_is_valid() -> None:
    with command_process("emulator", "--port", "0", "--format", "json") as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line == "}\n":
                break
        process.terminate()
    document = json.loads("".join(lines))
    check_document(document)
    assert document["url"].startswith("http://127.0.0.1:")


def test_failure_is_valid_for_every_command() -> None:
    error = {"code": None, "message": "interrupted", "hint": None, "requestId": ""}
    failure = {"format": 1, "ok": False, "diagnostics": [], "error": error, "interrupted": True}
    for document in DOCUMENTS:
        for command in document.commands:
            check_document(failure | {"command": command})
            check("failure", failure | {"command": command})
