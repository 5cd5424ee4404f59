"""Pack the code of a function into a bundle for upload, or check it without packing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import assert_never

from scfdeploy.diagnostics import Diagnostics
from scfdeploy.model import Address, ArchiveSource, Bundle, FolderSource, ObjectSource, Source
from scfdeploy.packager.bootstrap import check_archive, check_folder
from scfdeploy.packager.cache import PackageCache
from scfdeploy.packager.findings import Findings
from scfdeploy.packager.folder import check_folder_files, pack_folder
from scfdeploy.packager.include import check_include
from scfdeploy.packager.unused_patterns import check_patterns
from scfdeploy.records import replace


def pack(function: Address, source: Source, *, cache: PackageCache) -> tuple[Bundle | None, Diagnostics]:
    """The bundle of a function's code, or None when the diagnostics contain an error.

    The same files give the same bytes, wherever and whenever they are packed. `Bundle.path` stays readable as long as
    `cache` exists; an existing archive is not copied, so compare its hash before the upload. ScfDeployError when the
    archive cannot be written to any disk. Safe to call from several threads.
    """
    findings = Findings(function, source.span)
    match source:
        case FolderSource():
            bundle = pack_folder(function, source, cache=cache, findings=findings)
        case ArchiveSource():
            from scfdeploy.packager.archive import pack_archive

            bundle = pack_archive(function, source, cache=cache, findings=findings)
        case ObjectSource():
            return _object_bundle(function, source), findings.diagnostics
        case _:
            assert_never(source)
    if bundle is not None and source.bucket:
        bundle = replace(bundle, bucket=source.bucket)
    return bundle, findings.diagnostics


def check_sources(sources: Iterable[tuple[Address, Source | None]]) -> Diagnostics:
    """Errors in `src.include`, `src.exclude` and the start program, once per source. Nothing is written.

    Files that a hook can still create are not checked.
    """
    return _check(sources, _check_settings)


def check_files(sources: Iterable[tuple[Address, Source | None]]) -> Diagnostics:
    """What packing would report, once per source, with its warnings. Nothing is written.

    Reads the names of all files, and ready archives. Files that a hook can still create are not checked.
    """
    return _check(sources, _check_all)


def _check(
    sources: Iterable[tuple[Address, Source | None]], check: Callable[[FolderSource | ArchiveSource, Findings], None]
) -> Diagnostics:
    diagnostics = Diagnostics()
    checked: set[Source] = set()
    for address, source in sources:
        if source is None or isinstance(source, ObjectSource) or source in checked:
            continue
        checked.add(source)
        findings = Findings(address, source.span)
        check(source, findings)
        diagnostics.extend(dict.fromkeys(findings.diagnostics))
    return diagnostics


def _check_settings(source: FolderSource | ArchiveSource, findings: Findings) -> None:
    if isinstance(source, FolderSource):
        check_patterns(source, findings)
        check_include(source, findings)
        if source.hook is None:
            check_folder(source, findings)
    elif source.hook is None:
        check_archive(source, findings)


def _check_all(source: FolderSource | ArchiveSource, findings: Findings) -> None:
    if source.hook is not None:
        _check_settings(source, findings)
    elif isinstance(source, FolderSource):
        check_folder(source, findings)
        if not source.is_partial:
            check_folder_files(source, findings)
    else:
        from scfdeploy.packager.archive import check_archive_content

        check_archive_content(source, findings)


def _object_bundle(function: Address, source: ObjectSource) -> Bundle:
    """Code in COS, whose bytes are unknown: its digest changes with the name of the object."""
    import hashlib

    sha256 = hashlib.sha256(f"cos:{source.bucket}/{source.object}".encode()).hexdigest()
    return Bundle(
        function=function,
        sha256=sha256,
        content_sha256=sha256,
        size=0,
        files=0,
        bucket=source.bucket,
        object=source.object,
        region=source.region,
    )
