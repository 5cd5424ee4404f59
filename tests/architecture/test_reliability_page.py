"""docs/reliability.md is what the script makes of the measured numbers, and names every file of tests."""

from __future__ import annotations

import json
import re
from types import ModuleType

import pytest

from tests.support.scripts import ROOT, load_script


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return load_script("measure_reliability")


def test_the_page_is_made_of_the_numbers(script: ModuleType) -> None:
    page = (ROOT / "docs" / "reliability.md").read_text()
    numbers = json.loads((ROOT / "docs" / "reliability.json").read_text())
    assert page == script.render(numbers), "run: python scripts/measure_reliability.py [FILE OF TESTS]..."
    unmeasured = re.findall(r"`(\w+\.py)`[^\n]*\{[\w ]+\.\w+\}", page)
    assert unmeasured == [], "run: python scripts/measure_reliability.py tests/reliability/FILE"


def test_a_loss_would_be_seen_in_its_row_and_in_the_sum(script: ModuleType) -> None:
    numbers = json.loads((ROOT / "docs" / "reliability.json").read_text())
    lost = numbers["files"] | {"test_storms.py": numbers["files"]["test_storms.py"] | {"losses": 2}}
    page = script.render(numbers | {"files": lost})
    assert [line[-5:] for line in page.splitlines() if "`test_storms.py`" in line] == ["| 2 |"]
    assert "; losses: 2. " in page
    assert page.count("| none |") == len(script.PROMISES) - 1


def test_every_file_of_tests_holds_a_promise(script: ModuleType) -> None:
    files = {file.name for file in (ROOT / "tests" / "reliability").glob("test_*.py")}
    assert {promise.tests for promise in script.PROMISES} == files
