"""The number of findings of a rule that are listed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.report.document import document, dumps
from scfdeploy.report.text import TextStyle, render_text
from scfdeploy.report.text.snippet import snippet
from scfdeploy.report.truncation import MAX_PER_RULE, MAX_TEXT_LENGTH, truncated
from scfdeploy.results import Findings, Validated
from tests.support.results import MEMORY_STEP, span


def empty_values(number: int, file: str = "serverless.yml") -> list[Diagnostic]:
    return [
        Diagnostic("empty-value", Severity.WARNING, "Key without a value", subject=span(line, 1, 2, file))
        for line in range(1, number + 1)
    ]


def test_findings_up_to_the_limit_are_unchanged() -> None:
    findings = empty_values(MAX_PER_RULE)

    assert list(truncated(findings)) == findings


def test_findings_beyond_the_limit_are_counted() -> None:
    findings = [*empty_values(MAX_PER_RULE + 50), MEMORY_STEP, *empty_values(3, "other/serverless.yml")]

    rendered = truncated(findings)

    assert len(rendered) == MAX_PER_RULE + 5
    assert (rendered[MAX_PER_RULE].rule, rendered[MAX_PER_RULE].severity) == ("empty-value", Severity.WARNING)
    assert rendered[MAX_PER_RULE].subject == findings[MAX_PER_RULE].subject
    assert rendered[MAX_PER_RULE].detail.startswith("50 more findings of this rule in this file")
    assert MEMORY_STEP in rendered


def test_very_long_text_of_a_finding_is_cut() -> None:
    long = replace(MEMORY_STEP, detail="a" * (MAX_TEXT_LENGTH + 7), hint="b" * MAX_TEXT_LENGTH)

    (rendered,) = truncated([long])

    assert rendered.detail == "a" * MAX_TEXT_LENGTH + "… (7 more characters)"
    assert rendered.hint == long.hint


def test_summary_counts_omitted_findings() -> None:
    result = Validated(Findings(empty_values(MAX_PER_RULE + 50)), ok=True, files=1, functions=1)

    text = render_text(result, color=False, width=80)
    actual = json.loads(dumps(document(result)))

    assert f"{MAX_PER_RULE + 50} warnings in serverless.yml." in text
    assert text.count("[empty-value]") == len(actual["diagnostics"]) == MAX_PER_RULE + 1
    assert "50 more findings" in actual["diagnostics"][-1]["detail"]


@pytest.mark.parametrize("at", [1, 3_000, 50_000, 99_998])
def test_long_line_is_truncated_around_marker(at: int) -> None:
    line = "a" * (at - 1) + "bcd" + "a" * (100_000 - at - 2)

    rendered, mark = snippet(span(1, at, at + 3), line, TextStyle(color=False, width=80))

    assert rendered[mark.index("^") :].startswith("bcd")
    assert mark.count("~") == 2
    assert len(rendered) <= 80
