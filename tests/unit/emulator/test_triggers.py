"""Triggers: accepted and returned values of each type, and the rules of all types."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scfdeploy.emulator.scf.triggers.cron import is_cron
from tests.support.emulator import Cloud

BUCKET = "photos-1300000001.cos.ap-guangzhou.myqcloud.com"


@pytest.fixture
def hello(cloud: Cloud) -> Cloud:
    cloud.create()
    return cloud


def timer(name: str = "nightly", **change: Any) -> dict[str, Any]:
    good = {"FunctionName": "hello", "TriggerName": name, "Type": "timer", "TriggerDesc": "0 30 2 * * * *"}
    return {**good, **change}


def cos(event: str = "cos:ObjectCreated:*", **filters: str) -> dict[str, Any]:
    description = json.dumps({"event": event, "filter": filters})
    return {"FunctionName": "hello", "TriggerName": BUCKET, "Type": "cos", "TriggerDesc": description}


def test_timer_description_is_returned_as_json(hello: Cloud) -> None:
    made = hello.call("CreateTrigger", **timer(CustomArgument="cleanup", Enable="CLOSE", Description="d"))[
        "TriggerInfo"
    ]
    listed = hello.call("ListTriggers", FunctionName="hello")["Triggers"][0]
    assert made["TriggerDesc"] == listed["TriggerDesc"] == '{"cron":"0 30 2 * * * *"}'
    assert (made["Enable"], made["Qualifier"], made["CustomArgument"]) == (0, "$LATEST", "cleanup")
    assert hello.call("GetFunction", FunctionName="hello")["Triggers"][0]["TriggerName"] == "nightly"


def test_trigger_update_keeps_absent_fields(hello: Cloud) -> None:
    hello.call("CreateTrigger", **timer(CustomArgument="a", Description="d"))
    same = {"FunctionName": "hello", "TriggerName": "nightly", "Type": "timer"}
    hello.call("UpdateTrigger", **same, CustomArgument="", Enable="CLOSE")
    found = hello.call("ListTriggers", FunctionName="hello")["Triggers"][0]
    assert found["TriggerDesc"] == '{"cron":"0 30 2 * * * *"}'
    assert (found["CustomArgument"], found["Description"], found["Enable"]) == ("", "d", 0)


def test_switching_trigger_to_same_state_is_rejected(hello: Cloud) -> None:
    hello.call("CreateTrigger", **timer())
    same = {"FunctionName": "hello", "TriggerName": "nightly", "Type": "timer"}
    assert hello.error("UpdateTriggerStatus", **same, Enable="OPEN") == "FailedOperation.UpdateTriggerStatus"
    hello.call("UpdateTriggerStatus", **same, Enable="CLOSE")
    assert hello.call("ListTriggers", FunctionName="hello")["Triggers"][0]["Enable"] == 0


def test_trigger_is_deleted_under_its_qualifier_only(hello: Cloud) -> None:
    hello.call("CreateTrigger", **timer(Qualifier="$DEFAULT"))
    same = {"FunctionName": "hello", "TriggerName": "nightly", "Type": "timer"}
    assert hello.error("DeleteTrigger", **same) == "ResourceNotFound.Trigger"
    hello.call("DeleteTrigger", **same, Qualifier="$DEFAULT")
    assert hello.call("ListTriggers", FunctionName="hello")["TotalCount"] == 0


def test_function_url_returns_its_address(hello: Cloud) -> None:
    wanted = {"AuthType": "NONE", "NetConfig": {"EnableIntranet": True, "EnableExtranet": True}}
    url = {"FunctionName": "hello", "TriggerName": "url", "Type": "http"}
    made = hello.call("CreateTrigger", **url, TriggerDesc=json.dumps(wanted))["TriggerInfo"]
    network = json.loads(made["TriggerDesc"])["NetConfig"]
    assert network["ExtranetUrl"].startswith("https://1300000001-")
    assert network["ExtranetUrl"].endswith(".ap-guangzhou.tencentscf.com")
    assert ".in.ap-guangzhou." in network["IntranetUrl"]

    hello.call("UpdateTrigger", **url, TriggerDesc=json.dumps({**wanted, "AuthType": "CAM"}))
    changed = json.loads(hello.call("ListTriggers", FunctionName="hello")["Triggers"][0]["TriggerDesc"])
    assert changed["AuthType"] == "CAM"
    assert changed["NetConfig"] == network
    assert hello.call("GetFunction", FunctionName="hello")["AccessInfo"]["Host"] in network["ExtranetUrl"]


def test_qualifier_has_one_url(hello: Cloud) -> None:
    url = {"FunctionName": "hello", "Type": "http", "TriggerDesc": "{}"}
    hello.call("CreateTrigger", **url, TriggerName="one")
    assert hello.error("CreateTrigger", **url, TriggerName="two") == "ResourceInUse.Trigger"
    hello.call("CreateTrigger", **url, TriggerName="two", Qualifier="$DEFAULT")


def test_overlapping_cos_rules_of_bucket_are_rejected(hello: Cloud) -> None:
    hello.call("CreateTrigger", **cos("cos:ObjectCreated:Put", Suffix=".jpg"))
    hello.call("CreateTrigger", **cos("cos:ObjectCreated:Put", Suffix=".png"))
    hello.call("CreateTrigger", **cos("cos:ObjectRemove:*"))
    conflict = "InvalidParameterValue.CosNotifyRuleConflict"
    assert hello.error("CreateTrigger", **cos("cos:ObjectCreated:*")) == conflict
    assert hello.error("CreateTrigger", **cos("cos:ObjectCreated:Put", Suffix=".jpg")) == "ResourceInUse.Cos"
    hello.create("other")
    assert hello.error("CreateTrigger", **{**cos("cos:ObjectRemove:Delete"), "FunctionName": "other"}) == conflict


def test_cos_triggers_are_distinguished_by_description(hello: Cloud) -> None:
    hello.call("CreateTrigger", **cos("cos:ObjectCreated:*", Prefix="a/"))
    hello.call("CreateTrigger", **cos("cos:ObjectCreated:*", Prefix="b/"))
    hello.call("DeleteTrigger", **cos("cos:ObjectCreated:*", Prefix="a/"))
    left = hello.call("ListTriggers", FunctionName="hello")["Triggers"]
    assert [json.loads(trigger["TriggerDesc"])["filter"]["Prefix"] for trigger in left] == ["b/"]


def test_ckafka_has_defaults_and_updates_three_fields_only(hello: Cloud) -> None:
    kafka = {"FunctionName": "hello", "TriggerName": "ckafka-1-topic", "Type": "ckafka"}
    made = hello.call("CreateTrigger", **kafka, TriggerDesc='{"maxMsgNum":7}')["TriggerInfo"]
    assert json.loads(made["TriggerDesc"])["timeOut"] == 60
    hello.call("UpdateTrigger", **kafka, TriggerDesc='{"timeOut":5}')
    found = json.loads(hello.call("ListTriggers", FunctionName="hello")["Triggers"][0]["TriggerDesc"])
    assert (found["maxMsgNum"], found["timeOut"]) == (7, 5)
    wrong = {**kafka, "TriggerDesc": '{"offset":"earliest"}'}
    assert hello.error("UpdateTrigger", **wrong) == "InvalidParameterValue.Ckafka"


def test_cmq_returns_filter(hello: Cloud) -> None:
    queue = {"FunctionName": "hello", "TriggerName": "topic", "Type": "cmq", "TriggerDesc": '{"filterType":2}'}
    made = hello.call("CreateTrigger", **queue)["TriggerInfo"]
    assert made["TriggerDesc"] == '{"filterType":2,"filterKey":[]}'
    assert hello.error("CreateTrigger", **queue) == "ResourceInUse.Cmq"
    assert hello.error("UpdateTrigger", **queue) == "UnsupportedOperation.Trigger"


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (timer(TriggerDesc="every day"), "InvalidParameterValue.TriggerDesc"),
        (timer("1st"), "InvalidParameterValue.TriggerName"),
        (timer(CustomArgument="a" * 4097), "InvalidParameterValue.CustomArgument"),
        (timer(Enable="1"), "InvalidParameterValue.Enable"),
        (timer(Qualifier="prod"), "ResourceNotFound.Qualifier"),
        (timer(FunctionName="none"), "ResourceNotFound.Function"),
        (timer(Type="apigw"), "UnsupportedOperation.Trigger"),
        (timer(Type="cls"), "UnsupportedOperation.Trigger"),
        (timer(Type="sundial"), "InvalidParameterValue.Type"),
        (timer(Type="http", TriggerDesc='{"AuthType":"BASIC"}'), "InvalidParameterValue.TriggerDesc"),
        (timer(Type="http", TriggerDesc="NONE"), "InvalidParameterValue.TriggerDesc"),
        (timer(Type="http", TriggerDesc='{"CorsConfig":{"Enable":1}}'), "InvalidParameterValue.Cors"),
        (cos("cos:ObjectEaten:*"), "InvalidParameterValue.Cos"),
        (cos(Suffix="jpg"), "InvalidParameterValue.Cos"),
        ({**cos(), "TriggerName": "photos"}, "InvalidParameterValue.TriggerName"),
        ({**cos(), "TriggerName": BUCKET.replace("guangzhou", "beijing")}, "InvalidParameterValue.Cos"),
        (timer(Type="ckafka", TriggerName="a-b", TriggerDesc='{"timeOut":61}'), "InvalidParameterValue.Ckafka"),
        (timer(Type="cmq", TriggerDesc='{"filterType":3}'), "InvalidParameterValue.Cmq"),
    ],
)
def test_invalid_trigger_returns_documented_code(hello: Cloud, wanted: dict[str, Any], code: str) -> None:
    assert hello.error("CreateTrigger", **wanted) == code


def test_deleting_trigger_of_other_product_finds_nothing(hello: Cloud) -> None:
    assert hello.error("DeleteTrigger", **timer(Type="apigw")) == "ResourceNotFound.Trigger"
    assert hello.error("DeleteTrigger", **timer(Type="sundial")) == "InvalidParameterValue.Type"


def test_function_has_at_most_ten_triggers_of_a_type(hello: Cloud) -> None:
    for number in range(10):
        hello.call("CreateTrigger", **timer(f"t{number}"))
    assert hello.error("CreateTrigger", **timer("t0")) == "ResourceInUse.Trigger"
    assert hello.error("CreateTrigger", **timer("t10")) == "LimitExceeded.Trigger"
    page = hello.call("ListTriggers", FunctionName="hello", Offset=8, Limit=20)
    assert [trigger["TriggerName"] for trigger in page["Triggers"]] == ["t8", "t9"]


@pytest.mark.parametrize(
    "schedule",
    [
        "*/5 * * * * * *",
        "0 15 10 1 * * *",
        "0 0 10,14,16 * * * *",
        "0 */30 9-17 * * * *",
        "0 15 10 * * MON-FRI *",
        "0 0 0 L * ? *",
        "0 0 0 LW * * 2030",
        "0 0 0 10W jan 5L *",
        "0 0 0 ? * 6#3 *",
        "15 10 * * 1",
    ],
)
def test_valid_cron_expression_is_accepted(schedule: str) -> None:
    assert is_cron(schedule)


@pytest.mark.parametrize(
    "schedule",
    [
        "",
        "60 * * * * * *",
        "* * * * * *",
        "0 0 24 * * * *",
        "0 0 0 0 * * *",
        "0 0 0 * 13 * *",
        "0 0 0 * * 7 *",
        "0 0 0 * * * 1969",
        "*/0 * * * * * *",
        "5-1 * * * * * *",
        "L * * * * * *",
        "0 0 0 * * FRI-MON *",
    ],
)
def test_invalid_cron_expression_is_rejected(schedule: str) -> None:
    assert not is_cron(schedule)
