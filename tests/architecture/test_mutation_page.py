"""docs/explanation/mutation.md is what the script makes of the run, and nothing that survived is unjudged."""

from __future__ import annotations

import json
from types import ModuleType

import pytest

from tests.support.scripts import ROOT, load_script

NUMBERS = json.loads((ROOT / "docs" / "explanation" / "mutation.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return load_script("mutation_report")


def test_every_survivor_is_judged_with_a_reason(script: ModuleType) -> None:
    survivors = {script.Survivor(**shown) for shown in NUMBERS["survivors"]}
    known = script.judgements()
    assert survivors - known.keys() == set(), "run: python scripts/mutation_report.py"
    assert all(judgement.why.endswith(".") for judgement in known.values())


def test_the_page_is_made_of_the_numbers(script: ModuleType) -> None:
    page = (ROOT / "docs" / "explanation" / "mutation.md").read_text(encoding="utf-8")
    assert page == script.render(NUMBERS, script.judgements()), "run: python scripts/mutation_report.py"


def test_each_mutant_has_one_result() -> None:
    for name, count in NUMBERS["files"].items():
        assert count["made"] == sum(number for word, number in count.items() if word != "made"), name
        assert count["not run"] == 0, name
