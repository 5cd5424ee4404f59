"""`--html FILE`: results as HTML pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.command import scfdeploy
from tests.support.emulator import Cloud
from tests.support.html_pages import HtmlPage
from tests.support.project import write_project

KEYS = {"TENCENT_SECRET_ID": "AKIDlocal", "TENCENT_SECRET_KEY": "local-secret"}
ORDERS = {
    "index.py": "def main(event, context):\n    print('订单', event['id'])\n    raise ValueError('<b>no items</b>')\n"
}


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
        yield Cloud(server.url)


def test_event_of_a_run_is_a_page(cloud: Cloud, tmp_path: Path) -> None:
    cloud.create("orders", ORDERS, DeadLetterConfig={"Type": "CMQ-QUEUE", "Name": "orders-failed"})
    sent = cloud.call("Invoke", FunctionName="orders", InvocationType="Event", ClientContext='{"id": 7}')
    request = str(sent["Result"]["FunctionRequestId"])
    scfdeploy("events", "run", "--endpoint", cloud.url)

    ran = scfdeploy("events", "show", request, "--html", tmp_path / "event.html", "--endpoint", cloud.url)
    made = HtmlPage((tmp_path / "event.html").read_text(encoding="utf-8"))

    assert ran.exit_code == 0
    assert "attempt 3  430  ValueError: <b>no items</b>" in ran.stdout
    assert [text.text for text in made.find("text", class_="result")] == ["430", "430", "430"]
    assert [text.text for text in made.find("text", text_anchor="middle", class_="small")][:2] == ["0", made_time(made)]
    assert "订单 7" in made.find("pre")[0].text
    assert made.marks[-2].split(", ", 1)[1].startswith("delivery to CMQ-QUEUE orders-failed: delivered, ")


def made_time(made: HtmlPage) -> str:
    """The time of day of the first mark, in seconds."""
    return made.marks[0][:8]


def test_plan_is_a_page(cloud: Cloud, tmp_path: Path) -> None:
    project = write_project(tmp_path / "p")

    ran = scfdeploy("plan", project, "--html", tmp_path / "plan.html", "--endpoint", cloud.url, env=KEYS)
    made = HtmlPage((tmp_path / "plan.html").read_text(encoding="utf-8"))

    assert ran.exit_code == 0
    assert "Plan: 1 to create" in ran.stdout
    assert [mark.split(", ")[0] for mark in made.marks] == ["create function/default/hello"]


def test_failure_is_a_page(cloud: Cloud, tmp_path: Path) -> None:
    ran = scfdeploy("events", "show", "beef", "--html", tmp_path / "event.html", "--endpoint", cloud.url)
    made = HtmlPage((tmp_path / "event.html").read_text(encoding="utf-8"))

    assert ran.exit_code == 1
    assert made.one("h1").text == "events show failed"
    assert "beef" in made.one("main").text


def test_missing_folder_is_a_usage_error(cloud: Cloud, tmp_path: Path) -> None:
    ran = scfdeploy("plan", tmp_path, "--html", tmp_path / "no" / "plan.html", "--endpoint", cloud.url, env=KEYS)

    assert ran.exit_code == 2
    assert "there is no folder" in ran.stderr


def test_report_option_writes_pages_too(cloud: Cloud, tmp_path: Path) -> None:
    project = write_project(tmp_path / "p")
    report = f"html={tmp_path / 'status.html'}"

    ran = scfdeploy("status", project, "--report", report, "--endpoint", cloud.url, env=KEYS)

    assert ran.exit_code == 0
    assert "not deployed" in HtmlPage((tmp_path / "status.html").read_text(encoding="utf-8")).one("pre").text


def test_simulation_is_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.yml").write_text("handler: orders\noutcomes: 430\npolicy: {deadLetter: queue://orders-failed}\n")

    ran = scfdeploy("simulate", "s.yml", "--html", "s.html", "--format", "jsonl")
    made = HtmlPage(Path("s.html").read_text(encoding="utf-8"))

    assert ran.exit_code == 0
    assert ran.stdout.startswith('{"platform": "scf"')
    assert [text.text for text in made.find("text", class_="result")] == ["430", "430", "430"]
    assert [text.text for text in made.find("text", text_anchor="middle") if "min" in text.text][:2] == [
        "1 min",
        "2 min",
    ]


def test_scenario_with_errors_is_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.yml").write_text("handlr: orders\n")

    ran = scfdeploy("simulate", "s.yml", "--html", "s.html")

    assert ran.exit_code == 3
    assert "handlr" in HtmlPage(Path("s.html").read_text(encoding="utf-8")).one("main").text
