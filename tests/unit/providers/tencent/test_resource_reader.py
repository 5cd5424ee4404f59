"""Calls that read single resources, and the responses that are shared."""

from __future__ import annotations

from typing import Any

import pytest

from scfdeploy.model import Address
from scfdeploy.model.resource_kind import KINDS
from scfdeploy.providers.base import CloudError
from scfdeploy.providers.tencent.kinds import HANDLERS
from scfdeploy.providers.tencent.precondition import ResourceReader
from tests.support.answers import answering, failure
from tests.support.fake_clock import FakeClock

HELLO = Address.of_function("default", "hello")
OTHER = Address.of_function("default", "other")


def timer(name: str) -> dict[str, Any]:
    return {"TriggerName": name, "Type": "timer", "TriggerDesc": '{"cron":"0 0 2 * * * *"}', "Enable": 1}


BALANCED = {"Type": "clb", "ResourceId": "qcs::clb:ap-guangzhou:uin/:loadbalancer/lb-1/lbl-1/loc-1"}
TRIGGERS = {"Triggers": [timer("a"), timer("b"), BALANCED], "TotalCount": 3}
ALIASES = {"Aliases": [{"Name": "$DEFAULT", "FunctionVersion": "1"}], "TotalCount": 1}
A, B, C = (HELLO.trigger("timer", name) for name in "abc")


def test_triggers_of_one_function_share_one_list() -> None:
    with answering(ListTriggers=TRIGGERS) as cloud:
        reader = ResourceReader(cloud.client, FakeClock())
        assert [resource.address if (resource := reader.read(address)) else None for address in (A, B, C)] == [
            A,
            B,
            None,
        ]
        assert cloud.calls == ["ListTriggers"]


def test_same_resource_is_requested_again() -> None:
    with answering(ListTriggers=TRIGGERS) as cloud:
        reader = ResourceReader(cloud.client, FakeClock())
        for address in (A, B, A, B):
            reader.read(address)
        assert cloud.calls == ["ListTriggers"] * 2


def test_old_response_is_not_shared() -> None:
    clock = FakeClock()
    with answering(ListTriggers=TRIGGERS) as cloud:
        reader = ResourceReader(cloud.client, clock)
        reader.read(A)
        clock.sleep(1.1)
        reader.read(B)
        assert cloud.calls == ["ListTriggers"] * 2


def test_functions_do_not_share_responses() -> None:
    with answering(ListTriggers=TRIGGERS) as cloud:
        reader = ResourceReader(cloud.client, FakeClock())
        reader.read(A)
        reader.read(OTHER.trigger("timer", "b"))
        assert cloud.calls == ["ListTriggers"] * 2


def test_products_are_called_for_their_own_triggers_only() -> None:
    with answering(ListTriggers=TRIGGERS, DescribeTargets={"Listeners": []}) as cloud:
        reader = ResourceReader(cloud.client, FakeClock())
        reader.read(A)
        reader.read(HELLO.trigger("clb", "lb-1/lbl-1/loc-1"))
        assert cloud.calls == ["ListTriggers", "ListTriggers", "DescribeTargets"]


@pytest.mark.parametrize(
    ("address", "action", "response"),
    [
        (HELLO, "GetFunction", {"FunctionName": "hello"}),
        (A, "ListTriggers", TRIGGERS),
        (HELLO.alias("$DEFAULT"), "ListAliases", ALIASES),
        (HELLO.asynchronous(), "GetFunctionEventInvokeConfig", {"AsyncTriggerConfig": {"MsgTTL": 60}}),
        (HELLO.reserved(), "GetReservedConcurrencyConfig", {"ReservedMem": 128}),
        (
            HELLO.provisioned("1"),
            "GetProvisionedConcurrencyConfig",
            {"Allocated": [{"Qualifier": "1", "AllocatedProvisionedConcurrencyNum": 2}]},
        ),
        (
            Address.of_layer("base"),
            "ListLayerVersions",
            {"LayerVersions": [{"LayerName": "base", "LayerVersion": 1}], "TotalCount": 1},
        ),
        (Address.of_domain("a.example.com"), "GetCustomDomain", {"Domain": "a.example.com", "Protocol": "HTTP"}),
    ],
    ids=lambda value: value.kind.name if isinstance(value, Address) else "",
)
def test_each_kind_is_read_with_one_call_and_none_if_missing(
    address: Address, action: str, response: dict[str, Any]
) -> None:
    with answering(**{action: response}) as cloud:
        resource = ResourceReader(cloud.client, FakeClock()).read(address)
        assert cloud.calls == [action]
    assert resource is not None
    assert resource.address == address
    with answering(**{action: failure("ResourceNotFound.Function")}) as cloud:
        assert ResourceReader(cloud.client, FakeClock()).read(address) is None


def test_rejected_read_is_an_error() -> None:
    with answering(ListTriggers=failure("UnauthorizedOperation")) as cloud, pytest.raises(CloudError):
        ResourceReader(cloud.client, FakeClock()).read(A)


def test_every_kind_with_settings_has_a_reader() -> None:
    # A namespace has no settings, and the platform rejects a second one of the same name.
    assert {kind.name for kind, handler in HANDLERS.items() if handler.read} == {
        "function",
        "trigger",
        "alias",
        "async",
        "concurrency",
        "layer",
        "domain",
    }
    assert HANDLERS.keys() == set(KINDS.values())
