"""What is remembered of one packed folder or one checked archive, and its form on disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_FORMAT = 2


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The bundle that a set of files gave.

    `stat` is the fingerprint of the files when they were looked at, at `seen_at_ns`. `fresh` holds, by name, the
    SHA-256 of those that had changed so shortly before that `stat` alone does not prove them unchanged. `archive` is
    the same fingerprint of the finished archive, where that is ours. `decided` says of each path what the user's
    patterns make of it, as in `Selection`.
    """

    stat: str
    seen_at_ns: int
    sha256: str
    content_sha256: str
    size: int
    files: int
    fresh: Mapping[str, str] = field(default_factory=dict)
    archive: str = ""
    decided: Mapping[str, int] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """A form that shows when it is damaged."""
        import hashlib
        import json

        body = json.dumps(
            {"format": _FORMAT} | {name: getattr(self, name) for name in self.__slots__}, separators=(",", ":")
        ).encode()
        return hashlib.sha256(body).hexdigest().encode() + b"\n" + body

    @classmethod
    def from_bytes(cls, data: bytes) -> Snapshot | None:
        """What `to_bytes` wrote, or None for anything else."""
        import hashlib
        import json

        digest, _, body = data.partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != digest:
            return None
        try:
            fields = json.loads(body)
            if fields.pop("format") != _FORMAT:
                return None
            return cls(**fields)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None
