"""Triggers that other products hold, where these show something else than a trigger as it should be."""

from __future__ import annotations

from typing import Any

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address
from scfdeploy.plan import Action, Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness
from scfdeploy.providers.tencent.triggers.clb import ClbTriggers
from scfdeploy.providers.tencent.triggers.cls import ClsTriggers
from scfdeploy.providers.tencent.triggers.list_triggers import kind_of
from scfdeploy.providers.tencent.triggers.mps import MpsTriggers
from tests.support.answers import answering, failure

HELLO = Address.of_function("default", "hello")
CLB = {"loadBalanceId": "lb-1", "protocol": "HTTPS", "port": 443, "domain": "a.example.com", "url": "/shop"}
LISTENER = {"ListenerId": "lbl-1", "Protocol": "HTTPS", "Port": 443}
RULE = {"Domain": "a.example.com", "Url": "/shop", "LocationId": "loc-1"}
ROW = {"Type": "clb", "ResourceId": "qcs::clb:::lb-1/lbl-1/loc-1"}


def clb(action: Action) -> Change:
    return Change(HELLO.trigger("clb", "lb-1/HTTPS:443/a.example.com/shop"), action, "", settings=CLB)


def rules(*found: dict[str, Any]) -> dict[str, Any]:
    return {"Listeners": [{**LISTENER, "Rules": list(found)}]}


@pytest.mark.parametrize(
    "told",
    [
        failure("InvalidParameter.LBIdNotFound"),
        failure("UnauthorizedOperation"),
        rules(),
        rules({**RULE, "LocationId": "another"}),
        {},
    ],
    ids=["no balancer", "no right to look", "no rule", "another rule", "nothing"],
)
def test_a_balancer_that_does_not_tell_leaves_the_ids(told: dict[str, Any]) -> None:
    with answering(DescribeTargets=told) as cloud:
        shown = ClbTriggers(cloud.client).shown(ROW)
    assert shown is not None
    assert shown.parameters == {"LoadBalancerId": "lb-1/lbl-1/loc-1"}


def test_a_row_without_a_listener_is_asked_nothing() -> None:
    with answering() as cloud:
        shown = ClbTriggers(cloud.client).shown({"Type": "clb", "ResourceId": "lb-1"})
    assert shown is not None
    assert shown.parameters == {"LoadBalancerId": "lb-1"}
    assert cloud.calls == []


def test_a_look_at_a_balancer_that_goes_wrong_is_no_other_trigger() -> None:
    with answering(DescribeTargets=failure("InternalError")) as cloud, pytest.raises(CloudError) as caught:
        ClbTriggers(cloud.client).shown(ROW)
    assert caught.value.kind is ErrorKind.AMBIGUOUS


@pytest.mark.parametrize(
    "targets",
    [[], [{"Function": {"FunctionNamespace": "default", "FunctionName": "another"}, "Weight": 10}]],
    ids=["none", "another"],
)
def test_a_function_that_is_no_target_any_more_is_missing(targets: list[dict[str, Any]]) -> None:
    told = rules({**RULE, "FunctionTargets": targets})
    with answering(DescribeListeners=rules(RULE), DescribeTargets=told) as cloud:
        (step,) = ClbTriggers(cloud.client).delete(clb(Action.DELETE))
        with pytest.raises(CloudError) as caught:
            step.run()
    assert caught.value.kind is ErrorKind.MISSING
    assert "DeregisterFunctionTargets" not in cloud.calls


def test_a_rule_that_is_gone_is_missing() -> None:
    with answering(DescribeListeners=rules({**RULE, "Url": "/other"})) as cloud:
        (step,) = ClbTriggers(cloud.client).update(clb(Action.UPDATE))
        with pytest.raises(CloudError) as caught:
            step.run()
    assert caught.value.kind is ErrorKind.MISSING


@pytest.mark.parametrize("port", [None, 80])
def test_a_listener_is_not_made(port: int | None) -> None:
    listeners = [] if port is None else [{**LISTENER, "Port": port}]
    with answering(DescribeListeners={"Listeners": listeners}) as cloud:
        step = ClbTriggers(cloud.client).create(clb(Action.CREATE))[0]
        with pytest.raises(ScfDeployError, match="lb-1 has no listener for HTTPS on port 443"):
            step.run()


@pytest.mark.parametrize(("status", "is_ready"), [(0, True), (2, False)])
def test_a_task_of_the_balancer_is_waited_for(status: int, *, is_ready: bool) -> None:
    with answering(
        DescribeListeners=rules(RULE), ModifyFunctionTargets={}, DescribeTaskStatus={"Status": status}
    ) as cloud:
        (step,) = ClbTriggers(cloud.client).update(clb(Action.UPDATE))
        step.run()
        assert step.readiness is not None
        assert (step.readiness() is Readiness.READY) is is_ready


def test_a_task_of_the_balancer_that_failed_says_why() -> None:
    told = {"Status": 1, "Message": "the listener is locked"}
    with answering(DescribeListeners=rules(RULE), ModifyFunctionTargets={}, DescribeTaskStatus=told) as cloud:
        (step,) = ClbTriggers(cloud.client).update(clb(Action.UPDATE))
        step.run()
        assert step.readiness is not None
        with pytest.raises(CloudError, match="the listener is locked"):
            step.readiness()


@pytest.mark.parametrize("product", [ClsTriggers, MpsTriggers])
@pytest.mark.parametrize("listed", [[], [{"Type": "timer", "TriggerName": "t"}]], ids=["none", "another"])
def test_a_trigger_that_is_not_listed_is_missing(product: Any, listed: list[dict[str, Any]]) -> None:
    change = Change(HELLO.trigger(product.__name__[:3].lower(), "a"), Action.DELETE, "")
    with answering(ListTriggers={"Triggers": listed, "TotalCount": len(listed)}) as cloud:
        (step,) = product(cloud.client).delete(change)
        with pytest.raises(CloudError) as caught:
            step.run()
    assert caught.value.kind is ErrorKind.MISSING
    assert cloud.calls == ["ListTriggers"]


@pytest.mark.parametrize("product", [ClsTriggers, MpsTriggers])
def test_update_of_immutable_trigger_raises(product: Any) -> None:
    change = Change(HELLO.trigger(product.__name__[:3].lower(), "a"), Action.UPDATE, "")
    with answering() as cloud, pytest.raises(ScfDeployError, match="cannot be changed in place"):
        product(cloud.client).update(change)


def test_an_event_that_is_no_longer_bound_is_no_trigger() -> None:
    row = {"Type": "mps", "BindStatus": "off", "ResourceId": "a/WorkflowTaskEvent"}
    with answering() as cloud:
        assert MpsTriggers(cloud.client).shown(row) is None


def test_a_creation_whose_function_is_gone_did_not_take_effect() -> None:
    change = Change(HELLO.trigger("mps", "WorkflowTask"), Action.CREATE, "", settings={"type": "WorkflowTask"})
    with answering(ListTriggers=failure("ResourceNotFound.Function")) as cloud:
        (step,) = MpsTriggers(cloud.client).create(change)
        assert step.took_effect is not None
        assert not step.took_effect()


def test_unverifiable_create_is_not_reported_as_undone() -> None:
    change = Change(HELLO.trigger("mps", "WorkflowTask"), Action.CREATE, "", settings={"type": "WorkflowTask"})
    with answering(ListTriggers=failure("UnauthorizedOperation")) as cloud:
        (step,) = MpsTriggers(cloud.client).create(change)
        assert step.took_effect is not None
        with pytest.raises(CloudError):
            step.took_effect()


def test_unknown_type_is_not_written() -> None:
    with pytest.raises(ScfDeployError, match="type carrier-pigeon"):
        kind_of(HELLO.trigger("carrier-pigeon", "a"))
