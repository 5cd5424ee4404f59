"""What a build knows of requirements.txt before it starts an installer."""

from __future__ import annotations

from pathlib import Path

import pytest

from scfdeploy.packager.build.dependencies import BuildError
from scfdeploy.packager.build.python_target import PythonTarget
from scfdeploy.packager.build.requirement_files import RequirementFile, read_requirement_file
from tests.support.packaging import write_tree

TARGET = PythonTarget("Python3.10")


def read(folder: Path, text: str | bytes, **files: str) -> RequirementFile:
    write_tree(folder, {"requirements.txt": text, **{name.replace("_", "."): text for name, text in files.items()}})
    return read_requirement_file(folder / "requirements.txt", TARGET, scripts=False)


def test_packages_of_the_target_are_named(tmp_path: Path) -> None:
    text = "# comment\n\nflask==3.1.2  # web\nredis>=5 ; python_version < '3.11'\ncolorama; sys_platform == 'win32'\n"
    listed = read(tmp_path, text + "-i https://user:secret@example.com/simple\n--pre\n")
    assert (listed.names, listed.unpinned, listed.has_hashes) == (("flask", "redis"), ("redis",), False)


def test_hashes_and_continued_lines_are_read(tmp_path: Path) -> None:
    listed = read(tmp_path, "flask==3.1.2 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\nsix==1.*\n")
    assert (listed.names, listed.unpinned, listed.has_hashes) == (("flask", "six"), ("six",), True)


def test_named_files_are_inputs(tmp_path: Path) -> None:
    listed = read(
        tmp_path,
        "-r base.txt\n-cconstraints.txt\n--requirement=base.txt\n--find-links ./wheels\n",
        base_txt="flask\n-r ../" + tmp_path.name + "/requirements.txt\n",
        constraints_txt="flask==3\n",
    )
    names = [Path(path).name for path in listed.inputs]
    assert names == ["requirements.txt", "base.txt", "constraints.txt"]
    assert listed.names == ("flask",)


def test_local_wheels_are_inputs(tmp_path: Path) -> None:
    write_tree(tmp_path, {"wheels/a-1-py3-none-any.whl": "", "b-1-py3-none-any.whl": ""})
    listed = read(tmp_path, "-f wheels\n./b-1-py3-none-any.whl\na\nc @ https://example.com/c-1-py3-none-any.whl#x=1\n")
    assert [Path(path).name for path in listed.inputs[1:]] == ["a-1-py3-none-any.whl", "b-1-py3-none-any.whl"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_file_that_windows_wrote_is_read(tmp_path: Path, encoding: str) -> None:
    assert read(tmp_path, "flask==3.1.2\r\nsix\r\n".encode(encoding)).names == ("flask", "six")


@pytest.mark.parametrize(
    "text",
    ["-r missing.txt\n", b"\xff\xfe\xff", "-r /dev/zero\n", "six ; sys_platform ~= 'linux'\n", "six[\n", "==3\n"],
)
def test_unreadable_file_is_an_error(tmp_path: Path, text: str | bytes) -> None:
    with pytest.raises(BuildError) as error:
        read(tmp_path, text)
    assert error.value.finding.id == "dependency-file-invalid"


@pytest.mark.parametrize(
    "line",
    [
        "-e .",
        "--editable=./lib",
        "./lib",
        "lib/",
        "../lib[extra]",
        "git+ssh://git@example.com/x.git@v1",
        "x @ git+https://example.com/x.git",
        "https://example.com/x-1.tar.gz",
        "--no-binary x",
        "--no-binary=:all:",
        "--pre --no-binary :all:",
        "six --no-bin=:all:",
        "--only-binary :none:",
        "six # comment \\ \n-e ./lib",
        "https://example.com/x-1.tar.gz?.whl",
        "git+https://example.com/x.whl",
        "./folder.whl",
        "x-1.tar.gz",
        "X-1.ZIP",
        "x===1.zip",
        "-c constraints.txt",
    ],
)
def test_source_code_needs_permission(tmp_path: Path, line: str) -> None:
    write_tree(tmp_path, {"folder.whl/setup.py": "", "constraints.txt": "flask @ https://example.com/flask-1.zip\n"})
    with pytest.raises(BuildError) as error:
        read(tmp_path, f"flask\n{line}\n")
    assert error.value.finding.id == "dependency-from-source"
    assert read_requirement_file(tmp_path / "requirements.txt", TARGET, scripts=True).names


def test_file_of_another_machine_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BuildError) as error:
        read(tmp_path, "--pre -r https://user:secret-word@example.com/requirements.txt\n")
    assert error.value.finding.id == "dependency-file-invalid"
    assert "secret-word" not in str(error.value.values)


def test_file_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BuildError) as error:
        read(tmp_path, "# coding: utf-7\n+AC0-e .\n")
    assert error.value.finding.id == "dependency-file-invalid"


def test_password_in_an_address_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(BuildError) as error:
        read(tmp_path, "x @ git+https://user:secret-word@example.com/x.git\n")
    assert "secret-word" not in str(error.value.values)


def test_source_code_for_another_system_is_ignored(tmp_path: Path) -> None:
    assert read(tmp_path, "x @ git+https://example.com/x.git ; sys_platform == 'win32'\n").names == ()
