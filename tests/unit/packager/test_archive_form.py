"""Archives can be unpacked by other programs, to the same files and modes."""

import io
import random
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from scfdeploy.packager.archive_builder import Prepared, ZipWriter
from tests.support.packaging import entries, folder, names, packed, write_tree

TREE = {
    "app.py": "print('hello')\n" * 500,
    "bin/tool*": b"\x7fELF" + bytes(5000),
    "scf_bootstrap*": "#!/bin/sh\n",
    "picture.png": random.Random(3).randbytes(30_000),
    "half.bin": random.Random(4).randbytes(6_000) + bytes(60_000),
    "数据.txt": "数据",
    "nothing": "",
}


def test_entries_are_sorted_dated_1980_and_complete(tmp_path: Path) -> None:
    bundle = packed(folder(write_tree(tmp_path / "code", TREE)), tmp_path / "cache")
    assert bundle.path is not None
    with zipfile.ZipFile(bundle.path) as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert names(bundle) == sorted((name.rstrip("*") for name in TREE), key=str.encode)
    assert entries(bundle) == {
        name.rstrip("*"): (0o755 if name.endswith("*") else 0o644, text.encode() if isinstance(text, str) else text)
        for name, text in TREE.items()
    }
    assert (bundle.files, bundle.size) == (len(TREE), Path(bundle.path).stat().st_size)


def test_text_is_compressed_and_image_is_stored(tmp_path: Path) -> None:
    bundle = packed(folder(write_tree(tmp_path / "code", TREE)), tmp_path / "cache")
    assert bundle.path is not None
    with zipfile.ZipFile(bundle.path) as archive:
        methods = {entry.filename: entry.compress_type for entry in archive.infolist()}
    assert methods["app.py"] == methods["half.bin"] == zipfile.ZIP_DEFLATED
    assert methods["picture.png"] == methods["nothing"] == zipfile.ZIP_STORED


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_unzip_restores_same_files_and_modes(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", TREE)
    bundle = packed(folder(tree), tmp_path / "cache")
    subprocess.run(["unzip", "-q", str(bundle.path), "-d", str(tmp_path / "out")], check=True, umask=0o022)
    for name in TREE:
        there, here = tmp_path / "out" / name.rstrip("*"), tree / name.rstrip("*")
        assert there.read_bytes() == here.read_bytes()
        assert there.stat().st_mode == here.stat().st_mode


def test_folders_are_not_entries_of_archive(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"a/b/c.py": ""})
    (tree / "empty" / "er").mkdir(parents=True)
    assert names(packed(folder(tree), tmp_path / "cache")) == ["a/b/c.py"]


def test_archive_of_more_than_65535_entries_is_zip64() -> None:
    out = io.BytesIO()
    archive = ZipWriter(out.write)
    count, empty = 0x1_0001, Prepared.of(b"")
    for number in range(count):
        archive.add(b"%05x" % number, empty, executable=False)
    archive.finish()
    with zipfile.ZipFile(out) as read:
        assert len(read.infolist()) == count
        assert read.read("10000") == b""
