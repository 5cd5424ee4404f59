"""What each type says on the wire, letter for letter, and what it makes of forms that only the cloud uses."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from scfdeploy.model import Value
from scfdeploy.triggers import CloudTrigger, TriggerType, trigger_type

BUCKET = "photos-1300000001.cos.ap-guangzhou.myqcloud.com"


def kind_of(name: str) -> TriggerType:
    kind = trigger_type(name)
    assert kind is not None
    return kind


@pytest.mark.parametrize(
    ("kind", "settings", "name", "description"),
    [
        (
            "cos",
            {"bucket": BUCKET, "events": "cos:ObjectCreated:*", "filter": {"suffix": ".jpg"}},
            BUCKET,
            '{"event":"cos:ObjectCreated:*","filter":{"Prefix":"","Suffix":".jpg"}}',
        ),
        ("cmq", {"name": "orders", "filterKey": ("a",)}, "orders", '{"filterType":1,"filterKey":["a"]}'),
        ("cmq", {"name": "orders", "filterType": 2}, "orders", '{"filterType":2,"filterKey":[]}'),
        (
            "ckafka",
            {"name": "ckafka-1a", "topic": "orders"},
            "ckafka-1a-orders",
            '{"maxMsgNum":100,"offset":"latest","retry":10000,"timeOut":60,"consumerGroupName":""}',
        ),
        (
            "ckafka",
            {"instanceId": "ckafka-1a", "topic": "t", "maxMsgNum": 7, "timeout": 5, "retry": 0, "offset": "earliest"},
            "ckafka-1a-t",
            '{"maxMsgNum":7,"offset":"earliest","retry":0,"timeOut":5,"consumerGroupName":""}',
        ),
    ],
)
def test_the_description_is_compact_and_whole(
    kind: str, settings: Mapping[str, Value], name: str, description: str
) -> None:
    wire = kind_of(kind).to_cloud(kind_of(kind).name(settings, ""), settings)
    assert (wire.name, wire.description, wire.qualifier, wire.enabled) == (name, description, "$DEFAULT", None)


@pytest.mark.parametrize(
    ("kind", "settings", "parameters"),
    [
        ("cls", {"topicId": "abc"}, {"TopicId": "abc"}),
        ("cls", {"topicId": "abc", "maxWait": 3, "maxSize": 9}, {"TopicId": "abc", "Timeout": 3, "MaxMsgNum": 9}),
        ("mps", {"type": "EditMediaTask"}, {"EventType": "EditMediaTask"}),
        (
            "clb",
            {"loadBalanceId": "lb-1", "protocol": "HTTP", "port": 80, "domain": "a.b", "url": "/x/y", "weight": 0},
            {"LoadBalancerId": "lb-1", "Protocol": "HTTP", "Port": 80, "Domain": "a.b", "Url": "/x/y", "Weight": 0},
        ),
    ],
)
def test_trigger_parameters_of_other_products(
    kind: str, settings: Mapping[str, Value], parameters: Mapping[str, Value]
) -> None:
    wire = kind_of(kind).to_cloud(kind_of(kind).name(settings, ""), settings)
    assert (wire.name, wire.parameters) == ("", parameters)


def test_ckafka_trigger_update_sends_three_numbers() -> None:
    settings: dict[str, Value] = {"maxMsgNum": 7, "retry": 1, "timeout": 5, "offset": "earliest", "enable": False}
    wire = kind_of("ckafka").to_update("ckafka-1a-t", settings)
    assert (wire.description, wire.enabled) == ('{"maxMsgNum":7,"retry":1,"timeOut":5}', False)


def test_numbers_that_are_shown_as_text_are_numbers() -> None:
    shown = CloudTrigger("ckafka-1a-a-b", '{"maxMsgNum":"7","timeOut":"5","retry":"3","offset":1700000000000}', "1")
    assert kind_of("ckafka").from_cloud(shown) == {
        "instanceId": "ckafka-1a",
        "topic": "a-b",
        "maxMsgNum": 7,
        "retry": 3,
        "timeout": 5,
        "offset": "1700000000000",
        "qualifier": "1",
    }


@pytest.mark.parametrize("kind", ["cos", "cmq", "ckafka", "cls", "mps", "clb"])
@pytest.mark.parametrize("description", ["", "often", "[]", "{}", '{"filter":3,"event":null}', '{"filterKey":7}'])
def test_any_text_of_the_cloud_is_endured(kind: str, description: str) -> None:
    shown = CloudTrigger("somebody", description, "$LATEST", True)
    assert kind_of(kind).from_cloud(shown)["qualifier"] == "$LATEST"
    assert isinstance(kind_of(kind).name_of(shown), str)


def test_a_rule_that_is_gone_leaves_the_ids_that_are_known() -> None:
    shown = CloudTrigger("", "", "$DEFAULT", parameters={"LoadBalancerId": "lb-1/lbl-2/loc-3"})
    assert kind_of("clb").name_of(shown) == "lb-1/lbl-2/loc-3"
    assert kind_of("clb").from_cloud(shown) == {"loadBalanceId": "lb-1/lbl-2/loc-3", "qualifier": "$DEFAULT"}
