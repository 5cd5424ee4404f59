"""Write files into a reproducible zip archive, reading each byte once.

Its bytes depend only on the files, never on dates, owners or the machine.
"""

from __future__ import annotations

import hashlib
import os
import struct
from bisect import insort
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import IO

import deflate

from scfdeploy.model import FolderSource
from scfdeploy.packager.archive import FILE_CHANGED
from scfdeploy.packager.bootstrap import GENERATED, check_content
from scfdeploy.packager.findings import Findings, printable
from scfdeploy.packager.fingerprint import Content, File, changed_recently, digest_contents
from scfdeploy.records import NamedTuple, dataclass

_EXECUTABLE = 0o100
_GENERATED_PATH = ""
"""The path of a start program that is generated and not read."""

# Non-blocking: a named pipe can have replaced a file since the scan.
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
_MAX_READ_BYTES = 1 << 30

_LEVEL = 5
"""Of libdeflate. Measured on source text against zlib's level 6: as small, in less than half the time."""
_SAMPLE_BYTES = 512
_RANDOM_VALUES = 170
"""512 random bytes have about 220 different values; text fewer than 100, machine code about 150."""
_MIN_SAMPLED_BYTES = 4096
_CHUNK_BYTES = 2048
_WORTHWHILE_RATIO = 0.97
_MAX_INSTALLED_BYTES = 64 << 20

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END_64 = struct.Struct("<4sQ2H2I4Q")
_END_64_LOCATOR = struct.Struct("<4sIQI")
_VERSION = 20
_VERSION_64 = 45
_UNIX = 3 << 8
_FLAG_UTF8 = 1 << 11
_STORED = 0
_DEFLATED = 8
_TIME, _DATE = 0, (1 << 5) | 1  # 00:00:00, 1980-01-01
_REGULAR_FILE = 0o100000
_MAX_16 = 0xFFFF


@dataclass(frozen=True, slots=True)
class WrittenArchive:
    """The digests and size of a finished archive."""

    sha256: str
    content_sha256: str
    size: int
    files: int
    fresh: Mapping[str, str]
    """As in `Snapshot`."""


def write_archive(
    files: Sequence[File], source: FolderSource, out: IO[bytes], *, findings: Findings, seen_at_ns: int
) -> WrittenArchive:
    """Write sorted `files`, and the generated start program of `source` if they have none, to `out`.

    A file that cannot be read is reported to `findings`; the archive is incomplete then.
    """
    total = hashlib.sha256()
    size = 0

    def write(data: bytes | bytearray) -> None:
        nonlocal size
        out.write(data)
        total.update(data)
        size += len(data)

    archive = ZipWriter(write)
    contents: list[Content] = []
    fresh: dict[str, str] = {}
    for file in _with_bootstrap(files, source.bootstrap):
        entry = _prepared(file, source, findings)
        if entry is None:
            continue
        name = file.name.encode()
        executable = bool(file.mode & _EXECUTABLE)
        archive.add(name, entry, executable=executable)
        contents.append(Content(name, b"x" if executable else b"-", entry.size, entry.sha256))
        if changed_recently(file.ctime_ns, seen_at_ns=seen_at_ns):
            fresh[file.name] = entry.sha256.hex()
    archive.finish()
    return WrittenArchive(total.hexdigest(), digest_contents(contents), size, len(contents), fresh)


def _with_bootstrap(files: Sequence[File], bootstrap: str | None) -> list[File]:
    entries = list(files)
    if bootstrap is not None and all(file.name != GENERATED for file in files):
        insort(entries, File(GENERATED, _GENERATED_PATH, len(bootstrap), 0, 0, 0, 0o755), key=attrgetter("name"))
    return entries


class Prepared(NamedTuple):
    """The content of a file in the form of an archive."""

    body: bytes | bytearray
    """In raw deflate form, or as it is."""
    is_compressed: bool
    size: int
    """Uncompressed."""
    crc: int
    sha256: bytes

    @classmethod
    def of(cls, data: bytes) -> Prepared:
        """Compress `data` where that makes it smaller."""
        compressed = _compress(data)
        return cls(
            data if compressed is None else compressed,
            compressed is not None,
            len(data),
            deflate.crc32(data),
            hashlib.sha256(data).digest(),
        )


class _InstalledFiles:
    """Installed files in the form of an archive, so that functions and redeployments that share them prepare them once.

    They are known by path and stat data: a folder of installed packages is used only if it has not changed.
    """

    def __init__(self) -> None:
        self._entries: dict[tuple[object, ...], Prepared] = {}
        self._bytes = 0

    def get(self, file: File) -> Prepared | None:
        """The prepared file, if it was added."""
        return self._entries.get(file[1:])

    def add(self, file: File, entry: Prepared) -> None:
        """Keep a prepared file while there is room."""
        if self._bytes + len(entry.body) <= _MAX_INSTALLED_BYTES:
            self._bytes += len(entry.body)
            self._entries[file[1:]] = entry


_installed = _InstalledFiles()


def _prepared(file: File, source: FolderSource, findings: Findings) -> Prepared | None:
    is_installed = bool(source.built) and file.path.startswith(f"{source.built}/") and "/" in file.name
    entry = _installed.get(file) if is_installed else None
    if entry is not None:
        return entry
    data = _content(file, source, findings)
    if data is None:
        return None
    entry = Prepared.of(data)
    if is_installed:
        _installed.add(file, entry)
    return entry


def _content(file: File, source: FolderSource, findings: Findings) -> bytes | None:
    if source.bootstrap is not None and file.path == _GENERATED_PATH:
        return source.bootstrap.encode()
    if findings.is_full:
        return None
    try:
        data = _read(file)
    except OSError as wrong:
        findings.cannot_read(file.path, wrong)
        return None
    if data is None:
        findings.report(FILE_CHANGED, file=printable(file.path))
        return None
    check_content(file.name, data, findings, start_program=source.start_program)
    return data


def _read(file: File) -> bytes | None:
    """The content of a file, or None when it changed since the scan. OSError."""
    descriptor = os.open(file.path, _FLAGS)
    try:
        data = os.read(descriptor, min(file.size + 1, _MAX_READ_BYTES))
        if len(data) != file.size:
            data = _read_rest(descriptor, data, file.size)
        status = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    is_same = (len(data), status.st_mtime_ns, status.st_ino) == (file.size, file.mtime_ns, file.inode)
    return data if is_same else None


def _read_rest(descriptor: int, data: bytes, size: int) -> bytes:
    """Network file systems can return a file in several chunks."""
    chunks = [data]
    length = len(data)
    while length <= size and (chunk := os.read(descriptor, min(size + 1 - length, _MAX_READ_BYTES))):
        chunks.append(chunk)
        length += len(chunk)
    return b"".join(chunks)


def _compress(data: bytes) -> bytes | bytearray | None:
    """`data` in raw deflate form, or None when storing it uncompressed is better."""
    if len(data) >= _MIN_SAMPLED_BYTES and _looks_random(data) and not _samples_shrink(data):
        return None
    compressed = deflate.deflate_compress(data, _LEVEL)
    return compressed if len(compressed) < len(data) else None


def _looks_random(data: bytes) -> bool:
    middle = len(data) // 2
    return len(set(data[middle : middle + _SAMPLE_BYTES])) >= _RANDOM_VALUES


def _samples_shrink(data: bytes) -> bool:
    """Whether three chunks shrink: images, archives and the like do not, which takes a tenth of the time to see."""
    third = (len(data) - _CHUNK_BYTES) // 3
    sample = b"".join(data[start : start + _CHUNK_BYTES] for start in (third, 2 * third, 3 * third))
    return len(deflate.deflate_compress(sample, 1)) < len(sample) * _WORTHWHILE_RATIO


class ZipWriter:
    """Passes the bytes of a zip archive to `write`; entries stay in the order in which they are added."""

    __slots__ = ("_central", "_count", "_offset", "_write")

    def __init__(self, write: Callable[[bytes | bytearray], object]) -> None:
        self._write = write
        self._central: list[bytes] = []
        self._count = 0
        self._offset = 0

    def add(self, name: bytes, entry: Prepared, *, executable: bool) -> None:
        """Add the file `name`."""
        flags = 0 if name.isascii() else _FLAG_UTF8
        method, body = _DEFLATED if entry.is_compressed else _STORED, entry.body
        # Both headers contain the same nine numbers.
        shared = (_VERSION, flags, method, _TIME, _DATE, entry.crc, len(body), entry.size, len(name))
        mode = _REGULAR_FILE | (0o755 if executable else 0o644)
        self._central.append(
            _CENTRAL.pack(b"PK\1\2", _UNIX | _VERSION, *shared, 0, 0, 0, 0, mode << 16, self._offset) + name
        )
        header = _LOCAL.pack(b"PK\3\4", *shared, 0) + name
        self._write(header)
        self._write(body)
        self._count += 1
        self._offset += len(header) + len(body)

    def finish(self) -> None:
        """Write the directory of entries; no entry can be added afterwards."""
        central = b"".join(self._central)
        self._write(central)
        if self._count > _MAX_16:
            self._write(
                _END_64.pack(
                    b"PK\6\6", _END_64.size - 12, _UNIX | _VERSION_64, _VERSION_64, 0, 0,
                    self._count, self._count, len(central), self._offset,
                )
            )  # fmt: skip
            self._write(_END_64_LOCATOR.pack(b"PK\6\7", 0, self._offset + len(central), 1))
        count = min(self._count, _MAX_16)
        self._write(_END.pack(b"PK\5\6", 0, 0, count, count, len(central), self._offset, 0))
