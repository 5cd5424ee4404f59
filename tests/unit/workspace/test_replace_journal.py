"""The replace journal keeps started replacements from run to run."""

from __future__ import annotations

import stat
from pathlib import Path

from scfdeploy.workspace.replace_journal import ReplaceJournal

HELLO = "function/default/hello"
TICK = "trigger/default/hello/timer/tick"


def journal(root: Path, *scope: str) -> ReplaceJournal:
    return ReplaceJournal(str(root), scope or ("local", "dev"))


def note(root: Path) -> Path:
    [file] = (root / ".scfdeploy" / "cache" / "replacing").iterdir()
    return file


def test_begun_replace_is_pending_until_it_ends(tmp_path: Path) -> None:
    first = journal(tmp_path)
    first.begin(HELLO)
    first.begin(TICK)
    assert journal(tmp_path).pending == {HELLO, TICK}

    journal(tmp_path).end(TICK)
    assert journal(tmp_path).pending == {HELLO}


def test_journal_is_private_and_removed_with_the_last_entry(tmp_path: Path) -> None:
    found = journal(tmp_path)
    found.begin(HELLO)
    file = note(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found.end(HELLO)
    assert not file.exists()


def test_empty_journal_writes_nothing(tmp_path: Path) -> None:
    found = journal(tmp_path)
    found.end(HELLO)
    found.retain(())
    assert not (tmp_path / ".scfdeploy").exists()


def test_retain_removes_all_other_entries(tmp_path: Path) -> None:
    found = journal(tmp_path)
    found.begin(HELLO)
    found.begin(TICK)
    found.retain({TICK, "trigger/default/hello/timer/tock"})
    assert found.pending == journal(tmp_path).pending == {TICK}


def test_each_scope_has_its_own_journal(tmp_path: Path) -> None:
    journal(tmp_path, "local", "dev").begin(HELLO)
    assert journal(tmp_path, "local", "prod").pending == frozenset()
    assert journal(tmp_path, "", "dev").pending == frozenset()


def test_edited_journal_is_ignored(tmp_path: Path) -> None:
    journal(tmp_path).begin(HELLO)
    file = note(tmp_path)
    file.write_bytes(file.read_bytes() + f"{TICK}\n".encode())
    assert journal(tmp_path).pending == frozenset()


def test_unwritable_folder_is_ignored(tmp_path: Path) -> None:
    (tmp_path / ".scfdeploy").write_text("in the way")
    found = journal(tmp_path)
    found.begin(HELLO)
    found.end(HELLO)
    assert journal(tmp_path).pending == frozenset()
