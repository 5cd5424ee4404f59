"""Which folders to watch for a project, and what a change of a file in them affects."""
# Plain strings for paths, as in the packager.
# ruff: noqa: PTH112, PTH119, PTH120

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator

from scfdeploy.config import load_project
from scfdeploy.config.discover import FILE_NAMES, discover
from scfdeploy.config.environment import env_file_for
from scfdeploy.config.files import absolute
from scfdeploy.config.project_settings import FILE_NAME, find_settings_file
from scfdeploy.diagnostics import Diagnostics
from scfdeploy.model import Address, ArchiveSource, FolderSource, Project
from scfdeploy.model.code import is_never_packed
from scfdeploy.model.resource_kind import FUNCTION
from scfdeploy.operations.check import code_sources
from scfdeploy.operations.request import Request
from scfdeploy.packager.exclude import EXCLUDED_AT_TOP, BadPatternError, Selection
from scfdeploy.records import dataclass, field

_INSTALLED = "node_modules"
"""The folder of packages: installing thousands of files must not deploy thousands of times. The lock file tells."""
_EDITOR_FILE = re.compile(r"\.#.*|.*~|.*\.sw[a-z]|4913|#.*#")
"""Files that editors write beside the one that is edited."""


@dataclass(frozen=True, slots=True)
class Affected:
    """What has to be deployed again."""

    everything: bool = False
    functions: frozenset[Address] = frozenset()

    def __bool__(self) -> bool:
        return self.everything or bool(self.functions)


@dataclass(frozen=True, slots=True)
class _Tree:
    """A folder whose files belong to the code of a function or a layer."""

    root: str
    address: Address
    holds: Callable[[str], bool]
    """Whether a path below the folder, written with `/`, belongs to the code; folders end in `/`."""


@dataclass(frozen=True, slots=True)
class WatchedFiles:
    """The folders to watch, each without its sub-folders, and what their files belong to."""

    root: str
    folders: frozenset[str]
    project: Project | None = None
    """None if the project cannot be loaded."""

    _config_folders: frozenset[str] = frozenset()
    _config_files: frozenset[str] = frozenset()
    _trees: tuple[_Tree, ...] = ()
    _has_several: bool = False
    """Whether each folder in the root can have a serverless.yml."""

    _files: tuple[tuple[str, Address], ...] = field(default=())
    """Single files that are code, such as archives."""

    @property
    def has_hooks(self) -> bool:
        """Whether a deployment runs commands that may write files."""
        sources = [source for _, source in code_sources(self.project)] if self.project is not None else []
        return any(isinstance(source, FolderSource | ArchiveSource) and source.hook is not None for source in sources)

    def affected(self, paths: Iterable[str]) -> Affected:
        """What changes of these files affect. A new folder, or one in place of another, affects everything."""
        functions: set[Address] = set()
        for path in paths:
            if self._is_config(path) or self._is_root(path):
                return Affected(everything=True)
            owners = set(self._owners(path))
            if owners and (os.path.isdir(path) or any(address.kind is not FUNCTION for address in owners)):
                return Affected(everything=True)
            functions |= owners
        return Affected(functions=frozenset(functions))

    def could_fix(self, paths: Iterable[str]) -> bool:
        """Whether changes of these files could make a project deployable whose deployment has failed."""
        return any(not _is_ignored(os.path.basename(path)) and not _is_internal(path, self.root) for path in paths)

    def _is_config(self, path: str) -> bool:
        folder, name = os.path.split(path)
        if path in self._config_files:
            return True
        if name.startswith(".env") or name == FILE_NAME:
            return folder in self._config_folders
        # A folder with a serverless.yml can appear or disappear.
        return (name in FILE_NAMES and os.path.dirname(folder) == self.root) or (
            name in FILE_NAMES and folder in self._config_folders
        )

    def _is_root(self, path: str) -> bool:
        """Whether a path is a folder that has or can get a serverless.yml, or one whose files are code."""
        folder, name = os.path.split(path)
        is_new = self._has_several and folder == self.root and os.path.isdir(path) and _is_visible(name)
        return is_new or path in self._config_folders or any(tree.root.rstrip("/") == path for tree in self._trees)

    def _owners(self, path: str) -> Iterator[Address]:
        if _is_ignored(os.path.basename(path)):
            return
        yield from (address for file, address in self._files if file == path)
        for tree in self._trees:
            below = tree.root.rstrip("/") + "/"
            if path.startswith(below) and tree.holds(path[len(below) :] + ("/" if os.path.isdir(path) else "")):
                yield tree.address


def watched_files(request: Request) -> WatchedFiles:
    """The files of a project. Those of a project that cannot be loaded are its serverless.yml and .env."""
    load = request.load
    loaded = load_project(request.path, load)
    files, root, _ = discover(request.path, load.cwd, Diagnostics())
    project = loaded.project
    config_roots = set(map(os.path.dirname, files))
    config = {root, *config_roots}
    if root not in config_roots:  # a folder in it can become an instance
        config |= {path for path in _folders_in(root) if _is_visible(os.path.basename(path))}
    config |= {instance.root for instance in project.instances} if project is not None else set()
    stage = project.key.stage if project is not None else load.stage
    env_file = absolute(load.env_file, load.cwd) if load.env_file else env_file_for(root, load.cwd, stage)
    config_files = {path for path in (env_file, find_settings_file(root, load)) if path}
    trees = tuple(_trees(project)) if project is not None else ()
    archives = tuple(_archives(project)) if project is not None else ()
    folders = {*config, load.cwd, *map(os.path.dirname, (*config_files, *dict(archives)))}
    for tree in trees:
        folders.update(_folders(tree))
    existing = frozenset(folder for folder in folders if os.path.isdir(folder))
    return WatchedFiles(
        root,
        existing,
        project,
        frozenset({*config, load.cwd}),
        frozenset(config_files),
        trees,
        root not in config_roots,
        archives,
    )


def _trees(project: Project) -> Iterator[_Tree]:
    for address, source in code_sources(project):
        if isinstance(source, FolderSource):
            yield _Tree(source.root, address, _packed(source))
            included = (absolute(path, source.root) for path in source.include)
            yield from (_Tree(path, address, _is_visible) for path in included if os.path.isdir(path))
            yield from (_Tree(folder, address, _is_manifest) for folder in source.manifest_folders)
        if isinstance(source, FolderSource | ArchiveSource) and source.hook is not None:
            yield _Tree(source.hook.cwd, address, _is_visible)


def _archives(project: Project) -> Iterator[tuple[str, Address]]:
    for address, source in code_sources(project):
        if isinstance(source, ArchiveSource):
            yield source.path, address
        if isinstance(source, FolderSource):
            included = (absolute(path, source.root) for path in source.include)
            yield from ((path, address) for path in included if not os.path.isdir(path))


def _packed(source: FolderSource) -> Callable[[str], bool]:
    selection = Selection(source.exclude)

    def holds(path: str) -> bool:
        if not _is_visible(path) or path in EXCLUDED_AT_TOP:
            return False
        parts = path.rstrip("/").split("/")
        parents = ["/".join(parts[:number]) + "/" for number in range(1, len(parts))]
        try:
            return not any(map(selection.excludes, (*parents, path)))
        except BadPatternError:
            return True  # the deployment reports it

    return holds


def _folders_in(root: str) -> list[str]:
    try:
        return [entry.path for entry in os.scandir(root) if entry.is_dir()]
    except OSError:
        return []


def _is_visible(path: str) -> bool:
    return _INSTALLED not in path.split("/") and not is_never_packed(path.rstrip("/"))


_MANIFESTS = frozenset(
    {
        *("pyproject.toml", "uv.lock", "poetry.lock", "Pipfile", "Pipfile.lock"),
        *("package.json", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"),
        *("yarn.lock",),
    }
)
"""Files that decide which packages are built."""
_REQUIREMENTS = re.compile(r"(requirements|constraints)[\w.-]*\.(txt|in)")


def _is_manifest(path: str) -> bool:
    return path in _MANIFESTS or _REQUIREMENTS.fullmatch(path) is not None


def _is_ignored(name: str) -> bool:
    return _EDITOR_FILE.fullmatch(name) is not None


def _is_internal(path: str, root: str) -> bool:
    return not _is_visible(path.removeprefix(root.rstrip("/") + "/"))


def _folders(tree: _Tree) -> Iterator[str]:
    """The folders of a tree that can hold code."""
    for folder, names, _ in os.walk(tree.root):
        yield folder
        below = os.path.relpath(folder, tree.root)
        prefix = "" if below == "." else f"{below}/"
        names[:] = [name for name in names if tree.holds(f"{prefix}{name}/")]
