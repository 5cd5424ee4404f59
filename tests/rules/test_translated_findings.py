"""The English original of each finding stays with its translation, for reports that programs read."""

from __future__ import annotations

from pathlib import Path

import pytest

from scfdeploy.diagnostics.messages import in_english, translation
from tests.support.rule_cases import Case, all_cases, diagnostics_of

PARTS = 8
BAD_CASES = [case for case in all_cases() if case.expect]


@pytest.mark.parametrize("part", range(PARTS))
def test_findings_keep_their_english_original(part: int, tmp_path: Path) -> None:
    for number, case in enumerate(BAD_CASES[part::PARTS]):
        english = _texts(case, tmp_path / f"{number}-en")
        with translation(lambda text: f"«{text}»", "zh-CN"):
            translated = _texts(case, tmp_path / f"{number}-zh")

        assert all(summary.startswith("«") for summary, _, _ in translated), case
        assert [tuple(map(in_english, texts)) for texts in translated] == english, case


def _texts(case: Case, folder: Path) -> list[tuple[str, str, str]]:
    folder.mkdir()
    return [(found.summary, found.detail, found.hint or "") for found in diagnostics_of(case, folder)]
