"""Lay out installed Node.js packages as one node_modules folder of plain files, without links.

A package in an archive finds its dependencies only above itself, inside the archive. In a workspace, and where packages
are links, they are also beside the real place of a package. So each package is copied to where all that depend on it
find it: to the top, or, when another version of it is there, into the package that needs it.
"""
# ruff: noqa: PTH103, PTH107, PTH112, PTH113, PTH114, PTH118, PTH119, PTH120, PTH208
# Paths are plain strings, as in fingerprint.py.

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Iterator

from scfdeploy.packager.build.node_project import production_names, read_manifest

MODULES = "node_modules"
_LEFTOVERS = (".bin", ".cache", ".package-lock.json", ".yarn-integrity", ".yarn-state.yml", ".modules.yaml")
"""What the managers write beside packages; programs in .bin are links, or scripts with paths of this machine."""
_LEFTOVER_BEGINNINGS = (".pnpm", ".store", ".ignored", ".vite")
_MAX_NESTING = 40


class LayoutError(Exception):
    """A package cannot be put into the folder: its name, and the folder of the package that requires it."""

    def __init__(self, package: str, folder: str) -> None:
        super().__init__(package)
        self.package = package
        self.folder = folder


class TooDeepError(LayoutError):
    """Packages need versions of each other that no folder of a reasonable depth can hold."""


class MissingError(LayoutError):
    """A package that the project itself requires is not installed."""


def has_links(modules: str) -> bool:
    """Whether a node_modules folder has packages that are links."""
    return any(os.path.islink(os.path.join(modules, name)) for name in _package_names(modules))


def lay_out(package: str, work: str, target: str, *, own: frozenset[str] = frozenset()) -> None:
    """Copy what the package in the folder `package` depends on to the new folder `target`. LayoutError.

    Packages outside of the folder `work` are left out. `own` are the real folders of the packages that must have all
    that they require.
    """
    boundary = os.path.realpath(work)
    placed: dict[tuple[str, ...], str] = {}
    waiting: deque[tuple[tuple[str, ...], str]] = deque([((), os.path.realpath(package))])
    while waiting:
        place, folder = waiting.popleft()
        manifest = read_manifest(folder)
        if folder in own:
            check_installed(folder, work)
        if len(place) > _MAX_NESTING:
            raise TooDeepError(place[-1], folder)
        for name, _ in production_names(manifest):
            if not _is_name(name):
                continue  # it would lead out of the folder
            found = _resolve(name, folder, boundary)
            visible = _visible(placed, place, name)
            if found is None or found == visible or found == os.path.realpath(package):
                continue
            new = (name,) if visible is None else (*place, name)
            placed[new] = found
            waiting.append((new, found))
    for names, folder in sorted(placed.items(), key=lambda item: (len(item[0]), item[0])):
        _copy(folder, os.path.join(target, f"/{MODULES}/".join(names)))


def check_installed(package: str, work: str) -> None:
    """Check that all that the package in a folder requires is installed below `work`. MissingError."""
    manifest, folder = read_manifest(package), os.path.realpath(package)
    optional = manifest.get("optionalDependencies") or {}
    for name in sorted(manifest.get("dependencies") or {}):
        if name not in optional and _is_name(name) and _resolve(name, folder, os.path.realpath(work)) is None:
            raise MissingError(name, folder)


def remove_leftovers(modules: str) -> None:
    """Remove what is no package, and differs between runs and machines, from a node_modules folder and all below it."""
    for folder, folders, files in os.walk(modules):
        if os.path.basename(folder) != MODULES:
            continue
        for name in [name for name in folders if _is_leftover(name)]:
            folders.remove(name)
            path = os.path.join(folder, name)
            if os.path.islink(path):
                os.remove(path)
            else:
                shutil.rmtree(path)
        for name in files:
            if _is_leftover(name):
                os.remove(os.path.join(folder, name))


def _is_leftover(name: str) -> bool:
    return name in _LEFTOVERS or name.startswith(_LEFTOVER_BEGINNINGS)


def _package_names(modules: str) -> Iterator[str]:
    if not os.path.isdir(modules):
        return
    for name in sorted(os.listdir(modules)):
        if name.startswith("@"):
            yield name
            yield from (f"{name}/{inner}" for inner in sorted(os.listdir(os.path.join(modules, name))))
        elif not name.startswith("."):
            yield name


def _is_name(name: str) -> bool:
    parts = name.split("/")
    is_scoped = len(parts) == 2 and len(parts[0]) > 1 and parts[0].startswith("@")
    return (is_scoped or len(parts) == 1) and not any(part in ("", ".", "..") or "\\" in part for part in parts)


def _resolve(name: str, folder: str, boundary: str) -> str | None:
    """The real folder of the package that code in `folder` loads under this name, as Node.js finds it."""
    while folder.startswith(boundary):
        if os.path.basename(folder) != MODULES:
            found = os.path.realpath(os.path.join(folder, MODULES, name))
            if os.path.isfile(os.path.join(found, "package.json")):
                return found if found.startswith(boundary + os.sep) else None
        folder = os.path.dirname(folder)
    return None


def _visible(placed: dict[tuple[str, ...], str], place: tuple[str, ...], name: str) -> str | None:
    """The folder whose copy a package at `place` loads under this name."""
    for length in range(len(place), -1, -1):
        folder = placed.get((*place[:length], name))
        if folder is not None:
            return folder
    return None


def _copy(source: str, target: str) -> None:
    """Copy a package without its node_modules and without links."""
    os.makedirs(target, exist_ok=True)
    for name in sorted(os.listdir(source)):
        path = os.path.join(source, name)
        if name == MODULES or os.path.islink(path):
            continue
        if os.path.isdir(path):
            shutil.copytree(path, os.path.join(target, name), ignore=_links, dirs_exist_ok=True)
        else:
            shutil.copy2(path, os.path.join(target, name))


def _links(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if os.path.islink(os.path.join(folder, name))]
