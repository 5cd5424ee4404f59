"""Cut while a version is on its way: no call is led to it before it is ready, and none if it never gets so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.emulator import Cloud
from tests.support.prepared import Prepared
from tests.support.scenes import SCENES, Play, Stage

_RELEASE = next(scene for scene in SCENES if scene.name == "release")


def _state(play: Play, kind: str) -> dict[str, dict[str, Any]]:
    """Everything of one kind that the server keeps, by its name."""
    return {key.rsplit("/", 1)[-1]: one for key, one in Cloud(play.server.url).control("state").get(kind, {}).items()}


def _cut_while_publishing(stage: Stage, play: Play) -> None:
    """Kill the run at the first call after which there is a second version."""
    for at in range(play.server.count + 1, stage.calls + 1):
        play.cut(at, "after")
        if "2" in _state(play, "version"):
            assert _state(play, "version")["2"]["Status"] == "Publishing"
            assert _state(play, "alias")["prod"]["FunctionVersion"] == "1"
            return
    pytest.fail("no call published")


def test_a_version_that_fails_after_the_cut_never_gets_calls(commands: Prepared, tmp_path: Path) -> None:
    stage = Stage(_RELEASE, commands, tmp_path)
    with stage.opened() as play:
        server = Cloud(play.server.url)
        server.control("settings", {"activation_s": 60})
        server.control("faults", [{"action": "PublishVersion", "async_failure": "no room"}])
        _cut_while_publishing(stage, play)
        server.control("faults", [])

        failed = play.run()
        alias = _state(play, "alias")["prod"]
        assert failed.code in (1, 5), failed.stdout
        assert "version 2 is PublishFailed" in failed.stdout
        assert alias["FunctionVersion"] == "1"
        assert alias["RoutingConfig"]["AdditionalVersionWeights"] == []

        again = play.run()
        assert again.code == 0, again.stdout
        assert set(_state(play, "version")) == {"$LATEST", "1", "2", "3"}
        assert _state(play, "alias")["prod"]["FunctionVersion"] == "3"
