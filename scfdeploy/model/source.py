"""Where a function's code comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from scfdeploy.diagnostics import Span


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
