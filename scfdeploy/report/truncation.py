"""Limits the findings of a report: their number per rule and file, and the length of their texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scfdeploy.diagnostics import Diagnostic, message
from scfdeploy.records import replace

MAX_PER_RULE = 1000
MAX_TEXT_LENGTH = 4000


def truncated(findings: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    """The first thousand findings of each rule in each file, and one that counts the others; long texts are cut."""
    findings = shortened(findings)
    if len(findings) <= MAX_PER_RULE:
        return findings
    result: list[Diagnostic] = []
    totals = Counter(_group(finding) for finding in findings)
    counts: Counter[tuple[object, ...]] = Counter()
    for finding in findings:
        group = _group(finding)
        counts[group] += 1
        if counts[group] <= MAX_PER_RULE:
            result.append(finding)
        elif counts[group] == MAX_PER_RULE + 1:
            result.append(_remainder(finding, totals[group] - MAX_PER_RULE))
    return result


def shortened(findings: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    """The findings with long texts cut."""
    return [_shorten(finding) for finding in findings]


def _shorten(finding: Diagnostic) -> Diagnostic:
    if max(len(finding.summary), len(finding.detail), len(finding.hint or "")) <= MAX_TEXT_LENGTH:
        return finding
    hint = _cut(finding.hint) if finding.hint is not None else None
    return replace(finding, summary=_cut(finding.summary), detail=_cut(finding.detail), hint=hint)


def _cut(text: str) -> str:
    more = len(text) - MAX_TEXT_LENGTH
    return message("{text}… ({number} more characters)", text=text[:MAX_TEXT_LENGTH], number=more) if more > 0 else text


def _group(finding: Diagnostic) -> tuple[object, ...]:
    return (finding.rule, finding.severity, finding.subject.file if finding.subject is not None else None)


def _remainder(first: Diagnostic, number: int) -> Diagnostic:
    summary = message("{summary} (and {number} more)", summary=first.summary, number=number - 1)
    return replace(
        first,
        summary=summary if number > 1 else first.summary,
        detail=message("{number} more findings of this rule in this file are not listed.", number=number),
        hint=message("Fix the listed findings, then run the command again."),
        related=(),
        fix=(),
    )
