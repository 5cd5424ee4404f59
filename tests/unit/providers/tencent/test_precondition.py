"""What comes before the first write of a change, and what others did since the plan was made."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from scfdeploy.model import Address, Observed, Owner, Resource
from scfdeploy.plan import Action, Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step
from scfdeploy.providers.tencent.precondition import PreconditionGuard
from scfdeploy.providers.tencent.resources.function_status import FunctionStatusCache
from scfdeploy.providers.tencent.resources.function_wire import read_settings
from scfdeploy.providers.tencent.transport.client import Client
from tests.support.answers import answering, failure
from tests.support.fake_clock import FakeClock

HELLO = Address.of_function("default", "hello")
TIMER = HELLO.trigger("timer", "nightly")
LIVE = HELLO.alias("live")
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
WRITE = Step("write", lambda: "r-1")


def beforehand(client: Client, state: str = "Active", *more: Resource) -> PreconditionGuard:
    clock = FakeClock()
    found = PreconditionGuard(client, FunctionStatusCache(client, clock), clock)
    facts = {"functionId": SHOWN["FunctionId"], "modified": SHOWN["ModTime"]}
    seen = Resource(HELLO, read_settings(SHOWN), OWNER, state, attributes=facts)
    found.record(Observed({one.address: one for one in (seen, *more)}))
    return found


def change(action: Action, address: Address = HELLO, **settings: Any) -> Change:
    return Change(address, action, "", owner=OWNER, settings=settings)


def titles(steps: Any) -> list[str]:
    return [step.title for step in steps]


def look(step: Step) -> list[Readiness]:
    """Every answer until it is ready; CloudError when it never will be."""
    assert step.readiness is not None
    answers = [step.readiness()]
    while answers[-1] is Readiness.PENDING:
        answers.append(step.readiness())
    return answers


def look_again(action: Action, shown: dict[str, Any]) -> None:
    with answering(GetFunction=shown) as cloud:
        step, _ = beforehand(cloud.client).before(change(action), [WRITE])
        look(step)


@pytest.mark.parametrize(
    ("action", "now", "words"),
    [
        (
            Action.UPDATE,
            {"MemorySize": 256},
            "another client changed memorySize from 128 to 256 since the",
        ),
        (Action.REPLACE, {"MemorySize": 256, "Timeout": 9}, "from 128 to 256 and timeout from 3 to 9 since"),
        (Action.UPDATE, {}, "another client changed the function since the plan was made"),
        (Action.DELETE, {"Tags": []}, "the owner of the function changed"),
        (Action.DELETE, {"FunctionId": "lam-2"}, "was deleted and recreated"),
    ],
)
def test_conflicting_change_is_not_overwritten(action: Action, now: dict[str, Any], words: str) -> None:
    with pytest.raises(CloudError, match=words) as caught:
        look_again(action, {**SHOWN, "ModTime": "2026-11-23 10:00:09", **now})
    assert caught.value.kind is ErrorKind.CONFLICT
    assert caught.value.retryable


def test_a_function_that_is_gone_is_not_updated() -> None:
    with pytest.raises(CloudError, match="the function was deleted since"):
        look_again(Action.UPDATE, failure("ResourceNotFound.Function"))


@pytest.mark.parametrize(
    ("action", "shown"),
    [
        (Action.UPDATE, SHOWN),
        (Action.DELETE, {**SHOWN, "MemorySize": 256, "ModTime": "2026-11-23 10:00:09"}),
        (Action.DELETE, failure("ResourceNotFound.Function")),
        (Action.REPLACE, failure("ResourceNotFound.Function")),
    ],
    ids=["as it was", "changed, and to be deleted", "gone, and to be deleted", "gone, and to be made again"],
)
def test_compatible_state_passes_precondition(action: Action, shown: dict[str, Any]) -> None:
    look_again(action, shown)


def version(number: str) -> dict[str, Any]:
    return {"Aliases": [{"Name": "live", "FunctionVersion": number}], "TotalCount": 1}


def alias(number: str) -> Resource:
    return Resource(LIVE, {"aliasDescription": "", "aliasFunctionVersion": number, "additionalVersionWeights": ()})


def test_an_answer_that_comes_late_is_waited_for() -> None:
    shown = version("1")
    with answering(ListAliases=shown) as cloud:
        step, _ = beforehand(cloud.client, "Active", alias("2")).before(change(Action.UPDATE, LIVE), [WRITE])
        assert step.readiness is not None
        assert step.readiness() is Readiness.PENDING
        shown |= version("2")
        assert look(step) == [Readiness.READY]


def test_lasting_difference_is_a_conflict_after_six_reads() -> None:
    with answering(ListAliases=version("1")) as cloud:
        step, _ = beforehand(cloud.client, "Active", alias("2")).before(change(Action.UPDATE, LIVE), [WRITE])
        with pytest.raises(CloudError, match='aliasFunctionVersion from "2" to "1"'):
            look(step)
        assert cloud.calls == ["ListAliases"] * 6


def test_own_write_is_not_checked_again() -> None:
    with answering(GetFunction=SHOWN) as cloud:
        found = beforehand(cloud.client)
        step, _ = found.before(change(Action.REPLACE), [WRITE])
        look(step)
        assert titles(found.before(change(Action.REPLACE), [WRITE])) == ["write"]
        assert cloud.calls == ["GetFunction"]


def test_second_write_is_compared_with_first_write() -> None:
    with answering(ListAliases=version("2")) as cloud:
        found = beforehand(cloud.client, "Active", alias("2"))
        step, _ = found.before(change(Action.UPDATE, LIVE, aliasFunctionVersion="3"), [WRITE])
        look(step)
        found.expect(alias("3"))
        step, _ = found.before(change(Action.UPDATE, LIVE, aliasFunctionVersion="4"), [WRITE])
        with pytest.raises(CloudError, match='aliasFunctionVersion from "3" to "2"'):
            look(step)


def test_resources_of_replaced_function_are_not_checked() -> None:
    with answering() as cloud:
        found = beforehand(cloud.client)
        found.before(change(Action.REPLACE), [WRITE])
        assert titles(found.before(change(Action.CREATE, TIMER), [WRITE])) == ["write"]


def test_resources_of_unobserved_function_are_not_checked() -> None:
    other = Address.of_function("default", "other")
    with answering() as cloud:
        found = beforehand(cloud.client)
        assert titles(found.before(change(Action.CREATE, other), [WRITE])) == ["write"]
        assert titles(found.before(change(Action.CREATE, other.trigger("timer", "t")), [WRITE])) == ["write"]


@pytest.mark.parametrize(
    ("address", "action"),
    [
        (TIMER, Action.CREATE),
        (TIMER, Action.UPDATE),
        (TIMER, Action.DELETE),
        (LIVE, Action.UPDATE),
        (HELLO.asynchronous(), Action.UPDATE),
        (HELLO.reserved(), Action.UPDATE),
        (HELLO.provisioned("1"), Action.DELETE),
        (Address.of_layer("base"), Action.CREATE),
        (Address.of_layer("base"), Action.UPDATE),
    ],
    ids=str,
)
def test_every_kind_is_read_before_write(address: Address, action: Action) -> None:
    with answering() as cloud:
        assert titles(beforehand(cloud.client).before(change(action, address), [WRITE])) == [
            "check for changes",
            "write",
        ]


@pytest.mark.parametrize(
    ("address", "action"),
    [
        (Address.of_layer("base", 1), Action.DELETE),
        (Address.of_namespace("shop"), Action.CREATE),
        (HELLO, Action.CREATE),
    ],
    ids=str,
)
def test_immutable_resource_is_not_checked(address: Address, action: Action) -> None:
    with answering() as cloud:
        assert titles(beforehand(cloud.client).before(change(action, address), [WRITE])) == ["write"]


def test_instances_of_published_version_are_read() -> None:
    shown = {"Allocated": [{"Qualifier": "7", "AllocatedProvisionedConcurrencyNum": 2}]}
    seen = Resource(HELLO.provisioned("7"), {"provisionedNum": 1})
    with answering(GetProvisionedConcurrencyConfig=shown) as cloud:
        wanted = change(Action.UPDATE, HELLO.provisioned("published"), qualifier="7", provisionedNum=5)
        step, _ = beforehand(cloud.client, "Active", seen).before(wanted, [WRITE])
        with pytest.raises(CloudError, match="provisionedNum from 1 to 2"):
            look(step)


def test_precondition_check_follows_preparation() -> None:
    steps = [Step("upload", lambda: "", before_refresh=True), WRITE, Step("later", lambda: "", before_refresh=True)]
    with answering() as cloud:
        found = beforehand(cloud.client)
        assert titles(found.before(change(Action.UPDATE), steps)) == ["upload", "check for changes", "write", "later"]
        assert titles(found.before(change(Action.UPDATE), steps[:1])) == ["upload"]


def test_trigger_change_waits_for_pending_function_update() -> None:
    with answering() as cloud:
        found = beforehand(cloud.client, "Updating")
        wait, *rest = found.before(change(Action.CREATE, TIMER), [WRITE])
    assert wait.title == "wait until the function is idle"
    assert wait.readiness is not None
    assert titles(rest) == ["check for changes", "write"]


@pytest.mark.parametrize(
    ("now", "words"),
    [({"Timeout": 9}, ""), ({"Tags": []}, "the owner of the function changed"), ({"FunctionId": "x"}, "recreated")],
)
def test_of_a_function_that_was_on_its_way_only_whose_it_is_and_which_counts(now: dict[str, Any], words: str) -> None:
    with answering(GetFunction={**SHOWN, "ModTime": "later", **now}) as cloud:
        steps = beforehand(cloud.client, "Updating").before(change(Action.UPDATE), [WRITE])
        assert titles(steps) == ["wait until the function is idle", "check for changes", "write"]
        with pytest.raises(CloudError, match=words) if words else nullcontext():
            look(steps[1])


@pytest.mark.parametrize("action", [Action.UPDATE, Action.DELETE])
def test_pending_layer_version_does_not_block(action: Action) -> None:
    layer = Address.of_layer("base")
    with answering() as cloud:
        steps = beforehand(cloud.client, "Active", Resource(layer, {}, OWNER, "Publishing")).before(
            change(action, layer), [WRITE]
        )
    assert "wait until the function is idle" not in titles(steps)
