"""Fault rules: which calls they hit, and what a client then sees."""

from __future__ import annotations

import http.client
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scfdeploy.emulator.faults import Faults, parse_rules
from scfdeploy.emulator.faults.injector import CallCounter, digest
from tests.support.emulator import ApiError, Cloud, running, tc3_headers, zip_text


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
def test_rule_hits_matching_calls(rule: dict[str, Any], hits: list[int]) -> None:
    assert _hits(rule) == hits


def test_draws_are_reproducible_with_seed() -> None:
    first, again, other = (_hits({"probability": 0.5, "seed": seed}, 64) for seed in (1, 1, 2))
    assert first == again != other
    assert 16 < len(first) < 48


# Forty functions that are asked for five times each: what is hit is the nth time of one of them.
_ASKED = [f"f{number}" for number in range(40)] * 5
Fates = set[tuple[str, int]]


def _fates(asked: list[str], *, seed: int = 1, threads: int = 1) -> Fates:
    """Which calls are hit, by name and by how many calls of that name there were before."""
    faults = Faults()
    faults.replace(parse_rules([{"code": "InternalError", "probability": 0.3, "seed": seed}]))
    hit: list[tuple[str, int]] = []
    names = sorted(set(asked))

    def ask(mine: list[str]) -> None:
        times: Counter[str] = Counter()
        for name in (name for name in asked if name in mine):
            if faults.effect("GetFunction", product="scf", content={"FunctionName": name}).code:
                hit.append((name, times[name]))
            times[name] += 1

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(ask, [names[at::threads] for at in range(threads)]))
    return set(hit)


@given(st.permutations(_ASKED), st.sampled_from([1, 4]))
def test_order_of_calls_does_not_change_hits(order: list[str], threads: int) -> None:
    assert _fates(order, threads=threads) == _fates(_ASKED)


def test_other_seed_hits_other_calls_with_same_probability() -> None:
    hit = [_fates(_ASKED, seed=seed) for seed in range(50)]
    assert len({frozenset(one) for one in hit}) == len(hit)
    share = sum(map(len, hit)) / (len(hit) * len(_ASKED))
    assert abs(share - 0.3) < 0.02
    later = sum(1 for one in hit for _, times in one if times) / (len(hit) * len(_ASKED) * 4 / 5)
    assert abs(later - 0.3) < 0.02, "a call that is made again is hit as often as a new one"


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ({"FunctionName": "a", "Timeout": 3}, {"Timeout": 3, "FunctionName": "a"}, True),
        ({"FunctionName": "a", "StartTime": "2024-01-01"}, {"FunctionName": "a", "StartTime": "2024-01-02"}, True),
        ({"FunctionName": "a"}, {"FunctionName": "b"}, False),
        ({"FunctionName": "a"}, {}, False),
        ({"Body": b"1"}, {"Body": b"2"}, False),
    ],
    ids=str,
)
def test_identical_calls_have_equal_digests(one: dict[str, Any], other: dict[str, Any], is_same: bool) -> None:
    assert (digest("scf", "GetFunction", one) == digest("scf", "GetFunction", other)) is is_same


def test_counter_drops_least_recent_call() -> None:
    repeats = CallCounter(capacity=2)
    seen = [repeats.count(call) for call in (b"a", b"b", b"a", b"c", b"a", b"b")]
    assert seen == [1, 1, 2, 1, 3, 1]


def _told(cloud: Cloud, *, seed: int) -> dict[str, list[str]]:
    """What becomes of each of many calls under a rule by chance."""
    cloud.control("faults", [{"code": "InternalError", "probability": 0.5, "seed": seed}])
    names = [f"f{number}" for number in range(20)] * 2
    told: dict[str, list[str]] = {}
    for name in names:
        told.setdefault(name, []).append(cloud.error("GetFunction", FunctionName=name))
    return told


def test_signature_and_time_do_not_change_draws(cloud: Cloud) -> None:
    first = _told(cloud, seed=3)
    with running() as another:
        another.advance(3600)
        assert _told(another, seed=3) == first
    assert _told(cloud, seed=4) != first


def test_calls_are_distinguished_by_function(cloud: Cloud) -> None:
    cloud.create("one")
    cloud.create("two")
    cloud.control("faults", [{"function": "one", "code": "InternalError"}])
    resource = "qcs::scf:ap-guangzhou:uin/:namespace/default/function/one"
    tags = {"Resource": resource, "ReplaceTags": [{"TagKey": "k", "TagValue": "v"}]}

    assert cloud.error("GetFunction", FunctionName="one") == "InternalError"
    assert cloud.call("GetFunction", FunctionName="two")["Status"] == "Active"
    assert cloud.error("ModifyResourceTags", product="tag", **tags) == "InternalError"


@pytest.mark.parametrize("rule", [{"garbled": "loud"}, {"stuck": 1}, {"nth": True}, {"stale_s": "1"}, {"seed": 0.5}])
def test_invalid_rule_is_rejected(cloud: Cloud, rule: dict[str, Any]) -> None:
    status, _, answer = cloud.send("POST", "/_emulator/faults", json.dumps([rule]).encode())
    assert status == 400
    assert json.loads(answer)["error"]


def test_retry_after_lost_response_finds_name_in_use(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "CreateFunction", "nth": 1, "drop": "after"}])
    with pytest.raises(http.client.RemoteDisconnected):
        cloud.create()
    with pytest.raises(ApiError, match=r"ResourceInUse\.Function"):
        cloud.create()


@pytest.mark.parametrize("code", ["RequestLimitExceeded", "InternalError", "FailedOperation.FunctionStatusError"])
def test_fault_returns_any_error_code(cloud: Cloud, code: str) -> None:
    cloud.create()
    cloud.control("faults", [{"action": "UpdateFunctionConfiguration", "nth": 1, "code": code}])
    assert cloud.error("UpdateFunctionConfiguration", FunctionName="hello", Timeout=9) == code
    assert cloud.call("GetFunction", FunctionName="hello")["Timeout"] == 3
    cloud.call("UpdateFunctionConfiguration", FunctionName="hello", Timeout=9)


def test_stale_fault_hides_new_function_for_a_while(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "CreateFunction", "stale_s": 2.0}])
    cloud.create()
    assert cloud.error("GetFunction", FunctionName="hello") == "ResourceNotFound.Function"
    cloud.advance(2)
    assert cloud.call("GetFunction", FunctionName="hello")["Status"] == "Active"


@pytest.mark.parametrize("how", ["half", "empty", "page", "content-type"])
def test_response_is_garbled_after_effect(cloud: Cloud, how: str) -> None:
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


def test_cut_response_ends_early(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "ListNamespaces", "garbled": "cut", "times": 1}])
    with pytest.raises(http.client.IncompleteRead):
        cloud.send("POST", "/", b"{}", tc3_headers(cloud.address, "ListNamespaces", b"{}"))
    assert cloud.call("ListNamespaces")["TotalCount"] == 1


@pytest.mark.parametrize(("skew_s", "refused"), [(3600.0, True), (-3600.0, True), (100.0, False)])
def test_skew_fault_rejects_signature(cloud: Cloud, skew_s: float, refused: bool) -> None:
    cloud.control("faults", [{"skew_s": skew_s}])
    if refused:
        assert cloud.error("ListNamespaces") == "AuthFailure.SignatureExpire"
    else:
        assert cloud.call("ListNamespaces")["TotalCount"] == 1


def test_stuck_fault_never_completes_update(cloud: Cloud) -> None:
    cloud.create()
    cloud.control("faults", [{"action": "UpdateFunctionConfiguration", "stuck": True}])
    cloud.call("UpdateFunctionConfiguration", FunctionName="hello", Timeout=7)
    cloud.advance(1e6)

    assert cloud.call("GetFunction", FunctionName="hello")["Status"] == "Updating"
    assert (
        cloud.error("UpdateFunctionConfiguration", FunctionName="hello")
        == "FailedOperation.UpdateFunctionConfiguration"
    )


def test_stuck_fault_never_completes_deletion(cloud: Cloud) -> None:
    cloud.create()
    cloud.control("faults", [{"action": "DeleteFunction", "stuck": True}])
    cloud.call("DeleteFunction", FunctionName="hello")
    cloud.advance(1e6)
    assert cloud.call("GetFunction", FunctionName="hello")["Status"] == "Deleting"


def test_late_tags_fault_delays_tags_of_function_only(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "CreateFunction", "late_tags_s": 3.0}])
    cloud.create(Tags=[{"Key": "k", "Value": "v"}])

    assert cloud.call("GetFunction", FunctionName="hello")["Tags"] == []
    assert cloud.call("GetResources", product="tag")["ResourceTagMappingList"][0]["Tags"][0]["TagValue"] == "v"
    cloud.advance(3)
    assert cloud.call("GetFunction", FunctionName="hello")["Tags"] == [{"Key": "k", "Value": "v"}]
    assert cloud.call("ListFunctions")["Functions"][0]["Tags"] == [{"Key": "k", "Value": "v"}]


def test_stale_fault_affects_reads_only(cloud: Cloud) -> None:
    cloud.create("old")
    cloud.control("faults", [{"action": "CreateFunction", "stale_s": 4.0, "times": 1}])
    cloud.create("new")

    assert cloud.error("GetFunction", FunctionName="new") == "ResourceNotFound.Function"
    assert cloud.call("ListFunctions")["TotalCount"] == 1
    with pytest.raises(ApiError, match=r"ResourceInUse\.Function"):
        cloud.create("new")
    cloud.advance(4)
    assert cloud.call("GetFunction", FunctionName="new")["Status"] == "Active"


def test_stale_writes_become_visible_one_by_one(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "CreateFunction", "stale_s": 4.0}])
    cloud.create("first")
    cloud.advance(2)
    cloud.create("second")
    seen = []
    for _ in range(3):
        seen.append([row["FunctionName"] for row in cloud.call("ListFunctions")["Functions"]])
        cloud.advance(2)
    assert [sorted(names) for names in seen] == [[], ["first"], ["first", "second"]]


def test_stuck_fault_never_completes_layer(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "PublishLayerVersion", "stuck": True}])
    cloud.call(
        "PublishLayerVersion",
        LayerName="l",
        CompatibleRuntimes=["Python3.10"],
        Content={"ZipFile": zip_text({"a": ""})},
    )
    cloud.advance(1e6)
    assert cloud.call("GetLayerVersion", LayerName="l", LayerVersion=1)["Status"] == "Publishing"
