"""Triggers of other products: missing parts, failures and unusual responses."""

from __future__ import annotations

from typing import Any

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address
from scfdeploy.plan import Action, Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness
from scfdeploy.providers.tencent.triggers.clb import ClbTriggers
from scfdeploy.providers.tencent.triggers.cls import ClsTriggers
from scfdeploy.providers.tencent.triggers.list_triggers import parse_address
from scfdeploy.providers.tencent.triggers.mps import MpsTriggers
from tests.support.answers import answering, failure

HELLO = Address.of_function("default", "hello")
CLB = {"loadBalanceId": "lb-1", "protocol": "HTTPS", "port": 443, "domain": "a.example.com", "url": "/shop"}
LISTENER = {"ListenerId": "lbl-1", "Protocol": "HTTPS", "Port": 443}
RULE = {"Domain": "a.example.com", "Url": "/shop", "LocationId": "loc-1"}
ROW = {"Type": "clb", "ResourceId": "qcs::clb:::lb-1/lbl-1/loc-1"}


def clb(action: Action) -> Change:
    return Change(HELLO.trigger("clb", "lb-1/HTTPS:443/a.example.com/shop"), action, "", settings=CLB)


def listing(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"Listeners": [{**LISTENER, "Rules": list(rules)}]}


@pytest.mark.parametrize(
    "response",
    [
        failure("InvalidParameter.LBIdNotFound"),
        failure("UnauthorizedOperation"),
        listing(),
        listing({**RULE, "LocationId": "another"}),
        {},
    ],
    ids=["no balancer", "unauthorized", "no rule", "another rule", "empty"],
)
def test_unreadable_load_balancer_trigger_has_ids_only(response: dict[str, Any]) -> None:
    with answering(DescribeTargets=response) as cloud:
        trigger = ClbTriggers(cloud.client).read_row(ROW)
    assert trigger is not None
    assert trigger.parameters == {"LoadBalancerId": "lb-1/lbl-1/loc-1"}


def test_row_without_listener_needs_no_call() -> None:
    with answering() as cloud:
        trigger = ClbTriggers(cloud.client).read_row({"Type": "clb", "ResourceId": "lb-1"})
    assert trigger is not None
    assert trigger.parameters == {"LoadBalancerId": "lb-1"}
    assert cloud.calls == []


def test_internal_error_of_load_balancer_is_raised() -> None:
    with answering(DescribeTargets=failure("InternalError")) as cloud, pytest.raises(CloudError) as caught:
        ClbTriggers(cloud.client).read_row(ROW)
    assert caught.value.kind is ErrorKind.AMBIGUOUS


@pytest.mark.parametrize(
    "targets",
    [[], [{"Function": {"FunctionNamespace": "default", "FunctionName": "another"}, "Weight": 10}]],
    ids=["none", "another"],
)
def test_delete_of_unregistered_function_is_missing(targets: list[dict[str, Any]]) -> None:
    response = listing({**RULE, "FunctionTargets": targets})
    with answering(DescribeListeners=listing(RULE), DescribeTargets=response) as cloud:
        (step,) = ClbTriggers(cloud.client).delete(clb(Action.DELETE))
        with pytest.raises(CloudError) as caught:
            step.run()
    assert caught.value.kind is ErrorKind.MISSING
    assert "DeregisterFunctionTargets" not in cloud.calls


def test_update_of_missing_rule_is_missing() -> None:
    with answering(DescribeListeners=listing({**RULE, "Url": "/other"})) as cloud:
        (step,) = ClbTriggers(cloud.client).update(clb(Action.UPDATE))
        with pytest.raises(CloudError) as caught:
            step.run()
    assert caught.value.kind is ErrorKind.MISSING


@pytest.mark.parametrize("port", [None, 80])
def test_missing_listener_is_an_error(port: int | None) -> None:
    listeners = [] if port is None else [{**LISTENER, "Port": port}]
    with answering(DescribeListeners={"Listeners": listeners}) as cloud:
        step = ClbTriggers(cloud.client).create(clb(Action.CREATE))[0]
        with pytest.raises(ScfDeployError, match="lb-1 has no listener for HTTPS on port 443"):
            step.run()


@pytest.mark.parametrize(("status", "is_ready"), [(0, True), (2, False)])
def test_task_status_is_polled(status: int, *, is_ready: bool) -> None:
    with answering(
        DescribeListeners=listing(RULE), ModifyFunctionTargets={}, DescribeTaskStatus={"Status": status}
    ) as cloud:
        (step,) = ClbTriggers(cloud.client).update(clb(Action.UPDATE))
        step.run()
        assert step.readiness is not None
        assert (step.readiness() is Readiness.READY) is is_ready


def test_failed_task_is_raised_with_its_message() -> None:
    failed = {"Status": 1, "Message": "the listener is locked"}
    with answering(DescribeListeners=listing(RULE), ModifyFunctionTargets={}, DescribeTaskStatus=failed) as cloud:
        (step,) = ClbTriggers(cloud.client).update(clb(Action.UPDATE))
        step.run()
        assert step.readiness is not None
        with pytest.raises(CloudError, match="the listener is locked"):
            step.readiness()


@pytest.mark.parametrize("product", [ClsTriggers, MpsTriggers])
@pytest.mark.parametrize("rows", [[], [{"Type": "timer", "TriggerName": "t"}]], ids=["none", "another"])
def test_delete_of_unlisted_trigger_is_missing(product: Any, rows: list[dict[str, Any]]) -> None:
    change = Change(HELLO.trigger(product.__name__[:3].lower(), "a"), Action.DELETE, "")
    with answering(ListTriggers={"Triggers": rows, "TotalCount": len(rows)}) as cloud:
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


def test_unbound_event_is_no_trigger() -> None:
    row = {"Type": "mps", "BindStatus": "off", "ResourceId": "a/WorkflowTaskEvent"}
    with answering() as cloud:
        assert MpsTriggers(cloud.client).read_row(row) is None


def test_create_on_missing_function_did_not_take_effect() -> None:
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
        parse_address(HELLO.trigger("carrier-pigeon", "a"))
