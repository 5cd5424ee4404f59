"""One fault of each kind at every call of a run that changes everything: the run succeeds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.crash_scenarios import SCENARIOS, PreparedScenario
from tests.support.emulator import Cloud
from tests.support.fault_load import UPLOAD
from tests.support.forked_commands import CommandRunner
from tests.support.measured import measure

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
def test_single_api_fault_is_overcome_at_any_call(name: str, commands: CommandRunner, tmp_path: Path) -> None:
    measure("single faults", kinds=1)
    prepared = PreparedScenario(SCENARIOS[1], commands, tmp_path)
    first = 1 + list(FAULTS).index(name) % _STEP
    for at in range(first, prepared.calls + 1, _STEP):
        _overcome({"nth": at, **FAULTS[name]}, prepared)


@pytest.mark.parametrize("name", [name for name in FAULTS if name not in ("late tags", "slow")])
def test_single_storage_fault_is_overcome_at_any_call(name: str, commands: CommandRunner, tmp_path: Path) -> None:
    prepared = PreparedScenario(UPLOAD, commands, tmp_path)
    with prepared.start_run() as attempt:
        assert attempt.run().code == 0
        made = [
            call["action"] for call in Cloud(attempt.server.url).control("calls")["calls"] if call["product"] == "cos"
        ]
    assert "UploadPart" in made
    first = 1 + list(FAULTS).index(name) % _STORAGE_STEP
    for at in range(first, len(made) + 1, _STORAGE_STEP):
        _overcome({"product": "cos", "nth": at, **FAULTS[name]}, prepared)


def _overcome(fault: dict[str, Any], prepared: PreparedScenario) -> None:
    measure("single faults", calls=1)
    with prepared.start_run() as attempt:
        Cloud(attempt.server.url).control("faults", [fault])
        ended = attempt.run()
        assert ended.code == 0, (fault, ended.stdout, ended.stderr)
        assert attempt.cloud() == prepared.final, fault


def test_clock_skew_is_reported(commands: CommandRunner, tmp_path: Path) -> None:
    prepared = PreparedScenario(SCENARIOS[0], commands, tmp_path)
    with prepared.start_run() as attempt:
        Cloud(attempt.server.url).control("faults", [{"skew_s": 3600.0}])
        ended = attempt.run()
        assert ended.code == 1
        assert "AuthFailure.SignatureExpire" in ended.stdout
        assert ended.document["error"]["hint"]
