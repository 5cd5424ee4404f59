"""The program that starts a web function or a custom runtime."""

import stat
import zipfile
from pathlib import Path

import pytest

from scfdeploy.model import ArchiveSource
from tests.support.packaging import SPAN, entries, folder, outcome, packed, refused, write_tree

MADE = "#!/usr/bin/env bash\n/var/lang/python310/bin/python3.10 -u app.py\n"


def test_missing_bootstrap_is_generated(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"app.py": "", "zz.py": ""})
    found = entries(packed(folder(tree, bootstrap=MADE), tmp_path / "cache"))
    assert list(found) == ["app.py", "scf_bootstrap", "zz.py"]
    assert found["scf_bootstrap"] == (0o755, MADE.encode())


def test_existing_bootstrap_is_kept(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"scf_bootstrap*": "#!/bin/sh\nmine\n"})
    found = entries(packed(folder(tree, bootstrap=MADE), tmp_path / "cache"))
    assert found == {"scf_bootstrap": (0o755, b"#!/bin/sh\nmine\n")}


@pytest.mark.parametrize("name", ["scf_bootstrap", "bootstrap"])
def test_bootstrap_that_is_not_executable_becomes_executable_with_warning(tmp_path: Path, name: str) -> None:
    tree = write_tree(tmp_path / "code", {name: "#!/bin/sh\n"})
    bundle, found = outcome(folder(tree), tmp_path / "cache")
    assert bundle is not None
    assert entries(bundle)[name][0] == 0o755
    assert [(each.rule, each.severity) for each in found] == [("bootstrap-not-executable", "warning")]
    assert found[0].hint == f"Run: chmod +x {tree / name}"
    assert not (tree / name).stat().st_mode & 0o111


def test_data_file_named_bootstrap_stays_unchanged(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"bootstrap": "body { color: red }\r\n", "lib/scf_bootstrap": ""})
    assert entries(packed(folder(tree), tmp_path / "cache"))["bootstrap"][0] == 0o644


@pytest.mark.parametrize("name", ["scf_bootstrap*", "bootstrap*"])
def test_windows_line_endings_are_an_error(tmp_path: Path, name: str) -> None:
    tree = write_tree(tmp_path / "code", {name: "#!/bin/bash\r\npython3 app.py\r\n"})
    for _ in range(2):
        found = refused(folder(tree), tmp_path / "cache")
        assert found.rule == "bootstrap-crlf"
        assert found.hint is not None
        assert "LF" in found.hint


def test_elf_program_can_contain_any_bytes(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"bootstrap*": b"\x7fELF#!\r\n"})
    packed(folder(tree), tmp_path / "cache")


_BAD_PROGRAMS = {
    "empty": (b"", "is empty"),
    "blank": (b"\n\n", "is empty"),
    "byte_order_mark": (b"\xef\xbb\xbf#!/bin/bash\nexec app\n", "byte-order mark"),
    "utf_16": ("#!/bin/bash\nexec app\n".encode("utf-16"), "UTF-16"),
    "no_interpreter_line": (b"python3 app.py\n", "does not begin with #!"),
    "space_before": (b"\n#!/bin/bash\nexec app\n", "space before"),
    "interpreter_missing": (b"#!\nexec app\n", "names no interpreter"),
    "carriage_returns": (b"#!/bin/bash\rexec app\r", "end in CR"),
}


@pytest.mark.parametrize("name", ["scf_bootstrap", "bootstrap"])
@pytest.mark.parametrize("content", _BAD_PROGRAMS)
def test_start_program_that_cannot_be_run_is_rejected(tmp_path: Path, name: str, content: str) -> None:
    data, reason = _BAD_PROGRAMS[content]
    tree = write_tree(tmp_path / "code", {f"{name}*": data, "app.py": ""})
    found = refused(folder(tree, start_program=name), tmp_path / "cache")
    assert found.rule == "bootstrap-invalid"
    assert reason in found.detail


def test_start_program_that_is_a_folder_is_rejected(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"scf_bootstrap/run.sh": "", "app.py": ""})
    found = refused(folder(tree, start_program="scf_bootstrap"), tmp_path / "cache")
    assert (found.rule, found.detail) == ("bootstrap-invalid", '"scf_bootstrap" is a folder.')


@pytest.mark.parametrize("content", _BAD_PROGRAMS)
def test_start_program_in_archive_that_cannot_be_run_is_rejected(tmp_path: Path, content: str) -> None:
    data, reason = _BAD_PROGRAMS[content]
    made = _archive(tmp_path, "scf_bootstrap", data, 0o755)
    for _ in range(2):
        assert reason in refused(made, tmp_path / "cache").detail


@pytest.mark.parametrize(
    ("name", "data", "mode", "reason"),
    [
        ("scf_bootstrap", b"#!/bin/sh\n", 0o644, "not executable"),
        ("scf_bootstrap", b"#!/bin/sh\r\n", 0o755, "CR LF"),
        ("scf_bootstrap/run", b"#!/bin/sh\n", 0o755, "is a folder"),
    ],
)
def test_start_program_in_archive_of_wrong_kind_is_rejected(
    tmp_path: Path, name: str, data: bytes, mode: int, reason: str
) -> None:
    assert reason in refused(_archive(tmp_path, name, data, mode), tmp_path / "cache").detail


def test_executable_start_program_in_archive_is_accepted(tmp_path: Path) -> None:
    packed(_archive(tmp_path, "scf_bootstrap", b"#!/bin/sh\n", 0o777), tmp_path / "cache")


def test_bootstrap_of_event_function_is_not_checked(tmp_path: Path) -> None:
    packed(folder(write_tree(tmp_path / "code", {"scf_bootstrap*": "notes", "index.py": ""})), tmp_path / "cache")


def _archive(tmp_path: Path, name: str, data: bytes, mode: int) -> ArchiveSource:
    path = tmp_path / "code.zip"
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = (stat.S_IFREG | mode) << 16
        archive.writestr(entry, data)
    return ArchiveSource(str(path), SPAN, start_program="scf_bootstrap")
