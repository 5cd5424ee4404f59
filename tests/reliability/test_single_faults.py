"""One fault of each kind at every call of a run that changes everything: the run succeeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.crash_scenarios import IN_BOTH_MODES, SCENARIOS, CrashScenario, PreparedScenario
from tests.support.emulator import Cloud
from tests.support.fault_load import UPLOAD
from tests.support.measured import measure
from tests.support.sampling import sample

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
_KINDS = list(FAULTS)
_CHANGES = [scenario for scenario in IN_BOTH_MODES if scenario.name == "change"]


@pytest.mark.parametrize("name", FAULTS)
def test_single_api_fault_is_overcome_at_any_call(
    name: str, prepare: Callable[[CrashScenario], PreparedScenario]
) -> None:
    measure("single faults", kinds=1)
    for number, scenario in enumerate(_CHANGES):
        prepared = prepare(scenario)
        # In a usual run each kind meets other calls; a soak takes every call.
        for at in sample(range(1, prepared.calls + 1), every=60, start=3 * _KINDS.index(name) + 30 * number):
            _overcome({"nth": at, **FAULTS[name]}, prepared)


@pytest.mark.parametrize("name", [name for name in FAULTS if name not in ("late tags", "slow")])
def test_single_storage_fault_is_overcome_at_any_call(
    name: str, storage_calls: int, prepare: Callable[[CrashScenario], PreparedScenario]
) -> None:
    for at in sample(range(1, storage_calls + 1), every=20, start=_KINDS.index(name)):
        _overcome({"product": "cos", "nth": at, **FAULTS[name]}, prepare(UPLOAD))


@pytest.fixture(scope="session")
def storage_calls(prepare: Callable[[CrashScenario], PreparedScenario]) -> int:
    """How many calls to the storage an upload makes."""
    with prepare(UPLOAD).start_run() as attempt:
        assert attempt.run().exit_code == 0
        calls = Cloud(attempt.server.url).control("calls")["calls"]
    made = [call["action"] for call in calls if call["product"] == "cos"]
    assert "UploadPart" in made
    return len(made)


def _overcome(fault: dict[str, Any], prepared: PreparedScenario) -> None:
    measure("single faults", calls=1)
    with prepared.start_run() as attempt:
        Cloud(attempt.server.url).control("faults", [fault])
        ended = attempt.run()
        assert ended.exit_code == 0, (fault, ended.stdout, ended.stderr)
        assert attempt.cloud() == prepared.final, fault


def test_clock_skew_is_reported(prepare: Callable[[CrashScenario], PreparedScenario]) -> None:
    with prepare(SCENARIOS[0]).start_run() as attempt:
        Cloud(attempt.server.url).control("faults", [{"skew_s": 3600.0}])
        ended = attempt.run()
        assert ended.exit_code == 1
        assert "AuthFailure.SignatureExpire" in ended.stdout
        assert ended.document["error"]["hint"]
