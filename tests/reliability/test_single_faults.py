"""One fault of each kind at call after call of a run that changes everything: the run overcomes it, in one go."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.emulator import Cloud
from tests.support.measured import measure
from tests.support.prepared import Prepared
from tests.support.scenes import SCENES, Stage
from tests.support.storm import UPLOAD

FAULTS: dict[str, dict[str, Any]] = {
    "throttled": {"code": "RequestLimitExceeded"},
    "busy": {"code": "FailedOperation.FunctionStatusError"},
    "internal error before": {"code": "InternalError"},
    "internal error after": {"code": "InternalError", "when": "after"},
    "HTTP 502 before": {"status": 502},
    "HTTP 503 after": {"status": 503, "when": "after"},
    "dropped before": {"drop": "before"},
    "dropped after": {"drop": "after"},
    "cut off": {"garbled": "cut"},
    "half an answer": {"garbled": "half"},
    "no body": {"garbled": "empty"},
    "a page in HTML": {"garbled": "page"},
    "another content type": {"garbled": "content-type"},
    "stale reads": {"stale_s": 3.0},
    "late tags": {"late_tags_s": 5.0},
    "slow": {"latency_s": 0.05},
}
# In a usual run each kind meets other calls; a soak takes every call.
_STEP = 1 if os.environ.get("SCFDEPLOY_SOAK_SEEDS") else 15
_STORAGE_STEP = 1 if os.environ.get("SCFDEPLOY_SOAK_SEEDS") else 5


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_is_overcome_wherever_it_comes(name: str, commands: Prepared, tmp_path: Path) -> None:
    measure("single faults", kinds=1)
    stage = Stage(SCENES[1], commands, tmp_path)
    first = 1 + list(FAULTS).index(name) % _STEP
    for at in range(first, stage.calls + 1, _STEP):
        _overcome({"nth": at, **FAULTS[name]}, stage)


@pytest.mark.parametrize("name", [name for name in FAULTS if name not in ("late tags", "slow")])
def test_one_fault_of_the_storage_is_overcome_wherever_it_comes(name: str, commands: Prepared, tmp_path: Path) -> None:
    stage = Stage(UPLOAD, commands, tmp_path)
    with stage.opened() as play:
        assert play.run().code == 0
        made = [call["action"] for call in Cloud(play.server.url).control("calls")["calls"] if call["product"] == "cos"]
    assert "UploadPart" in made
    first = 1 + list(FAULTS).index(name) % _STORAGE_STEP
    for at in range(first, len(made) + 1, _STORAGE_STEP):
        _overcome({"product": "cos", "nth": at, **FAULTS[name]}, stage)


def _overcome(fault: dict[str, Any], stage: Stage) -> None:
    measure("single faults", calls=1)
    with stage.opened() as play:
        Cloud(play.server.url).control("faults", [fault])
        ended = play.run()
        assert ended.code == 0, (fault, ended.stdout, ended.stderr)
        assert play.cloud() == stage.final, fault


def test_a_clock_that_is_an_hour_off_is_named(commands: Prepared, tmp_path: Path) -> None:
    stage = Stage(SCENES[0], commands, tmp_path)
    with stage.opened() as play:
        Cloud(play.server.url).control("faults", [{"skew_s": 3600.0}])
        ended = play.run()
        assert ended.code == 1
        assert "AuthFailure.SignatureExpire" in ended.stdout
        assert ended.document["error"]["hint"]
