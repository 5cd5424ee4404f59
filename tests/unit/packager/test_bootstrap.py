"""The program that starts a web function or a custom runtime."""

from pathlib import Path

import pytest

from tests.support.packaging import entries, folder, outcome, packed, refused, write_tree

MADE = "#!/usr/bin/env bash\n/var/lang/python310/bin/python3.10 -u app.py\n"


def test_one_is_made_when_there_is_none(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"app.py": "", "zz.py": ""})
    found = entries(packed(folder(tree, bootstrap=MADE), tmp_path / "cache"))
    assert list(found) == ["app.py", "scf_bootstrap", "zz.py"]
    assert found["scf_bootstrap"] == (0o755, MADE.encode())


def test_the_users_own_one_stays(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"scf_bootstrap*": "#!/bin/sh\nmine\n"})
    found = entries(packed(folder(tree, bootstrap=MADE), tmp_path / "cache"))
    assert found == {"scf_bootstrap": (0o755, b"#!/bin/sh\nmine\n")}


@pytest.mark.parametrize("name", ["scf_bootstrap", "bootstrap"])
def test_one_that_is_not_executable_is_made_so_with_a_warning(tmp_path: Path, name: str) -> None:
    tree = write_tree(tmp_path / "code", {name: "#!/bin/sh\n"})
    bundle, found = outcome(folder(tree), tmp_path / "cache")
    assert bundle is not None
    assert entries(bundle)[name][0] == 0o755
    assert [(each.rule, each.severity) for each in found] == [("bootstrap-not-executable", "warning")]
    assert found[0].hint == f"Run: chmod +x {tree / name}"
    assert not (tree / name).stat().st_mode & 0o111


def test_a_file_named_bootstrap_may_be_data(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"bootstrap": "body { color: red }\r\n", "lib/scf_bootstrap": ""})
    assert entries(packed(folder(tree), tmp_path / "cache"))["bootstrap"][0] == 0o644


@pytest.mark.parametrize("name", ["scf_bootstrap*", "bootstrap*"])
def test_windows_line_ends_are_an_error(tmp_path: Path, name: str) -> None:
    tree = write_tree(tmp_path / "code", {name: "#!/bin/bash\r\npython3 app.py\r\n"})
    for _ in range(2):
        found = refused(folder(tree), tmp_path / "cache")
        assert found.rule == "bootstrap-crlf"
        assert found.hint is not None
        assert "LF" in found.hint


def test_a_program_in_machine_code_may_hold_any_bytes(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"bootstrap*": b"\x7fELF#!\r\n"})
    packed(folder(tree), tmp_path / "cache")
