"""Reserved and provisioned concurrency, and the traffic weights of aliases."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.emulator import Cloud, running

HELLO = {"FunctionName": "hello"}
VERSION = {**HELLO, "Qualifier": "1"}
WAITING = """
import os, time
def main(event, context):
    open(event["ready"], "w").close()
    while not os.path.exists(event["go"]):
        time.sleep(0.01)
"""
TELLS_VERSION = {
    "index.py": "import os\ndef main(event, context):\n    return os.environ['SCF_FUNCTIONVERSION']\n",
}


def provision(cloud: Cloud, number: int = 2, **more: Any) -> None:
    cloud.call("PutProvisionedConcurrencyConfig", **{**VERSION, "VersionProvisionedConcurrencyNum": number, **more})


def allocated(cloud: Cloud, **more: Any) -> list[tuple[str, int, int, str]]:
    found = cloud.call("GetProvisionedConcurrencyConfig", **HELLO, **more)["Allocated"]
    return [
        (
            one["Qualifier"],
            one["AllocatedProvisionedConcurrencyNum"],
            one["AvailableProvisionedConcurrencyNum"],
            one["Status"],
        )
        for one in found
    ]


@pytest.fixture
def published(cloud: Cloud) -> Cloud:
    cloud.create(MemorySize=128)
    cloud.call("PublishVersion", **HELLO)
    return cloud


def test_provisioned_instances_are_done_after_activation_time(slow_cloud: Cloud) -> None:
    slow_cloud.create()
    slow_cloud.advance(11)
    slow_cloud.call("PublishVersion", **HELLO)
    assert slow_cloud.error("PutProvisionedConcurrencyConfig", **VERSION, VersionProvisionedConcurrencyNum=1) == (
        "FailedOperation.FunctionVersionStatusNotActive"
    )
    slow_cloud.advance(11)
    provision(slow_cloud)
    assert allocated(slow_cloud) == [("1", 2, 0, "InProgress")]
    slow_cloud.advance(11)
    assert allocated(slow_cloud) == [("1", 2, 2, "Done")]


def test_provisioned_instances_can_be_changed_and_deleted(published: Cloud) -> None:
    published.call("PublishVersion", **HELLO)
    provision(published, 2)
    provision(published, 3)
    provision(published, 1, Qualifier="2")
    assert allocated(published, Qualifier="2") == [("2", 1, 1, "Done")]
    assert [entry[:2] for entry in allocated(published)] == [("1", 3), ("2", 1)]
    published.call("DeleteProvisionedConcurrencyConfig", **VERSION)
    assert [entry[:2] for entry in allocated(published)] == [("2", 1)]
    published.call("DeleteFunctionVersion", **HELLO, Qualifier="2")
    assert allocated(published) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Qualifier": "$LATEST"}, "InvalidParameterValue.Qualifier"),
        ({"Qualifier": "$DEFAULT"}, "InvalidParameterValue.Qualifier"),
        ({"Qualifier": "9"}, "ResourceNotFound.Version"),
        ({"FunctionName": "other"}, "ResourceNotFound.Function"),
        ({"ProvisionedType": "Sometimes"}, "InvalidParameterValue.ProvisionType"),
        ({"VersionProvisionedConcurrencyNum": 1001}, "FailedOperation.ProvisionedExceedAvailable"),
        ({"VersionProvisionedConcurrencyNum": None}, "MissingParameter"),
        ({"TrackingTarget": 1.0}, "InvalidParameterValue"),
        ({"MinCapacity": 0}, "InvalidParameterValue"),
        ({"MinCapacity": 3, "MaxCapacity": 2}, "InvalidParameterValue"),
        (
            {"TriggerActions": [{"TriggerName": "a", "TriggerCronConfig": "x"}]},
            "InvalidParameterValue.TriggerProvisionedConcurrencyNum",
        ),
        (
            {"TriggerActions": [{"TriggerName": "a", "TriggerCronConfig": cron} for cron in "xy"]},
            "InvalidParameterValue.ProvisionTriggerNameDuplicate",
        ),
        (
            {"TriggerActions": [{"TriggerName": name, "TriggerCronConfig": "x"} for name in "ab"]},
            "InvalidParameterValue.ProvisionTriggerCronConfigDuplicate",
        ),
    ],
)
def test_invalid_provisioning_returns_documented_code(published: Cloud, change: dict[str, Any], code: str) -> None:
    good = {**VERSION, "VersionProvisionedConcurrencyNum": 1}
    assert published.error("PutProvisionedConcurrencyConfig", **{**good, **change}) == code


def test_reserved_concurrency_can_be_set_read_and_deleted(published: Cloud) -> None:
    assert published.call("GetReservedConcurrencyConfig", **HELLO)["ReservedMem"] is None
    published.call("PutReservedConcurrencyConfig", **HELLO, ReservedConcurrencyMem=256)
    assert published.call("GetReservedConcurrencyConfig", **HELLO)["ReservedMem"] == 256
    assert published.error("PutProvisionedConcurrencyConfig", **VERSION, VersionProvisionedConcurrencyNum=3) == (
        "FailedOperation.ProvisionedExceedReserved"
    )
    provision(published, 2)
    assert published.error("PutReservedConcurrencyConfig", **HELLO, ReservedConcurrencyMem=128) == (
        "LimitExceeded.FunctionReservedConcurrencyMemory"
    )
    usage = published.call("GetAccount")["AccountUsage"]["Namespace"][0]
    assert (usage["TotalAllocatedConcurrencyMem"], usage["TotalAllocatedProvisionedMem"]) == (256, 256)
    published.call("DeleteReservedConcurrencyConfig", **HELLO)
    assert published.call("GetReservedConcurrencyConfig", **HELLO)["ReservedMem"] is None


def test_reservation_leaves_unreserved_minimum(published: Cloud) -> None:
    published.create("other")
    published.call("PutReservedConcurrencyConfig", FunctionName="other", ReservedConcurrencyMem=100000)
    assert published.error("PutReservedConcurrencyConfig", **HELLO, ReservedConcurrencyMem=15361) == (
        "FailedOperation.ReservedExceedTotal"
    )
    published.call("PutReservedConcurrencyConfig", **HELLO, ReservedConcurrencyMem=15200)


def test_total_of_namespace_limits_reservations(published: Cloud) -> None:
    assert published.error("PutTotalConcurrencyConfig", TotalConcurrencyMem=128001) == (
        "LimitExceeded.UserTotalConcurrencyMemory"
    )
    published.call("PutTotalConcurrencyConfig", TotalConcurrencyMem=12800)
    assert published.error("PutReservedConcurrencyConfig", **HELLO, ReservedConcurrencyMem=128) == (
        "FailedOperation.ReservedExceedTotal"
    )


def refusal(cloud: Cloud, name: str) -> str:
    error = json.loads(cloud.call("InvokeFunction", FunctionName=name)["Result"]["ErrMsg"])
    assert error["statusCode"] == 432
    message: str = error["errorMessage"]
    return message


def test_function_with_reservation_of_zero_does_not_run(published: Cloud) -> None:
    published.call("PutReservedConcurrencyConfig", **HELLO, ReservedConcurrencyMem=0)
    assert refusal(published, "hello") == "Function [ hello ] concurrency exceeded reserved quota 0 MB"


@contextmanager
def call_in_progress(cloud: Cloud, folder: Path) -> Iterator[None]:
    event = {"ready": str(folder / "ready"), "go": str(folder / "go")}
    parameters = {"FunctionName": "waiting", "Event": json.dumps(event)}
    thread = threading.Thread(target=cloud.call, args=("InvokeFunction",), kwargs=parameters)
    thread.start()
    while not (folder / "ready").exists():
        pass
    try:
        yield
    finally:
        (folder / "go").touch()
        thread.join()


def create_waiting(cloud: Cloud, **parameters: Any) -> None:
    # The function uses files of the test, which namespace isolation hides.
    cloud.control("settings", {"isolation": "copy"})
    cloud.create("waiting", {"index.py": WAITING}, Timeout=60, **parameters)


def test_calls_beyond_reservation_return_432_with_quota(published: Cloud, tmp_path: Path) -> None:
    create_waiting(published, MemorySize=128)
    published.call("PutReservedConcurrencyConfig", FunctionName="waiting", ReservedConcurrencyMem=255)
    with call_in_progress(published, tmp_path):
        message = "Function [ waiting ] concurrency exceeded reserved quota 255 MB"
        assert refusal(published, "waiting") == message
        assert published.call("InvokeFunction", **HELLO)["Result"]["InvokeResult"] == 0
    event = json.dumps({"ready": str(tmp_path / "ready"), "go": str(tmp_path / "go")})
    assert published.call("InvokeFunction", FunctionName="waiting", Event=event)["Result"]["InvokeResult"] == 0


def test_calls_beyond_quota_of_region_return_432_with_quota(tmp_path: Path) -> None:
    with running(region_quota_mb=255) as cloud:
        create_waiting(cloud, MemorySize=128)
        cloud.create(MemorySize=128)
        cloud.create("reserved", MemorySize=128)
        cloud.call("PutReservedConcurrencyConfig", FunctionName="reserved", ReservedConcurrencyMem=128)
        with call_in_progress(cloud, tmp_path):
            message = "Function [ hello ] concurrency exceeded region unreserved quota 255 MB"
            assert refusal(cloud, "hello") == message
            assert cloud.call("InvokeFunction", FunctionName="reserved")["Result"]["InvokeResult"] == 0


def test_web_function_beyond_reservation_returns_432(cloud: Cloud) -> None:
    cloud.create(Type="HTTP", Handler=None)
    cloud.call("CreateTrigger", **HELLO, TriggerName="url", Type="http", TriggerDesc="{}")
    cloud.call("PutReservedConcurrencyConfig", **HELLO, ReservedConcurrencyMem=0)
    status, _, body = cloud.send("GET", "/_url/default/hello/")
    content = json.loads(body)
    assert (status, content["statusCode"]) == (502, 432)
    assert content["errorMessage"] == "Function [ hello ] concurrency exceeded reserved quota 0 MB"


def versions_called(seed: str) -> list[str]:
    with running(seed=seed) as cloud:
        cloud.create(files=TELLS_VERSION)
        cloud.call("PublishVersion", **HELLO)
        cloud.call("PublishVersion", **HELLO)
        routing = {"AdditionalVersionWeights": [{"Version": "2", "Weight": 0.5}]}
        cloud.call("UpdateAlias", **HELLO, Name="$DEFAULT", FunctionVersion="1", RoutingConfig=routing)
        calls = [cloud.call("InvokeFunction", **HELLO)["Result"]["RetMsg"] for _ in range(8)]
    return [json.loads(answer) for answer in calls]


def test_alias_weights_are_reproducible_with_seed() -> None:
    first = versions_called("canary")
    assert set(first) == {"1", "2"}
    assert versions_called("canary") == first
