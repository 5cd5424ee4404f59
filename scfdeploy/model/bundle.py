"""A function's code, packed and hashed."""

from __future__ import annotations

from dataclasses import dataclass

from scfdeploy.facts import limit
from scfdeploy.model.address import Address


@dataclass(frozen=True, slots=True)
class Bundle:
    """A packed archive on disk, or code that lies in COS already: then `path` is None, `bucket` and `object` say where.

    A packed archive with a `bucket` is to be uploaded into it. `sha256` is the hex digest of the archive's bytes; for
    COS code, of bucket and object name. `content_sha256` is a digest of names, modes and contents that no compressor
    can change. `size` is in bytes, 0 where unknown. `known_as` are digests under which the cloud showed this same code
    after an earlier upload of ours.
    """

    function: Address
    sha256: str
    content_sha256: str
    size: int
    files: int
    path: str | None = None
    bucket: str = ""
    object: str = ""
    known_as: frozenset[str] = frozenset()
    region: str = ""
    """The region of code that lies in COS already, as it is written; empty where it is the function's own."""

    @property
    def needs_upload(self) -> bool:
        """Whether the archive has to lie in COS before a function can be made of it: it is large, or the user says."""
        return self.path is not None and (bool(self.bucket) or self.size > limit("code.inline_max_bytes"))
