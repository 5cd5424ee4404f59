"""Triggers of a deployed project fire through the commands: timers in `events run`, topics by `queue send`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.command import Ran, scfdeploy
from tests.support.command_process import command_process
from tests.support.emulator import SECRET_ID, SECRET_KEY, Cloud
from tests.support.project import write_project

TRIGGERS = """\
  events:
    - timer:
        parameters:
          name: weekdays
          cronExpression: '0 0 9 * * MON-FRI *'
          enable: true
          argument: cleanup
    - cmq:
        parameters:
          name: orders
          enable: true
"""
NEXT = "Next firing: "
KEYS = {"TENCENTCLOUD_SECRET_ID": SECRET_ID, "TENCENTCLOUD_SECRET_KEY": SECRET_KEY}


class Project:
    """A deployed project, and commands against its server."""

    def __init__(self, url: str) -> None:
        self._server = ("--endpoint", url)

    def command(self, *arguments: str) -> Ran:
        return scfdeploy(*arguments, *self._server, env=KEYS)

    def run(self, *arguments: str) -> list[str]:
        return self.command("events", "run", *arguments).stdout.splitlines()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.chdir(tmp_path)
    write_project(tmp_path, TRIGGERS)
    with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
        project = Project(server.url)
        assert project.command("apply", "--yes").exit_code == 0
        yield project


def test_timer_fires_on_weekdays_at_nine(project: Project) -> None:
    idle = project.run()
    assert idle[0] == "0 events: 0 finished, 0 in a dead letter queue, 0 dropped."
    step = project.run("--step")
    assert step[0] == "09:00:00.000  hello  attempt 1  200"
    first, second = (
        datetime.fromisoformat(lines[-1].removeprefix(NEXT).removesuffix(" (time zone assumed)"))
        for lines in (idle, step)
    )
    assert (first.weekday() < 5, second.weekday() < 5) == (True, True)
    assert f"{first:%H:%M:%S%z}" == f"{second:%H:%M:%S%z}" == "09:00:00+0800"
    # Friday 08:59:30, then one minute: exactly one call.
    friday = second + timedelta(days=(4 - second.weekday()) % 7)
    project.run("--for", f"{int((friday - first).total_seconds()) - 30}s")
    attempts = [line for line in project.run("--for", "60s") if "attempt" in line]
    assert attempts == ["09:00:00.000  hello  attempt 1  200"]
    (event, *_) = project.command("events", "list", "--format", "json").document["events"]
    assert event["source"] == "TRIGGER_TIMER"


def test_message_starts_topic_trigger(project: Project) -> None:
    assert project.command("queue", "send", "orders", '{"id": 7}').stdout == (
        "Sent to topic orders: 0 subscribers, 1 trigger started.\n"
    )
    assert project.run()[0].endswith("hello  attempt 1  200")


@pytest.mark.parametrize(("options", "started"), [((), 0), (("--triggers",), 1)])
def test_emulator_fires_with_option_only(options: Sequence[str], started: int) -> None:
    with command_process("emulator", "--port", "0", *options) as process:
        cloud = Cloud(process.stdout.readline().removeprefix("listening on ").strip())
        cloud.control("settings", {"activation_s": 0})
        cloud.create()
        cloud.call("CreateTrigger", FunctionName="hello", TriggerName="orders", Type="cmq", TriggerDesc="{}")
        sent = cloud.control("queues/send", {"name": "orders", "text": "x"})
        process.terminate()
    assert sent["triggers"] == started
