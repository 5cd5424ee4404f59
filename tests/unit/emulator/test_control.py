"""Control paths: who may use them, what they return, and the faults and settings that they set."""

from __future__ import annotations

import json
import time
from http.client import RemoteDisconnected
from typing import Any

import pytest

from tests.support.emulator import ApiError, Cloud, tc3_headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_control_paths_reject_requests_of_web_pages(cloud: Cloud, headers: dict[str, str]) -> None:
    assert cloud.send("POST", "/_emulator/reset", b"", headers)[0] == 403


@pytest.mark.parametrize(
    "headers",
    [{}, {"Host": "localhost"}, {"Host": "localhost:9"}, {"Host": "[::1]:9"}],
)
def test_control_paths_accept_requests_of_this_machine(cloud: Cloud, headers: dict[str, str]) -> None:
    assert cloud.send("GET", "/_emulator/health", b"", headers)[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "none", b"", 404),
        ("GET", "reset", b"", 405),
        ("POST", "clock", b"{", 400),
        ("POST", "clock", b'{"advance_s": -1}', 400),
        ("POST", "settings", b'{"colour": 1}', 400),
        ("POST", "settings", b'{"latency_s": "1"}', 400),
        ("POST", "faults", b'[{"acton": "*"}]', 400),
        ("POST", "faults", b'[{"times": "1"}]', 400),
        ("POST", "faults", b'[{"drop": "never"}]', 400),
        ("POST", "faults", b'"all"', 400),
        ("POST", "events", b'{"function": 5}', 400),
        ("POST", "events", b'{"statuses": 5}', 400),
        ("POST", "events/stats", b'{"function": ["a/b/c"]}', 400),
        ("POST", "logs", b'{"functions": ["hello"], "after": 9223372036854775808}', 400),
        ("POST", "queues/show", b'{"name": "q", "after": 9223372036854775808}', 400),
    ],
)
def test_invalid_control_request_returns_status_and_message(
    cloud: Cloud, method: str, path: str, body: bytes, status: int
) -> None:
    answered, _, answer = cloud.send(method, f"/_emulator/{path}", body)
    assert answered == status
    assert json.loads(answer)["error"]


def test_calls_list_outcomes_without_bodies(cloud: Cloud) -> None:
    cloud.create()
    cloud.error("GetFunction", FunctionName="nobody")
    cloud.call("GetResources", product="tag")

    found = cloud.control("calls")["calls"]

    assert [(c["action"], c["product"], c["outcome"]) for c in found] == [
        ("CreateFunction", "scf", "ok"),
        ("GetFunction", "scf", "ResourceNotFound.Function"),
        ("GetResources", "tag", "ok"),
    ]
    assert set(found[0]) == {"action", "product", "region", "time", "seconds", "outcome", "request_id"}
    cloud.control("calls", method="DELETE")
    assert cloud.control("calls") == {"calls": []}


def test_reset_deletes_everything(cloud: Cloud) -> None:
    cloud.create()
    cloud.advance(3600)
    cloud.control("faults", [{"code": "InternalError"}])
    cloud.control("settings", {"activation_s": 5})

    cloud.control("reset", {})

    assert cloud.control("state") == {}
    assert cloud.control("faults") == {"rules": []}
    assert cloud.control("settings")["activation_s"] == 0
    assert abs(cloud.control("clock")["now"] - time.time()) < 60


def test_state_returns_stored_documents(cloud: Cloud) -> None:
    cloud.create(Environment={"Variables": [{"Key": "A", "Value": "1"}]})
    state = cloud.control("state")
    version = state["version"]["ap-guangzhou/default/hello/$LATEST"]
    assert version["Environment"]["Variables"] == [{"Key": "A", "Value": "1"}]
    assert set(state) == {"function", "version"}


def test_settings_apply_to_next_call(cloud: Cloud) -> None:
    cloud.control("settings", {"activation_s": 60, "region": "ap-shanghai"})
    cloud.create()
    assert cloud.call("GetFunction", FunctionName="hello")["Status"] == "Creating"
    assert cloud.call("ListFunctions", region="")["TotalCount"] == 0


def test_fault_before_effect_creates_nothing(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "CreateFunction", "times": 1, "code": "InternalError", "message": "busy"}])
    with pytest.raises(ApiError, match="InternalError: busy"):
        cloud.create()
    assert cloud.error("GetFunction", FunctionName="hello") == "ResourceNotFound.Function"
    cloud.create()


@pytest.mark.parametrize("fault", [{"code": "InternalError", "when": "after"}, {"drop": "after"}])
def test_fault_after_effect_loses_response_of_created_function(cloud: Cloud, fault: dict[str, Any]) -> None:
    cloud.control("faults", [{"action": "CreateFunction", "times": 1, **fault}])
    with pytest.raises((ApiError, RemoteDisconnected)):
        cloud.create()
    assert cloud.call("GetFunction", FunctionName="hello")["Status"] == "Active"


def test_drop_before_effect_creates_nothing(cloud: Cloud) -> None:
    cloud.control("faults", {"rules": [{"action": "*", "times": 1, "drop": "before"}]})
    with pytest.raises(RemoteDisconnected):
        cloud.create()
    assert cloud.error("GetFunction", FunctionName="hello") == "ResourceNotFound.Function"
    assert cloud.control("calls")["calls"][0]["outcome"] == "dropped"


def test_fault_status_replaces_response(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "*", "status": 502, "message": "bad gateway"}])
    headers = tc3_headers(cloud.address, "ListNamespaces", b"{}")
    status, _, answer = cloud.send("POST", "/", b"{}", headers)
    assert (status, answer) == (502, b"bad gateway")
    assert cloud.control("calls")["calls"][0]["outcome"] == "http 502"


def test_rule_counters_are_reproducible(cloud: Cloud) -> None:
    def outcomes() -> list[bool]:
        cloud.control("faults", [{"action": "ListNamespaces", "probability": 0.5, "seed": 7, "code": "InternalError"}])
        headers = tc3_headers(cloud.address, "ListNamespaces", b"{}")
        return [b"Error" in cloud.send("POST", "/", b"{}", headers)[2] for _ in range(12)]

    assert outcomes() == outcomes()
    cloud.control("faults", [{"skip": 1, "times": 2, "code": "RequestLimitExceeded"}])
    headers = tc3_headers(cloud.address, "ListNamespaces", b"{}")
    hit = [b"RequestLimitExceeded" in cloud.send("POST", "/", b"{}", headers)[2] for _ in range(5)]
    assert hit == [False, True, True, False, False]
    rule = cloud.control("faults")["rules"][0]
    assert (rule["seen"], rule["hits"]) == (5, 2)


def test_latency_fault_delays_call(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "ListNamespaces", "latency_s": 0.05, "times": 1}])
    cloud.call("ListNamespaces")
    assert cloud.control("calls")["calls"][0]["seconds"] >= 0.05


@pytest.mark.parametrize("seconds", ["NaN", "1e999", "9" * 400, "-1", "true", "[" * 1500])
@pytest.mark.parametrize(("path", "name"), [("clock", "advance_s"), ("settings", "latency_s")])
def test_invalid_seconds_are_rejected(cloud: Cloud, path: str, name: str, seconds: str) -> None:
    status, _, _ = cloud.send("POST", f"/_emulator/{path}", f'{{"{name}": {seconds}}}'.encode())
    assert status == 400
    assert cloud.control("health")["ok"] is True


def test_invalid_latency_is_rejected(cloud: Cloud) -> None:
    assert cloud.send("POST", "/_emulator/faults", b'[{"latency_s": NaN}]')[0] == 400
    assert cloud.send("POST", "/_emulator/faults", b'[{"latency_s": 1e999}]')[0] == 400


def test_lone_surrogate_in_request_returns_api_error(cloud: Cloud) -> None:
    assert cloud.error("CreateFunction", **{"\ud800": 1}) == "UnknownParameter"
