"""Archives from the cloud: unpacked below one folder, or rejected."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.packager.archive import content_digest_of
from scfdeploy.packager.unpack import unpack


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "code.zip"


def write(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries:
            made.writestr(name, content)


def entry(name: str, mode: int) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.create_system = 3
    made.external_attr = mode << 16
    return made


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_files_folders_and_executable_bit_are_unpacked(tmp_path: Path, archive: Path) -> None:
    write(
        archive,
        ("./", b""),
        ("./index.py", b"1"),
        ("lib/", b""),
        ("lib/深.py", b"2"),
        (entry("scf_bootstrap", stat.S_IFREG | 0o4755), b"#!/bin/sh\n"),
        (entry("plain", stat.S_IFREG | 0o666), b""),
    )
    into = tmp_path / "into"
    assert unpack(str(archive), str(into)) == 4
    assert everything(into) == {"index.py": b"1", "lib/深.py": b"2", "scf_bootstrap": b"#!/bin/sh\n", "plain": b""}
    modes = {name: stat.S_IMODE((into / name).stat().st_mode) for name in ("scf_bootstrap", "plain")}
    assert modes["scf_bootstrap"] & 0o111
    assert not modes["scf_bootstrap"] & stat.S_ISUID
    assert not modes["plain"] & 0o111


BAD_NAMES = [
    "../evil.py",
    "a/../../evil.py",
    "a/..",
    "/etc/evil",
    "//evil",
    "..\\evil.py",
    "C:/evil.py",
    "c:evil.py",
    "a//b",
    "new\nline",
    "esc\x1b[2J",
    "right\u202eto-left",
    "a" * 256,
    "/".join("a" * 65),
    "a/" * 600 + "b",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_name_that_leads_out_or_is_invalid_is_rejected(tmp_path: Path, archive: Path, name: str) -> None:
    write(archive, ("index.py", b""), (name, b"evil"))
    with pytest.raises(ScfDeployError, match="cannot be unpacked") as raised:
        unpack(str(archive), str(tmp_path / "deep" / "into"))
    assert raised.value.message.isprintable()
    assert list(tmp_path.iterdir()) == [archive]


def test_name_with_nul_is_rejected(tmp_path: Path, archive: Path) -> None:
    write(archive, ("index.pyX../evil", b""))
    archive.write_bytes(archive.read_bytes().replace(b"index.pyX", b"index.py\0"))
    with pytest.raises(ScfDeployError, match="cannot be unpacked"):
        unpack(str(archive), str(tmp_path / "into"))


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([(entry("to", stat.S_IFLNK | 0o777), b"/etc")], "to is a link"),
        ([(entry("to", stat.S_IFLNK | 0o777), b"/etc"), ("to/passwd", b"")], "to is a link"),
        ([(entry("pipe", stat.S_IFIFO | 0o777), b"")], "pipe is not a regular file"),
        ([(entry("disk", stat.S_IFBLK | 0o777), b"")], "disk is not a regular file"),
        ([("a", b"1"), ("a/b", b"2")], "a/b is below a file"),
        ([("a", b"1"), ("./a", b"2")], "a occurs twice"),
    ],
)
def test_links_devices_and_clashing_names_are_rejected(
    tmp_path: Path, archive: Path, entries: list[tuple[str | zipfile.ZipInfo, bytes]], words: str
) -> None:
    write(archive, *entries)
    with pytest.raises(ScfDeployError, match=f"the deployed code cannot be unpacked: {words}"):
        unpack(str(archive), str(tmp_path / "into"))
    assert not (tmp_path / "into").exists()


def test_zip_bomb_is_rejected_before_anything_is_written(tmp_path: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for number in range(6):
            with made.open(f"zeros-{number}", "w") as file:
                for _ in range(100):
                    file.write(bytes(1 << 20))
    assert archive.stat().st_size < 4 << 20
    with pytest.raises(ScfDeployError, match="contains more than 500 MB"):
        unpack(str(archive), str(tmp_path / "into"))
    assert not (tmp_path / "into").exists()


def test_too_many_files_are_rejected(tmp_path: Path, archive: Path) -> None:
    write(archive, *((f"f{number}", b"") for number in range(11)))
    with pytest.raises(ScfDeployError, match="more than 10 files"):
        unpack(str(archive), str(tmp_path / "into"), max_files=10)


def lying_size(data: bytes) -> bytes:
    """The directory says less than there is."""
    at = data.rfind(b"PK\1\2") + 24
    return data[:at] + struct.pack("<I", 1) + data[at + 4 :]


def huge_directory(data: bytes) -> bytes:
    at = data.rfind(b"PK\5\6") + 12
    return data[:at] + struct.pack("<I", 0xFFFFFFF0) + data[at + 4 :]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: data[: len(data) // 2], ""),
        (lambda data: data.replace(b"PK\1\2", b"PK\1\3"), ""),
        (lambda data: b"no zip", "File is not a zip file"),
        (lambda data: b"", ""),
        (lying_size, ""),
        (huge_directory, "too large"),
        (lambda data: data.replace(b"\x14\x00\x00\x00\x08\x00", b"\x14\x00\x01\x00\x08\x00"), "password"),
        (lambda data: data.replace(b"\x14\x00\x00\x00\x08\x00", b"\x14\x00\x00\x00\x0e\x00"), "other than deflate"),
    ],
)
def test_damaged_archive_is_rejected_with_one_line(
    tmp_path: Path, archive: Path, damage: Callable[[bytes], bytes], words: str
) -> None:
    write(archive, ("index.py", os.urandom(3000) + bytes(3000)))
    archive.write_bytes(damage(archive.read_bytes()))
    with pytest.raises(ScfDeployError, match=f"(?s)cannot be unpacked: .*{words}"):
        unpack(str(archive), str(tmp_path / "into"))


def test_existing_folder_is_rejected(tmp_path: Path, archive: Path) -> None:
    write(archive, ("index.py", b""))
    (tmp_path / "into").mkdir()
    with pytest.raises(ScfDeployError, match="cannot be unpacked into"):
        unpack(str(archive), str(tmp_path / "into"))


def test_content_digest_of_file_changes_with_its_contents(tmp_path: Path, archive: Path) -> None:
    write(archive, ("index.py", b"1"))
    first = content_digest_of(str(archive))
    write(archive, ("index.py", b"2"))
    assert content_digest_of(str(archive)) != first
    archive.write_bytes(b"")
    with pytest.raises(ScfDeployError, match="cannot be unpacked"):
        content_digest_of(str(archive))
