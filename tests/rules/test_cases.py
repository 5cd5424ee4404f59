"""Cases of rules: a bad one gives exactly the expected findings with complete texts, a good one gives none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.rule_cases import Case, all_cases, as_text, diagnostics_of


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_case(case: Case, tmp_path: Path) -> None:
    diagnostics = diagnostics_of(case, tmp_path)

    assert [as_text(diagnostic, case) for diagnostic in diagnostics] == list(case.expect)
    for found in diagnostics:
        unfilled = re.search(r"(?<!\$)\{\w+\}", f"{found.summary} {found.detail} {found.hint}")
        assert not unfilled, "a text has a placeholder that is not filled in"
