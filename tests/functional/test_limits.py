"""`--timeout` and `--retries` limit the duration of a run and the retries of a call."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import TIMER, write_project


def test_call_is_made_again_no_more_often_than_retries_says(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path)
    cloud.control("faults", [{"action": "CreateFunction", "code": "InternalError"}])

    applied = scfdeploy("apply", project, "--yes", "--retries", "0", env=cloud.env)

    assert applied.exit_code == 1
    assert cloud.calls().count("CreateFunction") == 1


def test_run_without_time_changes_nothing_and_says_so(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path, TIMER)

    applied = scfdeploy("apply", project, "--yes", "--timeout", "0", env=cloud.env)

    assert applied.exit_code == 1
    assert "time limit of the run reached" in applied.stdout
    assert "No change was started" in applied.stdout
    assert cloud.writes() == []


def test_destruction_has_the_same_limits(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path)
    assert scfdeploy("apply", project, "--yes", env=cloud.env).exit_code == 0
    cloud.control("faults", [{"action": "DeleteFunction", "code": "InternalError"}])

    timeless = scfdeploy("destroy", project, "--yes", "--timeout", "0", env=cloud.env)
    once = scfdeploy("destroy", project, "--yes", "--retries", "0", env=cloud.env)

    assert (timeless.exit_code, once.exit_code) == (1, 1)
    assert cloud.calls().count("DeleteFunction") == 1


@pytest.mark.parametrize("wrong", [("--timeout", "-1"), ("--retries", "-1"), ("--retries", "many")])
def test_limits_are_numbers_from_zero_on(wrong: tuple[str, str], tmp_path: Path) -> None:
    assert scfdeploy("apply", tmp_path, *wrong).exit_code == 2
