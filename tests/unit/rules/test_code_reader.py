"""Looking into folders and archives: yes, no, or not to be known."""

from __future__ import annotations

import zipfile
from pathlib import Path

from scfdeploy.diagnostics import Span
from scfdeploy.model import ArchiveSource, FolderSource, ObjectSource
from scfdeploy.rules.code_reader import CodeReader

HERE = Span.at("serverless.yml")


def test_has_finds_files_in_folder(tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text("x = 1")
    source = FolderSource(str(tmp_path), HERE)

    assert CodeReader().has(source, "index.py") is True
    assert CodeReader().has(source, "app.py") is False
    assert CodeReader().has(source, "app.py", "index.py") is True
    assert CodeReader().read(source, "index.py") == b"x = 1"
    assert CodeReader().read(source, "app.py") is None


def test_presence_of_includable_file_is_unknown(tmp_path: Path) -> None:
    source = FolderSource(str(tmp_path), HERE, include=("../shared/app.py", "lib"))

    assert CodeReader().has(source, "app.py") is None
    assert CodeReader().has(source, "lib/tool.py") is None
    assert CodeReader().has(source, "index.py") is False


def test_presence_in_missing_folder_is_unknown(tmp_path: Path) -> None:
    source = FolderSource(str(tmp_path / "gone"), HERE)

    assert CodeReader().has(source, "index.py") is None
    assert CodeReader().names(source) is None


def test_has_finds_files_in_archive(tmp_path: Path) -> None:
    path = tmp_path / "code.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("index.py", "x = 1")
    source = ArchiveSource(str(path), HERE)

    assert CodeReader().has(source, "index.py") is True
    assert CodeReader().has(source, "app.py") is False
    assert CodeReader().read(source, "index.py") == b"x = 1"
    assert CodeReader().read(source, "app.py") is None


def test_presence_in_broken_archive_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "code.zip"
    path.write_bytes(b"no archive")

    assert CodeReader().has(ArchiveSource(str(path), HERE), "index.py") is None


def test_presence_in_cos_is_unknown() -> None:
    assert CodeReader().has(ObjectSource("code", "/a.zip", HERE), "index.py") is None
    assert CodeReader().has(None, "index.py") is None


def test_large_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "bundle.js").write_bytes(b" " * 2_000_000)

    assert CodeReader().read(FolderSource(str(tmp_path), HERE), "bundle.js") is None
