"""The package cache: snapshots of packed sources, finished archives, and the hashes that the cloud shows for them."""

from __future__ import annotations

import pathlib
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field

from scfdeploy.model import Address, Bundle
from scfdeploy.model.code import DeployedCode
from scfdeploy.workspace.file_cache import FileCache, PendingFile

_HOUR_S = 3600
_DAY_S = 24 * _HOUR_S
_SNAPSHOT_S = 30 * _DAY_S
_MOST_NOTES = 16
_LONGEST_NOTE = 128
_DEPLOYED = "deployed"
_MOST_DEPLOYED = 20_000
_LONGEST_NUMBER = 16


class PackageCache:
    """Lives in `<root>/.scfdeploy/cache`; deleting it costs only time.

    When `directory` cannot be written, a temporary folder takes its place until the program ends. Threads and
    processes may share one directory. `clock` gives unix time in nanoseconds. `place` is the cloud (endpoint and
    region) that notes about functions are of.
    """

    def __init__(self, directory: pathlib.Path, *, clock: Callable[[], int] = time.time_ns, place: str = "") -> None:
        self._place = place
        self._files = FileCache(str(directory))
        self._clock = clock
        self._is_pruned = False

    def note_upload(self, bundle: Bundle, function_id: str, cloud_sha256: str) -> None:
        """After a successful upload: the hash that the cloud shows for this bundle in that function."""
        if not _is_line(function_id, cloud_sha256):
            return
        new = (function_id, cloud_sha256)
        known = [note for note in self._notes(bundle.content_sha256) if note != new]
        lines = "".join(f"{key}\t{digest}\n" for key, digest in [*known, new][-_MOST_NOTES:])
        with suppress(OSError):
            self._files.write(self._upload(bundle.content_sha256), lines.encode())

    def bundle(self, function: Address, snapshot: Snapshot, *, path: str | None) -> Bundle:
        """What a snapshot says of the archive at `path`, as the code of a function."""
        return Bundle(
            function=function,
            sha256=snapshot.sha256,
            content_sha256=snapshot.content_sha256,
            size=snapshot.size,
            files=snapshot.files,
            path=path,
        )

    def known_as(self, content_sha256: str, function_id: str) -> frozenset[str]:
        """Every hash noted for these contents in that function: its id says which account it is in."""
        return frozenset(digest for key, digest in self._notes(content_sha256) if key == function_id)

    def deployed(self) -> dict[str, DeployedCode]:
        """What code functions had when they were last seen, by their ids."""
        data = self._files.read(self.name_of(_DEPLOYED)) or b""
        found = (line.split("\t") for line in data.decode("utf-8", "replace").splitlines())
        return {
            parts[0]: DeployedCode(parts[1], int(parts[2]), parts[3])
            for parts in found
            if len(parts) == 4 and parts[2].isdecimal() and len(parts[2]) < _LONGEST_NUMBER
        }

    def note_deployed(self, notes: Mapping[str, DeployedCode]) -> None:
        """Remember what code functions have, beside what is known of others."""
        known = self.deployed()
        new = {key: note for key, note in notes.items() if known.get(key) != note and _is_line(key, *note)}
        if not new:
            return
        whole = {key: note for key, note in known.items() if key not in new} | new
        newest = list(whole.items())[-_MOST_DEPLOYED:]
        text = "".join(f"{key}\t{note.modified}\t{note.size}\t{note.sha256}\n" for key, note in newest)
        with suppress(OSError):
            self._files.write(self.name_of(_DEPLOYED), text.encode())

    def now_ns(self) -> int:
        """Unix time in nanoseconds."""
        return self._clock()

    def recall(self, key: str) -> Snapshot | None:
        """The snapshot kept under a key."""
        data = self._files.read(_folder(key))
        return None if data is None else Snapshot.from_bytes(data)

    def remember(self, key: str, snapshot: Snapshot) -> None:
        """Keep a snapshot, if that can be, and drop what nobody asked for in a long time."""
        with suppress(OSError):
            self._files.write(_folder(key), snapshot.to_bytes())
        if not self._is_pruned:
            self._is_pruned = True
            self._prune()

    def archive(self, sha256: str) -> str | None:
        """Where the archive of this digest should lie; its content is not checked."""
        return self._files.path(_archive(sha256))

    def new_archive(self) -> AbstractContextManager[PendingFile]:
        """A file to fill and then to `put_archive`. OSError when not even a temporary folder can be written."""
        return self._files.new_file()

    def put_archive(self, unfinished: PendingFile, sha256: str) -> None:
        """Keep a finished archive of this digest."""
        unfinished.put(_archive(sha256))

    def _notes(self, content_sha256: str) -> list[tuple[str, str]]:
        data = self._files.read(self._upload(content_sha256)) or b""
        lines = (line.split("\t") for line in data.decode("utf-8", "replace").splitlines())
        return [(parts[0], parts[1]) for parts in lines if len(parts) == 2 and _is_line(*parts)]

    def _upload(self, content_sha256: str) -> str:
        return self.name_of(f"uploads/{content_sha256}")

    def name_of(self, name: str) -> str:
        """The name of a file whose notes hold in one cloud only."""
        import hashlib

        return f"{name}-{hashlib.sha256(self._place.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"

    def _prune(self) -> None:
        now_ns = self._clock()
        wanted = set()
        for key in self._files.names("folders"):
            if self._files.age_s(_folder(key), now_ns=now_ns) > _SNAPSHOT_S:
                self._files.remove(_folder(key))
            elif snapshot := self.recall(key):
                wanted.add(_archive(snapshot.sha256))
        for name in self._files.names("archives"):
            archive = f"archives/{name}"
            if archive not in wanted and self._files.age_s(archive, now_ns=now_ns) > _DAY_S:
                self._files.remove(archive)
        self._files.remove_unfinished(older_than_s=_HOUR_S, now_ns=now_ns)


def _is_line(*parts: object) -> bool:
    """Whether these can stand in one line: what the cloud says may be anything."""
    return all(0 < len(text := str(part)) <= _LONGEST_NOTE and text.isprintable() for part in parts)


def _folder(key: str) -> str:
    return f"folders/{key}"


def _archive(sha256: str) -> str:
    return f"archives/{sha256}.zip"


_FORMAT = 2


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The bundle that a set of files gave.

    `stat` is the fingerprint of the files when they were looked at, at `seen_at_ns`. `fresh` holds, by name, the
    SHA-256 of those that had changed so shortly before that `stat` alone does not prove them unchanged. `archive` is
    the same fingerprint of the finished archive, where that is ours. `decided` says of each path what the user's
    patterns make of it, as in `Selection`.
    """

    stat: str
    seen_at_ns: int
    sha256: str
    content_sha256: str
    size: int
    files: int
    fresh: Mapping[str, str] = field(default_factory=dict)
    archive: str = ""
    decided: Mapping[str, int] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """A form that shows when it is damaged."""
        import hashlib
        import json

        body = json.dumps(
            {"format": _FORMAT} | {name: getattr(self, name) for name in self.__slots__}, separators=(",", ":")
        ).encode()
        return hashlib.sha256(body).hexdigest().encode() + b"\n" + body

    @classmethod
    def from_bytes(cls, data: bytes) -> Snapshot | None:
        """What `to_bytes` wrote, or None for anything else."""
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
