"""Decide from stat fingerprints whether a cached snapshot is still valid."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Sequence
from dataclasses import replace

from scfdeploy.model import ArchiveSource, FolderSource
from scfdeploy.packager.cache import PackageCache, Snapshot
from scfdeploy.packager.file_reader import sha256_of
from scfdeploy.packager.scan import File

_TICK_NS = 20_000_000
"""Linux stamps files with the time of its last tick, 10 ms ago at the most."""

_WHOLE_SECONDS_NS = 2_000_000_000
"""Some file systems keep whole seconds, one of them every other second."""

_FACTS = struct.Struct("<QqqQI")


def stat_fingerprint(files: Iterable[File]) -> str:
    """One digest over the names and `stat` facts of files, which must come in a fixed order."""
    import hashlib

    pack = _FACTS.pack
    facts = [
        b"%b\0%b" % (name.encode("utf-8", "surrogateescape"), pack(size, mtime_ns, ctime_ns, inode, mode))
        for name, _, size, mtime_ns, ctime_ns, inode, mode in files
    ]
    return hashlib.sha256(b"".join(facts)).hexdigest()


def changed_recently(ctime_ns: int, *, seen_at_ns: int) -> bool:
    """Whether a file changed so shortly before `seen_at_ns` that a later change may not show."""
    blind_ns = _TICK_NS if ctime_ns % 1_000_000_000 else _WHOLE_SECONDS_NS
    return ctime_ns >= seen_at_ns - blind_ns


# ruff: noqa: PTH116
# Plain strings, as in scan.


_RECIPE = 2
"""Part of every key: to be raised with any change that gives other archives or digests for the same files."""


def folder_key(source: FolderSource) -> str:
    """Cache key of a folder's snapshot: every input to the archive other than the files."""
    own = tuple(sorted(source.own_files))
    return _key("folder", source.root, source.exclude, source.include, source.bootstrap, source.target, own)


def archive_key(source: ArchiveSource) -> str:
    """Cache key of an existing archive's snapshot."""
    return _key("archive", source.path)


def validate_snapshot(snapshot: Snapshot, files: Sequence[File], *, cache: PackageCache, key: str) -> Snapshot | None:
    """The snapshot, if these files would produce its archive and that archive is intact; otherwise None."""
    if stat_fingerprint(files) != snapshot.stat:
        return None
    now_ns = cache.now_ns()
    doubtful = [file for file in files if file.name in snapshot.fresh]
    if any(sha256_of(file.path) != snapshot.fresh[file.name] for file in doubtful):
        return None
    archive_is_doubtful = False
    if snapshot.archive:
        archive = archive_file(cache, snapshot.sha256)
        if archive is None:
            return None
        archive_is_doubtful = stat_fingerprint([archive]) != snapshot.archive or changed_recently(
            archive.ctime_ns, seen_at_ns=snapshot.seen_at_ns
        )
        if archive_is_doubtful and sha256_of(archive.path) != snapshot.sha256:
            return None
        snapshot = replace(snapshot, archive=stat_fingerprint([archive]))
    if doubtful or archive_is_doubtful:
        fresh = {
            file.name: snapshot.fresh[file.name]
            for file in doubtful
            if changed_recently(file.ctime_ns, seen_at_ns=now_ns)
        }
        snapshot = replace(snapshot, seen_at_ns=now_ns, fresh=fresh)
        cache.remember(key, snapshot)
    return snapshot


def archive_file(cache: PackageCache, sha256: str) -> File | None:
    """The finished archive of this digest, as `stat` sees it."""
    path = cache.archive(sha256)
    return None if path is None else stat_file(path)


def stat_file(path: str) -> File | None:
    """One file, as `stat` sees it, or None when there is none or its name cannot be one."""
    try:
        facts = os.stat(path)
    except (OSError, ValueError):
        return None
    return File(path, path, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino, facts.st_mode)


def _key(*parts: object) -> str:
    import hashlib

    return hashlib.sha256(ascii((_RECIPE, *parts)).encode()).hexdigest()
