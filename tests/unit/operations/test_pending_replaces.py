"""The replacements that a run reads from the journal of earlier runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scfdeploy.model import Project
from scfdeploy.operations.plan import pending_replaces, replace_journal
from scfdeploy.operations.request import CloudOptions
from scfdeploy.workspace.file_cache import FileCache
from tests.support.builders import HELLO, function, project

CLOUD = CloudOptions(endpoint="http://127.0.0.1:9")


@pytest.fixture
def hello(tmp_path: Path) -> Project:
    return project(function(), root=str(tmp_path))


@pytest.mark.parametrize("name", ["app", "stage", "region"])
def test_other_project_key_has_its_own_journal(hello: Project, name: str) -> None:
    replace_journal(hello, CLOUD).begin(str(HELLO))
    other = replace(hello, key=replace(hello.key, **{name: "other"}))
    assert pending_replaces(replace_journal(other, CLOUD)) == frozenset()
    assert pending_replaces(replace_journal(hello, CLOUD)) == {HELLO}


def test_other_endpoint_has_its_own_journal(hello: Project) -> None:
    replace_journal(hello, CLOUD).begin(str(HELLO))
    assert pending_replaces(replace_journal(hello, CloudOptions())) == frozenset()


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe\x00", b"no address\n", b"function/\n/\n", b"\n\n"])
def test_damaged_entry_is_ignored(hello: Project, damage: bytes) -> None:
    replace_journal(hello, CLOUD).begin(str(HELLO))
    [file] = (Path(hello.root) / ".scfdeploy" / "cache" / "replacing").iterdir()
    cache = FileCache(str(file.parent.parent))
    cache.write(f"replacing/{file.name}", damage + b"\n" + file.read_bytes())
    assert pending_replaces(replace_journal(hello, CLOUD)) == {HELLO}
