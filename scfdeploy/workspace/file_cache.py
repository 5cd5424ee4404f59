"""A folder of cache files, written atomically; a temporary folder replaces one that cannot be written.

A small file is read only if it is the very file that was written here: its seal, a second file, holds a digest of its
content, path, inode and change time (ctime), which no program can set. Files from a checkout, a pipeline's cache or
another folder are ignored, and so are edited files. The seal does not protect against a process that may write to the
folder and imitates this module.
"""
# Paths are plain strings: pathlib is slow with thousands of files.

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from scfdeploy.workspace.paths import NAME, make_hidden_folder

_UNFINISHED = ".tmp"
_SEAL_BYTES = 64


class FileCache:
    """Files by relative name, such as `archives/<digest>.zip`.

    Files that cannot be written to `directory` go to a temporary folder that is removed at exit. Reading never raises:
    a missing or unreadable file is None.
    """

    def __init__(self, directory: str) -> None:
        self._directories = [directory]
        self._real_folders: dict[str, str] = {}

    def read(self, name: str) -> bytes | None:
        """The content of a file written by `write`."""
        for directory in reversed(self._directories):
            with suppress(OSError), open(f"{directory}/{name}", "rb") as file:
                content, status = file.read(), os.fstat(file.fileno())
                with open(f"{directory}/{_seal_of(name)}", "rb") as seal:
                    if seal.read(_SEAL_BYTES + 1) == self._seal(f"{directory}/{name}", content, status):
                        return content
        return None

    def path(self, name: str) -> str | None:
        """The path of a file."""
        paths = (f"{directory}/{name}" for directory in reversed(self._directories))
        return next((path for path in paths if os.path.isfile(path)), None)

    @contextmanager
    def new_file(self) -> Iterator[IO[bytes]]:
        """A file to write and then `put` under a name; it is removed unless it is put. Raises OSError."""
        file = self._open()
        try:
            with file:
                yield file
        finally:
            with suppress(FileNotFoundError):
                os.unlink(file.name)

    def put(self, file: IO[bytes], name: str) -> str:
        """Close a `new_file` and move it to `name`; returns its path."""
        file.close()
        path = f"{os.path.dirname(file.name)}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.replace(file.name, path)
        return path

    def write(self, name: str, content: bytes) -> None:
        """Write a small file with its seal. Raises OSError."""
        with self.new_file() as file:
            file.write(content)
            path = self.put(file, name)
        seal = self._seal(path, content, os.stat(path))
        with self.new_file() as file:
            file.write(seal)
            self.put(file, _seal_of(name))

    def names(self, folder: str) -> list[str]:
        """The complete files of one folder."""
        with suppress(OSError):
            return [name for name in os.listdir(f"{self._directories[-1]}/{folder}") if not name.endswith(_UNFINISHED)]
        return []

    def age_s(self, name: str, *, now_ns: int) -> float:
        """Seconds since a file was written; 0 when it is missing."""
        with suppress(OSError):
            return (now_ns - os.stat(f"{self._directories[-1]}/{name}").st_mtime_ns) / 1e9
        return 0.0

    def remove(self, name: str) -> None:
        """Remove a file; a failure is ignored."""
        for each in (name, _seal_of(name)):
            with suppress(OSError):
                os.unlink(f"{self._directories[-1]}/{each}")

    def remove_unfinished(self, *, older_than_s: float, now_ns: int) -> None:
        """Remove incomplete files of killed runs."""
        with suppress(OSError):
            for name in os.listdir(self._directories[-1]):
                if name.endswith(_UNFINISHED) and self.age_s(name, now_ns=now_ns) > older_than_s:
                    self.remove(name)

    def _seal(self, path: str, content: bytes, status: os.stat_result) -> bytes:
        import hashlib

        folder, name = os.path.split(path)
        real = self._real_folders.get(folder)
        if real is None:  # to find it takes longer than to read a small file
            real = self._real_folders[folder] = os.path.realpath(folder)
        where = f"{real}/{name}\n{status.st_ino}\n{status.st_ctime_ns}\n".encode("utf-8", "surrogateescape")
        return hashlib.sha256(where + hashlib.sha256(content).digest()).hexdigest().encode()

    def _open(self) -> IO[bytes]:
        try:
            return _create(self._directories[-1])
        except OSError:
            self._directories.append(_temporary_directory(self))
            return _create(self._directories[-1])


def place_key(*place: str) -> str:
    """A short name for files whose content is true of one place only, such as an endpoint and a region."""
    import hashlib

    return hashlib.sha256("\n".join(place).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _seal_of(name: str) -> str:
    return f"seals/{name.replace('/', '-')}"


def _create(directory: str) -> IO[bytes]:
    if not os.path.isdir(directory):
        parent = os.path.dirname(directory)
        hidden = parent if os.path.basename(parent) == NAME else directory
        os.makedirs(os.path.dirname(hidden), exist_ok=True)
        make_hidden_folder(hidden)
        os.makedirs(directory, exist_ok=True)
    path = f"{directory}/{os.urandom(8).hex()}{_UNFINISHED}"
    return open(path, "xb", buffering=1 << 20, opener=lambda path, flags: os.open(path, flags, 0o600))


def _temporary_directory(cache: FileCache) -> str:
    import shutil
    import tempfile
    import weakref

    directory = tempfile.mkdtemp(prefix="scfdeploy-")
    weakref.finalize(cache, shutil.rmtree, directory, ignore_errors=True)
    return directory
