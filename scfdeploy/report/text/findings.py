"""Findings: position, summary, detail, the source line with a marker, hint; and a summary of all."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity, message
from scfdeploy.report.humanize import plural
from scfdeploy.report.terminal import safe, safe_lines
from scfdeploy.report.text.snippet import snippet
from scfdeploy.report.text.style import TextStyle
from scfdeploy.report.truncation import truncated
from scfdeploy.results import Findings

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


def render_findings(findings: Findings, style: TextStyle) -> str:
    """All findings, separated by empty lines, and a summary; empty without findings."""
    if not findings.diagnostics:
        return ""
    blocks = ["\n".join(_finding(finding, findings, style)) for finding in truncated(findings.diagnostics)]
    return "\n\n".join([*blocks, summary_line(findings)]) + "\n"


def summary_line(findings: Findings) -> str:
    """`2 errors, 1 warning in serverless.yml.`"""  # noqa: D400, D415 - an example
    severities = [finding.severity for finding in findings.diagnostics]
    counts = ", ".join(_count(severity, severities.count(severity)) for severity in Severity if severity in severities)
    files = {finding.subject.file for finding in findings.diagnostics if finding.subject is not None}
    match sorted(files):
        case []:
            return f"{counts}."
        case [file]:
            return message("{counts} in {file}.", counts=counts, file=safe(file))
        case _:
            return message("{counts} in {number} files.", counts=counts, number=len(files))


def _count(severity: Severity, number: int) -> str:
    match severity:
        case Severity.ERROR:
            return plural(number, "{number} error", "{number} errors")
        case Severity.WARNING:
            return plural(number, "{number} warning", "{number} warnings")
        case Severity.INFO:
            return plural(number, "{number} note", "{number} notes")


def _finding(finding: Diagnostic, findings: Findings, style: TextStyle) -> Iterator[str]:
    yield _headline(finding, style)
    if finding.detail:
        yield from (f"  {line}" for line in safe_lines(finding.detail))
    if finding.subject is not None and finding.subject.file in findings.sources:
        yield from snippet(finding.subject, findings.sources[finding.subject.file], style)
    for text, span in finding.related:
        yield f"  {style.paint(message('see:'), 'cyan')} {safe(text)} ({safe(str(span))})"
    if finding.hint:
        first, *rest = safe_lines(finding.hint)
        yield f"  {style.paint(message('hint:'), 'cyan')} {first}"
        yield from (f"        {line}" for line in rest)


def _headline(finding: Diagnostic, style: TextStyle) -> str:
    place = f"{style.paint(safe(str(finding.subject)), 'bold')}: " if finding.subject is not None else ""
    severity = style.paint(f"{finding.severity.value}:", _COLOURS[finding.severity], "bold")
    names = safe(", ".join(name for name in (finding.rule, finding.code) if name))
    return f"{place}{severity} {safe(finding.summary)} {style.paint(f'[{names}]', 'dim')}"
