"""Check existing archives, and compute the digest of their contents."""
# ruff: noqa: PTH110, PTH123
# Plain strings, as in scan.

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from scfdeploy.diagnostics import Finding, ScfDeployError, Severity
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Address, ArchiveSource, Bundle
from scfdeploy.packager.bootstrap import check_archive
from scfdeploy.packager.cache import PackageCache, Snapshot
from scfdeploy.packager.cache_check import archive_key, changed_recently, stat_file, stat_fingerprint, validate_snapshot
from scfdeploy.packager.file_reader import FILE_CHANGED, Content, digest_contents, sha256_of
from scfdeploy.packager.findings import Findings, name_some, shown
from scfdeploy.packager.key_files import holds_keys_inside
from scfdeploy.packager.scan import File
from scfdeploy.packager.size_limit import CODE_EMPTY, refuse_size, too_large

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
    title="A ready archive contains files with keys.",
    what="The .zip or .jar named by src contains files with passwords, tokens or private keys, such as .netrc, "
    ".pypirc, an .npmrc with a token or a private key. A ready archive is uploaded unchanged.",
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

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_EXECUTABLE = 0o100
_PIECE_BYTES = 1 << 20
_COMMON_COMPRESSIONS = (0, 8)  # stored, deflate


def content_digest(archive: bytes) -> str:
    """The `content_sha256` of an existing zip, for comparing with what is deployed.

    Folders, dates, order and compression do not count; of modes, only whether a file is executable does.
    ScfDeployError when it cannot be unpacked.
    """
    import io

    try:
        with io.BytesIO(archive) as file:
            return digest_contents(_contents(open_archive(file)))
    except BrokenArchiveError as wrong:
        raise ScfDeployError(f"The archive cannot be unpacked: {wrong}.") from wrong


def content_digest_of(path: str) -> str:
    """The same of a zip file. ScfDeployError."""
    try:
        with open(path, "rb") as file:
            return digest_contents(_contents(open_archive(file)))
    except (BrokenArchiveError, OSError) as wrong:
        raise ScfDeployError(f"The archive cannot be unpacked: {wrong}.") from wrong


def pack_archive(function: Address, source: ArchiveSource, *, cache: PackageCache, findings: Findings) -> Bundle | None:
    """The bundle of a ready archive, or None when `findings` says why there is none."""
    file = stat_file(source.path)
    if file is None or not stat.S_ISREG(file.mode):
        _no_archive(source.path, findings)
        return None
    if source.start_program:
        check_archive(source, findings)
        if findings.has_errors:
            return None
    key = archive_key(source)
    remembered = cache.recall(key)
    snapshot = validate_snapshot(remembered, [file], cache=cache, key=key) if remembered else None
    if snapshot is None:
        snapshot = _check(file, seen_at_ns=cache.now_ns(), findings=findings)
        if snapshot is None:
            return None
        cache.remember(key, snapshot)
    _report_keys(source.path, findings)
    return cache.bundle(function, snapshot, path=source.path)


class BrokenArchiveError(ValueError):
    """The archive cannot be unpacked; the text says why."""


def _report_keys(path: str, findings: Findings) -> None:
    """Say which files of an archive hold keys. It is uploaded as it is, so nothing is left out of it."""
    try:
        with open(path, "rb") as opened:
            archive = open_archive(opened)
            entries = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}
            keys = sorted(name for name, entry in entries.items() if _holds_keys(archive, entry))
    except damage_errors():
        return  # it was whole when it was checked: uploading says that it changed
    if keys:
        findings.report(KEY_FILE_IN_ARCHIVE, archive=shown(path), files=name_some(keys))


def _holds_keys(archive: ZipFile, entry: ZipInfo) -> bool:
    return holds_keys_inside(entry.filename, entry.file_size, lambda: archive.read(entry))


def _no_archive(path: str, findings: Findings) -> None:
    is_folder = os.path.exists(path)
    findings.report(
        CODE_MISSING,
        detail='"{path}" is not a file.' if is_folder else None,
        hint="Point src at a .zip or .jar file." if is_folder else None,
        path=shown(path),
    )


def _check(file: File, *, seen_at_ns: int, findings: Findings) -> Snapshot | None:
    try:
        with open(file.path, "rb") as opened:
            archive = open_archive(opened)
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if not _fits(entries, file.path, findings):
                return None
            content_sha256 = digest_contents(_contents(archive))
    except BrokenArchiveError as wrong:
        findings.report(ARCHIVE_BROKEN, archive=shown(file.path), reason=wrong)
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
            file=shown(file.path),
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
            archive=shown(path),
        )
    elif too_large(unpacked_bytes):
        refuse_size(unpacked_bytes, findings, hint="Build it without what the function does not use.")
    return bool(entries) and not too_large(unpacked_bytes)


def open_archive(file: IO[bytes]) -> ZipFile:
    """The archive with its directory of entries read. BrokenArchiveError."""
    from zipfile import ZipFile

    try:
        return ZipFile(file)
    except damage_errors() as wrong:
        raise BrokenArchiveError(_in_words(wrong)) from wrong


def _contents(archive: ZipFile) -> list[Content]:
    """What each file holds, in full, which checks it. BrokenArchiveError."""
    # When a name comes twice, the later one is what unpacking leaves.
    entries = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}
    try:
        return [_content(archive, entry) for entry in entries.values()]
    except BrokenArchiveError:
        raise
    except damage_errors() as wrong:
        raise BrokenArchiveError(_in_words(wrong)) from wrong


def _content(archive: ZipFile, entry: ZipInfo) -> Content:
    import hashlib

    require_common_compression(entry)
    sha256 = hashlib.sha256()
    for piece in read_chunks(archive, entry):
        sha256.update(piece)
    mode = entry.external_attr >> 16
    kind = b"l" if stat.S_ISLNK(mode) else b"x" if mode & _EXECUTABLE else b"-"
    return Content(entry.filename.encode("utf-8", "surrogatepass"), kind, entry.file_size, sha256.digest())


def require_common_compression(entry: ZipInfo) -> None:
    """Raise BrokenArchiveError for a file that is neither stored nor deflated."""
    if entry.compress_type not in _COMMON_COMPRESSIONS:
        raise BrokenArchiveError(f"{shown(entry.filename)} is compressed in a way that few programs know")


def read_chunks(archive: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    """What a file holds, bit by bit. Raises what damage raises."""
    with archive.open(entry) as file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def damage_errors() -> tuple[type[Exception], ...]:
    """Of the standard library, which trusts what a damaged archive says of itself.

    RuntimeError is how it puts that a password is needed or a compression not known; a place outside the file is a
    ValueError or an OSError.
    """
    import struct
    import zlib
    from zipfile import BadZipFile

    known = (BadZipFile, zlib.error, struct.error)
    return (*known, EOFError, OverflowError, RuntimeError, ValueError, LookupError, OSError)


def _in_words(wrong: Exception) -> str:
    return (str(wrong) or "it is cut short").rstrip(".")
