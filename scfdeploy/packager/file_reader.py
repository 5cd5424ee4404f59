"""Read and hash files, and compute the digest of an archive's contents."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.packager.scan import File

FILE_CHANGED = Finding(
    "file-changed",
    Severity.ERROR,
    "File changed during packaging",
    detail='"{file}" changed while it was being packaged.',
    hint="Run again when nothing writes to the folder, or exclude the file with src.exclude.",
    title="A file that changed during packaging.",
    what="A file of the code was written while it was being read.",
    why="A mix of the old and the new file would be deployed.",
    wrong="`npm run build & scfdeploy apply`",
    right="`npm run build && scfdeploy apply`",
)

# ruff: noqa: PTH123
# Plain strings, as in scan.


# Not blocking: a named pipe may have taken the place of a file since it was found.
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
_LARGEST_READ = 1 << 30


class ChangedError(Exception):
    """The file changed while it was being read."""


def read(file: File) -> bytes:
    """The content of a file that was found. OSError; ChangedError when it is no longer as it was found."""
    descriptor = os.open(file.path, _FLAGS)
    try:
        data = os.read(descriptor, min(file.size + 1, _LARGEST_READ))
        if len(data) != file.size:
            data = _rest(descriptor, data, file.size)
        facts = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    if len(data) != file.size or facts.st_mtime_ns != file.mtime_ns or facts.st_ino != file.inode:
        raise ChangedError(file.path)
    return data


def sha256_of(path: str) -> str | None:
    """The hex digest of a file of any size, or None when it cannot be read."""
    import hashlib

    with suppress(OSError), open(path, "rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
    return None


def _rest(descriptor: int, data: bytes, size: int) -> bytes:
    """Network file systems may give a file in pieces."""
    pieces = [data]
    have = len(data)
    while have <= size and (piece := os.read(descriptor, min(size + 1 - have, _LARGEST_READ))):
        pieces.append(piece)
        have += len(piece)
    return b"".join(pieces)


_LENGTHS = struct.Struct("<IQ")


class Content(NamedTuple):
    """One file of an archive. `kind` is `x` for an executable file, `-` for another, `l` for a symbolic link."""

    name: bytes
    kind: bytes
    size: int
    sha256: bytes


def digest_contents(contents: Iterable[Content]) -> str:
    """The hex digest of these files; folders do not count."""
    import hashlib

    total = hashlib.sha256(b"scfdeploy contents 1\n")
    for name, kind, size, sha256 in sorted(contents):
        total.update(_LENGTHS.pack(len(name), size) + name + kind + sha256)
    return total.hexdigest()
