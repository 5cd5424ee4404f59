"""Load, resolve and validate: everything that needs neither credentials nor network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from scfdeploy.config import load_project
from scfdeploy.config.load_result import NO_ENV_FILE, EnvFile
from scfdeploy.diagnostics import Diagnostic, Diagnostics, ScfDeployError, Severity
from scfdeploy.model import ArchiveSource, FolderSource, Project, Source
from scfdeploy.operations.request import Request
from scfdeploy.results import Findings
from scfdeploy.rules import check, rule_ids

if TYPE_CHECKING:
    from scfdeploy.operations.suppressions import Suppressions

_MARK = "scfdeploy:"  # every comment that silences findings holds it


class CheckedProject(NamedTuple):
    """A project that was read and checked: None when it could not even be read. `failed` forbids going on."""

    project: Project | None
    findings: Findings
    environment: Mapping[str, str]
    failed: bool
    silence: Suppressions | None = None
    dotenv: EnvFile = NO_ENV_FILE

    def with_diagnostics(self, found: Diagnostics) -> Findings:
        """The findings so far and those of a later stage, in the order to show them; its warnings can be silenced."""
        more = [one for one in found if one.severity is Severity.ERROR or _is_kept(one, self.silence)]
        return Findings(Diagnostics([*self.findings.diagnostics, *more]).sorted(), self.findings.sources)


def load_and_check(request: Request) -> CheckedProject:
    """Read the project and run the rules over it.

    Choosing rules, and comments in the file, hide warnings of the reader and findings of the rules, never an error of
    the reader: what could not be read would be missing from the cloud.
    """
    loaded = load_project(request.path, request.load)
    unreadable = [one for one in loaded.diagnostics if one.severity is Severity.ERROR]
    hideable = [one for one in loaded.diagnostics if one.severity is not Severity.ERROR]
    if loaded.project is not None:
        hideable += check(loaded.project, select=request.select, ignore=request.ignore)
        unreadable += _check_code(loaded.project)
    silence = _silence(loaded.sources)
    if silence is not None and loaded.project is not None:
        hideable += _complaints(silence, hideable, request)
    hideable = [one for one in hideable if _wanted(one, request) and _is_kept(one, silence)]
    findings = Findings(Diagnostics([*unreadable, *hideable]).sorted(), loaded.shown)
    stop = loaded.project is None or failed(findings, strict=request.strict)
    return CheckedProject(loaded.project, findings, loaded.environment, stop, silence, loaded.dotenv)


def _check_code(project: Project) -> Iterable[Diagnostic]:
    """What the packager would refuse, as far as it shows without packing."""
    sources = [(layer.address, layer.source) for layer in project.layers]
    sources += [(function.address, function.source) for function in project.functions]
    if not any(_has_something_to_check(source) for _, source in sources):
        return ()
    from scfdeploy.packager.early_checks import check_sources

    return check_sources(sources)


def _has_something_to_check(source: Source | None) -> bool:
    match source:
        case FolderSource():
            return bool(source.include or source.exclude or source.start_program)
        case ArchiveSource():
            return bool(source.start_program)
    return False


@contextmanager
def attach_findings(findings: Findings) -> Iterator[None]:
    """Let an error that ends the run bring along what was found before."""
    try:
        yield
    except ScfDeployError as error:
        error.found = findings
        raise


def failed(findings: Findings, *, strict: bool) -> bool:
    """Whether the findings forbid going on: an error does, with `strict` a warning too."""
    grave = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return any(one.severity in grave for one in findings.diagnostics)


def _silence(sources: Mapping[str, str]) -> Suppressions | None:
    """What the files' comments silence; None where there is no such comment, which costs nothing to know."""
    if not any(_MARK in text for text in sources.values()):
        return None
    from scfdeploy.operations.suppressions import suppressions_in

    return suppressions_in(sources)


def _is_kept(found: Diagnostic, silence: Suppressions | None) -> bool:
    return silence is None or silence.keeps(found)


def _complaints(silence: Suppressions, found: list[Diagnostic], request: Request) -> list[Diagnostic]:
    from scfdeploy.report.pages import all_pages, pages_of

    looked_for = rule_ids() | {page.id for page in pages_of("scfdeploy.config")}
    chosen = (looked_for & request.select if request.select else looked_for) - request.ignore
    return list(silence.diagnostics(found, all_pages(), chosen.__contains__))


def _wanted(found: Diagnostic, request: Request) -> bool:
    if found.rule in request.ignore:
        return False
    return not request.select or found.rule in request.select
