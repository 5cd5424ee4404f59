"""Cases of rules: a bad one gives exactly the expected findings, a good one gives none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.rule_cases import Case, all_cases, diagnostics_of, findings_of


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_case(case: Case, tmp_path: Path) -> None:
    assert findings_of(case, tmp_path) == list(case.expect)


@pytest.mark.parametrize("case", [case for case in all_cases() if case.expect], ids=str)
def test_texts_of_findings_have_no_unfilled_placeholder(case: Case, tmp_path: Path) -> None:
    for found in diagnostics_of(case, tmp_path):
        assert not re.search(r"(?<!\$)\{\w+\}", f"{found.summary} {found.detail} {found.hint}")
