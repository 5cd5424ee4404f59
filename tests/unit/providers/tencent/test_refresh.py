"""Which questions are asked for a last look at resources, and who shares an answer."""

from __future__ import annotations

from typing import Any

import pytest

from scfdeploy.model import Address
from scfdeploy.model.resource_kind import KINDS
from scfdeploy.providers.base import CloudError
from scfdeploy.providers.tencent.kinds import HANDLERS
from scfdeploy.providers.tencent.refresh import ResourceReader
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
        looks = ResourceReader(cloud.client, FakeClock())
        assert [found.address if (found := looks.read(one)) else None for one in (A, B, C)] == [A, B, None]
        assert cloud.calls == ["ListTriggers"]


def test_same_resource_is_requested_again() -> None:
    with answering(ListTriggers=TRIGGERS) as cloud:
        looks = ResourceReader(cloud.client, FakeClock())
        for one in (A, B, A, B):
            looks.read(one)
        assert cloud.calls == ["ListTriggers"] * 2


def test_an_answer_that_is_old_is_shared_no_more() -> None:
    clock = FakeClock()
    with answering(ListTriggers=TRIGGERS) as cloud:
        looks = ResourceReader(cloud.client, clock)
        looks.read(A)
        clock.sleep(1.1)
        looks.read(B)
        assert cloud.calls == ["ListTriggers"] * 2


def test_functions_share_nothing() -> None:
    with answering(ListTriggers=TRIGGERS) as cloud:
        looks = ResourceReader(cloud.client, FakeClock())
        looks.read(A)
        looks.read(OTHER.trigger("timer", "b"))
        assert cloud.calls == ["ListTriggers"] * 2


def test_other_products_are_asked_only_for_their_own_triggers() -> None:
    with answering(ListTriggers=TRIGGERS, DescribeTargets={"Listeners": []}) as cloud:
        looks = ResourceReader(cloud.client, FakeClock())
        looks.read(A)
        looks.read(HELLO.trigger("clb", "lb-1/lbl-1/loc-1"))
        assert cloud.calls == ["ListTriggers", "ListTriggers", "DescribeTargets"]


@pytest.mark.parametrize(
    ("address", "action", "shown"),
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
    ],
    ids=lambda value: value.kind.name if isinstance(value, Address) else "",
)
def test_each_kind_takes_one_question_and_is_none_where_it_is_gone(
    address: Address, action: str, shown: dict[str, Any]
) -> None:
    with answering(**{action: shown}) as cloud:
        found = ResourceReader(cloud.client, FakeClock()).read(address)
        assert cloud.calls == [action]
    assert found is not None
    assert found.address == address
    with answering(**{action: failure("ResourceNotFound.Function")}) as cloud:
        assert ResourceReader(cloud.client, FakeClock()).read(address) is None


def test_a_question_that_is_refused_is_no_answer() -> None:
    with answering(ListTriggers=failure("UnauthorizedOperation")) as cloud, pytest.raises(CloudError):
        ResourceReader(cloud.client, FakeClock()).read(A)


def test_every_kind_that_can_be_written_over_has_a_reader() -> None:
    # A namespace has no settings, and the platform makes none twice.
    assert {kind.name for kind, handler in HANDLERS.items() if handler.read} == {
        "function",
        "trigger",
        "alias",
        "async",
        "concurrency",
        "layer",
    }
    assert HANDLERS.keys() == set(KINDS.values())
