"""Existing archives and code in COS."""

import hashlib
import io
import os
import shutil
import stat
import struct
import subprocess
import zipfile
from pathlib import Path

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import ArchiveSource, Bundle, ObjectSource
from scfdeploy.packager import PackageCache
from scfdeploy.packager.archive import content_digest
from tests.support.packaging import FUNCTION, SPAN, archive_bytes, folder, packed, refused, write_tree

TREE = {"index.py": "print()\n" * 300, "bin/run*": "#!/bin/sh\n", "数据/a.txt": "数据"}


def _zipped(tree: Path, path: Path, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for file in sorted(tree.rglob("*"), reverse=True):
            archive.write(file, file.relative_to(tree))
    return path


def _archive(path: Path) -> ArchiveSource:
    return ArchiveSource(str(path), SPAN)


def test_existing_archive_is_packed_unchanged(tmp_path: Path) -> None:
    path = _zipped(write_tree(tmp_path / "code", TREE), tmp_path / "app.jar")
    bundle = packed(_archive(path), tmp_path / "cache")
    assert bundle == Bundle(
        function=FUNCTION,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        content_sha256=content_digest(path.read_bytes()),
        size=path.stat().st_size,
        files=3,
        path=str(path),
    )
    assert packed(_archive(path), tmp_path / "cache") == bundle


def test_rebuilt_archive_gives_new_bundle(tmp_path: Path) -> None:
    path = _zipped(write_tree(tmp_path / "code", TREE), tmp_path / "app.zip")
    cache = PackageCache(tmp_path / "cache")
    before = packed(_archive(path), cache)
    cache.note_upload(before, "lam-1", "cloud")
    _zipped(tmp_path / "code", path, zipfile.ZIP_STORED)
    after = packed(_archive(path), cache)
    assert after.sha256 != before.sha256
    assert after.content_sha256 == before.content_sha256
    assert cache.known_as(after.content_sha256, "lam-1") == {"cloud"}


def test_content_digest_is_independent_of_compression_and_order(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", TREE)
    bundle = packed(folder(tree), tmp_path / "cache")
    assert content_digest(archive_bytes(bundle)) == bundle.content_sha256
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        theirs = _zipped(tree, tmp_path / f"{method}.zip", method).read_bytes()
        assert content_digest(theirs) == bundle.content_sha256
    (tree / "index.py").chmod(0o755)
    assert content_digest(_zipped(tree, tmp_path / "x.zip").read_bytes()) != bundle.content_sha256


@pytest.mark.skipif(shutil.which("zip") is None, reason="zip is not installed")
def test_content_digest_equals_that_of_zip_program(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"index.py": "print()\n" * 300, "bin/run*": "#!/bin/sh\n"})
    subprocess.run(["zip", "-q", "-r", str(tmp_path / "app.zip"), "."], cwd=tree, check=True)
    theirs = content_digest((tmp_path / "app.zip").read_bytes())
    assert theirs == packed(folder(tree), tmp_path / "cache").content_sha256


def test_content_digest_tells_link_from_file() -> None:
    def digest(mode: int) -> str:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            entry = zipfile.ZipInfo("a")
            entry.create_system = 3
            entry.external_attr = mode << 16
            archive.writestr(entry, "target")
        return content_digest(out.getvalue())

    assert len({digest(stat.S_IFREG | 0o644), digest(stat.S_IFREG | 0o755), digest(stat.S_IFLNK | 0o777)}) == 3


def _damaged(good: bytes) -> dict[str, bytes]:
    start = good.rindex(b"PK\1\2")

    def with_field(offset: int, field: bytes) -> bytes:
        return good[: start + offset] + field + good[start + offset + len(field) :]

    return {
        "text": b"this is no archive\n" * 100,
        "empty": b"",
        "cut short": good[: len(good) // 2],
        "a changed byte": good[:300] + bytes([good[300] ^ 1]) + good[301:],
        "locked": with_field(8, b"\1\0"),
        "unknown compression": with_field(10, b"\x0e\0"),
        "outside": with_field(42, b"\0\xff\xff\xff"),
    }


@pytest.mark.parametrize(
    "harm", ["text", "empty", "cut short", "a changed byte", "locked", "unknown compression", "outside"]
)
def test_broken_archive_is_an_error(tmp_path: Path, harm: str) -> None:
    path = _zipped(write_tree(tmp_path / "code", {"a.bin": os.urandom(2000)}), tmp_path / "app.zip")
    harmed = _damaged(path.read_bytes())[harm]
    path.write_bytes(harmed)
    found = refused(_archive(path), tmp_path / "cache")
    assert (found.rule, found.code) == ("archive-broken", "InvalidParameterValue.ZipFile")
    assert str(path) in found.detail
    with pytest.raises(ScfDeployError, match="cannot be unpacked"):
        content_digest(harmed)


def test_archive_without_files_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "app.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.mkdir("folder")
    assert refused(_archive(path), tmp_path / "cache").rule == "code-empty"


def test_archive_that_is_too_large_unpacked_is_rejected(tmp_path: Path) -> None:
    path = _zipped(write_tree(tmp_path / "code", {"a": "x"}), tmp_path / "app.zip", zipfile.ZIP_STORED)
    data = path.read_bytes()
    start = data.rindex(b"PK\1\2")
    path.write_bytes(data[: start + 24] + struct.pack("<I", 3 << 30) + data[start + 28 :])
    found = refused(_archive(path), tmp_path / "cache")
    assert found.rule == "code-too-large"
    assert "3072 MB" in found.detail


@pytest.mark.parametrize("wrong", ["missing.zip", "folder.zip", r"no\x00name.zip"])
def test_missing_archive_is_reported(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "folder.zip").mkdir()
    found = refused(_archive(tmp_path / wrong.replace(r"\x00", "\0")), tmp_path / "cache")
    assert found.rule == "code-missing"
    assert wrong in found.detail


def test_code_in_cos_is_identified_by_bucket_and_object(tmp_path: Path) -> None:
    cache = PackageCache(tmp_path / "cache")
    bundle = packed(ObjectSource("code", "app/v1.zip", SPAN), cache)
    digest = hashlib.sha256(b"cos:code/app/v1.zip").hexdigest()
    assert bundle == Bundle(FUNCTION, digest, digest, 0, 0, bucket="code", object="app/v1.zip")
    cache.note_upload(bundle, "lam-1", "cloud")
    other = packed(ObjectSource("code", "app/v2.zip", SPAN), cache)
    assert cache.known_as(bundle.content_sha256, "lam-1") == {"cloud"}
    assert cache.known_as(other.content_sha256, "lam-1") == frozenset()
