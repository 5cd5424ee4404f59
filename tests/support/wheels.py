"""Small wheels, and an environment in which only they are found: tests reach no network and no configuration."""

from __future__ import annotations

import base64
import hashlib
import shutil
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.support.preloaded_command import python_with_pip


def write_wheel(
    folder: Path,
    name: str,
    version: str = "1.0",
    *,
    files: Mapping[str, str] | None = None,
    tag: str = "py3-none-any",
    requires: Sequence[str] = (),
    commands: str = "",
) -> str:
    """Write a wheel with a module of its name, and return the digest that a lock file has."""
    info = f"{name}-{version}.dist-info"
    contents = dict(files if files is not None else {f"{name}.py": f"VERSION = {version!r}\n"})
    contents[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(
        f"Requires-Dist: {requirement}\n" for requirement in requires
    )
    contents[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n"
    if commands:
        contents[f"{info}/entry_points.txt"] = f"[console_scripts]\n{commands}\n"
    contents[f"{info}/RECORD"] = "".join(map(_record, contents.items())) + f"{info}/RECORD,,\n"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in contents.items():
            archive.writestr(file, text)
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def _record(item: tuple[str, str]) -> str:
    name, text = item
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(text.encode())}\n"


def use_installer(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `uv` or `pip` be the only installer of Python packages, without configuration, cache and index.

    Skips the test visibly where uv is not installed.
    """
    programs = folder / "programs"
    programs.mkdir()
    (programs / "python3").symlink_to(sys.executable)
    # Loading pip takes longer than all that these tests install with it.
    monkeypatch.setattr("scfdeploy.packager.build.python._interpreter_with_pip", lambda *_: python_with_pip())
    if name == "uv":
        uv = shutil.which("uv")
        if uv is None:
            pytest.skip("uv is not installed")
        (programs / "uv").symlink_to(uv)
    monkeypatch.setenv("PATH", str(programs))
    for variable in ("PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("UV_CACHE_DIR", str(folder / "uv-cache"))
    monkeypatch.setenv("UV_NO_CONFIG", "1")


def use_program(name: str, script: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a shell script be the program `name`, beside those of the system that is no installer."""
    programs = folder / "programs"
    programs.mkdir()
    (programs / name).write_text(f"#!/bin/sh\n{script}\n")
    (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
