"""Run build hooks, package the code of functions and layers, and detect whether it is deployed already."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from scfdeploy.diagnostics import Diagnostics
from scfdeploy.facts import limit
from scfdeploy.model import (
    Address,
    ArchiveSource,
    Bundle,
    FolderSource,
    FunctionSpec,
    Hook,
    LayerSpec,
    Observed,
    Project,
    Source,
)
from scfdeploy.model.code import DeployedCode
from scfdeploy.model.observed import ACTIVE
from scfdeploy.model.resource_kind import FUNCTION
from scfdeploy.operations.check import code_sources, may_have_dependencies, sources_with_runtimes
from scfdeploy.operations.request import CloudOptions, endpoint_of
from scfdeploy.packager import PackageCache, pack
from scfdeploy.providers.base import CloudError, ProgressListener, Reader, Stage, StageProgress
from scfdeploy.records import NamedTuple, replace
from scfdeploy.workspace.paths import cache_dir

if TYPE_CHECKING:
    from scfdeploy.packager.build.builder import Built

_Spec = TypeVar("_Spec", FunctionSpec, LayerSpec)
_PLAN_PREFIX = b'{\n "kind": "scfdeploy-plan"'
"""The first bytes of every saved plan."""


def package_cache(project: Project, cloud: CloudOptions) -> PackageCache:
    """The cache of packages, and of what is deployed to this cloud. Deleting it costs time, never correctness."""
    return PackageCache(cache_dir(project.root), place=f"{endpoint_of(cloud)}\n{project.key.region}")


def pack_all(
    project: Project, cache: PackageCache, *, exclude_path: str = "", on_progress: ProgressListener | None = None
) -> tuple[dict[Address, Bundle], Diagnostics]:
    """Package the code of all functions and layers, without saved plans and without the file `exclude_path`."""
    sources = code_sources(project)
    note = on_progress or (lambda _: None)
    bundles: dict[Address, Bundle] = {}
    diagnostics = Diagnostics()
    try:
        for number, (address, source) in enumerate(sources):
            note(StageProgress(Stage.PACKAGING, number, len(sources)))
            if source is None:
                continue
            bundle, problems = pack(address, _without_plans(source, exclude_path), cache=cache)
            diagnostics.extend(problems)
            if bundle is not None:
                bundles[address] = bundle
    finally:
        note(StageProgress(Stage.PACKAGING, len(sources), len(sources)))
    return bundles, diagnostics


def _without_plans(source: Source, exclude_path: str) -> Source:
    if not isinstance(source, FolderSource):
        return source
    folder = source.root.rstrip("/") + "/"
    files = {exclude_path.removeprefix(folder)} if exclude_path.startswith(folder) else set()
    files |= saved_plans_in(source.root)
    return replace(source, own_files=frozenset(files)) if files else source


def saved_plans_in(folder: str) -> set[str]:
    """The names of the files directly in a folder that have `plan` in their name and contain a saved plan."""
    plans = set()
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if "plan" in entry.name.lower() and entry.is_file(follow_symlinks=False):
                with suppress(OSError), open(entry.path, "rb") as file:  # noqa: PTH123
                    if file.read(len(_PLAN_PREFIX)) == _PLAN_PREFIX:
                        plans.add(entry.name)
    return plans


def match_deployed_code(
    bundles: Mapping[Address, Bundle], observed: Observed, reader: Reader, cache: PackageCache
) -> dict[Address, Bundle]:
    """The bundles, with the hash that the cloud shows for the same code in `known_as`.

    If hashes and the cache do not decide, a small archive is downloaded and its contents are compared; a large one
    counts as different, which is safe and only slower.
    """
    sent = functools.cache(cache.sent)
    return {
        address: _match(bundle, observed, reader, cache, sent) if bundle.function in observed.resources else bundle
        for address, bundle in bundles.items()
    }


def observed_code(observed: Observed) -> dict[str, DeployedCode]:
    """The observed code of functions by function id. Functions that are being changed are left out."""
    codes: dict[str, DeployedCode] = {}
    for address, resource in observed.resources.items():
        match resource.attributes:
            case {
                "functionId": str(function_id),
                "modified": str(modified),
                "codeSize": int(size),
                "codeSha256": str(digest),
            } if address.kind is FUNCTION and resource.state == ACTIVE:
                codes[function_id] = DeployedCode(modified, size, digest)
    return codes


def _match(
    bundle: Bundle, observed: Observed, reader: Reader, cache: PackageCache, sent: Callable[[], Mapping[str, str]]
) -> Bundle:
    deployed = observed.resources.get(bundle.function)
    digest = deployed.attributes.get("codeSha256") if deployed else None
    function_id = str(deployed.attributes.get("functionId") or "") if deployed else ""
    bundle = replace(bundle, known_as=bundle.known_as | cache.known_as(bundle.content_sha256, function_id))
    if not isinstance(digest, str) or not digest or digest == bundle.sha256 or digest in bundle.known_as:
        return bundle
    if bundle.path is None or not 0 < bundle.size <= limit("code.inline_max_bytes"):
        return bundle
    # A note only spares the download of other code: with a wrong one, the code is uploaded again, never left alone.
    if sent().get(digest, bundle.content_sha256) != bundle.content_sha256:
        return bundle
    from scfdeploy.packager.archive import content_digest

    try:
        is_same = content_digest(reader.deployed_code(bundle.function)) == bundle.content_sha256
    except (CloudError, ValueError):
        # The archive cannot be downloaded or read, so the code is uploaded again.
        return bundle
    if not is_same:
        return bundle
    cache.note_upload(bundle, function_id, digest)
    return replace(bundle, known_as=bundle.known_as | {digest})


def run_hooks(
    project: Project,
    *,
    environment: Callable[[], Mapping[str, str]],
    on_output: Callable[[str], None] | None,
    limit_s: float,
) -> Diagnostics:
    """Run each `src.hook` of a project in the order of the files, until one fails; none without `on_output`.

    `environment` is called only if there is a hook. `limit_s` is the time limit of each hook.
    """
    diagnostics = Diagnostics()
    if on_output is None:
        return diagnostics
    for hook in _hooks(project):
        from scfdeploy.packager.command import run_hook

        run_hook(hook, diagnostics, environment=environment(), on_output=on_output, timeout_s=limit_s)
        if diagnostics.has_errors:
            break
    return diagnostics


class BuiltProject(NamedTuple):
    """A project whose dependencies are installed."""

    project: Project
    """The project, with the folders of installed dependencies in its sources."""
    diagnostics: Diagnostics
    built: Mapping[Address, Built]
    """The dependencies of each function and layer that has any."""


def build_all(
    project: Project,
    *,
    environment: Callable[[], Mapping[str, str]],
    on_output: Callable[[str], None] | None,
    limit_s: float,
    prebuilt: bool = False,
) -> BuiltProject:
    """Add the dependencies of all functions and layers, and install those that are not in the cache.

    Without `on_output`, which receives the output of commands, and with `prebuilt`, nothing is installed, and missing
    dependencies are reported; `prebuilt` trusts what an earlier step of a pipeline installed. Ends at the first error.
    `environment` is called only if a command is run. `limit_s` is the time limit of each command.
    """
    result = BuiltProject(project, Diagnostics(), {})
    if not any(may_have_dependencies(source) for _, source in code_sources(project)):
        return result
    from scfdeploy.packager.build.builder import Builder, PrebuiltDependencies, make_run
    from scfdeploy.packager.build.built_folders import BuiltFolders

    folders = BuiltFolders(project.root)
    run = None if on_output is None else make_run(environment, on_output=on_output, timeout_s=limit_s)
    builder = (
        PrebuiltDependencies(folders) if prebuilt else Builder(folders, run, on_output=on_output or (lambda _: None))
    )
    built: dict[Address, Built] = {}
    index = {}
    for address, source, runtimes in sources_with_runtimes(project):
        if not isinstance(source, FolderSource) or result.diagnostics.has_errors:
            continue
        if prebuilt and not may_have_dependencies(source):
            continue
        dependencies, problems = builder.build(address, source, runtimes)
        result.diagnostics.extend(problems)
        index[folders.index_name(source.root, runtimes)] = None if dependencies is None else dependencies.index_entry
        if dependencies is not None:
            built[address] = dependencies
    if run is not None and not prebuilt and not result.diagnostics.has_errors:
        folders.add_to_index(index)
    return BuiltProject(_with_built(project, built), result.diagnostics, built)


def _with_built(project: Project, built: Mapping[Address, Built]) -> Project:
    def add(spec: _Spec) -> _Spec:
        dependencies = built.get(spec.address)
        if dependencies is None or not isinstance(spec.source, FolderSource):
            return spec
        return replace(spec, source=dependencies.add_to(spec.source))

    return _with_specs(project, add, add) if built else project


def check_built_code(project: Project, *, select: frozenset[str], ignore: frozenset[str]) -> Diagnostics:
    """Run the rules on code that hooks have built, and return the findings that were not there before."""
    if not _hooks(project):
        return Diagnostics()
    from scfdeploy.rules import check

    before = list(check(project, select=select, ignore=ignore))
    after = check(_without_hooks(project), select=select, ignore=ignore)
    return Diagnostics([finding for finding in after if finding not in before])


def _without_hooks(project: Project) -> Project:
    """The project as if its code had been there from the start."""

    def remove(spec: _Spec) -> _Spec:
        return replace(spec, source=_without_hook(spec.source))

    return _with_specs(project, remove, remove)


def _with_specs(
    project: Project, function: Callable[[FunctionSpec], FunctionSpec], layer: Callable[[LayerSpec], LayerSpec]
) -> Project:
    """The project with each function and layer replaced."""
    instances = (
        replace(instance, functions=tuple(map(function, instance.functions)), layers=tuple(map(layer, instance.layers)))
        for instance in project.instances
    )
    return replace(project, instances=tuple(instances))


def _without_hook(source: Source | None) -> Source | None:
    if isinstance(source, FolderSource) and source.hook is not None and source.build.enabled is None:
        # Nothing is installed beside what a hook has made.
        return replace(source, hook=None, build=source.build._replace(enabled=False))
    return replace(source, hook=None) if isinstance(source, FolderSource | ArchiveSource) else source


def _hooks(project: Project) -> list[Hook]:
    """The hooks of layers and functions; a hook that several share is listed once."""
    sources = [source for _, source in code_sources(project)]
    hooks = [source.hook for source in sources if isinstance(source, FolderSource | ArchiveSource) and source.hook]
    # Of several with the same command, the first one counts.
    return list({(hook.command, hook.cwd): hook for hook in reversed(hooks)}.values())[::-1]
