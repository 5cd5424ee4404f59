"""Pack existing archives, and compute the digest of their contents."""
# ruff: noqa: PTH110, PTH123
# Paths are plain strings, as in fingerprint.py.

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from scfdeploy.diagnostics import Finding, ScfDeployError, Severity
from scfdeploy.diagnostics.messages import message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Address, ArchiveSource, Bundle, FolderSource
from scfdeploy.packager.bootstrap import check_archive
from scfdeploy.packager.cache import PackageCache, Snapshot, archive_key
from scfdeploy.packager.findings import Findings, name_some, printable
from scfdeploy.packager.fingerprint import (
    Content,
    File,
    changed_recently,
    digest_contents,
    sha256_of,
    stat_file,
    stat_fingerprint,
)
from scfdeploy.packager.key_files import entry_holds_keys
from scfdeploy.packager.size_limit import CODE_EMPTY, is_too_large, report_size

CODE_MISSING = Finding(
    "code-missing",
    Severity.ERROR,
    "Code not found",
    detail='The archive "{path}" does not exist.',
    hint="Correct src, or run your build first.",
    title="The code was not found.",
    what="The folder or archive named by `src` does not exist, or no longer exists.",
    why="There is nothing to package.",
    wrong=yaml("src: ./dist   # and the build has not run"),
    right="The build run first.",
)
KEY_FILE_IN_ARCHIVE = Finding(
    "key-file-in-archive",
    Severity.WARNING,
    "Archive contains files with keys",
    detail='"{archive}" contains {files}, and is uploaded unchanged.',
    hint="Build the archive without them, and pass keys to the function as environment variables.",
    title="An existing archive contains files with keys.",
    what="The .zip or .jar named by src contains files with passwords, tokens or private keys, such as .netrc, "
    ".pypirc, an .npmrc with a token or a private key. An existing archive is uploaded unchanged.",
    why="Everyone who may read the code of the function or layer would have the keys.",
    wrong=yaml("src: ./build/app.zip   # with an .npmrc that contains `_authToken=...`"),
    right=yaml("src: ./build/app.zip   # built without it: zip -r app.zip . -x '.npmrc'"),
)
ARCHIVE_BROKEN = Finding(
    "archive-broken",
    Severity.ERROR,
    "Archive cannot be unpacked",
    detail='"{archive}" cannot be unpacked: {reason}.',
    hint="Build it again, as a .zip or .jar file without a password.",
    code="InvalidParameterValue.ZipFile",
    title="An archive that cannot be unpacked.",
    what="The archive named by `src` is not a zip file, is damaged, or has a password.",
    why="The platform rejects it.",
    wrong=yaml("src: ./build/hello.zip   # a .tar.gz under another name"),
    right="The archive built again, as .zip or .jar, without a password.",
)

FILE_CHANGED = Finding(
    "file-changed",
    Severity.ERROR,
    "File changed during packaging",
    detail='"{file}" changed while it was being packaged.',
    hint="Run again when nothing writes to the folder, or exclude the file with src.exclude.",
    title="A file that changed during packaging.",
    what="A file of the code was written while it was being read.",
    why="A mix of the old and the new file would be deployed.",
    wrong="`npm run build & scfdeploy apply`",
    right="`npm run build && scfdeploy apply`",
)

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_EXECUTABLE = 0o100
_CHUNK_BYTES = 1 << 20
_COMMON_COMPRESSIONS = (0, 8)  # stored, deflate


class BrokenArchiveError(ValueError):
    """The archive cannot be unpacked; the text says why."""


def content_digest(archive: bytes) -> str:
    """The `content_sha256` of an existing zip, for comparing with the deployed code.

    Folders, dates, order and compression do not count; of modes, only whether a file is executable does.
    ScfDeployError when it cannot be unpacked.
    """
    import io

    with io.BytesIO(archive) as file:
        return _digest_of(file)


def content_digest_of(path: str) -> str:
    """`content_digest` of a zip file. ScfDeployError."""
    try:
        with open(path, "rb") as file:
            return _digest_of(file)
    except OSError as wrong:
        raise _cannot_unpack(wrong) from wrong


def pack_archive(function: Address, source: ArchiveSource, *, cache: PackageCache, findings: Findings) -> Bundle | None:
    """The bundle of an existing archive, or None with an error in `findings`."""
    file = _find_file(source, findings)
    if file is None:
        return None
    if source.start_program:
        check_archive(source, findings)
        if findings.has_errors:
            return None
    key = archive_key(source)
    snapshot = cache.validate(key, cache.recall(key), [file])
    if snapshot is None:
        snapshot = _snapshot(file, seen_at_ns=cache.now_ns(), findings=findings)
        if snapshot is None:
            return None
        cache.remember(key, snapshot)
    _report_keys(source.path, findings)
    return snapshot.bundle(function, source.path)


def check_archive_content(source: ArchiveSource, findings: Findings) -> None:
    """Report what packing the archive would report, without writing anything."""
    file = _find_file(source, findings)
    if file is None:
        return
    check_archive(source, findings)
    if not findings.has_errors and _snapshot(file, seen_at_ns=0, findings=findings) is not None:
        _report_keys(source.path, findings)


def report_code_missing(source: FolderSource | ArchiveSource, findings: Findings) -> None:
    """Report that the folder or archive does not exist, or is something else."""
    is_folder, path = (True, source.root) if isinstance(source, FolderSource) else (False, source.path)
    detail = 'The folder "{path}" does not exist.' if is_folder else None
    hint = None if source.hook is None else "Let src.hook create it, or correct the path."
    if os.path.exists(path) and is_folder:
        detail = '"{path}" is not a folder.'
        hint = "Point src at the folder that contains it, or at a .zip file."
    elif os.path.exists(path):
        detail = '"{path}" is not a file.'
        hint = "Point src at a .zip or .jar file."
    findings.report(CODE_MISSING, detail=detail, hint=hint, path=printable(path))


def open_archive(file: IO[bytes]) -> ZipFile:
    """The archive, with its directory of entries read. BrokenArchiveError."""
    from zipfile import ZipFile

    try:
        return ZipFile(file)
    except damage_errors() as wrong:
        raise _broken(wrong) from wrong


def require_common_compression(entry: ZipInfo) -> None:
    """Raise BrokenArchiveError for a file that is neither stored nor deflated."""
    if entry.compress_type not in _COMMON_COMPRESSIONS:
        raise BrokenArchiveError(message("{file} has a compression other than deflate", file=printable(entry.filename)))


def read_chunks(archive: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    """The content of a file in chunks. Raises `damage_errors`."""
    with archive.open(entry) as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def damage_errors() -> tuple[type[Exception], ...]:
    """The exceptions of `zipfile`, which trusts the headers of a damaged archive.

    It raises RuntimeError for a missing password or an unknown compression, ValueError or OSError for an offset
    outside the file.
    """
    import struct
    import zlib
    from zipfile import BadZipFile

    known = (BadZipFile, zlib.error, struct.error)
    return (*known, EOFError, OverflowError, RuntimeError, ValueError, LookupError, OSError)


def _digest_of(file: IO[bytes]) -> str:
    try:
        return digest_contents(_contents(open_archive(file)))
    except BrokenArchiveError as wrong:
        raise _cannot_unpack(wrong) from wrong


def _cannot_unpack(wrong: Exception) -> ScfDeployError:
    return ScfDeployError(message("The archive cannot be unpacked: {reason}.", reason=wrong))


def _find_file(source: ArchiveSource, findings: Findings) -> File | None:
    file = stat_file(source.path)
    if file is None or not stat.S_ISREG(file.mode):
        report_code_missing(source, findings)
        return None
    return file


def _report_keys(path: str, findings: Findings) -> None:
    """Report which files of an archive contain keys. It is uploaded unchanged, so none can be left out."""
    try:
        with open(path, "rb") as opened:
            archive = open_archive(opened)
            keys = sorted(name for name, entry in _files(archive).items() if _holds_keys(archive, entry))
    except damage_errors():
        return  # the archive changed after the check; the upload reports that
    if keys:
        findings.report(KEY_FILE_IN_ARCHIVE, archive=printable(path), files=name_some(keys))


def _holds_keys(archive: ZipFile, entry: ZipInfo) -> bool:
    return entry_holds_keys(entry.filename, entry.file_size, lambda: archive.read(entry))


def _snapshot(file: File, *, seen_at_ns: int, findings: Findings) -> Snapshot | None:
    """Check an archive and compute its digests; None with an error in `findings`."""
    try:
        with open(file.path, "rb") as opened:
            archive = open_archive(opened)
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if not _fits(entries, file.path, findings):
                return None
            content_sha256 = digest_contents(_contents(archive))
    except BrokenArchiveError as wrong:
        findings.report(ARCHIVE_BROKEN, archive=printable(file.path), reason=wrong)
        return None
    except OSError as wrong:
        findings.cannot_read(file.path, wrong)
        return None
    sha256 = sha256_of(file.path)
    if sha256 is None or stat_file(file.path) != file:
        findings.report(
            FILE_CHANGED,
            detail='"{file}" changed while it was being read.',
            hint="Run again when your build is done.",
            file=printable(file.path),
        )
        return None
    fresh = {file.name: sha256} if changed_recently(file.ctime_ns, seen_at_ns=seen_at_ns) else {}
    return Snapshot(stat_fingerprint([file]), seen_at_ns, sha256, content_sha256, file.size, len(entries), fresh)


def _fits(entries: list[ZipInfo], path: str, findings: Findings) -> bool:
    unpacked_bytes = sum(entry.file_size for entry in entries)
    if not entries:
        findings.report(
            CODE_EMPTY,
            detail='The archive "{archive}" contains no files.',
            hint="Build it again, or correct src.",
            archive=printable(path),
        )
        return False
    if is_too_large(unpacked_bytes):
        report_size(unpacked_bytes, findings, advice=message("Build it without files that the function does not use."))
        return False
    return True


def _files(archive: ZipFile) -> dict[str, ZipInfo]:
    """The files by name; of two with the same name the later, as unpacking leaves it."""
    return {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}


def _contents(archive: ZipFile) -> list[Content]:
    """The contents of the files, read in full, which checks them. BrokenArchiveError."""
    try:
        return [_content(archive, entry) for entry in _files(archive).values()]
    except BrokenArchiveError:
        raise
    except damage_errors() as wrong:
        raise _broken(wrong) from wrong


def _content(archive: ZipFile, entry: ZipInfo) -> Content:
    import hashlib

    require_common_compression(entry)
    sha256 = hashlib.sha256()
    for chunk in read_chunks(archive, entry):
        sha256.update(chunk)
    mode = entry.external_attr >> 16
    kind = b"l" if stat.S_ISLNK(mode) else b"x" if mode & _EXECUTABLE else b"-"
    return Content(entry.filename.encode("utf-8", "surrogatepass"), kind, entry.file_size, sha256.digest())


def _broken(wrong: Exception) -> BrokenArchiveError:
    return BrokenArchiveError((str(wrong) or message("it is truncated")).rstrip("."))
