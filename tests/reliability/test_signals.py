"""SIGINT and SIGTERM at any call: pending work completes, the outcome is reported, the next run continues."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable

import pytest

from tests.support.command import Ran
from tests.support.crash_scenarios import IN_BOTH_MODES, CrashScenario, PreparedScenario, ScenarioRun, scenario_id
from tests.support.measured import measure
from tests.support.sampling import is_soak, sample

# So that several cores can share the work of a soak.
_SHARES = 2 if is_soak() else 1
_SCENARIOS = [
    scenario for scenario in IN_BOTH_MODES if scenario.name in ("change", "release", "destroy", "upload", "layer")
]
_INTERRUPTED = 130


@pytest.mark.parametrize("share", range(_SHARES))
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=lambda sent: sent.name)
@pytest.mark.parametrize("scenario", _SCENARIOS, ids=scenario_id)
def test_interrupted_run_reports_results_and_next_run_completes(
    scenario: CrashScenario, sent: signal.Signals, share: int, prepare: Callable[[CrashScenario], PreparedScenario]
) -> None:
    prepared = prepare(scenario)
    # The two signals share the calls between them.
    first = 1 + 2 * share + (sent is signal.SIGTERM)
    for at in sample(range(first, prepared.calls + 1, 2 * _SHARES), every=14, start=4 * _SCENARIOS.index(scenario)):
        with prepared.start_run() as attempt:
            stopped = attempt.crash(at, "after", sent)
            measure(sent.name, points=attempt.server.signal_sent)
            _require_true_report(stopped, attempt)
            again = attempt.run()

            assert stopped.exit_code in (0, _INTERRUPTED), (at, stopped.stderr)
            assert again.exit_code == 0, (at, again.stderr)
            assert attempt.cloud() == prepared.final, at
            assert attempt.done() == prepared.done, at


def _require_true_report(stopped: Ran, attempt: ScenarioRun) -> None:
    """Reported results match the cloud, every change has an outcome, and no file is partly written."""
    document = stopped.document
    assert document.get("interrupted", False) == (stopped.exit_code == _INTERRUPTED)
    functions = attempt.cloud().get("function", {})
    for result in document.get("results", ()):
        kind, _, name = result["address"].partition("/default/")
        if kind == "function" and result["status"] == "succeeded":
            is_there = f"ap-guangzhou/default/{name}" in functions
            assert is_there == (result["action"] != "delete"), result
        if result["status"] != "succeeded":
            assert result["error"]["code"], result
    for file in (attempt.place / "project" / ".scfdeploy").rglob("*.json"):
        json.loads(file.read_text())
    assert not list((attempt.place / "project").rglob("*.tmp"))
