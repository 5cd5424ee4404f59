"""Killed at any call, before it took effect or after: the next run finishes the job, and touches nothing else.

Every cut here is SIGKILL to a process of its own. Its parent has only loaded the program before, to save the time.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.changing_project import write_pinned_release
from tests.support.measured import measure
from tests.support.prepared import Prepared
from tests.support.scenes import SCENES, Scene, Stage

# Each test cuts at every `_SHARE`th call, so that several processors can share the work.
_SHARE = 2
_CHANGE = next(scene for scene in SCENES if scene.name == "change")


@pytest.mark.parametrize("share", range(_SHARE))
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_whatever_call_it_is_killed_at_the_next_run_ends_where_an_uncut_one_does(
    scene: Scene, when: str, share: int, commands: Prepared, tmp_path: Path
) -> None:
    stage = Stage(scene, commands, tmp_path)
    every = 2 if scene.is_brief else 1
    first = 1 + every * share + (every - 1) * (when == "after")
    for at in range(first, stage.calls + 1, every * _SHARE):
        with stage.opened() as play:
            killed = play.cut(at, when)
            measure("SIGKILL", points=killed.code == -9)
            assert killed.code == -9 or not play.server.was_cut, at
            # Every other time with what the killed run left in the checkout, every other time without.
            if at // every % 2:
                play.forget()
            again = play.run()

            assert again.code == 0, (at, again.stdout, again.stderr)
            assert play.cloud() == stage.final, at
            # Nothing is published, uploaded or made a second time.
            assert play.done() == stage.done, at


@pytest.mark.parametrize("share", range(_SHARE))
def test_a_saved_plan_goes_on_where_nothing_was_changed_and_is_refused_where_something_was(
    share: int, commands: Prepared, tmp_path: Path
) -> None:
    stage = Stage(_CHANGE, commands, tmp_path)
    # Every call takes a plan of its own, and looks before it changes: each second one will do.
    for at in range(1 + 2 * share, stage.calls + 1, 2 * _SHARE):
        with stage.opened() as play:
            assert play.run("plan").code == 0
            killed = play.cut(at, "after", command="apply --plan")
            measure("SIGKILL", points=killed.code == -9)
            assert killed.code == -9 or not play.server.was_cut, at
            again = play.run("apply --plan")

            if again.code == 1:
                assert "the cloud moved since the plan was made" in again.stdout, at
                # Once more: what the killed run had sent last may have arrived after its end.
                changed = play.done()
                assert changed, at
                assert play.run("apply --plan").code == 1, at
                assert play.done() == changed, at
                again = play.run("apply")
            assert again.code == 0, (at, again.stdout, again.stderr)
            assert play.cloud() == stage.final, at
            assert play.done() == stage.done, at


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_shift_of_an_alias_goes_on_with_the_steps_that_are_left(
    when: str, commands: Prepared, tmp_path: Path
) -> None:
    stage = Stage(Scene("shift", "alias shift", write_pinned_release, write_pinned_release), commands, tmp_path)
    assert stage.done == {"UpdateAlias": 3}
    for at in range(1, stage.calls + 1):
        with stage.opened() as play:
            killed = play.cut(at, when)
            measure("SIGKILL", points=killed.code == -9)
            assert killed.code == -9 or not play.server.was_cut, at
            again = play.run()

            assert again.code == 0, (at, again.stdout, again.stderr)
            assert play.cloud() == stage.final, at
            assert play.done() == stage.done, at


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_import_leaves_nothing_half_written(when: str, commands: Prepared, tmp_path: Path) -> None:
    stage = Stage(replace(_CHANGE, command="import --code", write=_nothing, folder="imported"), commands, tmp_path)
    with stage.opened() as play:
        assert play.run().code == 0
        whole = _files(play.place)
    assert sorted(Path(name).name for name in whole) == ["index.py", "index.py", "serverless.yml"]
    left_behind = 0
    for at in range(1, stage.calls + 1):
        with stage.opened() as play:
            killed = play.cut(at, when)
            measure("SIGKILL", points=killed.code == -9)
            assert killed.code == -9, at
            assert _files(play.place) == {}, at
            left_behind += _an_hour_passes(play.place)

            again = play.run()
            assert again.code == 0, (at, again.stdout, again.stderr)
            assert _files(play.place) == whole, at
            assert _left_behind(play.place) == [], at
    assert left_behind


def _nothing(folder: Path) -> None:
    """The project stays as it is."""


def _files(place: Path) -> dict[str, bytes]:
    """All that was written but for what the tool keeps for itself."""
    root = place / "imported"
    found = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in found if ".scfdeploy" not in path.parts}


def _left_behind(place: Path) -> list[Path]:
    return list((place / "imported" / ".scfdeploy").glob("import-*"))


def _an_hour_passes(place: Path) -> int:
    """For what was left behind; how much that is."""
    found = _left_behind(place)
    for path in found:
        then = path.stat().st_mtime - 3601
        os.utime(path, (then, then))
    return len(found)
