"""Fault rules: which calls they hit, and what a client then sees."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest

from scfdeploy.emulator.faults import Faults, parse_rules
from tests.support.emulator import ApiError, Cloud, tc3_headers, zip_text


def _hits(rule: dict[str, Any], calls: int = 6) -> list[int]:
    faults = Faults()
    faults.replace(parse_rules([{"code": "InternalError", **rule}]))
    return [n for n in range(1, calls + 1) if faults.effect("GetFunction", product="scf", function="a").code]


@pytest.mark.parametrize(
    ("rule", "hits"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"action": "GetFunction"}, [1, 2, 3, 4, 5, 6]),
        ({"action": "ListFunctions"}, []),
        ({"product": "scf", "times": 1}, [1]),
        ({"product": "cos"}, []),
        ({"function": "a", "nth": 2}, [2]),
        ({"function": "b"}, []),
        ({"nth": 4}, [4]),
        ({"skip": 2, "times": 2}, [3, 4]),
        ({"probability": 0.0}, []),
    ],
    ids=str,
)
def test_a_rule_hits_the_calls_that_it_names(rule: dict[str, Any], hits: list[int]) -> None:
    assert _hits(rule) == hits


def test_chance_is_repeated_by_its_seed() -> None:
    first, again, other = (_hits({"probability": 0.5, "seed": seed}, 64) for seed in (1, 1, 2))
    assert first == again != other
    assert 16 < len(first) < 48


def test_the_calls_of_one_function_can_be_told_from_those_of_others(cloud: Cloud) -> None:
    cloud.create("one")
    cloud.create("two")
    cloud.control("faults", [{"function": "one", "code": "InternalError"}])
    resource = "qcs::scf:ap-guangzhou:uin/:namespace/default/function/one"
    tags = {"Resource": resource, "ReplaceTags": [{"TagKey": "k", "TagValue": "v"}]}

    assert cloud.error("GetFunction", FunctionName="one") == "InternalError"
    assert cloud.call("GetFunction", FunctionName="two")["Status"] == "Active"
    assert cloud.error("ModifyResourceTags", product="tag", **tags) == "InternalError"


@pytest.mark.parametrize("rule", [{"garbled": "loud"}, {"stuck": 1}, {"nth": True}, {"stale_s": "1"}, {"seed": 0.5}])
def test_a_wrong_rule_is_refused(cloud: Cloud, rule: dict[str, Any]) -> None:
    status, _, answer = cloud.send("POST", "/_emulator/faults", json.dumps([rule]).encode())
    assert status == 400
    assert json.loads(answer)["error"]


@pytest.mark.parametrize("how", ["half", "empty", "page", "content-type"])
def test_an_answer_can_come_garbled_after_the_call_took_effect(cloud: Cloud, how: str) -> None:
    cloud.control("faults", [{"action": "CreateNamespace", "garbled": how, "times": 1}])
    body = b'{"Namespace": "n"}'
    status, headers, answer = cloud.send("POST", "/", body, tc3_headers(cloud.address, "CreateNamespace", body))

    assert status == 200
    if how == "content-type":
        assert headers["Content-Type"] == "application/json; charset=utf-8"
        assert json.loads(answer)["Response"]["RequestId"]
    else:
        with pytest.raises(json.JSONDecodeError):
            json.loads(answer)
    assert cloud.control("calls")["calls"][0]["outcome"] == f"garbled {how}"
    assert {row["Name"] for row in cloud.call("ListNamespaces")["Namespaces"]} == {"default", "n"}


def test_an_answer_can_be_cut_off(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "ListNamespaces", "garbled": "cut", "times": 1}])
    with pytest.raises(http.client.IncompleteRead):
        cloud.send("POST", "/", b"{}", tc3_headers(cloud.address, "ListNamespaces", b"{}"))
    assert cloud.call("ListNamespaces")["TotalCount"] == 1


@pytest.mark.parametrize(("skew_s", "refused"), [(3600.0, True), (-3600.0, True), (100.0, False)])
def test_the_servers_clock_can_be_off(cloud: Cloud, skew_s: float, refused: bool) -> None:
    cloud.control("faults", [{"skew_s": skew_s}])
    if refused:
        assert cloud.error("ListNamespaces") == "AuthFailure.SignatureExpire"
    else:
        assert cloud.call("ListNamespaces")["TotalCount"] == 1


def test_what_was_begun_can_stay_that_way(cloud: Cloud) -> None:
    cloud.create()
    cloud.control("faults", [{"action": "UpdateFunctionConfiguration", "stuck": True}])
    cloud.call("UpdateFunctionConfiguration", FunctionName="hello", Timeout=7)
    cloud.advance(1e6)

    assert cloud.call("GetFunction", FunctionName="hello")["Status"] == "Updating"
    assert (
        cloud.error("UpdateFunctionConfiguration", FunctionName="hello")
        == "FailedOperation.UpdateFunctionConfiguration"
    )


def test_a_deletion_can_stay_under_way(cloud: Cloud) -> None:
    cloud.create()
    cloud.control("faults", [{"action": "DeleteFunction", "stuck": True}])
    cloud.call("DeleteFunction", FunctionName="hello")
    cloud.advance(1e6)
    assert cloud.call("GetFunction", FunctionName="hello")["Status"] == "Deleting"


def test_tags_can_show_late_on_the_function_while_the_tag_product_has_them(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "CreateFunction", "late_tags_s": 3.0}])
    cloud.create(Tags=[{"Key": "k", "Value": "v"}])

    assert cloud.call("GetFunction", FunctionName="hello")["Tags"] == []
    assert cloud.call("GetResources", product="tag")["ResourceTagMappingList"][0]["Tags"][0]["TagValue"] == "v"
    cloud.advance(3)
    assert cloud.call("GetFunction", FunctionName="hello")["Tags"] == [{"Key": "k", "Value": "v"}]
    assert cloud.call("ListFunctions")["Functions"][0]["Tags"] == [{"Key": "k", "Value": "v"}]


def test_reads_can_be_stale_while_writes_are_not(cloud: Cloud) -> None:
    cloud.create("old")
    cloud.control("faults", [{"action": "CreateFunction", "stale_s": 4.0, "times": 1}])
    cloud.create("new")

    assert cloud.error("GetFunction", FunctionName="new") == "ResourceNotFound.Function"
    assert cloud.call("ListFunctions")["TotalCount"] == 1
    with pytest.raises(ApiError, match=r"ResourceInUse\.Function"):
        cloud.create("new")
    cloud.advance(4)
    assert cloud.call("GetFunction", FunctionName="new")["Status"] == "Active"


def test_staleness_of_several_writes_ends_one_by_one(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "CreateFunction", "stale_s": 4.0}])
    cloud.create("first")
    cloud.advance(2)
    cloud.create("second")
    seen = []
    for _ in range(3):
        seen.append([row["FunctionName"] for row in cloud.call("ListFunctions")["Functions"]])
        cloud.advance(2)
    assert [sorted(names) for names in seen] == [[], ["first"], ["first", "second"]]


def test_a_layer_can_stay_in_publishing(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "PublishLayerVersion", "stuck": True}])
    cloud.call(
        "PublishLayerVersion",
        LayerName="l",
        CompatibleRuntimes=["Python3.10"],
        Content={"ZipFile": zip_text({"a": ""})},
    )
    cloud.advance(1e6)
    assert cloud.call("GetLayerVersion", LayerName="l", LayerVersion=1)["Status"] == "Publishing"
