"""Packs the code of every function and layer, and tells whether it is what the cloud runs already."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from scfdeploy.diagnostics import Diagnostics
from scfdeploy.facts import limit
from scfdeploy.model import Address, Bundle, FolderSource, Observed, Project, Source
from scfdeploy.model.code_note import CodeNote
from scfdeploy.packager import PackageCache, content_digest, pack
from scfdeploy.pipeline.own_folder import cache_folder
from scfdeploy.pipeline.plan_file import plan_files_in
from scfdeploy.pipeline.request import Cloud, endpoint_of
from scfdeploy.providers.base import CloudError, Reader


def package_cache(project: Project, cloud: Cloud) -> PackageCache:
    """The packages of earlier runs, and notes of what this cloud has; deleting them costs time, never correctness."""
    return PackageCache(cache_folder(project.root), place=f"{endpoint_of(cloud)}\n{project.key.region}")


def pack_all(project: Project, cache: PackageCache, *, spared: str = "") -> tuple[dict[Address, Bundle], Diagnostics]:
    """Pack what says where its code or content is, without files that keep a plan, and without `spared`."""
    sources = [(spec.address, spec.source) for spec in project.layers]
    sources += [(spec.address, spec.source) for spec in project.functions]
    bundles: dict[Address, Bundle] = {}
    found = Diagnostics()
    for address, source in sources:
        if source is None:
            continue
        bundle, diagnostics = pack(address, _without_plans(source, spared), cache=cache)
        found.extend(diagnostics)
        if bundle is not None:
            bundles[address] = bundle
    return bundles, found


def _without_plans(source: Source, spared: str) -> Source:
    if not isinstance(source, FolderSource):
        return source
    folder = source.root.rstrip("/") + "/"
    own = [spared.removeprefix(folder)] if spared.startswith(folder) else []
    found = frozenset([*own, *plan_files_in(source.root)])
    return dataclasses.replace(source, own_files=found) if found else source


def recognise(
    bundles: Mapping[Address, Bundle], observed: Observed, reader: Reader, cache: PackageCache
) -> dict[Address, Bundle]:
    """The bundles, each knowing under which hash the cloud shows the same code.

    Where hash and notes do not tell, a small archive is fetched and its contents compared; a large one is taken for
    different, which is safe and only slower.
    """
    return {address: _recognised(bundle, observed, reader, cache) for address, bundle in bundles.items()}


def seen_code(observed: Observed) -> dict[str, CodeNote]:
    """What code functions were seen to have, by their ids. Of one that is changing nothing is certain."""
    found: dict[str, CodeNote] = {}
    for address, resource in observed.resources.items():
        match resource.facts:
            case {
                "functionId": str(key),
                "modified": str(modified),
                "codeSize": int(size),
                "codeSha256": str(digest),
            } if address.kind == "function" and resource.state == "Active":
                found[key] = CodeNote(modified, size, digest)
    return found


def _recognised(bundle: Bundle, observed: Observed, reader: Reader, cache: PackageCache) -> Bundle:
    deployed = observed.resources.get(bundle.function)
    shown = deployed.facts.get("codeSha256") if deployed else None
    key = str(deployed.facts.get("functionId") or "") if deployed else ""
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
