"""The table of what lays out which result, and what of it goes to which stream."""

from __future__ import annotations

from typing import NamedTuple, assert_never

from scfdeploy.report.text.findings import render_findings
from scfdeploy.report.text.style import Look
from scfdeploy.results import (
    Applied,
    Drifted,
    Explained,
    Failed,
    Imported,
    Invoked,
    Migration,
    Moved,
    Planned,
    Result,
    StatusShown,
    Validated,
    VersionsShown,
)


class Parts(NamedTuple):
    """What belongs on stdout (the result) and what on stderr (findings and the error that ended a command).

    Each ends in a newline, or is empty.
    """

    out: str
    err: str


def render(result: Result, *, color: bool, width: int) -> str:
    """Everything there is to say of `result` as one text: findings, a blank line, the result."""
    shown = parts(result, Look(color, width))
    return "\n".join(text for text in (shown.err, shown.out) if text)


def parts(result: Result, look: Look) -> Parts:  # noqa: C901, PLR0911, PLR0912 - one for each kind of result
    """The same in two: for stdout and for stderr."""
    # Each command loads only the layout of its own result: people wait for `validate`.
    findings = render_findings(result.findings, look)
    match result:
        case Validated():
            from scfdeploy.report.text.validated import render_validated

            return Parts(render_validated(result, look), findings)
        case Planned():
            from scfdeploy.report.text.plan import render_planned

            return Parts(render_planned(result, look), findings)
        case Drifted():
            from scfdeploy.report.text.drift import render_drifted

            return Parts(render_drifted(result, look), findings)
        case Applied():
            from scfdeploy.report.text.applied import render_applied

            return Parts(render_applied(result, look), findings)
        case StatusShown():
            from scfdeploy.report.text.status import render_status

            return Parts(render_status(result, look), findings)
        case VersionsShown():
            from scfdeploy.report.text.versions import render_versions

            return Parts(render_versions(result, look), findings)
        case Moved():
            from scfdeploy.report.text.alias import render_moved

            return Parts(render_moved(result, look), findings)
        case Invoked():
            from scfdeploy.report.text.invoked import render_invoked

            return Parts(render_invoked(result, look), findings)
        case Explained():
            from scfdeploy.report.text.explained import render_explained

            return Parts(render_explained(result, look), findings)
        case Migration():
            from scfdeploy.report.text.migrated import render_migrated

            return Parts(render_migrated(result, look), findings)
        case Imported():
            from scfdeploy.report.text.imported import render_imported

            return Parts(render_imported(result, look), findings)
        case Failed():
            from scfdeploy.report.text.failed import render_failed

            error = render_failed(result, look)
            return Parts("", f"{findings}\n{error}" if findings else error)
        case _:
            assert_never(result)
