"""The table of what lays out which result, and what of it goes to which stream."""

from __future__ import annotations

from typing import NamedTuple, assert_never

from scfdeploy.report.text.findings import render_findings
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results import (
    AliasChanged,
    Applied,
    Drifted,
    Explained,
    Failed,
    Imported,
    Invoked,
    Migration,
    Planned,
    Result,
    StatusReport,
    Validated,
    VersionList,
)


class RenderedOutput(NamedTuple):
    """What belongs on stdout (the result) and what on stderr (findings and the error that ended a command).

    Each ends in a newline, or is empty.
    """

    out: str
    err: str


def render_text(result: Result, *, color: bool, width: int) -> str:
    """Everything there is to say of `result` as one text: findings, a blank line, the result."""
    shown = render_output(result, TextStyle(color, width))
    return "\n".join(text for text in (shown.err, shown.out) if text)


def render_output(result: Result, style: TextStyle) -> RenderedOutput:  # noqa: C901, PLR0911, PLR0912 - one for each kind of result
    """The same in two: for stdout and for stderr."""
    # Each command loads only the layout of its own result: people wait for `validate`.
    findings = render_findings(result.findings, style)
    match result:
        case Validated():
            from scfdeploy.report.text.validated import render_validated

            return RenderedOutput(render_validated(result, style), findings)
        case Planned():
            from scfdeploy.report.text.plan import render_planned

            return RenderedOutput(render_planned(result, style), findings)
        case Drifted():
            from scfdeploy.report.text.drift import render_drifted

            return RenderedOutput(render_drifted(result, style), findings)
        case Applied():
            from scfdeploy.report.text.applied import render_applied

            return RenderedOutput(render_applied(result, style), findings)
        case StatusReport():
            from scfdeploy.report.text.status import render_status

            return RenderedOutput(render_status(result, style), findings)
        case VersionList():
            from scfdeploy.report.text.versions import render_versions

            return RenderedOutput(render_versions(result, style), findings)
        case AliasChanged():
            from scfdeploy.report.text.alias import render_alias_changed

            return RenderedOutput(render_alias_changed(result, style), findings)
        case Invoked():
            from scfdeploy.report.text.invoked import render_invoked

            return RenderedOutput(render_invoked(result, style), findings)
        case Explained():
            from scfdeploy.report.text.explained import render_explained

            return RenderedOutput(render_explained(result, style), findings)
        case Migration():
            from scfdeploy.report.text.migrated import render_migrated

            return RenderedOutput(render_migrated(result, style), findings)
        case Imported():
            from scfdeploy.report.text.imported import render_imported

            return RenderedOutput(render_imported(result, style), findings)
        case Failed():
            from scfdeploy.report.text.failed import render_failed

            error = render_failed(result, style)
            return RenderedOutput("", f"{findings}\n{error}" if findings else error)
        case _:
            assert_never(result)
