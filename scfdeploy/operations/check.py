"""Load, resolve and validate a project: everything that needs neither credentials nor network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from scfdeploy.config import load_project
from scfdeploy.config.load_result import NO_ENV_FILE, EnvFile
from scfdeploy.config.project_settings import NO_SETTINGS, Settings
from scfdeploy.diagnostics import Diagnostic, Diagnostics, ScfDeployError, Severity, few_suggestions
from scfdeploy.model import Address, ArchiveSource, FolderSource, Project, Source
from scfdeploy.operations.request import Request
from scfdeploy.results import Findings
from scfdeploy.rules import ADVICE, DELIVERY_WARNINGS, OFF_BY_DEFAULT, check, rule_ids

if TYPE_CHECKING:
    from scfdeploy.operations.suppressions import Suppressions

_COMMENT = "scfdeploy:"
"""Every comment that suppresses findings contains this text."""


class CheckedProject(NamedTuple):
    """A project that was loaded and checked."""

    project: Project | None
    """None if the files cannot be read."""

    findings: Findings
    environment: Mapping[str, str]
    failed: bool
    """Whether the findings stop the command."""

    request: Request
    """The request, with the defaults of scfdeploy.toml."""

    suppressions: Suppressions | None = None
    dotenv: EnvFile = NO_ENV_FILE
    settings: Settings = NO_SETTINGS.defaults
    regions: tuple[str, ...] = ()
    """The regions of a project that has several and can be loaded as one part for each; empty otherwise."""

    def with_diagnostics(self, diagnostics: Diagnostics) -> Findings:
        """The findings and those of a later stage, sorted; comments suppress warnings of that stage too."""
        more = [
            finding
            for finding in diagnostics
            if finding.severity is Severity.ERROR or not _is_suppressed(finding, self.suppressions)
        ]
        return Findings(Diagnostics([*self.findings.diagnostics, *more]).sorted(), self.findings.sources)


@few_suggestions()
def load_and_check(request: Request, *, advise: bool = False) -> CheckedProject:
    """Load the project and run the rules on it; with `advise`, a file without errors and warnings gets advice too.

    Warnings about the delivery of events do not count: what advice says belongs to the same settings.
    Selected rules and comments in the files hide warnings of the reader and findings of the rules. They never hide an
    error of the reader: anything that it cannot read would be missing from the cloud.
    """
    loaded = load_project(request.path, request.load)
    request = _with_defaults(request, loaded.settings)
    off = OFF_BY_DEFAULT if advise else OFF_BY_DEFAULT | ADVICE
    errors = [finding for finding in loaded.diagnostics if finding.severity is Severity.ERROR]
    errors += _check_rule_names(loaded.settings)
    others = [finding for finding in loaded.diagnostics if finding.severity is not Severity.ERROR]
    if loaded.project is not None:
        others += check(loaded.project, select=request.select, ignore=request.ignore, off=off)
        errors += _check_code(loaded.project)
    suppressions = _read_suppressions(loaded.sources)
    if suppressions is not None and loaded.project is not None:
        others += _check_suppressions(suppressions, others, request, off)
    others = [
        finding for finding in others if _is_selected(finding, request) and not _is_suppressed(finding, suppressions)
    ]
    if errors or any(
        finding.severity is not Severity.INFO and finding.rule not in DELIVERY_WARNINGS for finding in others
    ):
        others = [finding for finding in others if finding.rule not in ADVICE - request.select]
    findings = Findings(Diagnostics([*errors, *others]).sorted(), loaded.masked_sources)
    stop = loaded.project is None or failed(findings, strict=request.strict)
    return CheckedProject(
        loaded.project,
        findings,
        loaded.environment,
        stop,
        request,
        suppressions,
        loaded.dotenv,
        loaded.settings,
        loaded.regions,
    )


def _with_defaults(request: Request, settings: Settings) -> Request:
    """The request, with the settings of scfdeploy.toml where the command line has none."""
    if settings.strict is None and not settings.ignore and not settings.select:
        return request
    return replace(
        request,
        strict=settings.strict if request.strict is None else request.strict,
        ignore=request.ignore or frozenset(settings.ignore),
        select=request.select or frozenset(settings.select),
    )


def _check_rule_names(settings: Settings) -> list[Diagnostic]:
    """The errors about rules in scfdeploy.toml that do not exist, which would hide all findings or none."""
    if not settings.ignore and not settings.select:
        return []
    from scfdeploy.config.settings_file import unknown_rules
    from scfdeploy.report.pages import all_pages

    return unknown_rules(settings, all_pages())


def failed(findings: Findings, *, strict: bool | None) -> bool:
    """Whether the findings stop the command: errors do, and warnings if `strict`."""
    severities = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return any(finding.severity in severities for finding in findings.diagnostics)


def code_sources(project: Project) -> list[tuple[Address, Source | None]]:
    """Where the code of each layer and function comes from."""
    layers = [(layer.address, layer.source) for layer in project.layers]
    return [*layers, *((function.address, function.source) for function in project.functions)]


@contextmanager
def attach_findings(findings: Findings) -> Iterator[None]:
    """Add findings to an error that ends the run, so that they are shown with it."""
    try:
        yield
    except ScfDeployError as error:
        error.findings = findings
        raise


def _check_code(project: Project) -> Iterable[Diagnostic]:
    """The errors of packaging that are visible without packaging."""
    sources = code_sources(project)
    if not any(_needs_check(source) for _, source in sources):
        return ()
    from scfdeploy.packager.pack import check_sources

    return check_sources(sources)


def _needs_check(source: Source | None) -> bool:
    match source:
        case FolderSource():
            return bool(source.include or source.exclude or source.start_program)
        case ArchiveSource():
            return bool(source.start_program)
    return False


def _read_suppressions(sources: Mapping[str, str]) -> Suppressions | None:
    """What the comments in the files suppress; None without such comments, which loads no module for them."""
    if not any(_COMMENT in text for text in sources.values()):
        return None
    from scfdeploy.operations.suppressions import suppressions_in

    return suppressions_in(sources)


def _check_suppressions(
    suppressions: Suppressions, findings: list[Diagnostic], request: Request, off: frozenset[str]
) -> list[Diagnostic]:
    from scfdeploy.report.pages import all_pages, pages_of

    rules = rule_ids() | {page.id for page in pages_of("scfdeploy.config")}
    active = (rules & request.select if request.select else rules - off) - request.ignore
    return list(suppressions.diagnostics(findings, known=all_pages(), active=active))


def _is_suppressed(finding: Diagnostic, suppressions: Suppressions | None) -> bool:
    return suppressions is not None and suppressions.matches(finding)


def _is_selected(finding: Diagnostic, request: Request) -> bool:
    return finding.rule not in request.ignore and (not request.select or finding.rule in request.select)


def requests_by_region(request: Request) -> tuple[Request, ...]:
    """A request for each region of a project that has several; otherwise the request itself.

    Those with errors in their files come first, so that these are found before anything changes.
    """
    regions = load_project(request.path, request.load).regions
    parts = [in_region(request, region) for region in regions]
    return tuple(sorted(parts, key=lambda part: not load_and_check(part).failed)) or (request,)


def in_region(request: Request, region: str) -> Request:
    """The request for the instances of one region only."""
    return replace(request, load=replace(request.load, part=region))
