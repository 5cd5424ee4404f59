"""Crash while a version is publishing: no alias routes to it before it is ready, and never if it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.crash_scenarios import SCENARIOS, CrashScenario, PreparedScenario, ScenarioRun
from tests.support.emulator import Cloud

_RELEASE = next(scenario for scenario in SCENARIOS if scenario.name == "release")


def _state(attempt: ScenarioRun, kind: str) -> dict[str, dict[str, Any]]:
    """All emulator records of one kind, by name."""
    return {
        key.rsplit("/", 1)[-1]: one for key, one in Cloud(attempt.server.url).control("state").get(kind, {}).items()
    }


def _crash_while_publishing(attempt: ScenarioRun) -> None:
    """Kill the run right after the call that makes a second version."""
    assert attempt.crash(1, "after", action="PublishVersion").exit_code == -9
    assert _state(attempt, "version")["2"]["Status"] == "Publishing"
    assert _state(attempt, "alias")["prod"]["FunctionVersion"] == "1"


def test_version_that_fails_after_crash_gets_no_traffic(
    prepare: Callable[[CrashScenario], PreparedScenario],
) -> None:
    prepared = prepare(_RELEASE)
    with prepared.start_run() as attempt:
        server = Cloud(attempt.server.url)
        server.control("settings", {"activation_s": 60})
        server.control("faults", [{"action": "PublishVersion", "async_failure": "no room"}])
        _crash_while_publishing(attempt)
        server.control("faults", [])

        failed = attempt.run()
        alias = _state(attempt, "alias")["prod"]
        assert failed.exit_code in (1, 5), failed.stdout
        assert "version 2 is PublishFailed" in failed.stdout
        assert alias["FunctionVersion"] == "1"
        assert alias["RoutingConfig"]["AdditionalVersionWeights"] == []

        again = attempt.run()
        assert again.exit_code == 0, again.stdout
        assert set(_state(attempt, "version")) == {"$LATEST", "1", "2", "3"}
        assert _state(attempt, "alias")["prod"]["FunctionVersion"] == "3"
