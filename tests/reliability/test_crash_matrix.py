"""Killed at any call, before it took effect or after: the next run finishes the job, and touches nothing else.

Every cut here is SIGKILL to a process of its own. Its parent has only loaded the program before, to save the time.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.measured import measure
from tests.support.prepared import Prepared
from tests.support.scenes import SCENES, Scene, Stage

# Each test cuts at every `_SHARE`th call, so that several processors can share the work.
_SHARE = 2


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
            # Every other time with what the killed run left in the checkout, every other time without.
            if at // every % 2:
                play.forget()
            again = play.run()

            assert killed.code == -9 or not play.server.was_cut
            assert again.code == 0, (at, again.stdout, again.stderr)
            assert play.cloud() == stage.final, at
            # Nothing is published, uploaded or made a second time.
            assert play.done() == stage.done, at
        measure("SIGKILL", points=1)
