"""Images, file systems, nodes, disks and web sockets: accepted, returned and rejected values."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulator import HELLO, Cloud, zip_text

ADDRESS = "ccr.ccs.tencentyun.com/shop/api"
DIGEST = "sha256:" + "ab" * 32
VPC = {"VpcId": "vpc-1", "SubnetId": "subnet-1"}
MOUNT = {"CfsId": "cfs-1", "LocalMountDir": "/mnt/a", "RemoteMountDir": "/"}


def create_image(cloud: Cloud, name: str = "hello", **image: Any) -> None:
    config = {"ImageUri": f"{ADDRESS}:1", **image}
    cloud.create(name, Code={"ImageConfig": config}, Handler=None, Runtime=None)


def shown(cloud: Cloud) -> Any:
    return cloud.call("GetFunction", FunctionName="hello")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (f"{ADDRESS}:1@{DIGEST}", f"{ADDRESS}:1@{DIGEST}"),
        (f"{ADDRESS}@{DIGEST}", f"{ADDRESS}:latest@{DIGEST}"),
        (f"{ADDRESS}:1", f"{ADDRESS}:1@sha256:"),
    ],
)
def test_image_address_is_returned_with_tag_and_digest(cloud: Cloud, given: str, kept: str) -> None:
    create_image(cloud, ImageUri=given)

    address = shown(cloud)["ImageConfig"]["ImageUri"]

    assert address.startswith(kept)
    assert len(address.partition("@sha256:")[2]) == 64


def test_image_has_defaults_and_is_replaced_completely(cloud: Cloud) -> None:
    create_image(cloud, Args="-u app.py", ImagePort=-1)
    cloud.call(
        "UpdateFunctionCode", FunctionName="hello", Code={"ImageConfig": {"ImageUri": f"{ADDRESS}:2", "Command": "sh"}}
    )

    image = shown(cloud)["ImageConfig"]

    assert (image["ImageType"], image["Command"], image["Args"]) == ("personal", "sh", "")
    assert (image["ImagePort"], image["ContainerImageAccelerate"]) == (9000, False)


def test_region_accelerates_five_images(cloud: Cloud) -> None:
    for number in range(5):
        create_image(cloud, f"hello{number}", ContainerImageAccelerate=True)
    sixth = {"ImageUri": f"{ADDRESS}:1", "ContainerImageAccelerate": True}

    refused = cloud.error("CreateFunction", FunctionName="sixth", Code={"ImageConfig": sixth})
    again = cloud.call("UpdateFunctionCode", FunctionName="hello0", Code={"ImageConfig": sixth})

    assert refused == "LimitExceeded.ContainerImageAccelerate"
    assert again["RequestId"]


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ({"ImageUri": ADDRESS}, "InvalidParameterValue.ImageUri"),
        ({"ImageUri": f"https://{ADDRESS}:1"}, "InvalidParameterValue.ImageUri"),
        ({"ImageType": "private"}, "InvalidParameterValue.ImageType"),
        ({"ImageType": "enterprise"}, "InvalidParameterValue.RegistryId"),
        ({"ImagePort": 8080}, "InvalidParameterValue.Port"),
    ],
)
def test_invalid_image_returns_documented_code(cloud: Cloud, image: dict[str, Any], code: str) -> None:
    config = {"ImageUri": f"{ADDRESS}:1", **image}
    assert cloud.error("CreateFunction", FunctionName="hello", Code={"ImageConfig": config}) == code


def test_mount_is_returned_with_defaults_and_address(cloud: Cloud) -> None:
    cloud.create(VpcConfig=VPC, CfsConfig={"CfsInsList": [MOUNT]})

    (mount,) = shown(cloud)["CfsConfig"]["CfsInsList"]

    assert mount == {
        **MOUNT,
        "MountInsId": "cfs-1",
        "UserId": "10000",
        "UserGroupId": "10000",
        "IpAddress": "192.0.2.20",
        "MountVpcId": "vpc-1",
        "MountSubnetId": "subnet-1",
    }


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"CfsConfig": {"CfsInsList": [MOUNT]}, "VpcConfig": None}, "InvalidParameterValue.VpcNotSetWhenOpenCfs"),
    ({"CfsConfig": {"CfsInsList": [{**MOUNT, "CfsId": ""}]}}, "InvalidParameterValue.CfsParameterError"),
    ({"CfsConfig": {"CfsInsList": [{**MOUNT, "LocalMountDir": "a"}]}}, "InvalidParameterValue.CfsLocalMountDir"),
    ({"CfsConfig": {"CfsInsList": [{**MOUNT, "RemoteMountDir": "a"}]}}, "InvalidParameterValue.CfsRemoteMountDir"),
    ({"CfsConfig": {"CfsInsList": [{**MOUNT, "UserId": "root"}]}}, "InvalidParameterValue.CfsUserId"),
    ({"CfsConfig": {"CfsInsList": [{**MOUNT, "UserGroupId": "-1"}]}}, "InvalidParameterValue.CfsUserGroupId"),
    ({"CfsConfig": {"CfsInsList": [MOUNT, MOUNT]}}, "InvalidParameterValue.CfsParameterDuplicate"),
    ({"DiskSize": 256}, "InvalidParameterValue.DiskSize"),
    ({"DiskSize": 513}, "UnsupportedOperation.DiskSize"),
    ({"NodeType": "GPU"}, "InvalidParameterValue"),
    ({"NodeType": "TPU"}, "InvalidParameterValue"),
    ({"DeployMode": "image"}, "InvalidParameterValue"),
    ({"L5Enable": "yes"}, "InvalidParameterValue.L5Enable"),
    ({"ProtocolParams": {"WSParams": {"IdleTimeOut": 20}}}, "InvalidParameterValue.WebSocketsParams"),
    (
        {"Type": "HTTP", "ProtocolType": "WS", "ProtocolParams": {"WSParams": {"IdleTimeOut": 1801}}},
        "InvalidParameterValue.IdleTimeOut",
    ),
    (
        {"Type": "HTTP", "InstanceConcurrencyConfig": {"DynamicEnabled": "FALSE", "MaxConcurrency": 101}},
        "InvalidParameterValue.MaxConcurrency",
    ),
    ({"Type": "HTTP", "DnsCache": "TRUE"}, "InvalidParameterValue"),
    ({"IntranetConfig": {"IpFixed": "TRUE"}}, "InvalidParameterValue"),
    ({"IgnoreSysLog": True}, "UnknownParameter"),
]


@pytest.mark.parametrize(("change", "code"), REFUSED)
def test_invalid_value_returns_documented_code(cloud: Cloud, change: dict[str, Any], code: str) -> None:
    good = {"FunctionName": "hello", "Handler": "index.main", "Runtime": "Python3.10", "VpcConfig": VPC}
    assert cloud.error("CreateFunction", **{**good, "Code": {"ZipFile": zip_text(HELLO)}, **change}) == code


def test_beta_account_can_use_larger_disk(cloud: Cloud) -> None:
    cloud.control("settings", {"disk_max_mb": 1024})

    cloud.create(DiskSize=1024)

    assert "DiskSize" not in shown(cloud)
    assert cloud.error("UpdateFunctionConfiguration", FunctionName="hello", DiskSize=1025) == (
        "UnsupportedOperation.DiskSize"
    )


def test_get_function_returns_only_gpu_flag_of_node(cloud: Cloud) -> None:
    config = {"ImageUri": f"{ADDRESS}:1"}
    cloud.create(Code={"ImageConfig": config}, Handler=None, Runtime=None, NodeType="GPU", NodeSpec="GN7.LARGE20")

    found = shown(cloud)

    assert found["UseGpu"] == "TRUE"
    assert "NodeSpec" not in found


def test_websocket_function_has_default_idle_time(cloud: Cloud) -> None:
    cloud.create(Type="HTTP", ProtocolType="WS")

    assert shown(cloud)["ProtocolParams"] == {"WSParams": {"IdleTimeOut": 15}}


def test_ignore_sys_log_is_accepted_and_not_returned(cloud: Cloud) -> None:
    cloud.create()

    cloud.call("UpdateFunctionConfiguration", FunctionName="hello", IgnoreSysLog=True)

    assert "IgnoreSysLog" not in shown(cloud)
