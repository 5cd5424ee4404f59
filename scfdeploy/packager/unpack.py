"""Unpack an archive from the cloud into a new folder: regular files below that folder, or nothing at all.

Rejected are names that lead out of the folder or are invalid, links and devices, duplicate names, archives larger than
the platform unpacks, and damaged archives.
"""
# ruff: noqa: PTH103, PTH118, PTH120, PTH123
# Paths are plain strings, as in fingerprint.py.

from __future__ import annotations

import os
import re
import stat
import struct
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.diagnostics.messages import message
from scfdeploy.facts import limit
from scfdeploy.packager.archive import (
    BrokenArchiveError,
    damage_errors,
    open_archive,
    read_chunks,
    require_common_compression,
)
from scfdeploy.packager.findings import printable
from scfdeploy.packager.size_limit import is_too_large

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_MAX_FILES = 100_000
_MAX_DIRECTORY_BYTES = 64 << 20
_MAX_NAME_BYTES = 255
_MAX_PATH_BYTES = 1024
_MAX_DEPTH = 64
_MAX_QUOTED = 80
_ENCRYPTED = 1
_END = struct.Struct("<4s4H2IH")
_DRIVE = re.compile(r"[A-Za-z]:")


def unpack(archive: str, folder: str, *, max_files: int = _MAX_FILES) -> int:
    """Unpack the zip file `archive` into the new folder `folder`, and return the number of files.

    Of modes, only whether a file is executable is kept. ScfDeployError for an archive that is not safe to unpack; files
    written before that stay in `folder`, and nothing outside it is changed.
    """
    try:
        with open(archive, "rb") as file:
            _check_directory(file)
            opened = open_archive(file)
            entries = _safe_entries(opened.infolist(), max_files)
            os.makedirs(folder)
            for name, entry in entries.items():
                _write(opened, entry, os.path.join(folder, name))
            return len(entries)
    except BrokenArchiveError as wrong:
        raise ScfDeployError(
            message("the deployed code cannot be unpacked: {reason}", reason=str(wrong).rstrip(".")),
            hint=message("Import without --code, and copy the code from where it was built."),
        ) from wrong
    except OSError as error:
        raise ScfDeployError(
            message(
                "the code cannot be unpacked into {folder}: {reason}", folder=folder, reason=error.strerror or error
            ),
            hint=message("Choose a writable folder with enough space."),
        ) from error


def _check_directory(file: IO[bytes]) -> None:
    """Reject a directory of entries that would exhaust the memory, before it is read."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END.size - 0xFFFF))
    tail = file.read()
    start = tail.rfind(b"PK\5\6")
    if 0 <= start <= len(tail) - _END.size and _END.unpack_from(tail, start)[5] > _MAX_DIRECTORY_BYTES:
        raise BrokenArchiveError(message("its directory of entries is too large"))
    file.seek(0)


def _safe_entries(entries: Iterable[ZipInfo], max_files: int) -> dict[str, ZipInfo]:
    """The files to write, by name."""
    files: dict[str, ZipInfo] = {}
    total_bytes = 0
    for entry in entries:
        name = _safe_name(entry)
        if entry.is_dir():
            continue
        if name in files:
            raise BrokenArchiveError(message("{file} occurs twice", file=printable(name)))
        _check_kind(entry, name)
        files[name] = entry
        total_bytes += entry.file_size
        if len(files) > max_files:
            raise BrokenArchiveError(message("it contains more than {limit} files", limit=max_files))
        if is_too_large(total_bytes):
            limit_mb = limit("code.unzipped_max_bytes") >> 20
            raise BrokenArchiveError(message("it contains more than {limit} MB", limit=limit_mb))
    for name in files:
        if any(folder in files for folder in _folders(name)):
            raise BrokenArchiveError(message("{file} is below a file", file=printable(name)))
    return files


def _safe_name(entry: ZipInfo) -> str:
    """The name of an entry, which is a relative path below the folder."""
    # `filename` ends at a NUL and has other separators replaced; the original name decides.
    written = entry.orig_filename
    names = [name for name in written.removesuffix("/").split("/") if name != "."]
    if written.startswith("/") or "\\" in written or _DRIVE.match(written) or ".." in names:
        raise BrokenArchiveError(message("{file} leads out of the folder", file=printable(written[:_MAX_QUOTED])))
    if (
        "" in names
        or not written.isprintable()
        or len(written.encode("utf-8", "surrogatepass")) > _MAX_PATH_BYTES
        or len(names) > _MAX_DEPTH
        or any(len(name.encode()) > _MAX_NAME_BYTES for name in names)
        or (not names and not entry.is_dir())
    ):
        raise BrokenArchiveError(message('"{file}" is not a valid file name', file=printable(written[:_MAX_QUOTED])))
    return "/".join(names)


def _check_kind(entry: ZipInfo, name: str) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise BrokenArchiveError(message("{file} is a link", file=printable(name)))
    if kind not in (0, stat.S_IFREG):
        raise BrokenArchiveError(message("{file} is not a regular file", file=printable(name)))
    if entry.flag_bits & _ENCRYPTED:
        raise BrokenArchiveError(message("{file} needs a password", file=printable(name)))
    require_common_compression(entry)


def _folders(name: str) -> Iterable[str]:
    names = name.split("/")
    return ("/".join(names[:length]) for length in range(1, len(names)))


def _write(archive: ZipFile, entry: ZipInfo, path: str) -> None:
    is_executable = entry.external_attr >> 16 & stat.S_IXUSR
    os.makedirs(os.path.dirname(path), exist_ok=True)
    # The folder is new and contains no links, so the path cannot lead elsewhere.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o755 if is_executable else 0o644)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in _chunks(archive, entry):
            file.write(chunk)


def _chunks(archive: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    try:
        yield from read_chunks(archive, entry)
    except damage_errors() as wrong:
        raise BrokenArchiveError(f"{printable(entry.filename)}: {wrong}") from wrong
