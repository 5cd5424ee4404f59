"""Load, resolve and validate: everything that needs neither credentials nor network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scfdeploy.config import load_project
from scfdeploy.diagnostics import Diagnostic, Diagnostics, Severity
from scfdeploy.model import Project
from scfdeploy.pipeline.request import Request
from scfdeploy.report.results import Findings
from scfdeploy.rules import check


@dataclass(frozen=True, slots=True)
class Checked:
    """A project that was read and checked: None when it could not even be read. `failed` forbids going on."""

    project: Project | None
    findings: Findings
    environment: Mapping[str, str]
    failed: bool

    def with_more(self, found: Diagnostics) -> Findings:
        """The findings so far and those of a later stage, in the order to show them."""
        return Findings(Diagnostics([*self.findings.diagnostics, *found]).sorted(), self.findings.sources)


def load_and_check(request: Request) -> Checked:
    """Read the project and run the rules over it.

    Choosing rules hides warnings of the reader and findings of the rules, never an error of the reader: what could not
    be read would be missing from the cloud.
    """
    loaded = load_project(request.path, request.load)
    kept = Diagnostics(one for one in loaded.diagnostics if one.severity is Severity.ERROR or _wanted(one, request))
    if loaded.project is not None:
        kept.extend(check(loaded.project, select=request.select, ignore=request.ignore))
    findings = Findings(kept.sorted(), loaded.sources)
    stop = loaded.project is None or failed(findings, strict=request.strict)
    return Checked(loaded.project, findings, loaded.environment, stop)


def failed(findings: Findings, *, strict: bool) -> bool:
    """Whether the findings forbid going on: an error does, with `strict` a warning too."""
    grave = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return any(one.severity in grave for one in findings.diagnostics)


def _wanted(found: Diagnostic, request: Request) -> bool:
    if found.rule in request.ignore:
        return False
    return not request.select or found.rule in request.select
