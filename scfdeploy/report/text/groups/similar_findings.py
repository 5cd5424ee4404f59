"""Findings of one kind as one block: what they have in common once, and their places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scfdeploy.diagnostics import Diagnostic, Severity, message
from scfdeploy.report.terminal import flow, safe, safe_lines
from scfdeploy.report.text.findings import detail_lines, hint_lines, source_lines, title
from scfdeploy.report.text.style import Detail, TextStyle
from scfdeploy.results import Findings

NEVER_FOLDED = frozenset({"public-url"})
"""Rules of which every place is listed: who overlooks one may publish something."""

_WITH_SOURCE = 3
_WITH_DETAIL = 10
_EXAMPLES = 5
_PLACE_LINES = 3


def render_group(group: Sequence[Diagnostic], findings: Findings, style: TextStyle) -> Iterator[str]:
    """Several findings with the same rule, severity, summary and code."""
    first = group[0]
    count = message("in {number} places", number=len(group))
    yield from style.lines(f"{title(first, style)} {count}", hanging="  ")
    if style.detail is Detail.SUMMARY and first.severity is not Severity.ERROR:
        yield from _places(group, style)
        return
    same_detail = all(finding.detail == first.detail for finding in group)
    same_hint = all(finding.hint == first.hint for finding in group)
    if same_detail and first.detail:
        yield from detail_lines(first.detail, "  ", style)
    listed = _listed(group, is_same=same_detail and same_hint)
    for finding in listed:
        detail = finding.detail if len(listed) <= _WITH_DETAIL else finding.address or ""
        yield from _entry(finding, style, detail="" if same_detail else detail)
        if len(group) <= _WITH_SOURCE:
            yield from source_lines(finding, findings, style, "    ")
        if finding.hint and not same_hint:
            yield from hint_lines(finding.hint, "    ", style)
    yield from _places(group[len(listed) :], style)
    if first.hint and same_hint:
        yield from hint_lines(first.hint, "  ", style)


def _listed(group: Sequence[Diagnostic], *, is_same: bool) -> Sequence[Diagnostic]:
    """The findings that get lines of their own, at the beginning of the group."""
    if len(group) <= _WITH_SOURCE or group[0].rule in NEVER_FOLDED:
        return group
    if is_same:
        return ()
    return group if len(group) <= _WITH_DETAIL else group[:_EXAMPLES]


def _entry(finding: Diagnostic, style: TextStyle, *, detail: str) -> Iterator[str]:
    place = style.paint(_place(finding), "bold")
    first, *rest = safe_lines(detail)
    yield from style.lines(f"{place}: {first}" if first else place, "  ", hanging="  ")
    for line in rest:
        yield from style.lines(line, "    ")


def _places(group: Sequence[Diagnostic], style: TextStyle) -> Iterator[str]:
    if not group:
        return
    most = len(group) if group[0].rule in NEVER_FOLDED else _PLACE_LINES
    lines, more = flow([_place(finding) for finding in group], style.width - 2, most_lines=most)
    yield from (f"  {line}" for line in lines)
    if more:
        yield "  " + style.paint(message("and {number} more; --no-group lists all", number=more), "dim")


def _place(finding: Diagnostic) -> str:
    if finding.subject is not None:
        return safe(str(finding.subject))
    return safe(finding.address or finding.rule)
