"""docs/explanation/reliability.md matches the measured numbers and names every reliability test file."""

from __future__ import annotations

import json
import re
from types import ModuleType

import pytest

from tests.support.scripts import ROOT, load_script


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return load_script("measure_reliability")


def test_page_matches_measured_numbers(script: ModuleType) -> None:
    page = (ROOT / "docs" / "explanation" / "reliability.md").read_text()
    numbers = json.loads((ROOT / "docs" / "explanation" / "reliability.json").read_text())
    assert page == script.render(numbers), "run: python scripts/measure_reliability.py [FILE OF TESTS]..."
    unmeasured = re.findall(r"`(\w+\.py)`[^\n]*\{[\w ]+\.\w+\}", page)
    assert unmeasured == [], "run: python scripts/measure_reliability.py tests/reliability/FILE"


def test_losses_appear_in_row_and_total(script: ModuleType) -> None:
    numbers = json.loads((ROOT / "docs" / "explanation" / "reliability.json").read_text())
    lost = numbers["files"] | {"test_fault_load.py": numbers["files"]["test_fault_load.py"] | {"losses": 2}}
    page = script.render(numbers | {"files": lost})
    assert [line[-5:] for line in page.splitlines() if "`test_fault_load.py`" in line] == ["| 2 |"]
    assert "; losses: 2. " in page
    assert page.count("| none |") == len(script.PROMISES) - 1


def test_every_reliability_file_has_a_promise(script: ModuleType) -> None:
    files = {file.name for file in (ROOT / "tests" / "reliability").glob("test_*.py")}
    assert {promise.tests for promise in script.PROMISES} == files
