"""A function's code: where it comes from, its bundle, and what is known of the deployed code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from scfdeploy.diagnostics import Span
from scfdeploy.facts import limit
from scfdeploy.model.address import Address
from scfdeploy.model.value import Value


@dataclass(frozen=True, slots=True)
class Hook:
    """A command that makes the code before it is packed: for the shell, as it is written. `cwd` is absolute."""

    command: str
    cwd: str
    span: Span


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder to pack. `root` is its absolute path; `exclude` are gitignore-style patterns, `include` paths that are
    packed although they are excluded or lie outside. `bootstrap` is the text of the scf_bootstrap to add when the
    folder has none. `span` is where the file names the folder. `bucket`, without its -APPID suffix, is where the packed
    code is to be uploaded; empty leaves that to the tool. With a `hook`, the folder need not be there before that ran.
    """  # noqa: D205

    root: str
    span: Span
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    bootstrap: str | None = None
    bucket: str = ""
    hook: Hook | None = None
    exclude_spans: tuple[Span, ...] = ()
    """The places of the patterns in `exclude`, in their order; empty where they are not known."""
    include_spans: tuple[Span, ...] = ()
    """The same of `include`."""
    own_files: frozenset[str] = frozenset()
    """Paths below `root` that scfdeploy wrote itself (saved plans), which are not packed."""
    target: str = ""
    """The folder of the archive into which the files of `root` go, without outer `/`; empty for its top."""
    start_program: str = ""
    """The name of the file that the platform starts (`scf_bootstrap`, `bootstrap`); empty where it starts none."""
    needs: tuple[str, ...] = ()
    """The files and folders without which the program `bootstrap` does not start."""
    region: str = ""
    """The region of `bucket` as it is written; empty where it is not."""


@dataclass(frozen=True, slots=True)
class ArchiveSource:
    """A ready archive (.zip, .jar, .war), uploaded as it is. `path` is absolute, the rest as for a folder."""

    path: str
    span: Span
    bucket: str = ""
    hook: Hook | None = None
    start_program: str = ""
    """As for a folder."""
    region: str = ""
    """As for a folder."""


@dataclass(frozen=True, slots=True)
class ObjectSource:
    """Code that already lies in COS; nothing is uploaded. `bucket` is without its -APPID suffix, as the API has it."""

    bucket: str
    object: str
    span: Span
    region: str = ""
    """As for a folder."""


Source: TypeAlias = FolderSource | ArchiveSource | ObjectSource


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


class DeployedCode(NamedTuple):
    """That a function, last changed at `modified` with code of `size` bytes, had the code of this hash.

    `modified` is the cloud's own text. Notes are kept by the function's id, which no other function ever has.
    """

    modified: str
    size: int
    sha256: str

    def holds(self, facts: Mapping[str, Value]) -> bool:
        """Whether a function that shows these facts has that code still: each change of it moves its time."""
        return (facts.get("modified"), facts.get("codeSize")) == (self.modified, self.size)
