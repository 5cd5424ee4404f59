"""The digest of an archive's contents: names, modes and bytes, whatever the compressor, the order or the dates."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

_LENGTHS = struct.Struct("<IQ")


class Content(NamedTuple):
    """One file of an archive. `kind` is `x` for an executable file, `-` for another, `l` for a symbolic link."""

    name: bytes
    kind: bytes
    size: int
    sha256: bytes


def digest(contents: Iterable[Content]) -> str:
    """The hex digest of these files; folders do not count."""
    import hashlib

    total = hashlib.sha256(b"scfdeploy contents 1\n")
    for name, kind, size, sha256 in sorted(contents):
        total.update(_LENGTHS.pack(len(name), size) + name + kind + sha256)
    return total.hexdigest()
