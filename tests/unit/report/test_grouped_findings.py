"""Findings of one kind in one block."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.report.github import github
from scfdeploy.report.text import TextStyle, render_output
from scfdeploy.report.text.style import Detail
from scfdeploy.results import Findings, Planned, Validated
from tests.support.results import MEMORY_STEP, span

GROUPED = TextStyle(width=100, detail=Detail.GROUPED)


def findings(number: int, *, detail: str = "The same.", rule: str = "memory-step") -> list[Diagnostic]:
    return [
        replace(
            MEMORY_STEP,
            rule=rule,
            severity=Severity.WARNING,
            code=None,
            detail=detail.format(number=at),
            subject=span(3, 15, 18, f"f{at}/serverless.yml"),
            address=f"function/default/f{at}",
        )
        for at in range(number)
    ]


def shown(diagnostics: list[Diagnostic], style: TextStyle = GROUPED, sources: dict[str, str] | None = None) -> str:
    return render_output(Validated(Findings(diagnostics, sources or {}), ok=True), style).err


def test_same_findings_are_one_block_with_their_places() -> None:
    assert shown(findings(5)) == (
        "warning: Memory size is no step [memory-step] in 5 places\n"
        "  The same.\n"
        "  f0/serverless.yml:3:15, f1/serverless.yml:3:15, f2/serverless.yml:3:15, f3/serverless.yml:3:15,\n"
        "  f4/serverless.yml:3:15\n"
        "  hint: Write 128.\n"
        "\n"
        "5 warnings in 5 files.\n"
    )


def test_few_findings_of_a_group_keep_their_source_lines() -> None:
    text = shown(findings(2, detail="{number} MB."), sources={"f1/serverless.yml": "a\nb\n  memorySize: 100\n"})
    assert text.splitlines()[:5] == [
        "warning: Memory size is no step [memory-step] in 2 places",
        "  f0/serverless.yml:3:15: 0 MB.",
        "  f1/serverless.yml:3:15: 1 MB.",
        "     3 |   memorySize: 100",
        "       |               ^~~",
    ]


def test_many_findings_take_few_lines() -> None:
    text = shown(findings(300, detail="{number} MB."))
    assert len(text.splitlines()) < 20
    assert "more; --no-group lists all" in text


@pytest.mark.parametrize("detail", [Detail.GROUPED, Detail.SUMMARY])
def test_every_public_url_is_listed(detail: Detail) -> None:
    text = shown(findings(300, detail="Anyone may call {number}.", rule="public-url"), GROUPED._replace(detail=detail))
    assert all(f"f{number}/serverless.yml:3:15" in text for number in range(300))


def test_full_detail_shows_each_finding() -> None:
    assert shown(findings(30), TextStyle(width=100)).count("hint: Write 128.") == 30


def test_hints_that_differ_are_all_shown() -> None:
    first, second = findings(2)
    text = shown([first, replace(second, hint="Write 256.")])
    assert "Write 128." in text
    assert "Write 256." in text


def test_annotations_of_github_are_never_grouped() -> None:
    out = github(Planned(Findings(findings(30)), False, None), GROUPED).out
    assert out.count("::warning ") == 30


def test_other_rules_and_severities_have_blocks_of_their_own() -> None:
    different = [*findings(2), *findings(2, rule="other"), MEMORY_STEP]
    assert shown(different).count("\n\n") == 3


def test_related_place_is_indented_like_the_hint_of_its_finding() -> None:
    related = [replace(one, related=(("first set", span(2, 3, 4)),), hint="Use 64.") for one in findings(2)]
    related[1] = replace(related[1], hint="Use 128.")

    lines = shown(related).splitlines()

    assert "    see: first set (serverless.yml:2:3)" in lines
    assert "    hint: Use 64." in lines
