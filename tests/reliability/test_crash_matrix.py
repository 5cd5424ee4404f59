"""A run killed at any call, before or after the call takes effect: the next run completes it without extra writes.

Every crash is a SIGKILL to a separate process, forked from one that has already loaded the program. A usual run takes
some calls of each scenario, a soak all of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.changing_project import write_pinned_release
from tests.support.crash_scenarios import IN_BOTH_MODES, SCENARIOS, CrashScenario, PreparedScenario, scenario_id
from tests.support.measured import measure
from tests.support.sampling import is_soak, sample

# So that several cores can share the work of a soak.
_SHARES = 4 if is_soak() else 1
_CHANGE = next(scenario for scenario in SCENARIOS if scenario.name == "change")


@pytest.mark.parametrize("share", range(_SHARES))
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("scenario", IN_BOTH_MODES, ids=scenario_id)
def test_run_killed_at_any_call_is_completed_by_next_run(
    scenario: CrashScenario, when: str, share: int, prepare: Callable[[CrashScenario], PreparedScenario]
) -> None:
    prepared = prepare(scenario)
    start = 4 * IN_BOTH_MODES.index(scenario) + 15 * (when == "after")
    points = sample(range(1 + share, prepared.calls + 1, _SHARES), every=30, start=start)
    for number, at in enumerate(points):
        with prepared.start_run() as attempt:
            killed = attempt.crash(at, when)
            measure("SIGKILL", points=killed.exit_code == -9)
            assert killed.exit_code == -9 or not attempt.server.signal_sent, at
            # Alternate between keeping and deleting the killed run's local state.
            if (number + (when == "after")) % 2:
                attempt.delete_state()
            again = attempt.run()

            assert again.exit_code == 0, (at, again.stdout, again.stderr)
            assert attempt.cloud() == prepared.final, at
            # Nothing is published, uploaded or created twice.
            assert attempt.done() == prepared.done, at


@pytest.mark.parametrize("share", range(_SHARES))
def test_saved_plan_after_crash_applies_or_is_rejected_as_stale(
    share: int, prepare: Callable[[CrashScenario], PreparedScenario]
) -> None:
    prepared = prepare(_CHANGE)
    for at in sample(range(1 + share, prepared.calls + 1, _SHARES), every=12):
        with prepared.start_run() as attempt:
            assert attempt.run("plan").exit_code == 0
            killed = attempt.crash(at, "after", command="apply --plan")
            measure("SIGKILL", points=killed.exit_code == -9)
            assert killed.exit_code == -9 or not attempt.server.signal_sent, at
            again = attempt.run("apply --plan")

            if again.exit_code == 1:
                assert "the cloud changed since the plan was made" in again.stdout, at
                # Again: the killed run's last call may have taken effect after its end.
                changed = attempt.done()
                assert changed, at
                assert attempt.run("apply --plan").exit_code == 1, at
                assert attempt.done() == changed, at
                again = attempt.run("apply")
            assert again.exit_code == 0, (at, again.stdout, again.stderr)
            assert attempt.cloud() == prepared.final, at
            assert attempt.done() == prepared.done, at


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_alias_shift_continues_with_remaining_steps(
    when: str, prepare: Callable[[CrashScenario], PreparedScenario]
) -> None:
    prepared = prepare(CrashScenario("shift", "alias shift", write_pinned_release, write_pinned_release))
    assert prepared.done == {"UpdateAlias": 3}
    for at in sample(range(1, prepared.calls + 1), every=2, start=when == "after"):
        with prepared.start_run() as attempt:
            killed = attempt.crash(at, when)
            measure("SIGKILL", points=killed.exit_code == -9)
            assert killed.exit_code == -9 or not attempt.server.signal_sent, at
            again = attempt.run()

            assert again.exit_code == 0, (at, again.stdout, again.stderr)
            assert attempt.cloud() == prepared.final, at
            assert attempt.done() == prepared.done, at


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_import_leaves_no_partial_files(when: str, prepare: Callable[[CrashScenario], PreparedScenario]) -> None:
    prepared = prepare(replace(_CHANGE, name="import", command="import --code", write=_nothing, folder="imported"))
    with prepared.start_run() as attempt:
        assert attempt.run().exit_code == 0
        whole = _files(attempt.place)
    names = ["index.py", "index.py", "serverless.schema.json", "serverless.yml"]
    assert sorted(Path(name).name for name in whole) == names
    left_behind = 0
    for at in sample(range(1, prepared.calls + 1), every=2, start=when == "before"):
        with prepared.start_run() as attempt:
            killed = attempt.crash(at, when)
            measure("SIGKILL", points=killed.exit_code == -9)
            assert killed.exit_code == -9, at
            assert _files(attempt.place) == {}, at
            left_behind += _age_leftovers(attempt.place)

            again = attempt.run()
            assert again.exit_code == 0, (at, again.stdout, again.stderr)
            assert _files(attempt.place) == whole, at
            assert _left_behind(attempt.place) == [], at
    assert left_behind


def _nothing(folder: Path) -> None:
    """Keep the project unchanged."""


def _files(place: Path) -> dict[str, bytes]:
    """All written files outside .scfdeploy."""
    root = place / "imported"
    found = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in found if ".scfdeploy" not in path.parts}


def _left_behind(place: Path) -> list[Path]:
    return list((place / "imported" / ".scfdeploy").glob("import-*"))


def _age_leftovers(place: Path) -> int:
    """Make leftover directories an hour older; returns their number."""
    found = _left_behind(place)
    for path in found:
        then = path.stat().st_mtime - 3601
        os.utime(path, (then, then))
    return len(found)
