"""Real files give the recorded findings; invalid YAML is reported with its line."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pytest

from scfdeploy.config import LoadOptions, load_project

_BESIDE = Path(__file__).parents[4] / "shared" / "corpus" / "serverless"
CORPUS = Path(os.environ.get("SCFDEPLOY_CORPUS", _BESIDE))
INDEX = CORPUS / "INDEX.tsv"
ROWS = list(csv.DictReader(INDEX.read_text(encoding="utf-8").splitlines(), delimiter="\t")) if INDEX.is_file() else []
READ = ("component-scf", "multi-scf", "http/framework")
UNREAD = [row for row in ROWS if row["dialect"] not in READ and row["parses"] == "yes"]

pytestmark = pytest.mark.skipif(not ROWS, reason="no corpus of real files here (SCFDEPLOY_CORPUS)")


@pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])
def test_real_file_gets_expected_findings(row: dict[str, str]) -> None:
    loaded = load_project(row["file"], LoadOptions(cwd=str(CORPUS)))
    for found in loaded.diagnostics:
        assert found.summary
        assert found.hint
        assert found.subject is not None
        assert found.subject.start.line <= loaded.sources[row["file"]].count("\n") + 1
    broken = [found for found in loaded.diagnostics if found.rule.startswith("yaml-")]
    if row["parses"] == "yes":
        masked = any(line.strip() == "masked" for line in loaded.sources[row["file"]].splitlines())
        assert masked or all(found.rule == "yaml-placeholder" for found in broken)
        return
    told = {int(line) for line in re.findall(r"line:? (\d+)", row["parses"])}
    lines = [found.subject.start.line for found in broken if found.subject]
    assert len(lines) == 1
    assert min(told) - 1 <= lines[0] <= max(told) + 6  # the index cuts the parser's words short


@pytest.mark.parametrize("row", UNREAD, ids=[row["file"] for row in UNREAD])
def test_unsupported_real_file_is_one_finding(row: dict[str, str]) -> None:
    loaded = load_project(row["file"], LoadOptions(cwd=str(CORPUS)))
    rules = [
        found.rule
        for found in loaded.diagnostics
        if not found.rule.startswith(("yaml-", "duplicate-key", "value-masked"))
    ]
    assert rules in (["component-not-supported"], ["component-unknown"], [])
    assert loaded.project is None
