"""Folders and files that cannot be packed are reported, without a traceback."""

import os
import stat
from pathlib import Path

import pytest

from tests.support.packaging import FUNCTION, folder, names, outcome, packed, refused, write_tree


def test_named_pipe_and_socket_are_rejected(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"a.py": ""})
    os.mkfifo(tree / "pipe")
    assert "named pipe" in refused(folder(tree), tmp_path / "cache").detail
    (tree / "pipe").unlink()
    os.mknod(tree / "socket", stat.S_IFSOCK | 0o644)
    assert "socket" in refused(folder(tree), tmp_path / "cache").detail
    assert names(packed(folder(tree, exclude=("socket",)), tmp_path / "cache")) == ["a.py"]


def test_name_that_is_not_utf8_is_rejected(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"a.py": ""})
    try:
        (tree / os.fsdecode(b"caf\xe9.txt")).write_text("")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    found = refused(folder(tree), tmp_path / "cache")
    assert found.rule == "name-not-utf8"
    assert r"caf\xe9.txt" in found.detail


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize(("file", "rule"), [("mem", "file-unreadable"), ("status", "file-changed")])
def test_file_that_changes_or_disappears_after_scan_is_reported(tmp_path: Path, file: str, rule: str) -> None:
    tree = write_tree(tmp_path / "code", {"a.py": ""})
    found = refused(folder(tree, include=(f"/proc/self/{file}",)), tmp_path / "cache")
    assert found.rule == rule
    assert f"/proc/self/{file}" in found.detail


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_and_folder_without_permission_are_reported(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"a.py": "", "closed/b.py": ""})
    (tree / "a.py").chmod(0)
    assert "a.py" in refused(folder(tree), tmp_path / "cache").detail
    (tree / "a.py").chmod(0o644)
    (tree / "closed").chmod(0)
    assert "closed" in refused(folder(tree), tmp_path / "cache").detail
    (tree / "closed").chmod(0o755)


def test_empty_missing_and_wrong_folder_are_reported(tmp_path: Path) -> None:
    write_tree(tmp_path / "empty", {})
    write_tree(tmp_path, {"file.py": ""})
    assert refused(folder(tmp_path / "empty"), tmp_path / "cache").rule == "code-empty"
    for wrong in ("missing", "file.py", "no\0name"):
        found = refused(folder(tmp_path / wrong), tmp_path / "cache")
        assert found.rule == "code-missing"
        assert str(tmp_path / wrong).replace("\0", r"\x00") in found.detail


def test_size_is_checked_before_files_are_read(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"a.py": "x" * 3_000_000, "model/weights.bin": ""})
    os.truncate(tree / "model" / "weights.bin", 600 * 1024 * 1024)
    found = refused(folder(tree), tmp_path / "cache")
    assert found.rule == "code-too-large"
    assert "603 MB" in found.detail
    assert "500 MB" in found.detail
    assert found.hint is not None
    assert "model (600 MB), a.py (2.9 MB)" in found.hint


def test_number_of_reported_files_is_limited(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {})
    for number in range(100):
        (tree / f"broken{number}").symlink_to("nowhere")
    bundle, found = outcome(folder(tree), tmp_path / "cache")
    assert bundle is None
    assert 10 < len(found) < 100
    assert {each.address for each in found} == {str(FUNCTION)}
