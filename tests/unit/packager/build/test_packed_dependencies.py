"""Installed dependencies in the archive, beside the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.packaging import archive_bytes, entries, folder, names, outcome, packed, write_tree

PACKAGES = {
    "six.py": "SIX = 6\n",
    "alpha/__init__.py": "ALPHA = 1\n" * 1000,
    "alpha/program*": "#!/bin/sh\n",
    "alpha/image.bin": bytes(range(256)) * 64,
}


@pytest.fixture
def built(tmp_path: Path) -> str:
    return str(write_tree(tmp_path / "built", PACKAGES))


def test_packages_are_packed_beside_the_code(tmp_path: Path, built: str) -> None:
    code = write_tree(tmp_path / "code", {"index.py": "", "zz.py": ""})
    bundle = packed(folder(code, built=built), tmp_path / "cache")
    assert names(bundle) == ["alpha/__init__.py", "alpha/image.bin", "alpha/program", "index.py", "six.py", "zz.py"]
    assert entries(bundle)["alpha/program"][0] == 0o755


def test_packages_of_a_layer_are_in_its_folder(tmp_path: Path, built: str) -> None:
    code = write_tree(tmp_path / "code", {"readme.txt": ""})
    assert "python/six.py" in names(packed(folder(code, built=built, target="python"), tmp_path / "cache"))


def test_archive_is_the_same_whether_packages_were_packed_before(tmp_path: Path, built: str) -> None:
    other = write_tree(tmp_path / "other", {"other.py": ""})
    packed(folder(other, built=built), tmp_path / "cache")
    code = write_tree(tmp_path / "code", {"index.py": "", **PACKAGES})
    together = packed(folder(write_tree(tmp_path / "own", {"index.py": ""}), built=built), tmp_path / "cache")
    assert archive_bytes(together) == archive_bytes(packed(folder(code), tmp_path / "cache"))


def test_changed_package_is_packed_again(tmp_path: Path, built: str) -> None:
    code = write_tree(tmp_path / "code", {"index.py": ""})
    packed(folder(code, built=built), tmp_path / "cache")
    Path(built, "alpha", "__init__.py").write_text("ALPHA = 2\n")
    assert entries(packed(folder(code, built=built), tmp_path / "cache"))["alpha/__init__.py"][1] == b"ALPHA = 2\n"


def test_replaced_folder_of_the_code_is_not_packed(tmp_path: Path, built: str) -> None:
    code = write_tree(tmp_path / "code", {"index.js": "", "node_modules/a/index.js": "", "lib/node_modules/b.js": ""})
    bundle = packed(folder(code, built=built, replaced=("node_modules",)), tmp_path / "cache")
    assert "node_modules/a/index.js" not in names(bundle)
    assert "lib/node_modules/b.js" in names(bundle)


def test_patterns_do_not_exclude_packages(tmp_path: Path, built: str) -> None:
    code = write_tree(tmp_path / "code", {"index.py": "", "notes.bin": ""})
    bundle = packed(folder(code, built=built, exclude=("*.bin",)), tmp_path / "cache")
    assert "alpha/image.bin" in names(bundle)
    assert "notes.bin" not in names(bundle)


def test_link_that_leads_out_of_the_packages_is_refused(tmp_path: Path, built: str) -> None:
    write_tree(tmp_path, {"keys": "secret"})
    Path(built, "alpha", "keys").symlink_to(tmp_path / "keys")
    bundle, found = outcome(folder(write_tree(tmp_path / "code", {"a.py": ""}), built=built), tmp_path / "cache")
    assert bundle is None
    assert [finding.rule for finding in found] == ["link-leaves"]
