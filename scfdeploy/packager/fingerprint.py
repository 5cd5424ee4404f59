"""Stat fingerprints and digests that show whether files, or the contents of archives, are the same."""
# ruff: noqa: PTH116, PTH123
# Paths are plain strings: pathlib is several times slower, and folders of 20,000 files are usual.

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from contextlib import suppress

from scfdeploy.records import NamedTuple

_TICK_NS = 20_000_000
"""Linux stamps files with the time of its last tick, at most 10 ms ago."""

_COARSE_TICK_NS = 2_000_000_000
"""Some file systems store whole seconds, FAT only even ones."""

_STAT = struct.Struct("<QqqQI")
_LENGTHS = struct.Struct("<IQ")


class File(NamedTuple):
    """A file to pack, and its stat data."""

    name: str
    """The name in the archive."""
    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    mode: int

    @classmethod
    def from_stat(cls, name: str, path: str, status: os.stat_result) -> File:
        """The file `name` with the stat data of `path`."""
        return cls(name, path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_mode)


def stat_file(path: str) -> File | None:
    """The file at `path`, or None when there is none or the path is invalid."""
    try:
        return File.from_stat(path, path, os.stat(path))
    except (OSError, ValueError):
        return None


def stat_fingerprint(files: Iterable[File]) -> str:
    """A digest of the names and stat data of files, which must come in a fixed order."""
    import hashlib

    pack = _STAT.pack
    entries = [
        b"%b\0%b" % (name.encode("utf-8", "surrogateescape"), pack(size, mtime_ns, ctime_ns, inode, mode))
        for name, _, size, mtime_ns, ctime_ns, inode, mode in files
    ]
    return hashlib.sha256(b"".join(entries)).hexdigest()


def changed_recently(ctime_ns: int, *, seen_at_ns: int) -> bool:
    """Whether a file changed so shortly before `seen_at_ns` that a later change can leave its stat data the same."""
    tick_ns = _TICK_NS if ctime_ns % 1_000_000_000 else _COARSE_TICK_NS
    return ctime_ns >= seen_at_ns - tick_ns


def sha256_of(path: str) -> str | None:
    """The hex digest of a file of any size, or None when it cannot be read."""
    import hashlib

    with suppress(OSError), open(path, "rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
    return None


class Content(NamedTuple):
    """A file in an archive."""

    name: bytes
    kind: bytes
    """`x` for an executable file, `l` for a symbolic link, `-` for any other file."""
    size: int
    sha256: bytes


def digest_contents(contents: Iterable[Content]) -> str:
    """The hex digest of the files of an archive, in any order; folders do not count."""
    import hashlib

    total = hashlib.sha256(b"scfdeploy contents 1\n")
    for name, kind, size, sha256 in sorted(contents):
        total.update(_LENGTHS.pack(len(name), size) + name + kind + sha256)
    return total.hexdigest()
