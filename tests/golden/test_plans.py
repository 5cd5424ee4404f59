"""Each folder here is a project, the cloud it meets, and what is said and planned."""

from pathlib import Path

import pytest

from tests.support.golden import outputs

_HERE = Path(__file__).parent
_CASES = sorted(path.parent for path in _HERE.glob("*/cloud.json"))
_FILES = ("diagnostics.txt", "plan.txt", "plan.json")


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_plan_is_as_recorded(case: Path, update_golden: bool) -> None:
    made = outputs(case)
    if update_golden:
        for name in _FILES:
            (case / name).unlink(missing_ok=True)
        for name, text in made.items():
            (case / name).write_text(text, "utf-8")
    recorded = {name: (case / name).read_text("utf-8") for name in _FILES if (case / name).exists()}
    assert made == recorded


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_no_secret_is_recorded(case: Path) -> None:
    for name in _FILES:
        path = case / name
        assert not path.exists() or not any(
            text in path.read_text("utf-8") for text in ("do-not-show-me", "nor-me", "nor-this")
        )
