"""Every status of an invocation occurs in its documented situation, and under a fault rule."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from scfdeploy.facts.errors import status_codes
from tests.support.emulator import ApiError, Cloud, tc3_headers, zip_text

ONLY_FAULTS = {402, 410, 441, 444, 447, 449, 452}
"""Statuses of an account, of the platform's own resources, and of images, which need docker."""
REJECTED = {400, 401, 402, 406, 410, 436}
CODE = """
import os, time

def main(event, context):
    return event

def fail(event, context):
    raise KeyError("customer")

def leave(event, context):
    os._exit(3)

def slow(event, context):
    time.sleep(30)

def large(event, context):
    return "a" * (6 * 1024 * 1024 + 1)

def greedy(event, context):
    return len(bytearray(80 * 1024 * 1024))

def page(event, context):
    return {"statusCode": "many"}
"""


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """A server whose time stands still."""
    with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
        yield Cloud(server.url)


def create(cloud: Cloud, handler: str = "main", code: str = CODE, **parameters: Any) -> None:
    cloud.create(files={"index.py": code}, Handler=f"index.{handler}", **parameters)


def call(cloud: Cloud, **parameters: Any) -> int:
    """The status of a synchronous call."""
    result = cloud.call("InvokeFunction", FunctionName="hello", **parameters)["Result"]
    return int(json.loads(result["ErrMsg"])["statusCode"]) if result["ErrMsg"] else 200


def accept(cloud: Cloud, **parameters: Any) -> str:
    sent = cloud.call("Invoke", FunctionName="hello", InvocationType="Event", ClientContext="{}", **parameters)
    return str(sent["Result"]["FunctionRequestId"])


def first_attempt(cloud: Cloud) -> int:
    """The status of the first attempt of the accepted event."""
    steps = cloud.control("clock", {"step": True, "steps": True})["steps"]
    return int(next(step["status"] for step in steps if step["kind"] == "attempt"))


def called_by_url(cloud: Cloud) -> int:
    cloud.call(
        "CreateTrigger",
        FunctionName="hello",
        TriggerName="url",
        Type="http",
        TriggerDesc=json.dumps({"AuthType": "NONE", "NetConfig": {"EnableIntranet": True, "EnableExtranet": True}}),
        Qualifier="$DEFAULT",
        Enable="OPEN",
    )
    _, _, body = cloud.send("GET", "/_url/default/hello/")
    return int(json.loads(body)["statusCode"])


def web(cloud: Cloud, files: dict[str, str], **parameters: Any) -> int:
    code = {"ZipFile": zip_text(files, modes={"scf_bootstrap": 0o100755})}
    cloud.create(Type="HTTP", Handler=None, Code=code, **parameters)
    return called_by_url(cloud)


def _success(cloud: Cloud) -> int:
    create(cloud)
    return call(cloud)


def _handler(name: str, **parameters: Any) -> Callable[[Cloud], int]:
    def run(cloud: Cloud) -> int:
        create(cloud, name, **parameters)
        return call(cloud)

    return run


def _code(text: str, **parameters: Any) -> Callable[[Cloud], int]:
    return _handler("main", code=text, **parameters)


def _missing_vpc(cloud: Cloud) -> int:
    cloud.control("settings", {"vpcs": "vpc-a, vpc-b"})
    create(cloud, VpcConfig={"VpcId": "vpc-none", "SubnetId": "subnet-a"})
    return call(cloud)


def _integrated_response(cloud: Cloud) -> int:
    create(cloud, "page")
    return called_by_url(cloud)


def _ended_bootstrap(cloud: Cloud) -> int:
    return web(cloud, {"scf_bootstrap": "#!/bin/sh\nexit 1\n"})


def _missing_bootstrap(cloud: Cloud) -> int:
    return web(cloud, {"app.py": ""})


def _silent_bootstrap(cloud: Cloud) -> int:
    return web(cloud, {"scf_bootstrap": "#!/bin/sh\nsleep 30\n"}, InitTimeout=3)


def _too_many_new_instances(cloud: Cloud) -> int:
    cloud.control("settings", {"burst_limit": 1})
    create(cloud)
    assert call(cloud) == 200
    assert call(cloud) == 200, "a warm instance is not a new one"
    cloud.create("other")
    result = cloud.call("InvokeFunction", FunctionName="other")["Result"]
    status = json.loads(result["ErrMsg"])["statusCode"]
    cloud.advance(60)
    assert not cloud.call("InvokeFunction", FunctionName="other")["Result"]["ErrMsg"]
    return int(status)


def _no_concurrency(cloud: Cloud) -> int:
    create(cloud)
    cloud.call("PutReservedConcurrencyConfig", FunctionName="hello", ReservedConcurrencyMem=0)
    return call(cloud)


def _deleted_while_queued(cloud: Cloud) -> int:
    create(cloud)
    accept(cloud)
    cloud.call("DeleteFunction", FunctionName="hello")
    return first_attempt(cloud)


def _version_deleted_while_queued(cloud: Cloud) -> int:
    create(cloud)
    cloud.call("PublishVersion", FunctionName="hello")
    accept(cloud, Qualifier="1")
    cloud.call("DeleteFunction", FunctionName="hello", Qualifier="1")
    return first_attempt(cloud)


def _failed_state_while_queued(cloud: Cloud) -> int:
    create(cloud)
    accept(cloud)
    cloud.call("DeleteFunction", FunctionName="hello")
    cloud.control("faults", [{"action": "CreateFunction", "async_failure": "no capacity"}])
    create(cloud)
    return first_attempt(cloud)


def _cancelled(cloud: Cloud) -> int:
    create(cloud, AsyncRunEnable="TRUE", TraceEnable="TRUE")
    request = accept(cloud)
    cloud.call("TerminateAsyncEvent", FunctionName="hello", InvokeRequestId=request)
    return int(cloud.call("GetAsyncEventStatus", InvokeRequestId=request)["Result"]["StatusCode"])


def _platform_error(cloud: Cloud) -> int:
    create(cloud)
    accept(cloud)
    cloud.call("DeleteFunction", FunctionName="hello")
    image = {"ImageType": "personal", "ImageUri": "ccr.ccs.tencentyun.com/a/b:c"}
    cloud.create(Code={"ImageConfig": image}, Handler=None, Runtime="CustomImage")
    return first_attempt(cloud)


SITUATIONS: dict[int, Callable[[Cloud], int]] = {
    200: _success,
    403: _integrated_response,
    404: _missing_vpc,
    405: _ended_bootstrap,
    407: _handler("large"),
    429: _too_many_new_instances,
    430: _handler("fail"),
    432: _no_concurrency,
    433: _handler("slow", Timeout=1),
    434: _handler("greedy", MemorySize=64),
    435: _deleted_while_queued,
    437: _handler("none"),
    438: _failed_state_while_queued,
    439: _handler("leave"),
    442: _version_deleted_while_queued,
    443: _code("import nothing_like_this"),
    445: _missing_bootstrap,
    446: _silent_bootstrap,
    450: _code("import time\ntime.sleep(30)\ndef main(event, context): pass", InitTimeout=3),
    499: _cancelled,
    500: _platform_error,
}
"""How an invocation gets each status."""
REJECTIONS: dict[int, tuple[dict[str, Any], str]] = {
    400: ({"ClientContext": "{"}, "InvalidParameterValue.Param"),
    406: ({"ClientContext": '"' + "a" * (128 << 10) + '"'}, "InvalidParameter.RequestTooLarge"),
    436: ({"ClientContext": "{}", "RoutingKey": '{"a": 1}'}, "InvalidParameterValue.Param"),
}
"""What is wrong with a call, and the code of the API in which it gets each status at acceptance."""


@pytest.mark.parametrize("status", SITUATIONS)
def test_status_occurs_in_its_situation(cloud: Cloud, status: int) -> None:
    assert SITUATIONS[status](cloud) == status


@pytest.mark.parametrize("status", REJECTIONS)
def test_wrong_call_is_rejected_without_an_event(cloud: Cloud, status: int) -> None:
    parameters, code = REJECTIONS[status]
    create(cloud)

    with pytest.raises(ApiError) as rejected:
        cloud.call("Invoke", FunctionName="hello", InvocationType="Event", **parameters)

    assert rejected.value.code == code
    assert cloud.control("clock", {"until": "idle"})["ran"] == 0


def test_caller_without_permission_is_rejected(cloud: Cloud) -> None:
    create(cloud)
    body = json.dumps({"FunctionName": "hello"}).encode()
    headers = tc3_headers(cloud.address, "InvokeFunction", body)
    headers["Authorization"] = headers["Authorization"].replace("Signature=", "Signature=0")

    _, _, answer = cloud.send("POST", "/", body, headers)

    assert json.loads(answer)["Response"]["Error"]["Code"].startswith("AuthFailure")


def test_web_function_in_missing_vpc_ends_with_404(cloud: Cloud) -> None:
    cloud.control("settings", {"vpcs": "vpc-a"})

    vpc = {"VpcId": "vpc-none", "SubnetId": "subnet-a"}
    assert web(cloud, {"scf_bootstrap": "#!/bin/sh\n"}, VpcConfig=vpc) == 404


def test_listed_vpc_exists(cloud: Cloud) -> None:
    cloud.control("settings", {"vpcs": "vpc-a, vpc-b"})
    create(cloud, VpcConfig={"VpcId": "vpc-b", "SubnetId": "subnet-b"})

    assert call(cloud) == 200


def test_every_status_has_a_situation() -> None:
    assert {*SITUATIONS, *REJECTIONS, 401, *ONLY_FAULTS} == set(status_codes())


@pytest.mark.parametrize("status", sorted(status_codes()))
def test_fault_rule_gives_each_status_to_synchronous_calls(cloud: Cloud, status: int) -> None:
    create(cloud)
    cloud.control("faults", [{"action": "Invoke", "outcome": status}])

    assert call(cloud) == status


@pytest.mark.parametrize("status", sorted(set(status_codes()) - REJECTED))
def test_fault_rule_gives_each_status_to_attempts(cloud: Cloud, status: int) -> None:
    create(cloud)
    cloud.control("faults", [{"action": "Invoke", "outcome": status}])
    accept(cloud)

    assert first_attempt(cloud) == status


@pytest.mark.parametrize("status", sorted(REJECTED))
def test_fault_rule_rejects_asynchronous_call(cloud: Cloud, status: int) -> None:
    create(cloud)
    cloud.control("faults", [{"action": "Invoke", "outcome": status}])

    with pytest.raises(ApiError, match=f"Status {status}"):
        accept(cloud)

    assert cloud.control("clock", {"until": "idle"})["ran"] == 0
