"""Replacements that began and did not end are remembered from run to run, and damage does not matter."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from scfdeploy.model import Address, Project
from scfdeploy.operations.replace_journal import ReplaceJournal
from scfdeploy.workspace.file_cache import FileCache
from tests.support.builders import HELLO, function, project

TICK = HELLO.trigger("timer", "tick")


@pytest.fixture
def hello(tmp_path: Path) -> Project:
    return project(function(), root=str(tmp_path))


def begun(hello: Project, place: str = "local") -> frozenset[Address]:
    return ReplaceJournal(hello, place).pending


def note(hello: Project) -> Path:
    [file] = (Path(hello.root) / ".scfdeploy" / "cache" / "replacing").iterdir()
    return file


def test_begun_replace_is_pending_until_it_ends(hello: Project) -> None:
    first = ReplaceJournal(hello, "local")
    first.begin(HELLO)
    first.begin(TICK)
    assert begun(hello) == {HELLO, TICK}

    ReplaceJournal(hello, "local").end(TICK)
    assert begun(hello) == {HELLO}


def test_the_note_is_for_its_owner_alone_and_goes_with_the_last(hello: Project) -> None:
    found = ReplaceJournal(hello, "local")
    found.begin(HELLO)
    file = note(hello)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found.end(HELLO)
    assert not file.exists()


def test_looking_writes_nothing(hello: Project) -> None:
    found = ReplaceJournal(hello, "local")
    found.end(HELLO)
    found.keep(())
    assert not (Path(hello.root) / ".scfdeploy").exists()


def test_all_but_what_is_wanted_is_forgotten(hello: Project) -> None:
    found = ReplaceJournal(hello, "local")
    found.begin(HELLO)
    found.begin(TICK)
    found.keep({TICK, HELLO.trigger("timer", "tock")})
    assert found.pending == begun(hello) == {TICK}


@pytest.mark.parametrize("name", ["app", "stage", "region"])
def test_other_stages_regions_apps_and_clouds_have_their_own(hello: Project, name: str) -> None:
    ReplaceJournal(hello, "local").begin(HELLO)
    other = replace(hello, key=replace(hello.key, **{name: "other"}))
    assert begun(other) == begun(hello, "") == frozenset()


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe\x00", b"no address\n", b"function/\n/\n", b"\n\n"])
def test_damage_is_passed_over(hello: Project, damage: bytes) -> None:
    ReplaceJournal(hello, "local").begin(HELLO)
    file = note(hello)
    shelf = FileCache(str(file.parent.parent))
    shelf.write(f"replacing/{file.name}", damage + b"\n" + file.read_bytes())
    assert begun(hello) == {HELLO}


def test_note_that_was_changed_is_not_believed(hello: Project) -> None:
    ReplaceJournal(hello, "local").begin(HELLO)
    file = note(hello)
    file.write_bytes(file.read_bytes() + f"{TICK}\n".encode())
    assert begun(hello) == frozenset()


def test_unwritable_cache_folder_does_not_fail_the_run(hello: Project) -> None:
    (Path(hello.root) / ".scfdeploy").write_text("in the way")
    found = ReplaceJournal(hello, "local")
    found.begin(HELLO)
    found.end(HELLO)
    assert begun(hello) == frozenset()
