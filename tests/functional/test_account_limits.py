"""`plan` and `apply` check the limits of the account before they make any change."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import TIMER, write_project


def timers(count: int) -> str:
    one = "    - timer: {{parameters: {{name: t{0}, cronExpression: '0 {0} 2 * * * *', enable: true}}}}\n"
    return "  events:\n" + "".join(one.format(number) for number in range(count))


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_triggers_beyond_limit_are_rejected_before_any_change(tmp_path: Path, cloud: LocalServer, command: str) -> None:
    folder = write_project(tmp_path / "hello", timers(23))
    ran = scfdeploy(command, folder, *(["--yes"] if command == "apply" else []), env=cloud.env)
    assert ran.exit_code == 1
    assert "would have 23 (LimitExceeded.Trigger)" in ran.stdout + ran.stderr
    assert "[account-limit]" in ran.stdout + ran.stderr
    assert cloud.writes() == []


def test_extra_trigger_on_existing_function_is_rejected(tmp_path: Path, cloud: LocalServer) -> None:
    folder = write_project(tmp_path / "hello", timers(10))
    assert scfdeploy("apply", folder, "--yes", env=cloud.env).exit_code == 0
    before = cloud.writes()
    write_project(folder, timers(11))
    assert scfdeploy("apply", folder, "--yes", env=cloud.env).exit_code == 1
    assert cloud.writes() == before


def test_validate_only_warns_of_a_limit_that_can_be_raised(tmp_path: Path) -> None:
    ran = scfdeploy("validate", write_project(tmp_path / "hello", timers(23)), "--format", "json")
    rules = [one["rule"] for one in ran.document["diagnostics"] if one["severity"] != "info"]
    assert (ran.exit_code, rules) == (0, ["trigger-count"])


@pytest.mark.parametrize("code", ["UnauthorizedOperation.CAM", "AuthFailure.UnauthorizedOperation", "InvalidAction"])
def test_unknown_limits_are_reported_as_notice(tmp_path: Path, cloud: LocalServer, code: str) -> None:
    folder = write_project(tmp_path / "hello", TIMER)
    cloud.control("faults", [{"action": "GetAccount", "code": code}])
    document = scfdeploy("plan", folder, "--format", "json", env=cloud.env).document
    [notice] = [one for one in document["diagnostics"] if one["rule"] == "account-limits-unknown"]
    assert (document["ok"], notice["severity"]) == (True, "info")
    assert scfdeploy("apply", folder, "--yes", "--strict", env=cloud.env).exit_code == 0


def test_response_that_is_not_from_the_api_is_reported_at_once_with_its_own_advice(
    tmp_path: Path, cloud: LocalServer
) -> None:
    folder = write_project(tmp_path / "hello", TIMER)
    cloud.control("faults", [{"action": "GetAccount", "garbled": "page"}])
    document = scfdeploy("plan", folder, "--format", "json", env=cloud.env).document
    [notice] = [one for one in document["diagnostics"] if one["rule"] == "account-limits-unknown"]
    assert "scf:GetAccount" not in notice["hint"]
    assert Counter(cloud.calls())["GetAccount"] == 1


def test_limits_are_read_once_and_only_if_needed(tmp_path: Path, cloud: LocalServer) -> None:
    folder = write_project(tmp_path / "hello", TIMER)
    assert scfdeploy("apply", folder, "--yes", env=cloud.env).exit_code == 0
    assert Counter(cloud.calls())["GetAccount"] == 1
    assert scfdeploy("plan", folder, env=cloud.env).exit_code == 0
    write_project(folder, f"  memorySize: 256\n{TIMER}")
    assert scfdeploy("apply", folder, "--yes", env=cloud.env).exit_code == 0
    assert scfdeploy("destroy", folder, "--yes", env=cloud.env).exit_code == 0
    assert Counter(cloud.calls())["GetAccount"] == 1
