"""What programs read of a plan is English, whatever the language of messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from scfdeploy.diagnostics.messages import translation
from tests.support.golden import outputs

CASES = sorted(
    path.parent for path in Path(__file__).parent.glob("*/cloud.json") if (path.parent / "plan.json").exists()
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_document_of_a_plan_is_not_translated(case: Path) -> None:
    with translation(lambda text: f"«{text}»", "zh-CN"):
        made = outputs(case)

    assert "«" in made["plan.txt"]
    assert made["plan.json"] == (case / "plan.json").read_text("utf-8")
