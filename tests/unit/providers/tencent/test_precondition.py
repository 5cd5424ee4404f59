"""Steps before the first write of a change, and conflicts with changes of other clients."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from scfdeploy.model import Address, Owner, Resource
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
GET_FUNCTION: dict[str, Any] = {
    "FunctionName": "hello",
    "FunctionId": "lam-1",
    "ModTime": "2026-11-23 10:00:00",
    "Tags": TAGS,
    "MemorySize": 128,
    "Timeout": 3,
}
WRITE = Step("write", lambda: "r-1")


def guard_for(client: Client, state: str = "Active", *others: Resource) -> PreconditionGuard:
    clock = FakeClock()
    attributes = {"functionId": GET_FUNCTION["FunctionId"], "modified": GET_FUNCTION["ModTime"]}
    hello = Resource(HELLO, read_settings(GET_FUNCTION), OWNER, state, attributes=attributes)
    planned = {resource.address: resource for resource in (hello, *others)}
    return PreconditionGuard(client, FunctionStatusCache(client, clock), clock, planned)


def change(action: Action, address: Address = HELLO, **settings: Any) -> Change:
    return Change(address, action, "", owner=OWNER, settings=settings)


def titles(steps: Any) -> list[str]:
    return [step.title for step in steps]


def poll(step: Step) -> list[Readiness]:
    """Every result until the step is ready. Raises CloudError when it fails."""
    assert step.readiness is not None
    results = [step.readiness()]
    while results[-1] is Readiness.PENDING:
        results.append(step.readiness())
    return results


def check(action: Action, response: dict[str, Any]) -> None:
    with answering(GetFunction=response) as cloud:
        step, _ = guard_for(cloud.client).before(change(action), [WRITE])
        poll(step)


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
        check(action, {**GET_FUNCTION, "ModTime": "2026-11-23 10:00:09", **now})
    assert caught.value.kind is ErrorKind.CONFLICT
    assert caught.value.retryable


def test_missing_function_is_not_updated() -> None:
    with pytest.raises(CloudError, match="the function was deleted since"):
        check(Action.UPDATE, failure("ResourceNotFound.Function"))


@pytest.mark.parametrize(
    ("action", "response"),
    [
        (Action.UPDATE, GET_FUNCTION),
        (Action.DELETE, {**GET_FUNCTION, "MemorySize": 256, "ModTime": "2026-11-23 10:00:09"}),
        (Action.DELETE, failure("ResourceNotFound.Function")),
        (Action.REPLACE, failure("ResourceNotFound.Function")),
    ],
    ids=["unchanged", "changed, deleted", "missing, deleted", "missing, replaced"],
)
def test_compatible_state_passes_precondition(action: Action, response: dict[str, Any]) -> None:
    check(action, response)


def version(number: str) -> dict[str, Any]:
    return {"Aliases": [{"Name": "live", "FunctionVersion": number}], "TotalCount": 1}


def alias(number: str) -> Resource:
    return Resource(LIVE, {"aliasDescription": "", "aliasFunctionVersion": number, "additionalVersionWeights": ()})


def test_delayed_consistency_is_not_a_conflict() -> None:
    shown = version("1")
    with answering(ListAliases=shown) as cloud:
        step, _ = guard_for(cloud.client, "Active", alias("2")).before(change(Action.UPDATE, LIVE), [WRITE])
        assert step.readiness is not None
        assert step.readiness() is Readiness.PENDING
        shown |= version("2")
        assert poll(step) == [Readiness.READY]


def test_lasting_difference_is_a_conflict_after_six_reads() -> None:
    with answering(ListAliases=version("1")) as cloud:
        step, _ = guard_for(cloud.client, "Active", alias("2")).before(change(Action.UPDATE, LIVE), [WRITE])
        with pytest.raises(CloudError, match='aliasFunctionVersion from "2" to "1"'):
            poll(step)
        assert cloud.calls == ["ListAliases"] * 6


def test_own_write_is_not_checked_again() -> None:
    with answering(GetFunction=GET_FUNCTION) as cloud:
        guard = guard_for(cloud.client)
        step, _ = guard.before(change(Action.REPLACE), [WRITE])
        poll(step)
        assert titles(guard.before(change(Action.REPLACE), [WRITE])) == ["write"]
        assert cloud.calls == ["GetFunction"]


def test_second_write_is_compared_with_first_write() -> None:
    with answering(ListAliases=version("2")) as cloud:
        guard = guard_for(cloud.client, "Active", alias("2"))
        step, _ = guard.before(change(Action.UPDATE, LIVE, aliasFunctionVersion="3"), [WRITE])
        poll(step)
        guard.expect(alias("3"))
        step, _ = guard.before(change(Action.UPDATE, LIVE, aliasFunctionVersion="4"), [WRITE])
        with pytest.raises(CloudError, match='aliasFunctionVersion from "3" to "2"'):
            poll(step)


def test_resources_of_replaced_function_are_not_checked() -> None:
    with answering() as cloud:
        guard = guard_for(cloud.client)
        guard.before(change(Action.REPLACE), [WRITE])
        assert titles(guard.before(change(Action.CREATE, TIMER), [WRITE])) == ["write"]


def test_resources_of_unobserved_function_are_not_checked() -> None:
    other = Address.of_function("default", "other")
    with answering() as cloud:
        guard = guard_for(cloud.client)
        assert titles(guard.before(change(Action.CREATE, other), [WRITE])) == ["write"]
        assert titles(guard.before(change(Action.CREATE, other.trigger("timer", "t")), [WRITE])) == ["write"]


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
        assert titles(guard_for(cloud.client).before(change(action, address), [WRITE])) == [
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
        assert titles(guard_for(cloud.client).before(change(action, address), [WRITE])) == ["write"]


def test_instances_of_published_version_are_read() -> None:
    shown = {"Allocated": [{"Qualifier": "7", "AllocatedProvisionedConcurrencyNum": 2}]}
    planned = Resource(HELLO.provisioned("7"), {"provisionedNum": 1})
    with answering(GetProvisionedConcurrencyConfig=shown) as cloud:
        update = change(Action.UPDATE, HELLO.provisioned("published"), qualifier="7", provisionedNum=5)
        step, _ = guard_for(cloud.client, "Active", planned).before(update, [WRITE])
        with pytest.raises(CloudError, match="provisionedNum from 1 to 2"):
            poll(step)


def test_precondition_check_follows_preparation() -> None:
    steps = [Step("upload", lambda: "", before_refresh=True), WRITE, Step("later", lambda: "", before_refresh=True)]
    with answering() as cloud:
        guard = guard_for(cloud.client)
        assert titles(guard.before(change(Action.UPDATE), steps)) == ["upload", "check for changes", "write", "later"]
        assert titles(guard.before(change(Action.UPDATE), steps[:1])) == ["upload"]


def test_trigger_change_waits_for_pending_function_update() -> None:
    with answering() as cloud:
        guard = guard_for(cloud.client, "Updating")
        wait, *rest = guard.before(change(Action.CREATE, TIMER), [WRITE])
    assert wait.title == "wait until the function is idle"
    assert wait.readiness is not None
    assert titles(rest) == ["check for changes", "write"]


@pytest.mark.parametrize(
    ("now", "words"),
    [({"Timeout": 9}, ""), ({"Tags": []}, "the owner of the function changed"), ({"FunctionId": "x"}, "recreated")],
)
def test_update_in_progress_at_plan_time_conflicts_only_in_owner_and_id(now: dict[str, Any], words: str) -> None:
    with answering(GetFunction={**GET_FUNCTION, "ModTime": "later", **now}) as cloud:
        steps = guard_for(cloud.client, "Updating").before(change(Action.UPDATE), [WRITE])
        assert titles(steps) == ["wait until the function is idle", "check for changes", "write"]
        with pytest.raises(CloudError, match=words) if words else nullcontext():
            poll(steps[1])


@pytest.mark.parametrize("action", [Action.UPDATE, Action.DELETE])
def test_pending_layer_version_does_not_block(action: Action) -> None:
    layer = Address.of_layer("base")
    with answering() as cloud:
        steps = guard_for(cloud.client, "Active", Resource(layer, {}, OWNER, "Publishing")).before(
            change(action, layer), [WRITE]
        )
    assert "wait until the function is idle" not in titles(steps)
