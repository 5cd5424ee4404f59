"""What an installer notes of where scfdeploy came from, as `ci init --package` takes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.scaffold.ci.source import spec_of_direct_url, spec_of_working_tree

COMMIT = "0123456789" * 4
HASH = "ab" * 32
WHEEL = "scfdeploy-1.0-py3-none-any.whl"
GIT = {"vcs": "git", "commit_id": COMMIT}


@pytest.mark.parametrize(
    ("noted", "spec"),
    [
        (
            {"url": "https://git.example.com/a/scfdeploy.git", "vcs_info": {**GIT, "requested_revision": "v1"}},
            f"git+https://git.example.com/a/scfdeploy.git@{COMMIT}",
        ),
        (
            {"url": f"https://example.com/{WHEEL}", "archive_info": {"hashes": {"sha256": HASH}}},
            f"https://example.com/{WHEEL}#sha256={HASH}",
        ),
        (  # older installers
            {"url": f"https://example.com/{WHEEL}", "archive_info": {"hash": f"sha256={HASH}"}},
            f"https://example.com/{WHEEL}#sha256={HASH}",
        ),
    ],
)
def test_source_is_read_from_direct_url(noted: dict[str, Any], spec: str, tmp_path: Path) -> None:
    assert spec_of_direct_url(json.dumps(noted), tmp_path) == spec


def test_wheel_inside_repository_is_referenced_by_path(tmp_path: Path) -> None:
    noted = {"url": (tmp_path / "a b" / WHEEL).as_uri(), "archive_info": {"hashes": {"sha256": HASH}}}
    assert spec_of_direct_url(json.dumps(noted), tmp_path) == f"a b/{WHEEL}#sha256={HASH}"


@pytest.mark.parametrize(
    "noted",
    [
        "",
        "[]",
        "{",
        json.dumps({"url": "file:///home/ada/scfdeploy", "dir_info": {"editable": True}}),
        json.dumps({"url": f"file:///elsewhere/{WHEEL}", "archive_info": {"hashes": {"sha256": HASH}}}),
        json.dumps({"url": f"https://example.com/{WHEEL}", "archive_info": {}}),
        json.dumps({"url": f"https://example.com/{WHEEL}", "archive_info": {"hashes": {"md5": "00"}}}),
        json.dumps({"url": "https://example.com/hg", "vcs_info": {"vcs": "hg", "commit_id": COMMIT}}),
        json.dumps({"url": "https://example.com/git", "vcs_info": GIT, "subdirectory": "tools"}),
    ],
)
def test_other_origins_are_not_used(noted: str, tmp_path: Path) -> None:
    assert spec_of_direct_url(noted, tmp_path) is None


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://git.example.com/a/scfdeploy.git", "https://git.example.com/a/scfdeploy.git"),
        ("git@git.example.com:a/scfdeploy.git", "https://git.example.com/a/scfdeploy.git"),
        ("ssh://git@git.example.com:2222/a/scfdeploy", "https://git.example.com/a/scfdeploy"),
        ("https://ada:token@git.example.com/a/scfdeploy", None),
        ("/srv/scfdeploy.git", None),
    ],
)
@pytest.mark.parametrize("head", [f"{COMMIT}\n", "ref: refs/heads/main\n", "ref: refs/heads/packed\n"])
def test_commit_of_a_working_tree_is_proposed(remote: str, address: str | None, head: str, tmp_path: Path) -> None:
    git = tmp_path / "copy" / ".git"
    (git / "refs" / "heads").mkdir(parents=True)
    (git / "refs" / "heads" / "main").write_text(f"{COMMIT}\n")
    (git / "packed-refs").write_text(f"# pack-refs\n{'0' * 40} refs/heads/other\n{COMMIT} refs/heads/packed\n")
    (git / "HEAD").write_text(head)
    (git / "config").write_text(f'[core]\n\tbare = false\n[remote "origin"]\n\turl = {remote}\n\tfetch = +x\n')
    noted = {"url": (tmp_path / "copy").as_uri(), "dir_info": {"editable": True}}

    expected = None if address is None else f"git+{address}@{COMMIT}"
    assert spec_of_working_tree(json.dumps(noted), tmp_path) == expected


@pytest.mark.parametrize(
    "noted", ["", "[]", '{"url": "file:///nowhere", "dir_info": {}}', '{"url": "file:///nowhere"}']
)
def test_nothing_is_proposed_without_a_working_tree(noted: str, tmp_path: Path) -> None:
    assert spec_of_working_tree(noted, tmp_path) is None
