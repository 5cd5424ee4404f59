"""Run build hooks, package the code of functions and layers, and detect whether it is deployed already."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import replace

from scfdeploy.diagnostics import Diagnostics
from scfdeploy.facts import limit
from scfdeploy.model import Address, ArchiveSource, Bundle, FolderSource, Hook, Observed, Project, Source
from scfdeploy.model.code import DeployedCode
from scfdeploy.model.resource_kind import FUNCTION
from scfdeploy.operations.plan_file import plan_files_in
from scfdeploy.operations.request import CloudOptions, endpoint_of
from scfdeploy.packager import PackageCache, content_digest, pack
from scfdeploy.providers.base import CloudError, Reader
from scfdeploy.workspace.paths import cache_dir


def package_cache(project: Project, cloud: CloudOptions) -> PackageCache:
    """The packages of earlier runs, and notes of what this cloud has; deleting them costs time, never correctness."""
    return PackageCache(cache_dir(project.root), place=f"{endpoint_of(cloud)}\n{project.key.region}")


def pack_all(
    project: Project, cache: PackageCache, *, exclude_path: str = ""
) -> tuple[dict[Address, Bundle], Diagnostics]:
    """Pack what says where its code or content is, without files that keep a plan, and without `spared`."""
    sources = [(spec.address, spec.source) for spec in project.layers]
    sources += [(spec.address, spec.source) for spec in project.functions]
    bundles: dict[Address, Bundle] = {}
    found = Diagnostics()
    for address, source in sources:
        if source is None:
            continue
        bundle, diagnostics = pack(address, _without_plans(source, exclude_path), cache=cache)
        found.extend(diagnostics)
        if bundle is not None:
            bundles[address] = bundle
    return bundles, found


def _without_plans(source: Source, exclude_path: str) -> Source:
    if not isinstance(source, FolderSource):
        return source
    folder = source.root.rstrip("/") + "/"
    own = [exclude_path.removeprefix(folder)] if exclude_path.startswith(folder) else []
    found = frozenset([*own, *plan_files_in(source.root)])
    return dataclasses.replace(source, own_files=found) if found else source


def match_deployed_code(
    bundles: Mapping[Address, Bundle], observed: Observed, reader: Reader, cache: PackageCache
) -> dict[Address, Bundle]:
    """The bundles, each knowing under which hash the cloud shows the same code.

    Where hash and notes do not tell, a small archive is fetched and its contents compared; a large one is taken for
    different, which is safe and only slower.
    """
    return {address: _recognised(bundle, observed, reader, cache) for address, bundle in bundles.items()}


def observed_code(observed: Observed) -> dict[str, DeployedCode]:
    """What code functions were seen to have, by their ids. Of one that is changing nothing is certain."""
    found: dict[str, DeployedCode] = {}
    for address, resource in observed.resources.items():
        match resource.attributes:
            case {
                "functionId": str(key),
                "modified": str(modified),
                "codeSize": int(size),
                "codeSha256": str(digest),
            } if address.kind is FUNCTION and resource.state == "Active":
                found[key] = DeployedCode(modified, size, digest)
    return found


def _recognised(bundle: Bundle, observed: Observed, reader: Reader, cache: PackageCache) -> Bundle:
    deployed = observed.resources.get(bundle.function)
    shown = deployed.attributes.get("codeSha256") if deployed else None
    key = str(deployed.attributes.get("functionId") or "") if deployed else ""
    bundle = dataclasses.replace(bundle, known_as=bundle.known_as | cache.known_as(bundle.content_sha256, key))
    if not isinstance(shown, str) or not shown or shown == bundle.sha256 or shown in bundle.known_as:
        return bundle
    if bundle.path is None or not 0 < bundle.size <= limit("code.inline_max_bytes"):
        return bundle
    try:
        archive = reader.deployed_code(bundle.function)
        same = content_digest(archive) == bundle.content_sha256
    except (CloudError, ValueError):
        # No archive, or none that can be read: the code is sent again.
        return bundle
    if not same:
        return bundle
    cache.note_upload(bundle, key, shown)
    return dataclasses.replace(bundle, known_as=bundle.known_as | {shown})


def run_hooks(
    project: Project,
    *,
    environment: Callable[[], Mapping[str, str]],
    on_output: Callable[[str], None] | None,
    limit_s: float,
) -> Diagnostics:
    """Run every `src.hook` of a project in the order of the files, until one fails. Without `on_output`, run none.

    `environment` is asked for when there is one to run; each may take `limit_s` seconds.
    """
    found = Diagnostics()
    if on_output is None:
        return found
    for hook in _hooks(project):
        from scfdeploy.packager.command import run_hook

        run_hook(hook, found, environment=environment(), tell=on_output, limit_s=limit_s)
        if found.has_errors:
            break
    return found


def check_built_code(project: Project, *, select: frozenset[str], ignore: frozenset[str]) -> Diagnostics:
    """What the rules find in code that commands have made, and could not see before they ran."""
    if not _hooks(project):
        return Diagnostics()
    from scfdeploy.rules import check

    before = list(check(project, select=select, ignore=ignore))
    after = check(_with_code_made(project), select=select, ignore=ignore)
    return Diagnostics([one for one in after if one not in before])


def _with_code_made(project: Project) -> Project:
    """The project as if its code had always been there."""
    instances = (
        replace(
            instance,
            functions=tuple(replace(one, source=_made(one.source)) for one in instance.functions),
            layers=tuple(replace(one, source=_made(one.source)) for one in instance.layers),
        )
        for instance in project.instances
    )
    return replace(project, instances=tuple(instances))


def _made(source: Source | None) -> Source | None:
    return replace(source, hook=None) if isinstance(source, FolderSource | ArchiveSource) else source


def _hooks(project: Project) -> list[Hook]:
    """Functions that share their code share its command."""
    sources: list[Source | None] = [layer.source for layer in project.layers]
    sources += [function.source for function in project.functions]
    hooks = [source.hook for source in sources if isinstance(source, FolderSource | ArchiveSource) and source.hook]
    return list({(hook.command, hook.cwd): hook for hook in reversed(hooks)}.values())[::-1]
