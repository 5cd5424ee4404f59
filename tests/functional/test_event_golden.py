"""The documented lists of attempts and ends, through `invoke --async` and `events`, on virtual time."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.command import scfdeploy
from tests.support.emulator import Cloud

DEAD_LETTER = {"DeadLetterConfig": {"Type": "CMQ-QUEUE", "Name": "orders-failed"}}
MINUTES = tuple(range(0, 21_601, 60))
_RETRIES = "RetriesExhausted"
_AGE = "EventAgeExceeded"


@pytest.mark.parametrize(
    ("outcomes", "settings", "attempts", "expected"),
    [
        pytest.param([430], {}, (0, 60, 120), ("dead-lettered", _RETRIES, 120, 2), id="A1"),
        pytest.param([430], {"RetryNum": 0}, (0,), ("dead-lettered", _RETRIES, 0, 0), id="A2"),
        pytest.param([430], {"RetryNum": 1}, (0, 60), ("dead-lettered", _RETRIES, 60, 1), id="A3"),
        pytest.param([430], {"MsgTTL": 60}, (0, 60), ("dead-lettered", _AGE, 120, 1), id="A4"),
        pytest.param([500], {}, MINUTES, ("dead-lettered", _AGE, 21_660, 0), id="A5"),
        pytest.param([432], {"MsgTTL": 60}, (0, 60), ("dead-lettered", _AGE, 120, 0), id="A6"),
        pytest.param([432], {"MsgTTL": 3600}, MINUTES[:61], ("dead-lettered", _AGE, 3660, 0), id="A7"),
        pytest.param([432, 432, 432, 430], {}, MINUTES[:6], ("dead-lettered", _RETRIES, 300, 2), id="A8"),
        pytest.param([430, None], {}, (0, 60), ("finished", None, 60, 1), id="A10"),
        pytest.param([433], {}, (0, 63, 126), ("dead-lettered", _RETRIES, 129, 2), id="A11"),
        pytest.param([430], {"dead letter": False}, (0, 60, 120), ("dropped", _RETRIES, 120, 2), id="A14"),
        pytest.param([430], {"traced": True}, (0,), ("failed", None, 0, 0), id="A15"),
    ],
)
def test_event_is_attempted_and_ends_as_documented(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    outcomes: list[int | None],
    settings: dict[str, Any],
    attempts: tuple[int, ...],
    expected: tuple[str, str | None, int, int],
) -> None:
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
        cloud = Cloud(server.url)
        parameters: dict[str, Any] = DEAD_LETTER if settings.get("dead letter", True) else {}
        if settings.get("traced"):
            parameters = {**parameters, "AsyncRunEnable": "TRUE", "TraceEnable": "TRUE"}
        cloud.create("orders", Timeout=3, **parameters)
        config = {"RetryConfig": [{"RetryNum": settings.get("RetryNum", 2)}], "MsgTTL": settings.get("MsgTTL", 21_600)}
        cloud.call("UpdateFunctionEventInvokeConfig", FunctionName="orders", AsyncTriggerConfig=config)
        rules: list[dict[str, object]] = [
            {"action": "Invoke", "outcome": outcome, "attempt": number}
            for number, outcome in enumerate(outcomes[:-1], start=1)
        ]
        rules += [{"action": "Invoke", "outcome": outcomes[-1]}] if outcomes[-1] else []
        cloud.control("faults", rules)
        options = ("--region", "ap-guangzhou", "--endpoint", cloud.url, "--format", "json")
        sent = scfdeploy("invoke", "orders", "--async", "--wait", "--data", "{}", *options)
        assert sent.exit_code == (0 if expected[0] == "finished" else 1)
        event = scfdeploy("events", "show", sent.document["requestId"], *options).document
    timeline = event["timeline"]
    assert tuple(_seconds(event, line) for line in timeline if line["kind"] in ("attempt", "retry")) == attempts
    (end,) = (_seconds(event, line) for line in timeline if line["kind"] == "ended")
    assert (event["status"], event["reason"], end, event["retries"]) == expected
    assert event["attempts"] == len(attempts)


def _seconds(event: dict[str, Any], line: dict[str, Any]) -> float:
    return (datetime.fromisoformat(line["at"]) - datetime.fromisoformat(event["acceptedAt"])).total_seconds()


def test_event_beyond_queue_limit_ends_without_attempt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0, queue_limit=2), virtual_time=True) as server:
        cloud = Cloud(server.url)
        cloud.create("orders", **DEAD_LETTER)
        cloud.control("faults", [{"action": "Invoke", "outcome": 430}])
        options = ("--region", "ap-guangzhou", "--endpoint", cloud.url)
        texts = [scfdeploy("invoke", "orders", "--async", "--data", "{}", *options).stdout for _ in range(3)]
        assert texts[2].splitlines()[1] == (
            "No attempt was made: QueueFull. The event was sent to the dead letter queue orders-failed."
        )
        scfdeploy("events", "run", "--endpoint", cloud.url)
        events = scfdeploy("events", "list", "orders", *options, "--format", "json").document["events"]
    ended = [(event["attempts"], event["reason"]) for event in events]
    assert ended == [(3, _RETRIES), (3, _RETRIES), (0, "QueueFull")]
