"""Triggers start functions: timers in +08:00, messages of topics; each firing is an asynchronous event."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.emulator import Cloud

CHINA = timezone(timedelta(hours=8))
CODE = {
    "index.py": (
        "import os\n"
        "def main(event, context):\n"
        "    print('source', os.environ.get('TRIGGER_SRC'))\n"
        "    if event.get('Message') == 'fails':\n"
        "        raise KeyError('customer')\n"
        "    return event\n"
    )
}
FRIDAY = 4


@contextmanager
def started(**settings: Any) -> Iterator[Cloud]:
    with Server(settings=Settings(activation_s=0, **settings), virtual_time=True) as server:
        cloud = Cloud(server.url)
        cloud.create(files=CODE)
        yield cloud


@pytest.fixture
def local() -> Iterator[Cloud]:
    with started() as cloud:
        yield cloud


def time_of(cloud: Cloud) -> datetime:
    return datetime.fromtimestamp(cloud.control("clock")["now"], CHINA)


def move_to(cloud: Cloud, weekday: int, clock: str) -> datetime:
    """Advance the clock to the next such weekday and time, before any timer exists."""
    now = time_of(cloud)
    day = now + timedelta(days=(weekday - now.weekday() - 1) % 7 + 1)
    moment = datetime.fromisoformat(f"{day:%Y-%m-%d}T{clock}+08:00")
    cloud.advance((moment - now).total_seconds())
    return moment


def add_timer(cloud: Cloud, cron: str, **parameters: Any) -> None:
    timer = {"FunctionName": "hello", "TriggerName": "nightly", "Type": "timer", "TriggerDesc": cron}
    cloud.call("CreateTrigger", **{**timer, **parameters})


def advance(cloud: Cloud, **body: Any) -> Any:
    return cloud.control("clock", {"steps": True, **body})


def attempts(done: Any) -> list[str]:
    found = [step for step in done["steps"] if step["kind"] in ("attempt", "retry")]
    return [f"{datetime.fromtimestamp(step['at'] / 1000, CHINA):%H:%M:%S}" for step in found]


def events(cloud: Cloud) -> list[Any]:
    return list(cloud.control("events", {})["events"])


def test_f1_weekday_timer_fires_once_at_nine(local: Cloud) -> None:
    friday = move_to(local, FRIDAY, "08:59:30")
    add_timer(local, "0 0 9 * * MON-FRI *", CustomArgument="cleanup")
    done = advance(local, advance_s=60)
    assert attempts(done) == ["09:00:00"]
    (event,) = events(local)
    assert event["source"] == "TRIGGER_TIMER"
    (step,) = (step for step in done["steps"] if step["kind"] == "attempt")
    assert step["detail"]["log"].startswith("source timer")
    data = local.call("GetRequestStatus", FunctionName="hello", FunctionRequestId=event["requestId"])["Data"]
    assert json.loads(data[0]["RetMsg"]) == {
        "Type": "Timer",
        "TriggerName": "nightly",
        "Time": f"{friday:%Y-%m-%d}T01:00:00Z",
        "Message": "cleanup",
    }
    monday = friday + timedelta(days=3)
    assert (
        datetime.fromtimestamp(done["nextFiring"]["at"] / 1000, CHINA).isoformat()
        == f"{monday:%Y-%m-%d}T09:00:00+08:00"
    )
    assert attempts(advance(local, advance_s=2 * 86400)) == []


@pytest.mark.parametrize("cron", ["*/10 * * * * * *", "0/10 * * * * * *"])
def test_timer_fires_at_each_time_that_passes(local: Cloud, cron: str) -> None:
    move_to(local, FRIDAY, "23:59:40")
    add_timer(local, cron)
    assert attempts(advance(local, advance_s=30)) == ["23:59:50", "00:00:00", "00:00:10"]


def test_five_fields_fire_at_second_zero(local: Cloud) -> None:
    move_to(local, FRIDAY, "08:58:00")
    add_timer(local, "*/1 9 * * *")
    assert attempts(advance(local, advance_s=240)) == ["09:00:00", "09:01:00", "09:02:00"]


def test_time_that_has_been_reached_fires_only_once(local: Cloud) -> None:
    move_to(local, FRIDAY, "08:59:30")
    add_timer(local, "0 0 9 * * * *")
    assert attempts(advance(local, advance_s=30)) == ["09:00:00"]
    assert attempts(advance(local, advance_s=30)) == []


def test_closed_timer_does_not_fire(local: Cloud) -> None:
    add_timer(local, "0 * * * * * *", Enable="CLOSE")
    done = advance(local, advance_s=600)
    assert (done["ran"], done["nextFiring"]) == (0, None)


def test_step_stops_at_next_firing(local: Cloud) -> None:
    move_to(local, FRIDAY, "08:59:30")
    add_timer(local, "0 * * * * * *")
    assert attempts(advance(local, step=True)) == ["09:00:00"]
    assert attempts(advance(local, step=True)) == ["09:01:00"]


def test_step_reaches_timer_that_fires_once_a_year(local: Cloud) -> None:
    day = time_of(local) - timedelta(days=1)
    add_timer(local, f"0 0 9 {day:%-d} {day:%-m} * *")
    assert attempts(advance(local, step=True)) == ["09:00:00"]


def test_until_idle_ignores_timers(local: Cloud) -> None:
    move_to(local, FRIDAY, "08:59:30")
    add_timer(local, "0 * * * * * *")
    local.control("faults", [{"action": "Invoke", "outcome": 430}])
    local.call("Invoke", FunctionName="hello", InvocationType="Event", ClientContext="{}")
    assert attempts(advance(local, until="idle")) == ["08:59:30", "09:00:30", "09:01:30"]
    assert len(events(local)) == 1


def test_failed_firing_is_retried_between_later_ones(local: Cloud) -> None:
    move_to(local, FRIDAY, "08:59:30")
    add_timer(local, "30 0,1,2 9 * * * *", CustomArgument="fails")
    assert attempts(advance(local, advance_s=125)) == ["09:00:30", "09:01:30", "09:01:30"]


def test_timers_of_one_moment_all_fire(local: Cloud) -> None:
    move_to(local, FRIDAY, "08:59:30")
    add_timer(local, "0 0 9 * * * *")
    add_timer(local, "0 0 9 * * FRI *", TriggerName="weekly")
    assert attempts(advance(local, advance_s=60)) == ["09:00:00", "09:00:00"]


def test_timer_calls_its_alias(local: Cloud) -> None:
    local.call("PublishVersion", FunctionName="hello")
    local.call("CreateAlias", FunctionName="hello", Name="prod", FunctionVersion="1")
    move_to(local, FRIDAY, "08:59:30")
    add_timer(local, "0 0 9 * * * *", Qualifier="prod")
    assert attempts(advance(local, advance_s=60)) == ["09:00:00"]
    assert [event["qualifier"] for event in events(local)] == ["prod"]


def test_setting_switches_triggers_off(local: Cloud) -> None:
    local.control("settings", {"triggers": False})
    add_timer(local, "0 * * * * * *")
    done = advance(local, advance_s=600, triggers=True)
    assert (done["ran"], done["nextFiring"]) == (0, None)


def test_server_without_triggers_fires_timers_only_on_request() -> None:
    with Server(settings=Settings(activation_s=0)) as server:
        cloud = Cloud(server.url)
        cloud.create(files=CODE)
        add_timer(cloud, "0 * * * * * *")
        assert advance(cloud, advance_s=120)["ran"] == 0
        assert advance(cloud, advance_s=120, triggers=True)["ran"] == 2


def test_server_with_triggers_fires_timers_as_time_passes() -> None:
    with Server(settings=Settings(activation_s=0, triggers=True)) as server:
        cloud = Cloud(server.url)
        cloud.create(files=CODE)
        add_timer(cloud, "* * * * * * *")
        for _ in range(1000):
            if events(cloud):
                break
            threading.Event().wait(0.02)
        assert events(cloud)[0]["source"] == "TRIGGER_TIMER"


def add_topic(cloud: Cloud, description: Any = None, **parameters: Any) -> None:
    trigger = {"FunctionName": "hello", "TriggerName": "orders", "Type": "cmq"}
    cloud.call("CreateTrigger", **{**trigger, "TriggerDesc": json.dumps(description or {}), **parameters})


def send(cloud: Cloud, **body: Any) -> Any:
    return cloud.control("queues/send", {"name": "orders", "text": '{"id": 7}', **body})


def test_message_of_topic_starts_triggers(local: Cloud) -> None:
    local.control("queues/create", {"name": "orders", "topic": True})
    add_topic(local)
    assert send(local, tag="new")["triggers"] == 1
    done = advance(local, until="idle")
    assert [step["detail"]["log"] for step in done["steps"] if step["kind"] == "attempt"] == ["source None\n"]
    (event,) = events(local)
    assert event["source"] == "TRIGGER_CMQ"
    data = local.call("GetRequestStatus", FunctionName="hello", FunctionRequestId=event["requestId"])["Data"]
    message = json.loads(data[0]["RetMsg"])["Records"][0]["CMQ"]
    assert (message["type"], message["topicOwner"], message["topicName"]) == ("topic", "1300000001", "orders")
    assert (message["msgBody"], message["msgTag"]) == ('{"id": 7}', "new")


@pytest.mark.parametrize(
    ("description", "message", "fires"),
    [
        ({}, {}, 1),
        ({"filterType": 1, "filterKey": ["new"]}, {"tag": "new"}, 1),
        ({"filterType": 1, "filterKey": ["new", "vip"]}, {"tag": "old,vip"}, 1),
        ({"filterType": 1, "filterKey": ["new"]}, {}, 0),
        ({"filterType": 2, "filterKey": ["order.*"]}, {"key": "order.new"}, 1),
        ({"filterType": 2, "filterKey": ["order.*"]}, {"key": "parcel.new"}, 0),
        ({"filterType": 2, "filterKey": ["#"]}, {"key": "parcel.new"}, 1),
    ],
)
def test_filter_of_topic_trigger(local: Cloud, description: Any, message: dict[str, str], fires: int) -> None:
    local.control("queues/create", {"name": "orders", "topic": True})
    add_topic(local, description)
    assert send(local, **message)["triggers"] == fires
    assert len(events(local)) == fires


@pytest.mark.parametrize("settings", [{"triggers": False}, {}], ids=["switched off", "closed"])
def test_topic_trigger_that_is_off_does_not_fire(settings: dict[str, Any]) -> None:
    with started(**settings) as cloud:
        cloud.control("queues/create", {"name": "orders", "topic": True})
        add_topic(cloud, Enable="OPEN" if settings else "CLOSE")
        assert send(cloud)["triggers"] == 0
        assert events(cloud) == []


def test_topic_of_trigger_need_not_be_created(local: Cloud) -> None:
    add_topic(local)
    assert send(local)["triggers"] == 1
    local.control("settings", {"queues": "declared"})
    add_topic(local, TriggerName="others")
    status, _, body = local.send("POST", "/_emulator/queues/send", b'{"name": "others", "text": "x"}')
    assert (status, b"There is no queue or topic others." in body) == (400, True)


def test_subscribed_function_is_called(local: Cloud) -> None:
    local.control("queues/create", {"name": "orders", "topic": True})
    local.control("queues/subscribe", {"topic": "orders", "to": "hello"})
    assert (send(local)["subscribers"], send(local)["triggers"]) == (1, 0)
    assert [event["function"] for event in events(local)] == ["hello", "hello"]


def test_dead_letter_of_topic_starts_its_subscribers(local: Cloud) -> None:
    dead_letter = {"Type": "CMQ-TOPIC", "Name": "orders"}
    local.create(
        "failing", {"index.py": "def main(event, context):\n    raise KeyError('x')\n"}, DeadLetterConfig=dead_letter
    )
    add_topic(local)
    local.call("Invoke", FunctionName="failing", InvocationType="Event", ClientContext="{}")
    assert advance(local, until="idle")["ends"] == {"dead-lettered": 1, "finished": 1}


@pytest.mark.parametrize("queue_limit", [100, 0], ids=["failing", "rejected"])
def test_loop_through_dead_letters_ends_with_the_message_limit(local: Cloud, queue_limit: int) -> None:
    # Each dead letter contains the one before, until it is too long for the topic.
    dead_letter = {"Type": "CMQ-TOPIC", "Name": "orders"}
    code = {"index.py": "def main(event, context):\n    raise KeyError('x')\n"}
    local.create("loop", code, DeadLetterConfig=dead_letter)
    config = {"RetryConfig": [{"RetryNum": 0}], "MsgTTL": 60}
    local.call("UpdateFunctionEventInvokeConfig", FunctionName="loop", AsyncTriggerConfig=config)
    add_topic(local, FunctionName="loop")
    local.control("settings", {"queue_limit": queue_limit})
    local.call("Invoke", FunctionName="loop", InvocationType="Event", ClientContext="{}")
    advance(local, until="idle")
    statuses = [event["status"] for event in events(local)]
    assert statuses == ["dead-lettered"] * (len(statuses) - 1) + ["lost"]
    assert 1 < len(statuses) < 20
