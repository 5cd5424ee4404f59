"""The files that decide what is installed for a Node.js package: manifests, lock file, workspace and linked folders."""
# ruff: noqa: PTH110, PTH112, PTH113, PTH114, PTH118, PTH120, PTH123, PTH208
# Paths are plain strings, as in fingerprint.py.

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from scfdeploy.diagnostics.messages import message
from scfdeploy.packager.build.dependencies import DEPENDENCY_FILE_INVALID, BuildError, is_trusted
from scfdeploy.packager.findings import printable
from scfdeploy.packager.patterns.braces import TooManyError, expand
from scfdeploy.records import NamedTuple

LOCK_FILES = (
    ("pnpm-lock.yaml", "pnpm"),
    ("yarn.lock", "yarn"),
    ("npm-shrinkwrap.json", "npm"),
    ("package-lock.json", "npm"),
)
"""Each lock file and the manager that writes it, in order of precedence."""
PRODUCTION = ("dependencies", "optionalDependencies", "peerDependencies")
"""The parts of a package.json that a production installation installs."""
SETTINGS_FILES = (".npmrc", ".yarnrc", ".yarnrc.yml", ".pnpmfile.cjs", "pnpm-workspace.yaml")
SETTINGS_FOLDERS = (".yarn/releases", ".yarn/plugins", ".yarn/patches", "patches")
"""What the managers read beside manifest and lock file."""
_LOCAL = ("file:", "link:", "portal:")
_NOT_COPIED = "node_modules"
_MAX_PARENTS = 8
_MAX_DEPTH = 6
"""Of a workspace package below the folder of its workspace."""


class NodeProject(NamedTuple):
    """A package and what its installation needs. Paths are absolute."""

    root: str
    """The folder of the package."""
    base: str
    """The folder of the lock file: `root`, or that of the workspace."""
    manager: str
    lock: str
    """The name of the lock file."""
    members: Mapping[str, str]
    """The folders of the workspace's packages by name; empty without a workspace."""
    linked: tuple[str, ...]
    """The folders of the packages that are installed from this machine: workspace packages and `file:` dependencies."""
    archives: tuple[str, ...]
    """The archives of packages on this machine (`file:x.tgz`)."""

    @property
    def is_workspace(self) -> bool:
        """Whether the lock file is that of several packages."""
        return bool(self.members)

    def settings(self) -> Iterator[str]:
        """The existing files beside the lock file, and beside the manifest, that the manager reads."""
        for folder in dict.fromkeys((self.base, self.root)):
            for name in SETTINGS_FILES:
                if os.path.isfile(os.path.join(folder, name)):
                    yield os.path.join(folder, name)
        for name in SETTINGS_FOLDERS:
            yield from own_files(os.path.join(self.base, name))

    def manifests(self) -> Iterator[str]:
        """Every package.json, that of the package first."""
        folders = dict.fromkeys((self.root, self.base, *self.members.values(), *self.linked))
        for folder in folders:
            path = os.path.join(folder, "package.json")
            if os.path.isfile(path):
                yield path

    def inputs(self) -> tuple[str, ...]:
        """All files that decide what is installed."""
        linked = (path for folder in self.linked for path in own_files(folder))
        lock = os.path.join(self.base, self.lock)
        return tuple(dict.fromkeys((*self.manifests(), lock, *self.settings(), *self.archives, *linked)))


def read_project(root: str) -> NodeProject | None:
    """The project of the package in the folder `root`; None without dependencies or without a lock file. BuildError."""
    if not os.path.isfile(os.path.join(root, "package.json")):
        return None
    manifest = read_manifest(root)
    if not any(manifest.get(key) for key in PRODUCTION):
        return None
    base = lock_folder(root)
    lock = _lock_of(base, manifest) if base is not None else None
    if base is None or lock is None:
        return None
    members = _members(base)
    linked, archives = _local_packages(root, members)
    return NodeProject(root, base, lock[1], lock[0], members, linked, archives)


def read_manifest(folder: str) -> Mapping[str, Any]:
    """The package.json of a folder. BuildError."""
    path = os.path.join(folder, "package.json")
    try:
        with open(path, encoding="utf-8-sig") as file:
            manifest = json.load(file)
    except (OSError, ValueError, RecursionError) as error:
        raise _invalid(path, str(error)) from error
    if not isinstance(manifest, dict) or any(not isinstance(manifest.get(key) or {}, dict) for key in PRODUCTION):
        raise _invalid(path, message("it does not have the expected structure"))
    return manifest


def own_files(folder: str) -> Iterator[str]:
    """The files below a folder in a fixed order, without installed packages, hidden files, and links."""
    if not os.path.isdir(folder) or os.path.islink(folder):
        return
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name == _NOT_COPIED or name.startswith(".") or os.path.islink(path):
            continue
        if os.path.isdir(path):
            yield from own_files(path)
        elif os.path.isfile(path):
            yield path


def production_names(manifest: Mapping[str, Any], parts: Sequence[str] = PRODUCTION) -> Iterator[tuple[str, str]]:
    """Name and specifier of each production dependency in these parts of a manifest, in a fixed order."""
    found: dict[str, str] = {}
    for key in parts:
        for name, specifier in (manifest.get(key) or {}).items():
            found.setdefault(name, str(specifier))
    yield from sorted(found.items())


def lock_folder(root: str) -> str | None:
    """The folder with the lock file of the package in `root`: `root`, or that of a workspace with the package in it.

    BuildError.
    """
    if _has_lock(root):
        return root
    folder = root
    for _ in range(_MAX_PARENTS):
        if os.path.exists(os.path.join(folder, ".git")) or not is_trusted(os.path.dirname(folder), root):
            return None
        folder = os.path.dirname(folder)
        if _has_lock(folder):
            return folder if root in _members(folder).values() else None
    return None


def _has_lock(folder: str) -> bool:
    return any(os.path.isfile(os.path.join(folder, name)) for name, _ in LOCK_FILES)


def _lock_of(base: str, manifest: Mapping[str, Any]) -> tuple[str, str] | None:
    """Name and manager of the lock file; `packageManager` decides between several."""
    there = [(name, manager) for name, manager in LOCK_FILES if os.path.isfile(os.path.join(base, name))]
    top = read_manifest(base) if os.path.isfile(os.path.join(base, "package.json")) else manifest
    wanted = str(top.get("packageManager") or "").partition("@")[0]
    return next((lock for lock in there if lock[1] == wanted), next(iter(there), None))


def _members(base: str) -> dict[str, str]:
    """The folders of a workspace's packages by name; empty when `base` is none."""
    patterns = _workspace_patterns(base)
    if not patterns:
        return {}
    members = {}
    for folder, names in _folders(base, patterns):
        if names and _is_member(patterns, names) and os.path.isfile(os.path.join(folder, "package.json")):
            name = read_manifest(folder).get("name")
            members[str(name or os.path.relpath(folder, base))] = folder
    return members


def _folders(base: str, patterns: Sequence[str], names: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The folders below `base` that can be packages, each with its names below it."""
    folder = os.path.join(base, *names)
    yield folder, names
    if len(names) == _MAX_DEPTH or not any(_leads_on(_parts(pattern), names) for pattern in patterns):
        return
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name != _NOT_COPIED and not name.startswith(".") and os.path.isdir(path) and not os.path.islink(path):
            yield from _folders(base, patterns, (*names, name))


def _workspace_patterns(base: str) -> list[str]:
    listed: Any = None
    path = os.path.join(base, "pnpm-workspace.yaml")
    if os.path.isfile(path):
        listed = _read_yaml(path).get("packages")
    elif os.path.isfile(os.path.join(base, "package.json")):
        path = os.path.join(base, "package.json")
        listed = read_manifest(base).get("workspaces")
        listed = listed.get("packages") if isinstance(listed, dict) else listed
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise _invalid(path, message("the list of workspace packages is not a list of paths"))
    try:
        return [expanded for one in listed for expanded in expand(one)]
    except TooManyError as error:
        raise _invalid(path, message("the list of workspace packages has too many patterns")) from error


def _read_yaml(path: str) -> Mapping[str, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        with open(path, encoding="utf-8") as file:
            document = YAML(typ="safe").load(file)
    except (OSError, ValueError, RecursionError, YAMLError) as error:
        raise _invalid(path, str(error).partition("\n")[0]) from error
    return document if isinstance(document, dict) else {}


def _is_member(patterns: Sequence[str], names: tuple[str, ...]) -> bool:
    """Whether a folder is a package of the workspace: the last pattern that matches decides."""
    result = False
    for pattern in patterns:
        is_negated = pattern.startswith("!")
        if _matches(_parts(pattern), names):
            result = not is_negated
    return result


def _parts(pattern: str) -> list[str]:
    return [part for part in pattern.lstrip("!").split("/") if part not in ("", ".")]


def _leads_on(parts: Sequence[str], names: Sequence[str]) -> bool:
    """Whether the pattern can match a folder below the one with these names."""
    for number, name in enumerate(names):
        if number >= len(parts) - 1 or not fnmatchcase(name, parts[number]):
            return "**" in parts[: number + 1]
    return bool(parts)


def _matches(parts: Sequence[str], names: Sequence[str]) -> bool:
    if not parts:
        return not names
    if parts[0] == "**":
        return any(_matches(parts[1:], names[start:]) for start in range(len(names) + 1))
    return bool(names) and fnmatchcase(names[0], parts[0]) and _matches(parts[1:], names[1:])


def _local_packages(root: str, members: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The folders and archives on this machine that the package, and these packages in turn, depend on."""
    waiting, seen, archives = [root], {root}, set()
    while waiting:
        folder = waiting.pop()
        for name, specifier in production_names(read_manifest(folder)):
            path = _local_path(folder, specifier) or members.get(name)
            if path is None or path in seen:
                continue
            if os.path.isfile(os.path.join(path, "package.json")):  # not any folder, such as /
                seen.add(path)
                waiting.append(path)
            elif os.path.isfile(path):
                archives.add(path)
    return tuple(sorted(seen - {root})), tuple(sorted(archives))


def _local_path(folder: str, specifier: str) -> str | None:
    for prefix in _LOCAL:
        if specifier.startswith(prefix):
            return os.path.normpath(os.path.join(folder, specifier.removeprefix(prefix)))
    return None


def _invalid(path: str, reason: str) -> BuildError:
    return BuildError(DEPENDENCY_FILE_INVALID, file=printable(path), reason=printable(reason))
