"""Planted and damaged cache entries cost time, never correctness."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import write_project

OLD = "def main_handler(event, context):\n    return 'old'\n"
NEW = "def main_handler(event, context):\n    return 'new'\n"


@pytest.fixture
def project(tmp_path: Path, cloud: LocalServer) -> Path:
    """Deployed with the old code, packed with the new one."""
    folder = write_project(tmp_path / "checkout")
    (folder / "src" / "index.py").write_text(OLD)
    assert run(folder, cloud, "apply", "--yes").exit_code == 0
    (folder / "src" / "index.py").write_text(NEW)
    assert changes(folder, cloud) == 1
    return folder


def run(folder: Path, cloud: LocalServer, command: str, *options: str) -> Ran:
    return scfdeploy(command, folder, *options, env=cloud.env)


def changes(folder: Path, cloud: LocalServer) -> int:
    summary = run(folder, cloud, "plan", "--format", "json").document["summary"]
    return int(summary["update"])


def archives(folder: Path) -> tuple[Path, Path]:
    """Those of the old and of the new code."""
    old, new = sorted((folder / ".scfdeploy/cache/archives").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    return old, new


def rewrite(path: Path, edit: Callable[[str], str]) -> None:
    """Change a note, and the digest of itself that a snapshot begins with."""
    head, _, body = path.read_bytes().partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() == head:
        edited = edit(body.decode()).encode()
        path.write_bytes(hashlib.sha256(edited).hexdigest().encode() + b"\n" + edited)
    else:
        path.write_text(edit(path.read_text()))


def notes(folder: Path) -> list[Path]:
    cache = folder / ".scfdeploy" / "cache"
    return [path for path in cache.rglob("*") if path.is_file() and path.suffix != ".zip" and path.name != ".gitignore"]


@pytest.mark.parametrize("swap", [False, True])
def test_poisoned_deployment_note_is_ignored(project: Path, cloud: LocalServer, swap: bool) -> None:
    old, new = (path.stem for path in archives(project))
    for path in notes(project):
        if "seals" not in path.parts:
            rewrite(path, lambda text: text.replace(new, old) if swap else text.replace(old, new))
    assert changes(project, cloud) == 1
    assert run(project, cloud, "apply", "--yes").exit_code == 0
    assert "new" in scfdeploy("invoke", "hello", "--path", project, env=cloud.env).stdout


def test_poisoned_upload_note_is_ignored(project: Path, cloud: LocalServer) -> None:
    """Whatever names such a file could have."""
    old, _ = (path.stem for path in archives(project))
    [key] = [one["FunctionId"] for one in cloud.control("state")["function"].values()]
    snapshots = [
        json.loads(path.read_bytes().partition(b"\n")[2]) for path in notes(project) if "folders" in path.parts
    ]
    uploads = project / ".scfdeploy" / "cache" / "uploads"
    uploads.mkdir(exist_ok=True)
    for snapshot in snapshots:
        (uploads / snapshot["content_sha256"]).write_text(f"{old}\n{key}\t{old}\n")
    assert changes(project, cloud) == 1


def test_poisoned_snapshot_is_ignored(project: Path, cloud: LocalServer) -> None:
    text = (project / "serverless.yml").read_text()
    (project / "serverless.yml").write_text(text.replace("src: ./src", "src: {src: ./src, exclude: ['*.md']}"))
    assert changes(project, cloud) == 1

    def excluding(body: str) -> str:
        return json.dumps(json.loads(body) | {"decided": {"index.py": True}})

    for path in notes(project):
        if "folders" in path.parts:
            rewrite(path, excluding)
    (project / "src" / "more.py").write_text("more = 1\n")
    assert run(project, cloud, "apply", "--yes").exit_code == 0
    assert "new" in scfdeploy("invoke", "hello", "--path", project, env=cloud.env).stdout


def test_archive_with_other_bytes_is_not_deployed(project: Path, cloud: LocalServer) -> None:
    old, new = archives(project)
    new.write_bytes(old.read_bytes())
    assert run(project, cloud, "apply", "--yes").exit_code == 0
    assert "new" in scfdeploy("invoke", "hello", "--path", project, env=cloud.env).stdout


def test_copied_cache_is_ignored(project: Path, cloud: LocalServer, tmp_path: Path) -> None:
    """Also with the times of everything kept, as some caches of pipelines do."""
    assert run(project, cloud, "apply", "--yes").exit_code == 0
    other = tmp_path / "elsewhere"
    shutil.copytree(project, other)
    (other / "src" / "index.py").write_text(OLD)
    assert changes(other, cloud) == 1
    cloud.control("faults", [])
    calls = len([action for action in cloud.calls() if action == "GetFunctionAddress"])
    shutil.rmtree(project)
    other.rename(project)
    assert changes(project, cloud) == 1
    assert len([action for action in cloud.calls() if action == "GetFunctionAddress"]) > calls
