"""Local queues: dead letters, topics with filters, deliveries that fail, by what cause."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from scfdeploy.emulator.queues.publish import matches
from tests.support.emulator import Cloud

FAILING = {"index.py": "def main(event, context):\n    raise KeyError('customer')\n"}
DEAD_LETTER = {"Type": "CMQ-QUEUE", "Name": "orders-failed"}


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
        yield Cloud(server.url)


def fail(cloud: Cloud, event: str = '{"id": 7}', *, function: str = "orders", **parameters: Any) -> Any:
    sent = cloud.call("Invoke", FunctionName=function, InvocationType="Event", ClientContext=event, **parameters)
    done = cloud.control("clock", {"until": "idle", "steps": True})
    return sent["Result"]["FunctionRequestId"], done


def queues(cloud: Cloud) -> dict[str, Any]:
    return {queue["name"]: queue for queue in cloud.control("queues")["queues"]}


def show(cloud: Cloud, name: str) -> Any:
    return cloud.control("queues/show", {"name": name})


def refusal(cloud: Cloud, path: str, content: Any) -> str:
    status, _, body = cloud.send("POST", f"/_emulator/{path}", json.dumps(content).encode())
    assert status == 400
    return str(json.loads(body)["error"])


def test_failed_event_becomes_one_message(cloud: Cloud) -> None:
    cloud.create("orders", FAILING, DeadLetterConfig=DEAD_LETTER)
    request, done = fail(cloud)
    (message,) = show(cloud, "orders-failed")["messages"]
    assert message["text"].startswith(f'{{"RequestId": "{request}", "ErrorCode": -1, "ErrorMessage": "Traceback (most')
    assert message["body"]["Body"]["ClientContext"] == '{"id": 7}'
    assert message["body"]["Body"]["RetryNum"] == 2
    assert message["attributes"] == {
        field: message["body"][field] for field in ("RequestId", "ErrorCode", "ErrorMessage")
    }
    assert done["dead"] == 1
    assert queues(cloud)["orders-failed"]["messages"] == 1


def test_queue_of_function_is_created_in_place_of_the_cloud_s(cloud: Cloud) -> None:
    cloud.create("orders", FAILING, DeadLetterConfig=DEAD_LETTER)
    assert queues(cloud)["orders-failed"]["kind"] == "CMQ-QUEUE"
    assert queues(cloud)["orders-failed"]["standsIn"] is True


def test_undeclared_queue_loses_event(cloud: Cloud) -> None:
    cloud.control("settings", {"queues": "declared"})
    cloud.create("orders", FAILING, DeadLetterConfig=DEAD_LETTER)
    _, done = fail(cloud)
    assert done["ends"] == {"lost": 1}
    assert [step["message"] for step in done["steps"] if step["kind"] == "lost"] == ["queue not found"]


def test_topic_named_as_queue_loses_event(cloud: Cloud) -> None:
    cloud.control("queues/create", {"name": "orders-failed", "topic": True})
    cloud.create("orders", FAILING, DeadLetterConfig=DEAD_LETTER)
    _, done = fail(cloud)
    assert done["ends"] == {"lost": 1}
    assert queues(cloud)["orders-failed"]["failedDeliveries"] == 1


def test_large_event_cannot_be_delivered(cloud: Cloud) -> None:
    cloud.create("orders", FAILING, DeadLetterConfig=DEAD_LETTER)
    _, done = fail(cloud, json.dumps("x" * 70_000))
    (lost,) = [step for step in done["steps"] if step["kind"] == "lost"]
    assert lost["detail"]["cause"] == "size"
    assert "exceed the limit of 65,536 bytes (assumed)" in lost["message"]


def test_denied_delivery_loses_event(cloud: Cloud) -> None:
    cloud.create("orders", FAILING, DeadLetterConfig=DEAD_LETTER)
    cloud.control("faults", [{"destination": "orders-failed", "deny": True}])
    _, done = fail(cloud)
    assert [step["message"] for step in done["steps"] if step["kind"] == "lost"] == ["permission denied"]
    assert queues(cloud)["orders-failed"]["failedDeliveries"] == 1


def test_topic_passes_dead_letters_to_unfiltered_subscribers(cloud: Cloud) -> None:
    for name in ("A", "B"):
        cloud.control("queues/create", {"name": name})
    cloud.control("queues/create", {"name": "failures", "topic": True})
    cloud.control("queues/subscribe", {"topic": "failures", "to": "A", "bindingKey": "#"})
    cloud.control("queues/subscribe", {"topic": "failures", "to": "B", "tag": "new"})
    cloud.create("orders", FAILING, DeadLetterConfig={"Type": "CMQ-TOPIC", "Name": "failures"})
    _, done = fail(cloud)
    assert done["dead"] == 1
    assert (len(show(cloud, "A")["messages"]), len(show(cloud, "B")["messages"])) == (1, 0)
    assert show(cloud, "failures")["messages"][0]["note"] == (
        "Delivered to 1 of 2 subscribers: B filters by tag `new`. "
        "Leave the tag filter empty and use the binding key `#`."
    )


def test_alias_uses_dead_letter_queue_of_main_version(cloud: Cloud) -> None:
    cloud.create("orders", FAILING, DeadLetterConfig={"Type": "CMQ-QUEUE", "Name": "dlA"})
    cloud.call("PublishVersion", FunctionName="orders")
    for name in ("dlC", "dlB"):
        config = {"Type": "CMQ-QUEUE", "Name": name}
        cloud.call("UpdateFunctionConfiguration", FunctionName="orders", DeadLetterConfig=config)
        if name == "dlC":
            cloud.call("PublishVersion", FunctionName="orders")
    routing = {"AdditionalVersionWeights": [{"Version": "2", "Weight": 0.5}]}
    cloud.call("CreateAlias", FunctionName="orders", Name="prod", FunctionVersion="1", RoutingConfig=routing)
    for _ in range(4):
        fail(cloud, Qualifier="prod")
    assert [queues(cloud)[name]["messages"] for name in ("dlA", "dlB", "dlC")] == [4, 0, 0]


def test_envelope_can_show_status_and_time_left(cloud: Cloud) -> None:
    cloud.control("settings", {"envelope": "plain"})
    cloud.create("orders", FAILING, DeadLetterConfig=DEAD_LETTER)
    fail(cloud)
    body = show(cloud, "orders-failed")["messages"][0]["body"]
    assert (body["ErrorCode"], body["Body"]["InvocationType"], body["Body"]["Ttl"]) == (430, "Event", 21_480)


def test_message_that_is_not_readable_json_is_shown_as_text(cloud: Cloud) -> None:
    cloud.control("queues/create", {"name": "q"})
    for text in ("no json", "[" * 100_000 + "]" * 100_000):
        cloud.control("queues/send", {"name": "q", "text": text})
    assert [message["body"] == message["text"] for message in show(cloud, "q")["messages"]] == [True, True]


def test_purge_and_delete_remove_messages(cloud: Cloud) -> None:
    cloud.control("queues/create", {"name": "q"})
    for text in ("a", "b", "c"):
        cloud.control("queues/send", {"name": "q", "text": text})
    first = show(cloud, "q")["messages"][0]["id"]
    assert cloud.control("queues/delete", {"name": "q", "ids": [first]}) == {"deleted": 1}
    assert cloud.control("queues/purge", {"name": "q"}) == {"deleted": 2}


@pytest.mark.parametrize(
    ("path", "content", "message"),
    [
        ("queues/create", {"name": "q"}, "q already exists."),
        ("queues/show", {"name": "nowhere"}, "There is no queue or topic nowhere."),
        ("queues/subscribe", {"topic": "q", "to": "q"}, "q is a queue; only topics have subscribers."),
        ("queues/subscribe", {"topic": "t", "to": "nobody"}, "There is no queue or function nobody."),
        ("queues/send", {"name": "t"}, '"text" is missing'),
        ("queues/delete", {"name": "q", "ids": [1 << 63]}, '"ids" is a list of numbers'),
        ("queues/show", {"name": "q", "limit": 0}, '"limit" is a number from 1 to 10000'),
    ],
)
def test_wrong_request_says_what_is_wrong(cloud: Cloud, path: str, content: Any, message: str) -> None:
    cloud.control("queues/create", {"name": "q"})
    cloud.control("queues/create", {"name": "t", "topic": True})
    assert refusal(cloud, path, content) == message


@pytest.mark.parametrize(
    ("pattern", "key", "expected"),
    [
        ("#", "", True),
        ("#", "a.b", True),
        ("a.*", "a.b", True),
        ("a.*", "a.b.c", False),
        ("a.#", "a", True),
        ("a.#.z", "a.b.c.z", True),
        ("a", "", False),
        ("*", "a", True),
    ],
)
def test_binding_key_matches_routing_key(pattern: str, key: str, expected: bool) -> None:
    assert matches(pattern, key) is expected


def test_binding_key_of_many_wildcards_is_matched_at_once() -> None:
    assert not matches("#." * 20 + "end", "word." * 40 + "other")
