"""Triggers that other products create: their checks, and how SCF lists and deletes them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.emulator import ApiError, Cloud

TOPIC = "7953cd3d-993f-4813"
FUNCTION = {"FunctionName": "hello", "Namespace": "default"}
LOGS = {**FUNCTION, "TopicId": TOPIC, "Qualifier": "$DEFAULT"}
TASKS = {**FUNCTION, "ScfRegion": "ap-guangzhou", "EventType": "WorkflowTask", "Qualifier": "$DEFAULT"}
BALANCER = {"LoadBalancerId": "lb-l6golr1k"}
LISTENER = {**BALANCER, "ListenerId": "lbl-http80"}
RULE = {**LISTENER, "Domain": "a.example.com", "Url": "/"}


def target(name: str = "hello", **change: Any) -> dict[str, Any]:
    function = {"FunctionNamespace": "default", "FunctionName": name, "FunctionQualifier": "$DEFAULT"}
    return {**RULE, "FunctionTargets": [{"Function": {**function, **change}, "Weight": 10}]}


@pytest.fixture
def hello(cloud: Cloud) -> Cloud:
    cloud.create()
    return cloud


def code_of(cloud: Cloud, product: str, action: str, parameters: dict[str, Any]) -> str:
    with pytest.raises(ApiError) as refused:
        cloud.call(action, product=product, **parameters)
    return refused.value.code


def listed(cloud: Cloud) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = cloud.call("ListTriggers", FunctionName="hello")["Triggers"]
    return found


def test_log_topic_trigger_is_listed_by_resource_and_deleted_by_description(hello: Cloud) -> None:
    hello.call("CreateDeliverCloudFunction", product="cls", **LOGS, Timeout=30)
    (shown,) = listed(hello)
    assert (shown["Type"], shown["TriggerName"]) == ("cls", "")
    assert shown["ResourceId"].endswith(f"topic/{TOPIC}")
    assert json.loads(shown["TriggerDesc"])["max_wait"] == 30
    again = {**FUNCTION, "TriggerName": "", "Type": "cls", "Qualifier": "$DEFAULT"}
    assert hello.error("DeleteTrigger", **again, TriggerDesc="{}") == "InvalidParameterValue.TriggerDesc"
    hello.call("DeleteTrigger", **again, TriggerDesc=shown["TriggerDesc"])
    assert listed(hello) == []


def test_second_binding_of_log_topic_is_rejected(hello: Cloud) -> None:
    hello.call("CreateDeliverCloudFunction", product="cls", **LOGS)
    assert code_of(hello, "cls", "CreateDeliverCloudFunction", LOGS) == "InvalidParameter.ShipperConflict"


def test_unbound_media_task_stays_listed_and_can_be_bound_again(hello: Cloud) -> None:
    made = hello.call("BindTrigger", product="mps", **TASKS)["ResourceId"]
    assert code_of(hello, "mps", "BindTrigger", TASKS) == "InvalidParameterValue"
    unbinding = {**FUNCTION, "Type": "mps", "Qualifier": "$DEFAULT", "ResourceId": made}
    hello.call("UnbindTrigger", product="mps", **unbinding)
    assert [shown["BindStatus"] for shown in listed(hello)] == ["off"]
    assert code_of(hello, "mps", "UnbindTrigger", unbinding) == "ResourceNotFound"
    assert hello.call("BindTrigger", product="mps", **TASKS)["ResourceId"] == made
    assert [shown["BindStatus"] for shown in listed(hello)] == ["on"]


def test_rule_has_one_target_until_function_is_deleted(hello: Cloud) -> None:
    hello.create("other")
    hello.call("CreateRule", product="clb", **LISTENER, Rules=[{"Domain": "a.example.com", "Url": "/"}])
    hello.call("RegisterFunctionTargets", product="clb", **target())
    (shown,) = listed(hello)
    assert shown["ResourceId"].rpartition(":")[2].startswith("lb-l6golr1k/lbl-http80/loc-")
    assert code_of(hello, "clb", "RegisterFunctionTargets", target("other")) == "InvalidParameterValue.Duplicate"
    assert code_of(hello, "clb", "DeregisterFunctionTargets", target("other")) == "InvalidParameter"
    hello.call("DeleteFunction", FunctionName="hello")
    hello.call("RegisterFunctionTargets", product="clb", **target("other"))
    found = hello.call("DescribeTargets", product="clb", **BALANCER)["Listeners"][0]["Rules"][0]["FunctionTargets"]
    assert [one["Function"]["FunctionName"] for one in found] == ["other"]


def test_every_valid_listener_exists(hello: Cloud) -> None:
    wanted = {**BALANCER, "Protocol": "HTTPS", "Port": 8443}
    (listener,) = hello.call("DescribeListeners", product="clb", **wanted)["Listeners"]
    assert (listener["Protocol"], listener["Port"], listener["Rules"]) == ("HTTPS", 8443, [])
    assert hello.call("DescribeListeners", product="clb", **BALANCER)["Listeners"] == []


@pytest.mark.parametrize(
    ("product", "action", "parameters", "code"),
    [
        ("cls", "CreateDeliverCloudFunction", {**LOGS, "Timeout": 2}, "InvalidParameterValue"),
        ("cls", "CreateDeliverCloudFunction", {**LOGS, "MaxMsgNum": 10001}, "InvalidParameterValue"),
        ("cls", "CreateDeliverCloudFunction", {**LOGS, "TopicId": "?"}, "InvalidParameter"),
        ("cls", "CreateDeliverCloudFunction", {**LOGS, "FunctionName": "none"}, "ResourceNotFound.Function"),
        ("cls", "CreateDeliverCloudFunction", {**LOGS, "Qualifier": "prod"}, "ResourceNotFound.Qualifier"),
        ("cls", "CreateDeliverCloudFunction", {**LOGS, "Wait": 3}, "UnknownParameter"),
        ("cls", "CreateDeliverCloudFunction", FUNCTION, "MissingParameter"),
        ("mps", "BindTrigger", {**TASKS, "EventType": "Work"}, "InvalidParameterValue"),
        ("mps", "BindTrigger", {**TASKS, "ScfRegion": "ap-beijing"}, "InvalidParameterValue"),
        ("mps", "BindTrigger", {**TASKS, "FunctionName": "none"}, "ResourceNotFound.Function"),
        ("mps", "UnbindTrigger", {**FUNCTION, "Type": "vod", "ResourceId": "x"}, "InvalidParameterValue"),
        ("clb", "DescribeListeners", {"LoadBalancerId": "mine"}, "InvalidParameter.LBIdNotFound"),
        (
            "clb",
            "DescribeListeners",
            {**BALANCER, "Protocol": "TCP", "Port": 80},
            "InvalidParameter.ProtocolCheckFailed",
        ),
        ("clb", "CreateRule", {**LISTENER, "Rules": [{"Domain": "a", "Url": "x"}]}, "InvalidParameterValue.Length"),
        ("clb", "CreateRule", {**LISTENER, "ListenerId": "lbl-x", "Rules": []}, "InvalidParameter.ListenerIdNotFound"),
        ("clb", "RegisterFunctionTargets", target(), "InvalidParameter.LocationNotFound"),
        ("clb", "RegisterFunctionTargets", {**RULE, "FunctionTargets": "hello"}, "InvalidParameter"),
    ],
)
def test_invalid_trigger_parameters_are_rejected(
    hello: Cloud, product: str, action: str, parameters: dict[str, Any], code: str
) -> None:
    assert code_of(hello, product, action, parameters) == code


@pytest.mark.parametrize(
    ("change", "weight", "code"),
    [
        ({"FunctionName": "none"}, 10, "ResourceNotFound.Function"),
        ({"FunctionQualifierType": "VERSION"}, 10, "InvalidParameterValue"),
        ({"FunctionName": "web"}, 10, "InvalidParameterValue"),
        ({}, 101, "InvalidParameterValue.Range"),
    ],
)
def test_invalid_target_is_rejected(hello: Cloud, change: dict[str, Any], weight: int, code: str) -> None:
    hello.create("web", {"scf_bootstrap": "#!/bin/sh\n"}, Type="HTTP")
    hello.call("CreateRule", product="clb", **LISTENER, Rules=[{"Domain": "a.example.com", "Url": "/"}])
    wanted = target(**change)
    wanted["FunctionTargets"][0]["Weight"] = weight
    assert code_of(hello, "clb", "RegisterFunctionTargets", wanted) == code
