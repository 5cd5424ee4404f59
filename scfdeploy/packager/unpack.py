"""Unpacks an archive that somebody else made into a new folder: plain files below that folder, or nothing at all.

Refused are names that lead out of the folder or that no file can have, links and devices, names that come twice, more
than the platform unpacks, and what cannot be read.
"""
# ruff: noqa: PTH103, PTH118, PTH120, PTH123
# Plain strings, as in scan.

from __future__ import annotations

import os
import re
import stat
import struct
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.facts import limit
from scfdeploy.packager.archive import (
    BrokenArchiveError,
    damage_errors,
    open_archive,
    read_chunks,
    require_common_compression,
)
from scfdeploy.packager.findings import shown
from scfdeploy.packager.size_limit import too_large

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_MOST_FILES = 100_000
_LARGEST_DIRECTORY_BYTES = 64 << 20
_LONGEST_PART_BYTES = 255
_LONGEST_NAME_BYTES = 1024
_DEEPEST = 64
_ENCRYPTED = 1
_END = struct.Struct("<4s4H2IH")
_DRIVE = re.compile(r"[A-Za-z]:")


def unpack(archive: str, folder: str, *, most_files: int = _MOST_FILES) -> int:
    """Unpack the zip file `archive` into `folder`, which is made and must not be there; gives the number of files.

    Of modes, only whether a file is executable is kept. Raises ScfDeployError, with nothing outside `folder` touched,
    when the archive is not to be trusted; what was written until then stays in `folder`.
    """
    try:
        with open(archive, "rb") as file:
            _check_directory(file)
            found = open_archive(file)
            entries = _checked(found.infolist(), most_files)
            os.makedirs(folder)
            for name, entry in entries.items():
                _write(found, entry, os.path.join(folder, name))
            return len(entries)
    except BrokenArchiveError as wrong:
        raise _refused(str(wrong)) from wrong
    except OSError as error:
        raise ScfDeployError(
            f"the code cannot be unpacked into {folder}: {error.strerror or error}",
            hint="Choose a writable folder with enough space.",
        ) from error


def _check_directory(file: IO[bytes]) -> None:
    """Refuse a directory of entries that would fill the memory, before it is read."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END.size - 0xFFFF))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if 0 <= at <= len(tail) - _END.size and _END.unpack_from(tail, at)[5] > _LARGEST_DIRECTORY_BYTES:
        raise BrokenArchiveError("its directory of entries is absurdly large")
    file.seek(0)


def _checked(entries: Iterable[ZipInfo], most_files: int) -> dict[str, ZipInfo]:
    """The files to write by their names, all of which are harmless."""
    files: dict[str, ZipInfo] = {}
    total = 0
    for entry in entries:
        name = _name(entry)
        if entry.is_dir():
            continue
        if name in files:
            raise BrokenArchiveError(f"{shown(name)} comes twice")
        _check_kind(entry, name)
        files[name] = entry
        total += entry.file_size
        if len(files) > most_files:
            raise BrokenArchiveError(f"it has more than {most_files} files")
        if too_large(total):
            raise BrokenArchiveError(f"it holds more than {limit('code.unzipped_max_bytes') >> 20} MB")
    for name in files:
        if any(above in files for above in _above(name)):
            raise BrokenArchiveError(f"{shown(name)} lies below a file")
    return files


def _name(entry: ZipInfo) -> str:
    """The entry's name, which is no way out of the folder and can be a file's."""
    # The library cuts names at a NUL and turns some characters round; what the archive says is what is judged.
    written = entry.orig_filename
    parts = [part for part in written.removesuffix("/").split("/") if part != "."]
    length = len(written.encode("utf-8", "surrogatepass"))
    if written.startswith("/") or "\\" in written or _DRIVE.match(written) or ".." in parts:
        raise BrokenArchiveError(f"{shown(written[:80])} leads out of the folder")
    if "" in parts or not written.isprintable() or length > _LONGEST_NAME_BYTES or len(parts) > _DEEPEST:
        raise BrokenArchiveError(f"{shown(written[:80])!r} is no name for a file")
    if any(len(part.encode()) > _LONGEST_PART_BYTES for part in parts) or (not parts and not entry.is_dir()):
        raise BrokenArchiveError(f"{shown(written[:80])!r} is no name for a file")
    return "/".join(parts)


def _check_kind(entry: ZipInfo, name: str) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise BrokenArchiveError(f"{shown(name)} is a link")
    if kind not in (0, stat.S_IFREG):
        raise BrokenArchiveError(f"{shown(name)} is no plain file")
    if entry.flag_bits & _ENCRYPTED:
        raise BrokenArchiveError(f"{shown(name)} needs a password")
    require_common_compression(entry)


def _above(name: str) -> Iterable[str]:
    parts = name.split("/")
    return ("/".join(parts[:length]) for length in range(1, len(parts)))


def _write(archive: ZipFile, entry: ZipInfo, path: str) -> None:
    is_executable = entry.external_attr >> 16 & stat.S_IXUSR
    os.makedirs(os.path.dirname(path), exist_ok=True)
    # The folder is new and holds no links, so that nothing can lead elsewhere.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o755 if is_executable else 0o644)
    with os.fdopen(descriptor, "wb") as file:
        for piece in _read(archive, entry):
            file.write(piece)


def _read(archive: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    try:
        yield from read_chunks(archive, entry)
    except damage_errors() as wrong:
        raise BrokenArchiveError(f"{shown(entry.filename)}: {wrong}") from wrong


def _refused(why: str) -> ScfDeployError:
    return ScfDeployError(
        f"the deployed code cannot be unpacked: {why.rstrip('.')}",
        hint="Import without --code, and copy the code from where it was built.",
    )
