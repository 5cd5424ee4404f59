"""Notes are kept for one scope, and are gone before what they say can become wrong."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.workspace.refresh_notes import FunctionNote, NotesScope, RefreshNotes, has_notes

SCOPE = NotesScope("http://127.0.0.1:1", "ap-guangzhou", "shop", "dev")
SAME_CLOUD = SCOPE._replace(endpoint="http://localhost:1")
VERSION = "1.0"
NOTE = FunctionNote(
    "lam-1", "2026-11-29 12:00:00", "aa", "bb", ("trigger/default/f/timer/t",), {"t": ("https://x",)}, "3"
)


def notes_of(root: Path, scope: NotesScope = SCOPE, version: str = VERSION) -> RefreshNotes:
    return RefreshNotes(str(root), scope, version=version)


def written(root: Path, scope: NotesScope = SCOPE, version: str = VERSION, **notes: FunctionNote) -> RefreshNotes:
    kept = notes_of(root, scope, version)
    kept.replace(notes)
    return kept


def read(root: Path, scope: NotesScope = SCOPE, version: str = VERSION) -> dict[str, FunctionNote]:
    return dict(notes_of(root, scope, version).by_address)


def forget(notes: RefreshNotes, *addresses: str, is_local: bool = False) -> None:
    notes.forget(set(addresses), is_local=is_local)


def test_notes_are_read_back_with_their_salt(tmp_path: Path) -> None:
    kept = written(tmp_path, f=NOTE, g=NOTE)
    assert read(tmp_path) == {"f": NOTE, "g": NOTE}
    assert notes_of(tmp_path).salt == kept.salt
    assert has_notes(str(tmp_path))


@pytest.mark.parametrize("name", SCOPE._fields)
def test_notes_of_another_scope_are_not_read(tmp_path: Path, name: str) -> None:
    written(tmp_path, f=NOTE)
    assert read(tmp_path, SCOPE._replace(**{name: "other"})) == {}


def test_notes_of_another_version_are_not_read(tmp_path: Path) -> None:
    written(tmp_path, f=NOTE)
    assert read(tmp_path, version="1.1") == {}
    assert read(tmp_path) == {"f": NOTE}


def test_change_by_another_version_removes_the_notes(tmp_path: Path) -> None:
    """Otherwise the first version would trust them again: after a downgrade, or with two versions in turn."""
    written(tmp_path, f=NOTE, g=NOTE)
    forget(notes_of(tmp_path, version="1.1"), "f")
    assert read(tmp_path) == {}


def test_change_by_another_version_removes_the_notes_of_another_endpoint(tmp_path: Path) -> None:
    written(tmp_path, SAME_CLOUD, f=NOTE)
    forget(notes_of(tmp_path, version="1.1"), "f")
    assert read(tmp_path, SAME_CLOUD) == {}


def test_notes_of_another_version_are_replaced(tmp_path: Path) -> None:
    written(tmp_path, f=NOTE)
    written(tmp_path, version="1.1", g=NOTE)
    assert read(tmp_path) == {}
    assert read(tmp_path, version="1.1") == {"g": NOTE}


def test_change_with_another_endpoint_removes_the_note(tmp_path: Path) -> None:
    """One cloud has several names: `localhost`, the endpoint of a region, a proxy."""
    written(tmp_path, SAME_CLOUD, f=NOTE, g=NOTE)
    forget(notes_of(tmp_path), "f")
    assert read(tmp_path, SAME_CLOUD) == {"g": NOTE}


def test_change_of_a_local_server_removes_the_note_of_its_address_and_keeps_that_of_tencent_cloud(
    tmp_path: Path,
) -> None:
    tencent, local = SCOPE._replace(endpoint=""), SCOPE._replace(endpoint="local")
    written(tmp_path, tencent, f=NOTE)
    written(tmp_path, SAME_CLOUD, f=NOTE, g=NOTE)
    forget(written(tmp_path, local, f=NOTE), "f", is_local=True)
    assert read(tmp_path, local) == {}
    assert read(tmp_path, SAME_CLOUD) == {"g": NOTE}
    assert read(tmp_path, tencent) == {"f": NOTE}


def test_change_of_tencent_cloud_by_another_name_removes_its_note(tmp_path: Path) -> None:
    tencent = SCOPE._replace(endpoint="")
    written(tmp_path, tencent, f=NOTE)
    forget(notes_of(tmp_path, SCOPE._replace(endpoint="https://scf.internal.tencentcloudapi.com")), "f")
    assert read(tmp_path, tencent) == {}


@pytest.mark.parametrize("name", ["region", "app", "stage"])
def test_change_of_another_project_keeps_the_notes(tmp_path: Path, name: str) -> None:
    other = SCOPE._replace(**{name: "other"})
    written(tmp_path, other, f=NOTE)
    forget(notes_of(tmp_path), "f")
    assert read(tmp_path, other) == {"f": NOTE}


def test_forgotten_note_is_gone_and_others_stay(tmp_path: Path) -> None:
    forget(written(tmp_path, f=NOTE, g=NOTE), "f", "h")
    assert read(tmp_path) == {"g": NOTE}


def test_last_forgotten_note_leaves_no_file(tmp_path: Path) -> None:
    forget(written(tmp_path, f=NOTE), "f")
    assert read(tmp_path) == {}
    assert list((tmp_path / ".scfdeploy/cache/refreshed").iterdir()) == []


def test_without_notes_nothing_is_written(tmp_path: Path) -> None:
    kept = notes_of(tmp_path)
    forget(kept, "f")
    kept.replace({})
    assert list(tmp_path.iterdir()) == []
    assert not has_notes(str(tmp_path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may remove everything")
def test_note_that_cannot_be_removed_ends_the_run(tmp_path: Path) -> None:
    kept = written(tmp_path, f=NOTE)
    folder = tmp_path / ".scfdeploy/cache/refreshed"
    folder.chmod(0o500)
    try:
        with pytest.raises(ScfDeployError, match="cannot be removed"):
            forget(kept, "f")
    finally:
        folder.chmod(0o700)


def test_folder_in_place_of_the_notes_ends_no_run(tmp_path: Path) -> None:
    written(tmp_path, f=NOTE)
    [file] = (tmp_path / ".scfdeploy/cache/refreshed").iterdir()
    file.unlink()
    file.mkdir()
    assert read(tmp_path) == {}
    forget(notes_of(tmp_path), "f")


def test_notes_forgotten_by_several_runs_at_once_are_all_removed(tmp_path: Path) -> None:
    """None of them writes back what another has removed."""
    names = [f"f{number}" for number in range(8)]
    with ThreadPoolExecutor(len(names)) as pool:
        for _ in range(20):
            written(tmp_path, **dict.fromkeys([*names, "kept"], NOTE))
            list(pool.map(partial(forget, notes_of(tmp_path)), names))
            assert read(tmp_path) == {"kept": NOTE}
