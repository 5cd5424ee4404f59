"""Write files into one archive, reading each byte once."""

from __future__ import annotations

import hashlib
from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import IO

import deflate

from scfdeploy.model import FolderSource
from scfdeploy.packager.bootstrap import GENERATED, check_content
from scfdeploy.packager.cache_check import changed_recently
from scfdeploy.packager.file_reader import FILE_CHANGED, ChangedError, Content, digest_contents, read
from scfdeploy.packager.findings import Findings, shown
from scfdeploy.packager.scan import File
from scfdeploy.packager.zip_writer import ZipWriter, compress

_EXECUTABLE = 0o100
_NOWHERE = ""
"""The path of a start program that is made and not found."""


@dataclass(frozen=True, slots=True)
class WrittenArchive:
    """What was written. `fresh` are the SHA-256 of files changed shortly before they were seen, by name."""

    sha256: str
    content_sha256: str
    size: int
    files: int
    fresh: Mapping[str, str]


def write_archive(
    files: Sequence[File], source: FolderSource, out: IO[bytes], *, findings: Findings, seen_at_ns: int
) -> WrittenArchive:
    """Write `files`, already in order, to `out`, and the start program of `source` when it is to be made.

    A file that cannot be read goes to `findings`; what is written is then of no use.
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
        data = _read(file, source, findings)
        if data is None:
            continue
        name = file.name.encode()
        sha256 = hashlib.sha256(data)
        executable = bool(file.mode & _EXECUTABLE)
        archive.add(name, data, crc=deflate.crc32(data), compressed=compress(data), executable=executable)
        contents.append(Content(name, b"x" if executable else b"-", len(data), sha256.digest()))
        if changed_recently(file.ctime_ns, seen_at_ns=seen_at_ns):
            fresh[file.name] = sha256.hexdigest()
    archive.finish()
    return WrittenArchive(total.hexdigest(), digest_contents(contents), size, len(contents), fresh)


def _with_bootstrap(files: Sequence[File], bootstrap: str | None) -> list[File]:
    entries = list(files)
    if bootstrap is not None and all(file.name != GENERATED for file in files):
        insort(entries, File(GENERATED, _NOWHERE, len(bootstrap), 0, 0, 0, 0o755), key=attrgetter("name"))
    return entries


def _read(file: File, source: FolderSource, findings: Findings) -> bytes | None:
    if source.bootstrap is not None and file.path == _NOWHERE:
        return source.bootstrap.encode()
    if findings.is_full:
        return None
    try:
        data = read(file)
    except OSError as wrong:
        findings.cannot_read(file.path, wrong)
        return None
    except ChangedError:
        findings.report(FILE_CHANGED, file=shown(file.path))
        return None
    check_content(file.name, data, findings, start_program=source.start_program)
    return data
