"""The scenarios of examples/: they run as they expect, and docs/how-to/simulations/ shows their present output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.scripts import ROOT, load_script

SCENARIOS = sorted((ROOT / "examples").glob("*.yml"))
PAGES = sorted((ROOT / "docs" / "how-to" / "simulations").glob("*.md"))


@pytest.fixture(autouse=True)
def in_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_run_is_as_scenario_expects(scenario: Path) -> None:
    ran = scfdeploy("simulate", f"examples/{scenario.name}", "--assert")

    assert "The results are as expected." in ran.stdout
    assert ran.exit_code == (1 if scenario.stem == "loop" else 0)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_page_shows_present_output(page: Path) -> None:
    script = load_script("generate_simulation_pages")
    text = page.read_text(encoding="utf-8")

    assert script.refreshed(text, lambda arguments: scfdeploy(*arguments).stdout) == text, (
        "run: python scripts/generate_simulation_pages.py"
    )


def test_index_names_every_page_and_pages_show_every_scenario() -> None:
    texts = {page.stem: page.read_text(encoding="utf-8") for page in PAGES}

    assert all(f"]({name}.md)" in texts["index"] for name in texts if name != "index")
    assert all(any(f"yaml examples/{scenario.name}\n" in text for text in texts.values()) for scenario in SCENARIOS)


def test_worked_example_of_ten_records_step_by_step() -> None:
    lines = scfdeploy("simulate", "examples/bisect.yml", "--format", "jsonl").stdout.splitlines()
    steps = [json.loads(line) for line in lines]
    calls = [
        (step["t"], step["records"], step["tries"], step["status"] == 200, step["completed"])
        for step in steps
        if step["kind"] == "result"
    ]

    assert calls == [
        (0, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0, False, [1, 2]),
        (0, [1, 2, 3, 4, 5], 0, False, [1, 2]),
        (0, [1, 2], 0, True, [1, 2]),
        (0, [3, 4, 5], 0, False, []),
        (0, [3], 0, False, []),
        (1000, [3], 1, False, []),
        (2000, [3], 2, False, []),
        (2000, [4, 5], 0, True, [4, 5]),
        (2000, [6, 7, 8, 9, 10], 0, True, [6, 7, 8, 9, 10]),
    ]
    assert [step["kind"] for step in steps].count("split") == 3
    assert [step["records"] for step in steps if step["kind"] == "deliver"] == [[3]]
