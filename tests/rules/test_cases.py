"""Every case of every rule: a bad one is found at its place and nothing else is, a good one is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_cases import Case, all_cases, findings_of


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_case(case: Case, tmp_path: Path) -> None:
    assert findings_of(case, tmp_path) == list(case.expect)
