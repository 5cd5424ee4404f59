"""The cache of installed dependencies: one folder per key in `.scfdeploy/build`.

A folder is used only if this checkout installed it and no file in it has changed since: a sealed record (see
`workspace/file_cache.py`) has the stat data of all its files. So a folder that came with a clone is installed again.
"""
# ruff: noqa: PTH103, PTH104, PTH108, PTH112, PTH114, PTH118, PTH119, PTH123, PTH208
# Paths are plain strings, as in fingerprint.py.

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.packager.fingerprint import Content, File, changed_recently, digest_contents, stat_fingerprint
from scfdeploy.records import NamedTuple
from scfdeploy.workspace.atomic_write import write_file
from scfdeploy.workspace.file_cache import FileCache
from scfdeploy.workspace.paths import build_dir, cache_dir, state_dir

_DAY_S = 24 * 3600
_KEPT_S = 30 * _DAY_S
_KEY_LENGTH = 32
_UNFINISHED = ".tmp"
_LOCK = ".lock"
_INDEX = "index.json"
_MAX_INDEX_BYTES = 1 << 24
_NAME = re.compile(r"[0-9a-f]{32}")
_FORMAT = 1


class _Record(NamedTuple):
    """The state of an installed folder."""

    format: int
    stat: str
    """The stat fingerprint of its files at `seen_at_ns`."""
    seen_at_ns: int
    content: str
    """The digest of its files."""
    version: str
    """The version of the program that installed it, if that decides the bytes."""


class IndexEntry(NamedTuple):
    """The installed dependencies of a source."""

    folder: str
    """The name of their folder."""
    replaces: tuple[str, ...] = ()
    """See Dependencies."""


class BuiltFolders:
    """The installed dependencies of one project. `clock` returns unix time in nanoseconds.

    Threads and processes can share the cache. Raises ScfDeployError for a symbolic link in its place.
    """

    def __init__(self, root: str, *, clock: Callable[[], int] = time.time_ns) -> None:
        self._root = root
        self.directory = str(build_dir(root))
        """The folder that has the folders."""
        self._records = FileCache(str(cache_dir(root)))
        self._clock = clock

    def path(self, key: str) -> str:
        """Where the folder of a key is, or will be."""
        return os.path.join(self.directory, key[:_KEY_LENGTH])

    def find(self, key: str, *, version: str = "") -> str | None:
        """The folder of a key if it is as it was installed, by this version of the program."""
        path = self.path(key)
        record = self._read(key)
        if record is None or record.version != version or not _is_folder(path):
            return None
        files = _files(path)
        if files is None or stat_fingerprint(files) != record.stat:
            return None
        if any(changed_recently(file.ctime_ns, seen_at_ns=record.seen_at_ns) for file in files):
            # Too close to the installation for stat data to prove anything.
            seen_at_ns = self._clock()
            if _digest(files) != record.content:
                return None
            self._write(key, record._replace(seen_at_ns=seen_at_ns))
        with suppress(OSError):
            os.utime(path)
        return path

    def find_unsealed(self, name: str) -> str | None:
        """The folder with a name, whoever made it: for a checkout that an earlier step of a pipeline has built."""
        path = os.path.join(self.directory, name)
        return path if _NAME.fullmatch(name) and _is_folder(path) else None

    def index_name(self, source: str, runtimes: Sequence[str]) -> str:
        """The name of a source in the index: its folder and runtimes, which are the same in every checkout."""
        return f"{os.path.relpath(source, self._root)}:{','.join(runtimes)}"

    def read_index(self) -> dict[str, IndexEntry | None]:
        """The dependencies of each source that was built, None without any; empty when it cannot be read."""
        try:
            with open(self._index_path, "rb") as file:
                content = json.loads(file.read(_MAX_INDEX_BYTES))
            entries = {name: None if entry is None else _entry(entry) for name, entry in content.items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return {}
        return entries

    def add_to_index(self, entries: Mapping[str, IndexEntry | None]) -> None:
        """Record the dependencies of sources, for a later step of a pipeline."""
        before = self.read_index()
        index = before | dict(entries)
        if index == before:
            return
        text = json.dumps({name: entry and entry._asdict() for name, entry in sorted(index.items())}, indent=1)
        try:
            self._make_directory()
            write_file(self._index_path, text.encode())
        except OSError as error:
            raise _unwritable(error) from error

    @property
    def _index_path(self) -> str:
        return os.path.join(self.directory, _INDEX)

    @contextmanager
    def lock(self, key: str, on_wait: Callable[[], None]) -> Iterator[None]:
        """Hold the lock of a key, so that concurrent runs install it once; waits, after a call of `on_wait`.

        Where no lock can be had, concurrent runs each install it, which is slower and safe.
        """
        with self._open_lock(key) as file:
            _lock(file, on_wait)
            yield

    @contextmanager
    def staging(self, key: str) -> Iterator[Path]:
        """An empty folder to fill and then to `put`; removed at the end, with all that is left in it."""
        try:
            self._make_directory()
            path = Path(f"{self.path(key)}-{os.urandom(4).hex()}{_UNFINISHED}")
            path.mkdir(mode=0o755)
        except OSError as error:
            raise _unwritable(error) from error
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def put(self, key: str, staging: Path, *, version: str = "") -> str:
        """Move a filled folder to its key, in place of one that cannot be trusted; returns its path."""
        path = self.path(key)
        try:
            if os.path.lexists(path):
                _remove(path, f"{staging}.old{_UNFINISHED}")
            os.rename(staging, path)
        except OSError as error:
            raise _unwritable(error) from error
        files = _files(path) or []
        seen_at_ns = self._clock()
        self._write(key, _Record(_FORMAT, stat_fingerprint(files), seen_at_ns, _digest(files), version))
        self._prune(keep=os.path.basename(path))
        return path

    def _make_directory(self) -> None:
        state_dir(self._root)
        os.makedirs(self.directory, exist_ok=True)

    def _read(self, key: str) -> _Record | None:
        try:
            record = _Record(**json.loads(self._records.read(_name(key)) or b"{}"))
        except (ValueError, TypeError):
            return None
        return record if record.format == _FORMAT else None

    def _write(self, key: str, record: _Record) -> None:
        with suppress(OSError):  # without a record, the next run installs it again
            self._records.write(_name(key), json.dumps(record._asdict()).encode())

    @contextmanager
    def _open_lock(self, key: str) -> Iterator[IO[bytes] | None]:
        try:
            self._make_directory()
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            file = os.fdopen(os.open(f"{self.path(key)}{_LOCK}", flags, 0o600), "r+b", buffering=0)
        except OSError:
            yield None
            return
        with file:
            yield file

    def _prune(self, *, keep: str) -> None:
        """Remove folders that no run has used for a month, and what killed runs left."""
        now_s = self._clock() / 1e9
        for name in os.listdir(self.directory):
            path = os.path.join(self.directory, name)
            with suppress(OSError):
                age_s = now_s - os.lstat(path).st_mtime
                if name in (keep, _INDEX) or age_s < (_DAY_S if name.endswith(_UNFINISHED) else _KEPT_S):
                    continue
                if os.path.isdir(path) and not os.path.islink(path):
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    os.unlink(path)


def _entry(content: Mapping[str, Any]) -> IndexEntry:
    return IndexEntry(str(content["folder"]), tuple(str(name) for name in content["replaces"]))


def _name(key: str) -> str:
    return f"builds/{key}"


def _is_folder(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)


def _remove(path: str, aside: str) -> None:
    """Remove a file, link or folder. A folder is moved aside first, so that its name is free at once."""
    if not _is_folder(path):
        os.unlink(path)
        return
    os.rename(path, aside)
    shutil.rmtree(aside, ignore_errors=True)


def _files(folder: str) -> list[File] | None:
    """Every file below a folder, in a fixed order, links as links; None when it cannot be read."""
    files: list[File] = []
    waiting = [""]
    try:
        while waiting:
            prefix = waiting.pop()
            with os.scandir(os.path.join(folder, prefix)) as entries:
                for entry in entries:
                    name = prefix + entry.name
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(f"{name}/")
                    else:
                        files.append(File.from_stat(name, entry.path, entry.stat(follow_symlinks=False)))
    except OSError:
        return None
    return sorted(files)


def _digest(files: list[File]) -> str:
    """A digest of names and contents; links count by their target."""
    return digest_contents(
        Content(os.fsencode(file.name), b"-", file.size, _content(file.path).encode()) for file in files
    )


def _content(path: str) -> str:
    if os.path.islink(path):
        return f"link {os.readlink(path)}"  # noqa: PTH115
    from scfdeploy.packager.fingerprint import sha256_of

    return sha256_of(path) or ""


def _lock(file: IO[bytes] | None, on_wait: Callable[[], None]) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        return
    if file is None:
        return
    with suppress(OSError):  # a file system without locks
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(file.fileno(), fcntl.LOCK_EX)


def _unwritable(error: OSError) -> ScfDeployError:
    return ScfDeployError(
        message(
            "the dependencies cannot be stored in {path}: {reason}",
            path=error.filename,
            reason=error.strerror or error,
        ),
        hint=message("Make the folder writable, and free some disk space."),
    )
