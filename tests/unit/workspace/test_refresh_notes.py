"""Notes are kept for one scope, and are gone before what they say can become wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.workspace.refresh_notes import FunctionNote, RefreshNotes, has_notes

SCOPE = ("1.0", "local", "ap-guangzhou", "shop", "dev")
NOTE = FunctionNote(
    "lam-1", "2026-11-29 12:00:00", "aa", "bb", ("trigger/default/f/timer/t",), {"t": ("https://x",)}, "3"
)


def written(root: Path, **notes: FunctionNote) -> RefreshNotes:
    kept = RefreshNotes(str(root), SCOPE)
    kept.replace(notes)
    return kept


def read(root: Path, *scope: str) -> dict[str, FunctionNote]:
    return dict(RefreshNotes(str(root), scope or SCOPE).by_address)


def test_notes_are_read_back_with_their_salt(tmp_path: Path) -> None:
    kept = written(tmp_path, f=NOTE, g=NOTE)
    assert read(tmp_path) == {"f": NOTE, "g": NOTE}
    assert RefreshNotes(str(tmp_path), SCOPE).salt == kept.salt
    assert has_notes(str(tmp_path))


@pytest.mark.parametrize("at", range(len(SCOPE)))
def test_notes_of_another_scope_are_not_read(tmp_path: Path, at: int) -> None:
    written(tmp_path, f=NOTE)
    assert read(tmp_path, *SCOPE[:at], "other", *SCOPE[at + 1 :]) == {}


def test_forgotten_note_is_gone_and_others_stay(tmp_path: Path) -> None:
    written(tmp_path, f=NOTE, g=NOTE).forget({"f", "h"})
    assert read(tmp_path) == {"g": NOTE}


def test_last_forgotten_note_leaves_no_file(tmp_path: Path) -> None:
    written(tmp_path, f=NOTE).forget({"f"})
    assert read(tmp_path) == {}
    assert list((tmp_path / ".scfdeploy/cache/refreshed").iterdir()) == []


def test_without_notes_nothing_is_written(tmp_path: Path) -> None:
    kept = RefreshNotes(str(tmp_path), SCOPE)
    kept.forget({"f"})
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
            kept.forget({"f"})
    finally:
        folder.chmod(0o700)


def test_folder_in_place_of_the_notes_ends_no_run(tmp_path: Path) -> None:
    written(tmp_path, f=NOTE)
    [file] = (tmp_path / ".scfdeploy/cache/refreshed").iterdir()
    file.unlink()
    file.mkdir()
    assert read(tmp_path) == {}
    RefreshNotes(str(tmp_path), SCOPE).forget({"f"})
