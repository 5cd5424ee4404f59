"""Waits and interruptions of `alias shift`, with a clock that is passed in."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scfdeploy.apply.stop import Stop
from scfdeploy.config import LoadOptions
from scfdeploy.operations.alias.traffic_shift import TrafficShift, shift
from scfdeploy.operations.apply import ApplyHooks
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.report.text import TextStyle, render_output
from scfdeploy.results.aliases import AliasChanged
from tests.support.cloud import client_of
from tests.support.command import scfdeploy
from tests.support.fake_clock import FakeClock
from tests.support.local_server import LocalServer
from tests.support.project import write_project

KEYS = {"TENCENTCLOUD_SECRET_ID": "AKIDlocal", "TENCENTCLOUD_SECRET_KEY": "local-secret"}


@pytest.fixture
def project(tmp_path: Path, cloud: LocalServer) -> Path:
    """A function with two versions; prod leads to the first."""
    for number in (1, 2):
        write_project(tmp_path, f"  publish: true\n  timeout: {number}\n")
        scfdeploy("apply", tmp_path, "--yes", env=cloud.env)
    client_of(cloud.url).write("CreateAlias", {"FunctionName": "hello", "Name": "prod", "FunctionVersion": "1"})
    return tmp_path


class StoppingClock(FakeClock):
    """Somebody presses Ctrl-C after so many seconds."""

    def __init__(self, stop: Stop, after_s: float) -> None:
        super().__init__()
        self._stop = stop
        self._after_s = after_s

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.monotonic() >= self._after_s:
            self._stop.set()


def shifted(
    project: Path, cloud: LocalServer, wish: TrafficShift, clock: FakeClock, stop: Stop | None = None
) -> tuple[AliasChanged, list[str]]:
    told: list[str] = []
    load = LoadOptions(environ={"PATH": os.environ["PATH"], **KEYS}, cwd=str(project))
    hooks = ApplyHooks(lambda _plan, _where: None, lambda _: None, stop or Stop())
    where = CloudOptions(endpoint=cloud.url, clock=clock)
    return shift(Request(".", load, on_output=told.append), where, "", wish, hooks), told


def check(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_shift_waits_between_steps_only(project: Path, cloud: LocalServer) -> None:
    clock = FakeClock()
    moved, told = shifted(project, cloud, TrafficShift("prod", "2", (10, 50, 100), 60), clock)

    assert moved.ok
    assert round(clock.monotonic()) == 120
    assert told == [
        "prod: 10 % of calls to version 2",
        "waiting 1 min 0 s",
        "prod: 50 % of calls to version 2",
        "waiting 1 min 0 s",
        "prod: 100 % of calls to version 2",
    ]


def test_shift_waits_with_the_given_clock(project: Path, cloud: LocalServer) -> None:
    clock = FakeClock()
    command = ("alias", "shift", "prod", "--to", "2", "--steps", "10,100", "--interval", "3600", "--yes")
    ran = scfdeploy(*command, "--path", project, env=cloud.env, clock=clock)

    assert ran.exit_code == 0, ran.stderr
    assert round(clock.monotonic() / 10) == 360


def test_shift_with_check_waits_after_last_step(project: Path, cloud: LocalServer) -> None:
    clock = FakeClock()
    moved, _ = shifted(project, cloud, TrafficShift("prod", "2", (10, 100), 60, check("")), clock)

    assert [(step.status, step.check_exit_code) for step in moved.steps] == [("done", 0), ("done", 0)]
    assert round(clock.monotonic()) == 120


def test_stopped_shift_keeps_current_route(project: Path, cloud: LocalServer) -> None:
    stop = Stop()
    wish = TrafficShift("prod", "2", (10, 50, 100), 60, check("raise SystemExit(1)"))
    moved, told = shifted(project, cloud, wish, StoppingClock(stop, 30), stop)

    assert (moved.ok, moved.interrupted, moved.shifted_back) == (False, True, False)
    assert [step.status for step in moved.steps] == ["unchecked", "skipped", "skipped"]
    assert not any(line.startswith("$") for line in told)
    text = render_output(moved, TextStyle()).out
    assert "Interrupted: prod sends 90 % of calls to version 1, 10 % to version 2." in text
    assert "`scfdeploy alias set 'prod' --to '1'` to go back" in text
    found = client_of(cloud.url).read("GetAlias", {"FunctionName": "hello", "Name": "prod"})
    assert found["RoutingConfig"]["AdditionalVersionWeights"] == [{"Version": "2", "Weight": 0.1}]


def test_stop_before_last_check_is_not_success(project: Path, cloud: LocalServer) -> None:
    stop = Stop()
    moved, _ = shifted(project, cloud, TrafficShift("prod", "2", (100,), 60, check("")), StoppingClock(stop, 30), stop)

    assert (moved.ok, moved.interrupted) == (False, True)
    assert moved.after is not None
    assert moved.after.version == "2"


def test_stop_before_first_step_changes_nothing(project: Path, cloud: LocalServer) -> None:
    stop = Stop()
    stop.set()
    moved, _ = shifted(project, cloud, TrafficShift("prod", "2", (10, 100), 60), FakeClock(), stop)

    assert (moved.ok, moved.interrupted) == (False, True)
    assert moved.after == moved.before


def test_failed_rollback_is_reported(project: Path, cloud: LocalServer) -> None:
    cloud.control("faults", [{"action": "UpdateAlias", "skip": 1, "code": "LimitExceeded.Alias"}])
    wish = TrafficShift("prod", "2", (10, 100), 0, check("raise SystemExit(1)"))
    moved, _ = shifted(project, cloud, wish, FakeClock())

    assert (moved.ok, moved.shifted_back) == (False, False)
    assert "Failed: prod sends 90 % of calls to version 1, 10 % to version 2." in render_output(moved, TextStyle()).out


class MeddlingClock(FakeClock):
    """Somebody writes to the cloud while the command waits, once, after so many seconds."""

    def __init__(self, after_s: float, do: Callable[[], object]) -> None:
        super().__init__()
        self._after_s = after_s
        self._do: Callable[[], object] | None = do

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self._do is not None and self.monotonic() >= self._after_s:
            do, self._do = self._do, None
            do()


def lead(cloud: LocalServer, version: str, **more: object) -> None:
    client_of(cloud.url).write(
        "UpdateAlias", {"FunctionName": "hello", "Name": "prod", "FunctionVersion": version, **more}
    )


def led(cloud: LocalServer) -> tuple[str, list[tuple[str, float]]]:
    found = client_of(cloud.url).read("GetAlias", {"FunctionName": "hello", "Name": "prod"})
    weights = found["RoutingConfig"]["AdditionalVersionWeights"] or []
    return found["FunctionVersion"], [(each["Version"], each["Weight"]) for each in weights]


def test_external_rollback_between_steps_is_kept(project: Path, cloud: LocalServer) -> None:
    clock = MeddlingClock(90, lambda: lead(cloud, "1"))
    moved, _ = shifted(project, cloud, TrafficShift("prod", "2", (10, 50, 100), 60), clock)

    assert not moved.ok
    assert [step.status for step in moved.steps] == ["done", "done", "failed"]
    assert led(cloud) == ("1", [])
    (error,) = [outcome.error for outcome in moved.outcomes if outcome.error]
    assert error.retryable
    assert error.message == (
        'another client changed additionalVersionWeights from [{"version": "2", "weight": 0.5}] to [] '
        "since the plan was made"
    )
    text = render_output(moved, TextStyle())
    assert "Failed: prod sends all calls to version 1" in text.out + text.err


def test_failed_check_keeps_changes_of_other_writers(project: Path, cloud: LocalServer) -> None:
    clock = MeddlingClock(30, lambda: lead(cloud, "2"))
    wish = TrafficShift("prod", "2", (10, 100), 60, check("raise SystemExit(1)"))
    moved, _ = shifted(project, cloud, wish, clock)

    assert (moved.ok, moved.shifted_back) == (False, False)
    assert led(cloud) == ("2", [])
    assert moved.after is not None
    assert moved.after.version == "2"


RULES = [{"Version": "2", "Key": "invoke.headers.Beta", "Method": "exact", "Expression": "yes"}]


def test_rules_removed_by_first_step_are_not_a_conflict(project: Path, cloud: LocalServer) -> None:
    lead(cloud, "1", RoutingConfig={"AddtionVersionMatchs": RULES})
    moved, _ = shifted(project, cloud, TrafficShift("prod", "2", (10, 100), 60), FakeClock())

    assert moved.ok
    assert led(cloud) == ("2", [])


def test_alias_rule_added_between_steps_is_kept(project: Path, cloud: LocalServer) -> None:
    routing = {"AdditionalVersionWeights": [{"Version": "2", "Weight": 0.1}], "AddtionVersionMatchs": RULES}
    clock = MeddlingClock(30, lambda: lead(cloud, "1", RoutingConfig=routing))
    moved, _ = shifted(project, cloud, TrafficShift("prod", "2", (10, 100), 60), clock)

    assert [step.status for step in moved.steps] == ["done", "failed"]
    found = client_of(cloud.url).read("GetAlias", {"FunctionName": "hello", "Name": "prod"})
    assert len(found["RoutingConfig"]["AddtionVersionMatchs"]) == 1
