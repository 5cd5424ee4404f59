"""Looks back at files that were just written from the cloud, and says whether a plan of them is empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scfdeploy.config.files import display_path
from scfdeploy.model import Address, Bundle, Observed, Project, Resource
from scfdeploy.model.observed import OWNER_TAGS
from scfdeploy.operations.check import CheckedProject, failed, load_and_check
from scfdeploy.operations.code import pack_all, package_cache
from scfdeploy.operations.import_.layout import Group
from scfdeploy.operations.import_.writer import ImportedFile
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.packager import PackageCache
from scfdeploy.plan import Action, FieldChange, Policy, make_plan
from scfdeploy.results import Findings, Imported, ImportedFunction
from scfdeploy.workspace.install_files import InstalledFiles

_MARKS = ("owner", *(f"tags.{tag}" for tag in OWNER_TAGS))


@dataclass(frozen=True, slots=True)
class FetchedCode:
    """Code that was fetched: the digest of its contents, and the hash under which the cloud shows it, if it does."""

    content_sha256: str
    cloud_sha256: str | None


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: `files` are those of `groups`. `has_code` says that no function's code is missing."""

    root: Path
    groups: Sequence[Group]
    files: Sequence[ImportedFile]
    codes: Mapping[Address, FetchedCode]
    has_code: bool


def verify(
    request: Request,
    cloud: CloudOptions,
    written: Written,
    observed: Observed,
    installed: InstalledFiles,
    *,
    secrets: str,
) -> Imported:
    """Read and plan what was written against what was seen. Where code is missing, nothing is said of the findings."""
    checked = load_and_check(replace(request, path=str(written.root)))
    findings = checked.findings
    differing: Mapping[Address, tuple[FieldChange, ...]] = {}
    if checked.project is not None:
        bundles, findings = _packed(checked, checked.project, written, observed, cloud)
        differing = _differing(checked.project, bundles, _with_hashes(observed, written.codes))
    told = findings if written.has_code else Findings()
    cwd = request.load.cwd
    functions = [
        ImportedFunction(
            function,
            display_path(str(group.file), cwd),
            observed.resources[function].owner == group.owner,
            differing.get(function, ()),
            [(address, why) for address, why in file.left_out if address.of == function],
        )
        for group, file in zip(written.groups, written.files, strict=True)
        for function in group.functions
    ]
    return Imported(
        told,
        not failed(told, strict=request.strict) and not any(differing.values()),
        display_path(str(written.root), cwd),
        [display_path(file, cwd) for file in installed.files],
        functions,
        (display_path(secrets, cwd),) if secrets else (),
        [(display_path(old, cwd), display_path(new, cwd)) for old, new in installed.backups],
    )


def _packed(
    checked: CheckedProject, project: Project, written: Written, observed: Observed, cloud: CloudOptions
) -> tuple[dict[Address, Bundle], Findings]:
    """The code that was fetched, packed again."""
    if not written.codes:
        return {}, checked.findings
    cache = package_cache(project, cloud)
    bundles, found = pack_all(project, cache)
    known = {
        address: _known(bundle, written.codes[address], observed.resources[address], cache)
        for address, bundle in bundles.items()
        if address in written.codes
    }
    return known, checked.with_diagnostics(found)


def _known(bundle: Bundle, code: FetchedCode, function: Resource, cache: PackageCache) -> Bundle:
    """The bundle, with the hash of the deployed archive noted as one of these very files."""
    if not code.cloud_sha256 or code.content_sha256 != bundle.content_sha256:
        return bundle
    cache.note_upload(bundle, str(function.attributes.get("functionId") or ""), code.cloud_sha256)
    return replace(bundle, known_as=bundle.known_as | {code.cloud_sha256})


def _with_hashes(observed: Observed, codes: Mapping[Address, FetchedCode]) -> Observed:
    resources = {
        address: _with_hash(resource, codes[address].cloud_sha256) if address in codes else resource
        for address, resource in observed.resources.items()
    }
    return replace(observed, resources=resources)


def _with_hash(resource: Resource, digest: str | None) -> Resource:
    return replace(resource, attributes={**resource.attributes, "codeSha256": digest}) if digest else resource


def _differing(
    project: Project, bundles: Mapping[Address, Bundle], observed: Observed
) -> dict[Address, tuple[FieldChange, ...]]:
    """What a plan would change of each function and what hangs on it, marks aside."""
    plan = make_plan(project, bundles, observed, Policy(adopt=True))
    found: dict[Address, tuple[FieldChange, ...]] = {}
    for change in plan.changes:
        if change.action is not Action.NO_OP:
            fields = tuple(field for field in change.fields if field.path not in _MARKS)
            found[change.address.of] = (*found.get(change.address.of, ()), *fields)
    return found
