"""The package cache: snapshots of packed sources, finished archives, and the code hashes that the cloud returned."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from typing import IO, TYPE_CHECKING

from scfdeploy.model import Address, ArchiveSource, Bundle, FolderSource
from scfdeploy.model.code import DeployedCode
from scfdeploy.packager.fingerprint import File, changed_recently, sha256_of, stat_file, stat_fingerprint
from scfdeploy.records import dataclass, field, replace
from scfdeploy.workspace.file_cache import FileCache, place_key

if TYPE_CHECKING:
    from pathlib import Path

_HOUR_S = 3600
_DAY_S = 24 * _HOUR_S
_SNAPSHOT_S = 30 * _DAY_S
_MAX_UPLOADS = 16
_MAX_DEPLOYED = 20_000
_MAX_SENT = 5_000
_MAX_TEXT = 128
_MAX_DIGITS = 15
_DEPLOYED = "deployed"
_SENT = "sent"
_FORMAT = 2
"""The format of a stored snapshot."""
_RECIPE = 2
"""Part of every key. Raise it with any change that gives other archives or digests for the same files."""


def folder_key(source: FolderSource) -> str:
    """Cache key of a folder's snapshot: every input to the archive other than the files."""
    own = tuple(sorted(source.own_files))
    built = (source.built, source.replaced) if source.built else ()
    include = source.included if source.include_prefixes else source.include
    return _key("folder", source.root, source.exclude, include, source.bootstrap, source.target, own, *built)


def archive_key(source: ArchiveSource) -> str:
    """Cache key of an existing archive's snapshot."""
    return _key("archive", source.path)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The result of packing a set of files."""

    stat: str
    """The stat fingerprint of the files at `seen_at_ns`."""
    seen_at_ns: int
    sha256: str
    content_sha256: str
    size: int
    files: int
    fresh: Mapping[str, str] = field(default_factory=dict)
    """The SHA-256, by name, of files that changed so shortly before that `stat` does not prove them unchanged."""
    archive: str = ""
    """The stat fingerprint of the finished archive; empty for an existing archive, which is not copied."""
    decided: Mapping[str, int] = field(default_factory=dict)
    """The decisions of `Selection`, by path."""

    def bundle(self, function: Address, path: str | None) -> Bundle:
        """The archive at `path` as the code of a function."""
        return Bundle(function, self.sha256, self.content_sha256, self.size, self.files, path)

    def to_bytes(self) -> bytes:
        """JSON after its digest, which reveals damage."""
        import hashlib
        import json

        body = json.dumps(
            {"format": _FORMAT} | {name: getattr(self, name) for name in self.__slots__}, separators=(",", ":")
        ).encode()
        return hashlib.sha256(body).hexdigest().encode() + b"\n" + body

    @classmethod
    def from_bytes(cls, data: bytes) -> Snapshot | None:
        """The snapshot that `to_bytes` wrote, or None for anything else."""
        import hashlib
        import json

        digest, _, body = data.partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != digest:
            return None
        try:
            fields = json.loads(body)
            if fields.pop("format") != _FORMAT:
                return None
            return cls(**fields)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None


class PackageCache:
    """Lives in `<root>/.scfdeploy/cache`; deleting it costs only time.

    When `directory` cannot be written, a temporary folder replaces it until the program ends. Threads and processes
    can share one directory. `clock` returns unix time in nanoseconds. `place` is the cloud (endpoint and region) that
    recorded hashes belong to.
    """

    def __init__(self, directory: Path, *, clock: Callable[[], int] = time.time_ns, place: str = "") -> None:
        self._place = place
        self._files = FileCache(str(directory))
        self._is_pruned = False
        self.now_ns = clock

    def note_upload(self, bundle: Bundle, function_id: str, cloud_sha256: str) -> None:
        """Record the hash that the cloud returns for this bundle in that function after a successful upload."""
        if not _is_storable(function_id, cloud_sha256):
            return
        new = (function_id, cloud_sha256)
        uploads = [upload for upload in self._uploads(bundle.content_sha256) if upload != new]
        lines = "".join(f"{key}\t{digest}\n" for key, digest in [*uploads, new][-_MAX_UPLOADS:])
        with suppress(OSError):
            self._files.write(self._uploads_file(bundle.content_sha256), lines.encode())

    def known_as(self, content_sha256: str, function_id: str) -> frozenset[str]:
        """Every hash recorded for these contents in that function; its id is unique across accounts."""
        return frozenset(digest for key, digest in self._uploads(content_sha256) if key == function_id)

    def deployed(self) -> dict[str, DeployedCode]:
        """The code that functions had when last read, by function id."""
        return {
            fields[0]: DeployedCode(fields[1], int(fields[2]), fields[3])
            for fields in self._rows(self.name_of(_DEPLOYED))
            if len(fields) == 4 and fields[2].isdecimal() and len(fields[2]) <= _MAX_DIGITS
        }

    def note_deployed(self, notes: Mapping[str, DeployedCode]) -> None:
        """Record the code of some functions; what is recorded of others stays."""
        known = self.deployed()
        new = {key: note for key, note in notes.items() if known.get(key) != note and _is_storable(key, *note)}
        if not new:
            return
        newest_last = {key: note for key, note in known.items() if key not in new} | new
        rows = list(newest_last.items())[-_MAX_DEPLOYED:]
        text = "".join(f"{key}\t{note.modified}\t{note.size}\t{note.sha256}\n" for key, note in rows)
        with suppress(OSError):
            self._files.write(self.name_of(_DEPLOYED), text.encode())

    def sent(self) -> dict[str, str]:
        """The digests of the contents of archives that were sent byte for byte, by the hash of the archive."""
        rows = self._rows(self.name_of(_SENT))
        return {fields[0]: fields[1] for fields in rows if len(fields) == 2 and _is_storable(*fields)}

    def note_sent(self, bundles: Iterable[Bundle]) -> None:
        """Record archives that were sent byte for byte."""
        known = self.sent()
        new = {bundle.sha256: bundle.content_sha256 for bundle in bundles}
        if new.items() <= known.items():
            return
        newest_last = {key: content for key, content in known.items() if key not in new} | new
        rows = list(newest_last.items())[-_MAX_SENT:]
        with suppress(OSError):
            self._files.write(self.name_of(_SENT), "".join(f"{key}\t{content}\n" for key, content in rows).encode())

    def recall(self, key: str) -> Snapshot | None:
        """The snapshot of a key, which can be outdated: see `validate`."""
        data = self._files.read(_folder(key))
        return None if data is None else Snapshot.from_bytes(data)

    def remember(self, key: str, snapshot: Snapshot) -> None:
        """Store a snapshot if possible, and once per run remove entries that have not been used for long."""
        with suppress(OSError):
            self._files.write(_folder(key), snapshot.to_bytes())
        if not self._is_pruned:
            self._is_pruned = True
            self._prune()

    def validate(self, key: str, snapshot: Snapshot | None, files: Sequence[File]) -> Snapshot | None:
        """The snapshot of `key` if these files would produce its archive and that archive is intact; otherwise None."""
        if snapshot is None or stat_fingerprint(files) != snapshot.stat:
            return None
        now_ns = self.now_ns()
        doubtful = [file for file in files if file.name in snapshot.fresh]
        if any(sha256_of(file.path) != snapshot.fresh[file.name] for file in doubtful):
            return None
        archive_is_doubtful = False
        if snapshot.archive:
            archive = self.stat_archive(snapshot.sha256)
            if archive is None:
                return None
            archive_is_doubtful = stat_fingerprint([archive]) != snapshot.archive or changed_recently(
                archive.ctime_ns, seen_at_ns=snapshot.seen_at_ns
            )
            if archive_is_doubtful and sha256_of(archive.path) != snapshot.sha256:
                return None
            snapshot = replace(snapshot, archive=stat_fingerprint([archive]))
        if doubtful or archive_is_doubtful:
            still_fresh = [file.name for file in doubtful if changed_recently(file.ctime_ns, seen_at_ns=now_ns)]
            fresh = {name: snapshot.fresh[name] for name in still_fresh}
            snapshot = replace(snapshot, seen_at_ns=now_ns, fresh=fresh)
            self.remember(key, snapshot)
        return snapshot

    def archive(self, sha256: str) -> str | None:
        """The path of the archive with this digest; its content is not checked."""
        return self._files.path(_archive(sha256))

    def stat_archive(self, sha256: str) -> File | None:
        """The archive with this digest, and its stat data."""
        path = self.archive(sha256)
        return None if path is None else stat_file(path)

    def new_archive(self) -> AbstractContextManager[IO[bytes]]:
        """A file to fill and then to `put_archive`. OSError when not even a temporary folder can be written."""
        return self._files.new_file()

    def put_archive(self, file: IO[bytes], sha256: str) -> None:
        """Store a finished archive under its digest."""
        self._files.put(file, _archive(sha256))

    def name_of(self, name: str) -> str:
        """The name of a file whose content is true of one cloud only."""
        return f"{name}-{place_key(self._place)}"

    def _uploads(self, content_sha256: str) -> list[tuple[str, str]]:
        rows = self._rows(self._uploads_file(content_sha256))
        return [(fields[0], fields[1]) for fields in rows if len(fields) == 2 and _is_storable(*fields)]

    def _uploads_file(self, content_sha256: str) -> str:
        return self.name_of(f"uploads/{content_sha256}")

    def _rows(self, name: str) -> list[list[str]]:
        data = self._files.read(name) or b""
        return [line.split("\t") for line in data.decode("utf-8", "replace").splitlines()]

    def _prune(self) -> None:
        now_ns = self.now_ns()
        used = set()
        for key in self._files.names("folders"):
            if self._files.age_s(_folder(key), now_ns=now_ns) > _SNAPSHOT_S:
                self._files.remove(_folder(key))
            elif snapshot := self.recall(key):
                used.add(_archive(snapshot.sha256))
        for name in self._files.names("archives"):
            archive = f"archives/{name}"
            if archive not in used and self._files.age_s(archive, now_ns=now_ns) > _DAY_S:
                self._files.remove(archive)
        self._files.remove_unfinished(older_than_s=_HOUR_S, now_ns=now_ns)


def _is_storable(*fields: object) -> bool:
    """Whether these fit into one line of a table; the cloud can return any text."""
    return all(0 < len(text := str(value)) <= _MAX_TEXT and text.isprintable() for value in fields)


def _folder(key: str) -> str:
    return f"folders/{key}"


def _archive(sha256: str) -> str:
    return f"archives/{sha256}.zip"


def _key(*inputs: object) -> str:
    import hashlib

    return hashlib.sha256(ascii((_RECIPE, *inputs)).encode()).hexdigest()
