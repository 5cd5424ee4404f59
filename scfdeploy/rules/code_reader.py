"""Reads the files of a function's code before it is packaged.

None means unknown: the code is in COS, a hook generates it, or the folder or archive cannot be read.
"""

from __future__ import annotations

import os
from functools import lru_cache

from scfdeploy.model import ArchiveSource, FolderSource, Hook, Source

_MAX_BYTES = 1 << 20  # a larger file is a generated bundle


class CodeReader:
    """Caches recent reads: several rules and functions read the same files."""

    def __init__(self) -> None:
        self.names = lru_cache(maxsize=16)(_names)
        self.read = lru_cache(maxsize=16)(_read)
        self.top = lru_cache(maxsize=16)(_top)
        self._is_file = lru_cache(maxsize=64)(os.path.isfile)

    def has(self, source: Source | None, *paths: str) -> bool | None:
        """Whether any of these paths, relative to the root of the code, is a file."""
        match source:
            case FolderSource(hook=Hook()) | ArchiveSource(hook=Hook()):
                return None  # the hook can generate the file
            case FolderSource(root=root):
                if any(self._is_file(os.path.join(root, path)) for path in paths):  # noqa: PTH118
                    return True
                return None if _can_include(source, paths) or not os.path.isdir(root) else False  # noqa: PTH112
            case ArchiveSource():
                names = self.names(source)
                return None if names is None else any(path in names for path in paths)
        return None

    def has_folder(self, source: FolderSource, path: str) -> bool:
        """Whether this path, relative to the root of the code, is a folder."""
        return os.path.isdir(os.path.join(source.root, path))  # noqa: PTH112, PTH118


def _can_include(source: FolderSource, paths: tuple[str, ...]) -> bool:
    """Whether `include`, which names files and folders anywhere, can add one of the paths."""
    if source.include_prefixes:
        return True  # a prefix gives the files of a folder other names
    names = {part for path in paths for part in path.split("/")}
    return any(
        "*" in included or os.path.basename(included.rstrip("/")) in names  # noqa: PTH119
        for included in source.include
    )


def _names(source: Source) -> frozenset[str] | None:
    match source:
        case FolderSource(root=root):
            return _names_in_folder(root)
        case ArchiveSource(path=path):
            return _names_in_archive(path)
    return None


def _top(source: Source) -> frozenset[str] | None:
    """The names of files and folders directly at the root of the code."""
    try:
        match source:
            case FolderSource(root=root):
                return frozenset(os.listdir(root))  # noqa: PTH208
            case ArchiveSource(path=path):
                names = _names_in_archive(path)
                return None if names is None else frozenset(name.partition("/")[0] for name in names)
    except OSError:
        return None
    return None


def _names_in_folder(root: str) -> frozenset[str] | None:
    """The files at the root of a folder and one level below."""
    names = []
    try:
        with os.scandir(root) as top:
            for entry in top:
                if entry.is_file():
                    names.append(entry.name)
                elif entry.is_dir(follow_symlinks=False) and not entry.name.startswith((".", "node_modules")):
                    with os.scandir(entry.path) as below:
                        names += [f"{entry.name}/{inner.name}" for inner in below if inner.is_file()]
    except OSError:
        return None
    return frozenset(names)


def _names_in_archive(path: str) -> frozenset[str] | None:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            return frozenset(name.removeprefix("./") for name in archive.namelist())
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError):
        return None


def _read(source: Source, path: str) -> bytes | None:
    """The contents of one file of the code; None when it is missing or larger than `_MAX_BYTES`."""
    try:
        match source:
            case FolderSource(root=root):
                with open(os.path.join(root, path), "rb") as file:  # noqa: PTH118, PTH123
                    contents = file.read(_MAX_BYTES + 1)
            case ArchiveSource(path=archive):
                contents = _read_from_archive(archive, path)
            case _:
                return None
    except OSError:
        return None
    return contents if len(contents) <= _MAX_BYTES else None


def _read_from_archive(archive_path: str, path: str) -> bytes:
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(archive_path) as archive, archive.open(path) as file:
            return file.read(_MAX_BYTES + 1)
    except (KeyError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise OSError(path) from error
