"""Load, resolve and validate a project: everything that needs neither credentials nor network."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scfdeploy.config import load_project
from scfdeploy.config.load_result import NO_ENV_FILE, EnvFile
from scfdeploy.config.project_settings import NO_SETTINGS, Settings
from scfdeploy.diagnostics import Diagnostic, Diagnostics, ScfDeployError, Severity, few_suggestions, message
from scfdeploy.model import Address, ArchiveSource, FolderSource, Project, Source
from scfdeploy.operations.request import Request
from scfdeploy.records import NamedTuple, replace
from scfdeploy.results import Findings
from scfdeploy.rules import ADVICE, DELIVERY_WARNINGS, OFF_BY_DEFAULT, ONCE_PER_FILE, check, rule_ids

if TYPE_CHECKING:
    from scfdeploy.operations.suppressions import Suppressions

DEPENDENCY_FILES = ("requirements.txt", "pyproject.toml", "Pipfile.lock", "package.json")
"""A folder of code without any of these has no dependencies that a build could install."""
_COMMENT = "scfdeploy:"
"""Every comment that suppresses findings contains this text."""
_EMPTY = "code-empty"
_NAMES_FILE = ("handler-not-in-source", "bootstrap-missing")
"""The rules that report a file which the code lacks."""


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
            if finding.severity is Severity.ERROR or not _is_hidden(finding, self.request, self.suppressions)
        ]
        return Findings(Diagnostics([*self.findings.diagnostics, *more]).sorted(), self.findings.sources)


@few_suggestions()
def load_and_check(request: Request, *, advise: bool = False, read_code: bool = False) -> CheckedProject:
    """Load the project and run the rules on it; with `advise`, a file without errors and warnings gets advice too.

    With `read_code`, the findings are also those of packaging, which `plan` and `apply` report later: errors, and
    warnings if these fail the command.
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
    packaging: list[Diagnostic] = []
    if loaded.project is not None:
        others += check(loaded.project, select=request.select, ignore=request.ignore, off=off)
        packaging = list(_check_code(loaded.project, read_code=read_code))
        errors += [finding for finding in packaging if finding.severity is Severity.ERROR]
        errors = _without_empty_code(errors, others)
    suppressions = _read_suppressions(loaded.sources)
    if suppressions is not None and loaded.project is not None:
        others += _check_suppressions(suppressions, others, request, off)
    others = [
        finding for finding in others if _is_selected(finding, request) and not _is_suppressed(finding, suppressions)
    ]
    others = _once_per_file(others)
    if request.strict:
        others += [
            finding
            for finding in packaging
            if finding.severity is Severity.WARNING and not _is_hidden(finding, request, suppressions)
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
    return [(address, source) for address, source, _ in sources_with_runtimes(project)]


def sources_with_runtimes(project: Project) -> Iterator[tuple[Address, Source | None, Sequence[str]]]:
    """The source and the runtime of each function; of each layer, all runtimes that it names."""
    for layer in project.layers:
        runtimes = layer.settings.get("runtimes")
        yield layer.address, layer.source, [str(name) for name in runtimes] if isinstance(runtimes, tuple) else []
    for function in project.functions:
        runtime = function.settings.get("runtime")
        yield function.address, function.source, [str(runtime)] if runtime else []


def may_have_dependencies(source: Source | None) -> bool:
    """Whether there is anything to build, judged without loading modules for it."""
    if not isinstance(source, FolderSource) or source.build.enabled is False:
        return False
    if source.build.enabled:
        return True
    return source.hook is None and any(
        os.path.isfile(f"{folder}/{name}")  # noqa: PTH113
        for folder in source.manifest_folders
        for name in DEPENDENCY_FILES
    )


@contextmanager
def attach_findings(findings: Findings) -> Iterator[None]:
    """Add findings to an error that ends the run, so that they are shown with it."""
    try:
        yield
    except ScfDeployError as error:
        error.findings = findings
        raise


def _check_code(project: Project, *, read_code: bool) -> Iterable[Diagnostic]:
    """The findings of packaging that are visible without packaging: errors in settings, with `read_code` all.

    `plan` needs only the former, because it packs the code afterwards.
    """
    if read_code:
        return _read_code(project)
    sources = code_sources(project)
    if not any(_needs_check(source) for _, source in sources):
        return ()
    from scfdeploy.packager.pack import check_sources

    return check_sources(sources)


def _read_code(project: Project) -> Iterator[Diagnostic]:
    from scfdeploy.packager.pack import check_files

    yield from check_files(code_sources(project))
    for address, source, runtimes in sources_with_runtimes(project):
        if isinstance(source, FolderSource) and may_have_dependencies(source):
            from scfdeploy.packager.build.builder import check_dependencies

            yield from check_dependencies(address, source, runtimes)


def _without_empty_code(errors: list[Diagnostic], others: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The errors without that of an empty folder where another error names the file that is missing."""
    if all(finding.rule != _EMPTY for finding in errors):
        return errors
    named = [finding for finding in (*errors, *others) if finding.severity is Severity.ERROR and finding.rule != _EMPTY]
    subjects = {finding.subject for finding in named}
    addresses = {finding.address for finding in named if finding.rule in _NAMES_FILE}
    return [
        finding
        for finding in errors
        if finding.rule != _EMPTY or (finding.subject not in subjects and finding.address not in addresses)
    ]


def _once_per_file(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings, with one that several functions of a file have listed once, with the lines of the others."""
    kept: dict[tuple[str, str, str] | int, Diagnostic] = {}
    lines: dict[tuple[str, str, str], set[int]] = {}
    for number, finding in enumerate(findings):
        if finding.rule not in ONCE_PER_FILE or finding.subject is None:
            kept[number] = finding
            continue
        key = (finding.rule, finding.subject.file, finding.detail)
        first = kept.setdefault(key, finding)
        if first.subject is not None and first.subject.start.line != finding.subject.start.line:
            lines.setdefault(key, set()).add(finding.subject.start.line)
    for key, others in lines.items():
        listed = ", ".join(map(str, sorted(others)))
        more = (
            message(" Also on line {lines}.", lines=listed)
            if len(others) == 1
            else message(" Also on lines {lines}.", lines=listed)
        )
        kept[key] = replace(kept[key], detail=kept[key].detail + more)
    return list(kept.values())


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


def _is_hidden(finding: Diagnostic, request: Request, suppressions: Suppressions | None) -> bool:
    """Whether --ignore or a comment hides a finding of packaging or planning, which --select does not choose from."""
    return finding.rule in request.ignore or _is_suppressed(finding, suppressions)


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
