"""Pack the code of a function into a bundle for upload."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from scfdeploy.diagnostics import Diagnostics
from scfdeploy.model import Address, ArchiveSource, Bundle, FolderSource, ObjectSource, Source
from scfdeploy.packager.archive import pack_archive
from scfdeploy.packager.cache import PackageCache
from scfdeploy.packager.findings import Findings
from scfdeploy.packager.folder import pack_folder


def pack(function: Address, source: Source, *, cache: PackageCache) -> tuple[Bundle | None, Diagnostics]:
    """The bundle of a function's code, or None when the diagnostics hold an error.

    The same files give the same bytes, wherever and whenever they are packed. `Bundle.path` stays readable as long as
    `cache` lives; a ready archive is not copied, so compare its hash when it is uploaded. ScfDeployError when no disk
    takes the archive. Safe to call from several threads.
    """
    findings = Findings(function, source.span)
    match source:
        case FolderSource():
            bundle = _into(source.bucket, pack_folder(function, source, cache=cache, findings=findings))
        case ArchiveSource():
            bundle = _into(source.bucket, pack_archive(function, source, cache=cache, findings=findings))
        case ObjectSource():
            bundle = _of_object(function, source, cache)
        case _:
            assert_never(source)
    return bundle, findings.diagnostics


def _into(bucket: str, bundle: Bundle | None) -> Bundle | None:
    return replace(bundle, bucket=bucket) if bucket and bundle is not None else bundle


def _of_object(function: Address, source: ObjectSource, cache: PackageCache) -> Bundle:
    """Nothing to pack, and nothing known of the bytes: another object name is taken for other code."""
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
