"""New files are installed completely or not at all, and no temporary file stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.workspace.atomic_write import replace_file
from scfdeploy.workspace.install_files import NewText, install
from tests.support.full_disk import full_disk

SECRET = "KEY=hunter2\n" * 1000


def test_secret_file_on_full_disk_leaves_no_file(tmp_path: Path) -> None:
    texts = {tmp_path / "serverless.yml": NewText("name: a\n"), tmp_path / ".env": NewText(SECRET, private=True)}
    with full_disk(), pytest.raises(ScfDeployError, match="cannot be written: File too large"):
        install({}, texts)
    assert list(tmp_path.iterdir()) == []


def test_failed_rewrite_keeps_the_file(tmp_path: Path) -> None:
    path = tmp_path / "serverless.yml"
    path.write_text("name: a\n")
    with full_disk(), pytest.raises(ScfDeployError, match=r"serverless.yml cannot be written: File too large"):
        replace_file(path, SECRET.encode())
    assert path.read_text() == "name: a\n"
    assert list(tmp_path.iterdir()) == [path]


def test_rewritten_file_keeps_mode_and_link(tmp_path: Path) -> None:
    path, link = tmp_path / "real.yml", tmp_path / "serverless.yml"
    path.write_text("name: a\n")
    path.chmod(0o640)
    link.symlink_to(path)
    replace_file(link, b"name: b\n")
    assert link.is_symlink()
    assert path.read_text() == "name: b\n"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_private_text_is_for_its_owner_alone(tmp_path: Path) -> None:
    install({}, {tmp_path / "a" / ".env": NewText("KEY=hunter2\n", private=True)})
    assert (tmp_path / "a" / ".env").stat().st_mode & 0o777 == 0o600
