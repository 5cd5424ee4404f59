"""docs/mutation.md is what the script makes of the run and of the judgements, and nothing that survived is unjudged."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent.parent
NUMBERS = json.loads((ROOT / "docs" / "mutation.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutation_report", ROOT / "scripts" / "mutation_report.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_survivor_is_judged_with_a_reason(script: ModuleType) -> None:
    survivors = {script.Survivor(**shown) for shown in NUMBERS["survivors"]}
    known = script.judgements()
    assert survivors - known.keys() == set(), "run: python scripts/mutation_report.py"
    assert all(judgement.why.endswith(".") for judgement in known.values())


def test_the_page_is_made_of_the_numbers(script: ModuleType) -> None:
    page = (ROOT / "docs" / "mutation.md").read_text(encoding="utf-8")
    assert page == script.render(NUMBERS, script.judgements()), "run: python scripts/mutation_report.py"


def test_each_mutant_has_one_result() -> None:
    for name, count in NUMBERS["files"].items():
        assert count["made"] == sum(number for word, number in count.items() if word != "made"), name
        assert count["not run"] == 0, name
