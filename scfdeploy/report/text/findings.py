"""Findings: position, summary, detail, the source line with a marker, hint; and a summary of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scfdeploy.diagnostics import Diagnostic, Severity, message
from scfdeploy.report.humanize import enumeration, plural, severity_word
from scfdeploy.report.terminal import gap_after, safe, safe_lines, width
from scfdeploy.report.text.snippet import snippet
from scfdeploy.report.text.style import Detail, TextStyle
from scfdeploy.report.truncation import shortened, truncated
from scfdeploy.results import Findings

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


def render_findings(findings: Findings, style: TextStyle) -> str:
    """All findings, separated by empty lines, and a summary; empty without findings."""
    if not findings.diagnostics:
        return ""
    if style.detail is Detail.FULL or len(findings.diagnostics) == 1:
        blocks = ["\n".join(_finding(finding, findings, style)) for finding in truncated(findings.diagnostics)]
    else:
        blocks = ["\n".join(_group(group, findings, style)) for group in _groups(findings.diagnostics)]
    return "\n\n".join([*blocks, summary_line(findings)]) + "\n"


def _groups(diagnostics: Sequence[Diagnostic]) -> Iterable[list[Diagnostic]]:
    """The findings of each kind, in the order of the first of each."""
    groups: dict[tuple[object, ...], list[Diagnostic]] = {}
    for finding in shortened(diagnostics):
        kind = (finding.rule, finding.severity, finding.summary, finding.code)
        groups.setdefault(kind, []).append(finding)
    return groups.values()


def _group(group: list[Diagnostic], findings: Findings, style: TextStyle) -> Iterable[str]:
    if len(group) == 1:
        return _finding(group[0], findings, style)
    from scfdeploy.report.text.groups.similar_findings import render_group

    return render_group(group, findings, style)


def summary_line(findings: Findings) -> str:
    """`2 errors, 1 warning in serverless.yml.`"""  # noqa: D400, D415 - an example
    severities = [finding.severity for finding in findings.diagnostics]
    counts = enumeration(
        _count(severity, severities.count(severity)) for severity in Severity if severity in severities
    )
    files = {finding.subject.file for finding in findings.diagnostics if finding.subject is not None}
    match sorted(files):
        case []:
            return message("{text}.", text=counts)
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
    yield from style.lines(_headline(finding, style), hanging="  ")
    if finding.detail:
        yield from detail_lines(finding.detail, "  ", style)
    yield from source_lines(finding, findings, style)
    if finding.hint:
        yield from hint_lines(finding.hint, "  ", style)


def source_lines(finding: Diagnostic, findings: Findings, style: TextStyle, indent: str = "  ") -> Iterator[str]:
    """The source line with its marker, and the related positions."""
    if finding.subject is not None and finding.subject.file in findings.sources:
        yield from snippet(finding.subject, findings.sources[finding.subject.file], style)
    for text, span in finding.related:
        yield from style.lines(style.labelled(message("see:"), f"{safe(text)} ({safe(str(span))})", "cyan"), indent)


def detail_lines(text: str, indent: str, style: TextStyle) -> Iterator[str]:
    """The detail of a finding."""
    for line in safe_lines(text):
        yield from style.lines(line, indent)


def hint_lines(text: str, indent: str, style: TextStyle) -> Iterator[str]:
    """The hint of a finding."""
    label = message("hint:")
    hanging = " " * width(label) + gap_after(label)
    for number, line in enumerate(safe_lines(text)):
        if number == 0:
            yield from style.lines(style.labelled(label, line, "cyan"), indent, hanging=hanging)
        else:
            yield from style.lines(line, indent + hanging)


def _headline(finding: Diagnostic, style: TextStyle) -> str:
    place = f"{style.paint(safe(str(finding.subject)), 'bold')}: " if finding.subject is not None else ""
    return place + title(finding, style)


def title(finding: Diagnostic, style: TextStyle) -> str:
    """The severity, the summary, the rule and the code."""
    names = safe(", ".join(name for name in (finding.rule, finding.code) if name))
    text = f"{safe(finding.summary)} {style.paint(f'[{names}]', 'dim')}"
    label = message("{title}:", title=severity_word(finding.severity))
    return style.labelled(label, text, _COLOURS[finding.severity], "bold")
