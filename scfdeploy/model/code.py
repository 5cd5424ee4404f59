"""The code of a function: its source, its bundle, and the deployed code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from scfdeploy.diagnostics import Span
from scfdeploy.facts import limit
from scfdeploy.model.address import Address
from scfdeploy.model.value import Value
from scfdeploy.records import NamedTuple, dataclass

NEVER_PACKED = frozenset({".git", ".hg", ".svn", "__pycache__", ".DS_Store"})
"""Names of files and folders that are in no package: they contain history, or differ between machines."""
NEVER_PACKED_PREFIX = (".env", ".scfdeploy")
"""Beginnings of names that are in no package: settings and secrets of one machine, and files of scfdeploy."""


def is_never_packed(path: str) -> bool:
    """Whether a path, written with `/`, contains a name that is never packed."""
    return any(name in NEVER_PACKED or name.startswith(NEVER_PACKED_PREFIX) for name in path.split("/"))


@dataclass(frozen=True, slots=True)
class Hook:
    """A shell command that runs before packaging."""

    command: str
    cwd: str
    """An absolute path."""
    span: Span


class BuildSettings(NamedTuple):
    """`src.build`: whether and how the dependencies of the code are installed."""

    enabled: bool | None = None
    """True: there must be dependencies to install; False: none are; None: those of a manifest, if there is one."""
    scripts: bool = False
    """Whether packages may run their own code during installation: source builds, install scripts."""
    span: Span | None = None
    """The position of the value in serverless.yml."""


NO_BUILD_SETTINGS = BuildSettings()


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder to package."""

    root: str
    """An absolute path. With a `hook`, the folder may be created by the hook."""
    span: Span
    """The position of the folder in serverless.yml."""
    exclude: tuple[str, ...] = ()
    """Gitignore-style patterns."""
    include: tuple[str, ...] = ()
    """Paths that are packaged although they are excluded or outside `root`."""
    bootstrap: str | None = None
    """The text of the scf_bootstrap to add when the folder has none."""
    bucket: str = ""
    """The COS bucket for the upload, without its -APPID suffix; empty to let scfdeploy choose."""
    hook: Hook | None = None
    exclude_spans: tuple[Span, ...] = ()
    """The positions of the patterns in `exclude`, in order; empty when unknown."""
    include_spans: tuple[Span, ...] = ()
    """The positions of the paths in `include`, in order; empty when unknown."""
    include_prefixes: tuple[str, ...] = ()
    """The `prefix` of each path in `include`, in order, empty for a path without one; `()` if none has one."""
    is_partial: bool = False
    """Whether items of `exclude` or `include` are invalid, so that it is not known which files are packed."""
    own_files: frozenset[str] = frozenset()
    """Paths below `root` that scfdeploy wrote itself, such as saved plans; not packaged."""
    target: str = ""
    """The folder in the archive for the files of `root`, without leading or trailing `/`; empty for the top level."""
    start_program: str = ""
    """The file that the platform starts (`scf_bootstrap`, `bootstrap`); empty when it starts none."""
    needs: tuple[str, ...] = ()
    """Files and folders that the program in `bootstrap` requires."""
    region: str = ""
    """The region of `bucket` as written; empty when absent."""
    build: BuildSettings = NO_BUILD_SETTINGS
    project_folder: str = ""
    """The folder of serverless.yml; empty when unknown. Manifests count there, and in folders between it and `root`."""
    built: str = ""
    """The folder with the installed dependencies, packaged beside the files of `root`; empty for none."""
    replaced: tuple[str, ...] = ()
    """Names directly in `root` that are not packaged, because `built` replaces them."""

    @property
    def included(self) -> tuple[tuple[str, str], ...]:
        """Each path of `include` with its prefix."""
        return tuple(zip(self.include, self.include_prefixes or ("",) * len(self.include), strict=True))

    @property
    def manifest_folders(self) -> list[str]:
        """The folders whose manifest can name the dependencies: `root`, then its parents up to `project_folder`."""
        folders, top = [self.root], self.project_folder.rstrip("/")
        while top and folders[-1] != top and folders[-1].startswith(f"{top}/"):
            folders.append(folders[-1].rpartition("/")[0])
        return folders


@dataclass(frozen=True, slots=True)
class ArchiveSource:
    """An existing archive (.zip, .jar, .war), uploaded unchanged."""

    path: str
    """An absolute path."""
    span: Span
    bucket: str = ""
    hook: Hook | None = None
    start_program: str = ""
    """See FolderSource."""
    region: str = ""
    """See FolderSource."""


@dataclass(frozen=True, slots=True)
class ObjectSource:
    """Code that is already in COS; nothing is uploaded."""

    bucket: str
    """Without its -APPID suffix, as in the API."""
    object: str
    span: Span
    region: str = ""
    """See FolderSource."""


Source: TypeAlias = FolderSource | ArchiveSource | ObjectSource


@dataclass(frozen=True, slots=True)
class Bundle:
    """A packaged archive on disk, or code that is already in COS."""

    function: Address
    sha256: str
    """The hex digest of the archive's bytes; for code in COS, of bucket and object name."""
    content_sha256: str
    """A digest of names, modes and contents, independent of compression."""
    size: int
    """In bytes; 0 when unknown."""
    files: int
    path: str | None = None
    """The archive; None for code that is already in COS."""
    bucket: str = ""
    """The bucket to upload the archive to, or the bucket of code that is already in COS."""
    object: str = ""
    known_as: frozenset[str] = frozenset()
    """Digests that the API returned for this code after earlier uploads."""
    region: str = ""
    """The region of code that is already in COS, as written; empty for the function's own region."""

    @property
    def needs_upload(self) -> bool:
        """Whether the archive must be uploaded to COS: it is too large to send inline, or the user names a bucket."""
        return self.path is not None and (bool(self.bucket) or self.size > limit("code.inline_max_bytes"))


class DeployedCode(NamedTuple):
    """The hash of a function's deployed code, valid until the function changes. Stored by function id."""

    modified: str
    """The modification time of the function, in the format of the API."""
    size: int
    """In bytes."""
    sha256: str

    def matches(self, attributes: Mapping[str, Value]) -> bool:
        """Whether a function with these attributes still has this code: each change updates its modification time."""
        return (attributes.get("modified"), attributes.get("codeSize")) == (self.modified, self.size)
