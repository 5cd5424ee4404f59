"""Failures of the cloud: no change is lost, and none is reported as successful."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.fake_clock import FakeClock
from tests.support.local_server import LocalServer
from tests.support.project import TIMER, write_project


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "*", "code": "RequestLimitExceeded", "times": 3},
        {"action": "*", "code": "InternalError", "times": 2},
        {"action": "*", "status": 502, "times": 2},
        {"action": "CreateFunction", "drop": "after", "times": 1},
        {"action": "CreateFunction", "drop": "before", "times": 1},
        {"action": "CreateTrigger", "drop": "after", "times": 1},
        {"action": "CreateTrigger", "code": "FailedOperation.FunctionStatusError", "times": 1},
        {"action": "GetFunction", "drop": "after", "times": 1},
    ],
    ids=lambda fault: "-".join(str(part) for part in fault.values()),
)
def test_transient_errors_are_retried(fault: dict, tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path, TIMER)
    cloud.control("faults", [fault])

    applied = scfdeploy("apply", project, "--yes", env=cloud.env)

    assert applied.exit_code == 0, applied.stderr
    assert scfdeploy("plan", project, "--detailed-exitcode", env=cloud.env).exit_code == 0


def test_failed_change_is_repeated_by_next_run(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path, TIMER)
    cloud.control("faults", [{"action": "CreateTrigger", "code": "LimitExceeded.Trigger", "times": 1}])

    first = scfdeploy("apply", project, "--yes", "--format", "json", env=cloud.env)
    second = scfdeploy("apply", project, "--yes", "--format", "json", env=cloud.env)

    failed = {one["address"]: one["error"] for one in first.document["results"] if one["status"] == "failed"}
    assert first.exit_code == 5
    assert first.document["ok"] is False
    assert failed["trigger/default/hello/timer/nightly"]["code"] == "LimitExceeded.Trigger"
    assert failed["trigger/default/hello/timer/nightly"]["requestId"]
    assert second.exit_code == 0
    assert second.document["summary"] == {"succeeded": 1, "failed": 0, "skipped": 0, "unchanged": 1}


def test_failed_function_skips_its_triggers(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path, TIMER)
    cloud.control("faults", [{"action": "CreateFunction", "code": "LimitExceeded.Function", "times": 1}])

    applied = scfdeploy("apply", project, "--yes", "--format", "json", env=cloud.env)

    assert applied.exit_code == 1
    assert {one["address"]: one["status"] for one in applied.document["results"]} == {
        "function/default/hello": "failed",
        "trigger/default/hello/timer/nightly": "skipped",
    }


def test_create_with_failed_state_fails(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path)
    cloud.control("faults", [{"action": "CreateFunction", "async_failure": "no such role", "times": 1}])

    first = scfdeploy("apply", project, "--yes", env=cloud.env)
    second = scfdeploy("apply", project, "--yes", env=cloud.env)

    assert first.exit_code == 1
    assert "no such role" in first.stdout + first.stderr
    assert second.exit_code == 0, second.stderr


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ({"TENCENTCLOUD_SECRET_ID": "AKIDlocal", "TENCENTCLOUD_SECRET_KEY": "wrong"}, "AuthFailure.SignatureFailure"),
        ({"TENCENTCLOUD_SECRET_ID": "AKIDnobody", "TENCENTCLOUD_SECRET_KEY": "w"}, "AuthFailure.SecretIdNotFound"),
    ],
)
def test_invalid_key_shows_cloud_message_and_hint(key: dict, code: str, tmp_path: Path, cloud: LocalServer) -> None:
    planned = scfdeploy("plan", write_project(tmp_path), env={**cloud.env, **key})

    assert planned.exit_code == 1
    assert code in planned.stderr
    assert key["TENCENTCLOUD_SECRET_KEY"] + " " not in planned.stderr


def test_unreachable_server_is_a_one_line_error(tmp_path: Path) -> None:
    planned = scfdeploy("plan", write_project(tmp_path), "--endpoint", "http://127.0.0.1:9", clock=FakeClock())

    assert planned.exit_code == 1
    assert "Traceback" not in planned.stderr
    assert "127.0.0.1:9" in planned.stderr


def test_secrets_are_never_shown(tmp_path: Path, cloud: LocalServer) -> None:
    inputs = "  environment:\n    variables:\n      DB_PASSWORD: {}\n      LANG: en\n"
    project = write_project(tmp_path, inputs.format("first-secret"))
    shown = [scfdeploy("apply", project, "--yes", env=cloud.env)]
    write_project(tmp_path, inputs.format("second-secret"))
    shown += [
        scfdeploy("plan", project, env=cloud.env),
        scfdeploy("plan", project, "--format", "json", env=cloud.env),
        scfdeploy("plan", project, "--format", "markdown", env=cloud.env),
        scfdeploy("status", project, "--format", "json", env=cloud.env),
        scfdeploy("apply", project, "--yes", "--format", "json", "--debug", env=cloud.env),
    ]

    text = "".join(ran.stdout + ran.stderr for ran in shown)
    assert "environment.variables.DB_PASSWORD" in text
    assert "first-secret" not in text
    assert "second-secret" not in text
    assert "local-secret" not in text


def test_deeply_nested_event_is_rejected(tmp_path: Path, cloud: LocalServer) -> None:
    ran = scfdeploy("invoke", "hello", "--path", write_project(tmp_path), "--data", "[" * 5000, env=cloud.env)
    assert ran.exit_code == 1
    assert "is not JSON" in ran.stderr
