"""What others did to a function between the look and the first write."""

from __future__ import annotations

from typing import Any

import pytest

from scfdeploy.model import Address, Observed, Owner, Resource
from scfdeploy.plan import Action, Change
from scfdeploy.providers.base import CloudError, ErrorKind, Step
from scfdeploy.providers.tencent.beforehand import Beforehand
from scfdeploy.providers.tencent.client import Client
from scfdeploy.providers.tencent.function_wire import read_settings
from scfdeploy.providers.tencent.status_board import StatusBoard
from tests.support.answers import answering, failure
from tests.support.fake_clock import FakeClock

HELLO = Address.of_function("default", "hello")
OWNER = Owner("shop", "dev", "api")
TAGS = [{"Key": key, "Value": value} for key, value in OWNER.as_tags().items()]
SHOWN: dict[str, Any] = {
    "FunctionName": "hello",
    "FunctionId": "lam-1",
    "ModTime": "2026-11-23 10:00:00",
    "Tags": TAGS,
    "MemorySize": 128,
    "Timeout": 3,
}


def steps(client: Client, action: Action, address: Address = HELLO, state: str = "Active") -> list[Step]:
    clock = FakeClock()
    beforehand = Beforehand(client, StatusBoard(client, clock), clock)
    facts = {"functionId": SHOWN["FunctionId"], "modified": SHOWN["ModTime"]}
    seen = Resource(HELLO, read_settings(SHOWN), OWNER, state, facts=facts)
    beforehand.saw(Observed({HELLO: seen}))
    return list(beforehand.steps(Change(address, action, "", owner=OWNER)))


def look_again(action: Action, shown: dict[str, Any]) -> None:
    with answering(GetFunction=shown) as cloud:
        (step,) = steps(cloud.client, action)
        step.run()


@pytest.mark.parametrize(
    ("action", "now", "words"),
    [
        (Action.UPDATE, {"MemorySize": 256}, "somebody changed memorySize since the plan was made"),
        (Action.REPLACE, {"MemorySize": 256, "Timeout": 9}, "somebody changed memorySize, timeout since"),
        (Action.UPDATE, {}, "somebody changed the function since the plan was made"),
        (Action.DELETE, {"Tags": []}, "has another owner's mark"),
        (Action.DELETE, {"FunctionId": "lam-2"}, "was deleted and made again"),
    ],
)
def test_what_moved_is_not_written_over(action: Action, now: dict[str, Any], words: str) -> None:
    with pytest.raises(CloudError, match=words) as caught:
        look_again(action, {**SHOWN, "ModTime": "2026-11-23 10:00:09", **now})
    assert caught.value.kind is ErrorKind.MOVED


@pytest.mark.parametrize(
    ("action", "shown"),
    [
        (Action.UPDATE, SHOWN),
        (Action.DELETE, {**SHOWN, "MemorySize": 256, "ModTime": "2026-11-23 10:00:09"}),
        (Action.UPDATE, failure("ResourceNotFound.Function")),
    ],
    ids=["as it was", "changed, and to be deleted", "gone"],
)
def test_what_stands_in_no_way_is_let_through(action: Action, shown: dict[str, Any]) -> None:
    look_again(action, shown)


def test_what_the_run_itself_did_is_not_looked_at_again() -> None:
    with answering(GetFunction=SHOWN) as cloud:
        (step,) = steps(cloud.client, Action.UPDATE)
        step.run()
        step.run()
        assert cloud.calls == ["GetFunction"]


def test_what_is_under_way_is_waited_for_before_a_trigger_too() -> None:
    with answering() as cloud:
        (step,) = steps(cloud.client, Action.CREATE, HELLO.trigger("timer", "t"), state="Updating")
    assert step.title == "wait for what is under way"
    assert step.readiness is not None


def test_a_trigger_of_a_function_at_rest_needs_nothing_before() -> None:
    with answering() as cloud:
        assert steps(cloud.client, Action.CREATE, HELLO.trigger("timer", "t")) == []
