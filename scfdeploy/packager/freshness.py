"""Whether files are what they were, told from `stat` alone.

The change time (ctime) cannot be set by programs: whatever is done to a file, its size, modification time, change time,
inode or mode differs afterwards, with one exception. Clocks of file systems tick, and a change within the same tick as
the one before leaves no trace. As git does, a file changed so shortly before it was looked at is compared by content.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from scfdeploy.packager.scan import File

_TICK_NS = 20_000_000
"""Linux stamps files with the time of its last tick, 10 ms ago at the most."""

_WHOLE_SECONDS_NS = 2_000_000_000
"""Some file systems keep whole seconds, one of them every other second."""

_FACTS = struct.Struct("<QqqQI")


def fingerprint(files: Iterable[File]) -> str:
    """One digest over the names and `stat` facts of files, which must come in a fixed order."""
    import hashlib

    pack = _FACTS.pack
    facts = [
        b"%b\0%b" % (name.encode("utf-8", "surrogateescape"), pack(size, mtime_ns, ctime_ns, inode, mode))
        for name, _, size, mtime_ns, ctime_ns, inode, mode in files
    ]
    return hashlib.sha256(b"".join(facts)).hexdigest()


def is_fresh(ctime_ns: int, *, seen_at_ns: int) -> bool:
    """Whether a file changed so shortly before `seen_at_ns` that a later change may not show."""
    blind_ns = _TICK_NS if ctime_ns % 1_000_000_000 else _WHOLE_SECONDS_NS
    return ctime_ns >= seen_at_ns - blind_ns
