"""Findings for people: place, summary, why, the source line with a marker, what to do; and a last line that counts."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.report.humanize import count
from scfdeploy.report.terminal import safe, safe_lines
from scfdeploy.report.text.snippet import snippet
from scfdeploy.report.text.style import TextStyle
from scfdeploy.report.truncation import truncated
from scfdeploy.results import Findings

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
_NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render_findings(findings: Findings, style: TextStyle) -> str:
    """All findings, a blank line between two, and the line that counts all; empty when there are none."""
    if not findings.diagnostics:
        return ""
    blocks = ["\n".join(_finding(found, findings, style)) for found in truncated(findings.diagnostics)]
    return "\n\n".join([*blocks, summary_line(findings)]) + "\n"


def summary_line(findings: Findings) -> str:
    """`2 errors, 1 warning in serverless.yml.`"""  # noqa: D400, D415 - shows the form
    severities = [found.severity for found in findings.diagnostics]
    counts = ", ".join(
        count(severities.count(severity), _NOUNS[severity]) for severity in Severity if severity in severities
    )
    files = {found.subject.file for found in findings.diagnostics if found.subject is not None}
    match sorted(files):
        case []:
            return f"{counts}."
        case [file]:
            return f"{counts} in {safe(file)}."
        case _:
            return f"{counts} in {len(files)} files."


def _finding(found: Diagnostic, findings: Findings, style: TextStyle) -> Iterator[str]:
    yield _headline(found, style)
    if found.detail:
        yield from (f"  {line}" for line in safe_lines(found.detail))
    if found.subject is not None and found.subject.file in findings.sources:
        yield from snippet(found.subject, findings.sources[found.subject.file], style)
    for words, span in found.related:
        yield f"  {style.paint('see:', 'cyan')} {safe(words)} ({safe(str(span))})"
    if found.hint:
        first, *rest = safe_lines(found.hint)
        yield f"  {style.paint('hint:', 'cyan')} {first}"
        yield from (f"        {line}" for line in rest)


def _headline(found: Diagnostic, style: TextStyle) -> str:
    place = f"{style.paint(safe(str(found.subject)), 'bold')}: " if found.subject is not None else ""
    severity = style.paint(f"{found.severity.value}:", _COLOURS[found.severity], "bold")
    names = safe(", ".join(name for name in (found.rule, found.code) if name))
    return f"{place}{severity} {safe(found.summary)} {style.paint(f'[{names}]', 'dim')}"
