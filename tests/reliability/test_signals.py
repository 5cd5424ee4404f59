"""Ctrl-C and SIGTERM at any call: what is under way ends, what was done and what not is said, the next run goes on."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.support.measured import measure
from tests.support.prepared import Ended, Prepared
from tests.support.scenes import SCENES, Play, Scene, Stage

_SHARE = 2
_SCENES = [scene for scene in SCENES[1:] if not scene.is_brief]
_INTERRUPTED = 130


@pytest.mark.parametrize("share", range(_SHARE))
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=lambda sent: sent.name)
@pytest.mark.parametrize("scene", _SCENES, ids=lambda scene: scene.name)
def test_a_run_that_is_told_to_stop_says_what_it_did_and_the_next_one_does_the_rest(
    scene: Scene, sent: signal.Signals, share: int, commands: Prepared, tmp_path: Path
) -> None:
    stage = Stage(scene, commands, tmp_path)
    # The two signals share the calls between them.
    first = 1 + 2 * share + (sent is signal.SIGTERM)
    for at in range(first, stage.calls + 1, 2 * _SHARE):
        with stage.opened() as play:
            stopped = play.cut(at, "after", sent)
            measure(sent.name, points=play.server.was_cut)
            _holds_what_it_says(stopped, play)
            again = play.run()

            assert stopped.code in (0, _INTERRUPTED), (at, stopped.stderr)
            assert again.code == 0, (at, again.stderr)
            assert play.cloud() == stage.final, at
            assert play.done() == stage.done, at


def _holds_what_it_says(stopped: Ended, play: Play) -> None:
    """What is reported as done is there (or gone), each change is accounted for, and no file is half-written."""
    document = stopped.document
    assert document.get("interrupted", False) == (stopped.code == _INTERRUPTED)
    functions = play.cloud().get("function", {})
    for result in document.get("results", ()):
        kind, _, name = result["address"].partition("/default/")
        if kind == "function" and result["status"] == "succeeded":
            is_there = f"ap-guangzhou/default/{name}" in functions
            assert is_there == (result["action"] != "delete"), result
        if result["status"] != "succeeded":
            assert result["error"]["code"], result
    for file in (play.place / "project" / ".scfdeploy").rglob("*.json"):
        json.loads(file.read_text())
    assert not list((play.place / "project").rglob("*.tmp"))
