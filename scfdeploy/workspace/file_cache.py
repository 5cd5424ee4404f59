"""A folder of cache files: written whole or not at all, read without trust, and replaced by a temporary one when it
cannot be written.

A small file is believed only as the very file that was written here: a seal beside it holds a digest of its content,
its path, its inode and its change time (ctime), which no program can set. So what came with a checkout, out of a cache
of a pipeline or from another folder counts for nothing, and so does a file that was edited. Whoever may write to the
folder and does what this module does can seal what they like: against that nothing here defends.
"""  # noqa: D205
# Plain strings, as in scan.

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

    What cannot be written under `directory` goes to a temporary folder, removed at exit. Reading never fails: what is
    missing or unreadable is None.
    """

    def __init__(self, directory: str) -> None:
        self._places = [directory]

    def read(self, name: str) -> bytes | None:
        """The content of a file that `write` wrote, from the newest place that has it."""
        for place in reversed(self._places):
            with suppress(OSError), open(f"{place}/{name}", "rb") as file:
                content, facts = file.read(), os.fstat(file.fileno())
                with open(f"{place}/{_seal_of(name)}", "rb") as seal:
                    if seal.read(_SEAL_BYTES + 1) == _seal(f"{place}/{name}", content, facts):
                        return content
        return None

    def path(self, name: str) -> str | None:
        """Where a file lies."""
        paths = (f"{place}/{name}" for place in reversed(self._places))
        return next((path for path in paths if os.path.isfile(path)), None)

    @contextmanager
    def new_file(self) -> Iterator[PendingFile]:
        """A file to fill and then `put` under a name; without that it vanishes. OSError when nothing can be written."""
        unfinished = self._open()
        try:
            with unfinished.file:
                yield unfinished
        finally:
            with suppress(FileNotFoundError):
                os.unlink(unfinished.path)

    def write(self, name: str, content: bytes) -> None:
        """Keep a small file. OSError when nothing can be written."""
        with self.new_file() as unfinished:
            unfinished.file.write(content)
            path = unfinished.put(name)
        seal = _seal(path, content, os.stat(path))
        with self.new_file() as unfinished:
            unfinished.file.write(seal)
            unfinished.put(_seal_of(name))

    def names(self, folder: str) -> list[str]:
        """The files of one folder in the place now written to, without those that are being written."""
        with suppress(OSError):
            return [name for name in os.listdir(f"{self._places[-1]}/{folder}") if not name.endswith(_UNFINISHED)]
        return []

    def age_s(self, name: str, *, now_ns: int) -> float:
        """How long ago a file was written, in seconds; 0 when it is not there."""
        with suppress(OSError):
            return (now_ns - os.stat(f"{self._places[-1]}/{name}").st_mtime_ns) / 1e9
        return 0.0

    def remove(self, name: str) -> None:
        """Drop a file, if it is there and can be."""
        for each in (name, _seal_of(name)):
            with suppress(OSError):
                os.unlink(f"{self._places[-1]}/{each}")

    def remove_unfinished(self, *, older_than_s: float, now_ns: int) -> None:
        """Drop what killed runs left behind."""
        with suppress(OSError):
            for name in os.listdir(self._places[-1]):
                if name.endswith(_UNFINISHED) and self.age_s(name, now_ns=now_ns) > older_than_s:
                    self.remove(name)

    def _open(self) -> PendingFile:
        try:
            return _create(self._places[-1])
        except OSError:
            self._places.append(_temporary_place(self))
            return _create(self._places[-1])


class PendingFile:
    """A file that nobody sees yet."""

    __slots__ = ("_place", "file", "path")

    def __init__(self, place: str, path: str, file: IO[bytes]) -> None:
        self._place = place
        self.path = path
        self.file = file

    def put(self, name: str) -> str:
        """Close the file and let it appear at once as `name`; gives its path."""
        self.file.close()
        final = f"{self._place}/{name}"
        os.makedirs(os.path.dirname(final), exist_ok=True)
        os.replace(self.path, final)
        return final


def _seal_of(name: str) -> str:
    return f"seals/{name.replace('/', '-')}"


def _seal(path: str, content: bytes, facts: os.stat_result) -> bytes:
    import hashlib

    where = f"{os.path.realpath(path)}\n{facts.st_ino}\n{facts.st_ctime_ns}\n".encode("utf-8", "surrogateescape")
    return hashlib.sha256(where + hashlib.sha256(content).digest()).hexdigest().encode()


def _create(place: str) -> PendingFile:
    if not os.path.isdir(place):
        parent = os.path.dirname(place)
        hidden = parent if os.path.basename(parent) == NAME else place
        os.makedirs(os.path.dirname(hidden), exist_ok=True)
        make_hidden_folder(hidden)
        os.makedirs(place, exist_ok=True)
    path = f"{place}/{os.urandom(8).hex()}{_UNFINISHED}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    return PendingFile(place, path, os.fdopen(descriptor, "wb", buffering=1 << 20))


def _temporary_place(cache: FileCache) -> str:
    import shutil
    import tempfile
    import weakref

    place = tempfile.mkdtemp(prefix="scfdeploy-")
    weakref.finalize(cache, shutil.rmtree, place, ignore_errors=True)
    return place
