"""Verify an import: load the written files and check that a plan for them is empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from scfdeploy.config.files import display_path
from scfdeploy.model import Address, Bundle, Observed, Project, Resource, domains_of
from scfdeploy.model.observed import OWNER_TAGS
from scfdeploy.operations.check import CheckedProject, failed, load_and_check
from scfdeploy.operations.code import build_all, pack_all, package_cache
from scfdeploy.operations.import_.layout import Group
from scfdeploy.operations.import_.writer import ImportedFile
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.packager import PackageCache
from scfdeploy.plan import Action, FieldChange, Policy, make_plan
from scfdeploy.records import dataclass, replace
from scfdeploy.results import Findings
from scfdeploy.results.imported import Imported, ImportedFunction
from scfdeploy.workspace.install_files import InstalledFiles

_OWNER_FIELDS = ("owner", *(f"tags.{tag}" for tag in OWNER_TAGS))


@dataclass(frozen=True, slots=True)
class FetchedCode:
    """The digests of downloaded code."""

    content_sha256: str
    """The digest of its files."""

    cloud_sha256: str | None
    """The digest of the archive, if the cloud returns it."""


@dataclass(frozen=True, slots=True)
class WrittenFiles:
    """The files of an import."""

    root: Path
    groups: Sequence[Group]
    files: Sequence[ImportedFile]
    """One file per group."""

    codes: Mapping[Address, FetchedCode]
    """The code of the functions whose code was imported."""


def verify(
    request: Request,
    cloud: CloudOptions,
    written: WrittenFiles,
    observed: Observed,
    installed: InstalledFiles,
    *,
    secrets: str,
) -> Imported:
    """Load the written files and plan them against `observed`."""
    checked = load_and_check(replace(request, path=str(written.root)))
    findings = checked.findings
    differing: Mapping[Address, tuple[FieldChange, ...]] = {}
    if checked.project is not None:
        bundles, findings = _pack(checked, checked.project, written, observed, cloud)
        differing = _differing(checked.project, bundles, _with_hashes(observed, written.codes))
    cwd = request.load.cwd
    imported = {function for group in written.groups for function in group.functions}
    functions = [
        ImportedFunction(
            function,
            display_path(str(group.file), cwd),
            observed.resources[function].owner == group.owner,
            differing.get(function, ()),
            [(address, reason) for address, reason in file.omitted if address.of == function],
        )
        for group, file in zip(written.groups, written.files, strict=True)
        for function in group.functions
    ]
    return Imported(
        findings,
        not failed(findings, strict=request.strict)
        and not any(fields for function, fields in differing.items() if function in imported),
        display_path(str(written.root), cwd),
        [display_path(file, cwd) for file in installed.files],
        functions,
        (display_path(secrets, cwd),) if secrets else (),
        [(display_path(old, cwd), display_path(new, cwd)) for old, new in installed.backups],
    )


def _pack(
    checked: CheckedProject, project: Project, written: WrittenFiles, observed: Observed, cloud: CloudOptions
) -> tuple[dict[Address, Bundle], Findings]:
    """Package the downloaded code."""
    if not written.codes:
        return {}, checked.findings
    cache = package_cache(project, cloud)
    # A manifest in the downloaded code makes the next plan install its packages, which is reported.
    built = build_all(project, environment=dict, on_output=None, limit_s=0)
    bundles, diagnostics = pack_all(project, cache)
    diagnostics.extend(built.diagnostics)
    known = {
        address: _with_cloud_hash(bundle, written.codes[address], observed.resources[address], cache)
        for address, bundle in bundles.items()
        if address in written.codes
    }
    return known, checked.with_diagnostics(diagnostics)


def _with_cloud_hash(bundle: Bundle, code: FetchedCode, function: Resource, cache: PackageCache) -> Bundle:
    """The bundle, with the hash of the deployed archive if its contents are the same."""
    if not code.cloud_sha256 or code.content_sha256 != bundle.content_sha256:
        return bundle
    cache.note_upload(bundle, str(function.attributes.get("functionId") or ""), code.cloud_sha256)
    return replace(bundle, known_as=bundle.known_as | {code.cloud_sha256})


def _with_hashes(observed: Observed, codes: Mapping[Address, FetchedCode]) -> Observed:
    resources = dict(observed.resources)
    for address, code in codes.items():
        if code.cloud_sha256:
            resource = resources[address]
            attributes = {**resource.attributes, "codeSha256": code.cloud_sha256}
            resources[address] = replace(resource, attributes=attributes)
    return replace(observed, resources=resources)


def _differing(
    project: Project, bundles: Mapping[Address, Bundle], observed: Observed
) -> dict[Address, tuple[FieldChange, ...]]:
    """The fields of each function and its parts that a plan would change, other than its owner."""
    plan = make_plan(project, bundles, observed, Policy(adopt=True))
    listing = {domain.address: domain.function.address for domain in domains_of(project)}
    differing: dict[Address, tuple[FieldChange, ...]] = {}
    for change in plan.changes:
        if change.action is not Action.NO_OP:
            fields = tuple(field for field in change.fields if field.path not in _OWNER_FIELDS)
            function = listing.get(change.address, change.address.of)
            differing[function] = (*differing.get(function, ()), *fields)
    return differing
