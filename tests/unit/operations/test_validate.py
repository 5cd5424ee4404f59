"""Debug messages of `validate` about timers."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scfdeploy.config import LoadOptions
from scfdeploy.operations.request import Request
from scfdeploy.operations.validate import validate
from tests.support.project import TIMER, write_project

NOON = datetime(2026, 2, 27, 12, tzinfo=UTC)


def logged(folder: Path, inputs: str, caplog: pytest.LogCaptureFixture) -> list[str]:
    write_project(folder, inputs)
    with caplog.at_level(logging.DEBUG, "scfdeploy"):
        validate(Request(".", LoadOptions(cwd=str(folder))), timers_after=NOON)
    return [record.getMessage() for record in caplog.records]


def test_next_five_times_of_timer_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert logged(tmp_path, TIMER, caplog) == [
        'trigger/default/hello/timer/nightly "0 0 2 * * * *" fires next: 2026-02-28T02:00:00+08:00, '
        "2026-03-01T02:00:00+08:00, 2026-03-02T02:00:00+08:00, 2026-03-03T02:00:00+08:00, 2026-03-04T02:00:00+08:00 "
        "(time zone assumed)",
    ]


def test_expired_timer_logs_never(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    messages = logged(tmp_path, TIMER.replace("0 0 2 * * * *", "0 0 2 1 1 * 2020"), caplog)

    assert messages[-1].endswith("fires next: never again")


def test_invalid_cron_expression_is_not_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert logged(tmp_path, TIMER.replace("0 0 2 * * * *", "every day"), caplog) == []


def test_without_timers_nothing_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert logged(tmp_path, "", caplog) == []
