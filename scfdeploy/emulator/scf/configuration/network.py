"""Setters of VPC, public network, file systems, dead letter queue and log topic. They raise CloudError."""

from __future__ import annotations

from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.scf.param_checks import ENABLE_DISABLE, check_choice, read_choice
from scfdeploy.facts import limit

_QUEUE_TYPES = ("CMQ-TOPIC", "CMQ-QUEUE", "topic", "queue")
# Addresses reserved for documentation.
_FIXED_ADDRESS = "203.0.113.10"
_INTRANET_ADDRESS = "192.0.2.10"
_MOUNT_ADDRESS = "192.0.2.20"
_USER = str(limit("cfs.user_id.default"))


def set_dead_letter(version: Json, block: Json) -> None:
    """A queue or topic with a name; three empty texts remove it."""
    target = {name: block.get(name, "") for name in ("Type", "Name", "FilterType")}
    if any(target.values()):
        code = "InvalidParameterValue.DeadLetterConfig"
        check_choice(target["Type"], "DeadLetterConfig.Type", _QUEUE_TYPES, code)
        if not target["Name"]:
            raise CloudError(code, "DeadLetterConfig.Name must not be empty.")
    version["DeadLetterConfig"] = target


def set_vpc(version: Json, block: Json) -> None:
    """Network and subnet together; two empty texts remove them."""
    vpc = {name: block.get(name, "") for name in ("VpcId", "SubnetId")}
    if bool(vpc["VpcId"]) != bool(vpc["SubnetId"]):
        raise CloudError("InvalidParameterValue.Vpc", "VpcId and SubnetId must be given together.")
    version["VpcConfig"] = vpc


def set_public_net(version: Json, block: Json) -> None:
    """Access to the internet, and from a fixed address or not; absent fields stay."""
    config = version["PublicNetConfig"]
    if "PublicNetStatus" in block:
        code = "InvalidParameterValue.PublicNetConfig"
        config["PublicNetStatus"] = read_choice(block, "PublicNetStatus", ENABLE_DISABLE, code)
    if "EipConfig" in block:
        code = "InvalidParameterValue.EipConfig"
        status = read_choice(block["EipConfig"], "EipStatus", ENABLE_DISABLE, code, default="")
        if status == "ENABLE" and config["PublicNetStatus"] == "DISABLE":
            raise CloudError(code, "A fixed address needs access to the public network.")
        config["EipConfig"] = {"EipStatus": status, "EipAddress": [_FIXED_ADDRESS] if status == "ENABLE" else []}


def set_intranet(version: Json, block: Json) -> None:
    """Whether the function has a fixed address in its VPC."""
    status = read_choice(block, "IpFixed", ENABLE_DISABLE, default="")
    version["IntranetConfig"] = {"IpFixed": status, "IpAddress": [_INTRANET_ADDRESS] if status == "ENABLE" else []}


def set_file_systems(version: Json, block: Json) -> None:
    """Replace all mounts; an empty list removes them."""
    mounts = [_check_mount(mount) for mount in block.get("CfsInsList", [])]
    directories = [mount["LocalMountDir"] for mount in mounts]
    if len(set(directories)) != len(directories):
        raise CloudError("InvalidParameterValue.CfsParameterDuplicate", "Two mounts have one LocalMountDir.")
    version["CfsConfig"] = {"CfsInsList": mounts}


def _check_mount(mount: Json) -> Json:
    for name in ("CfsId", "LocalMountDir", "RemoteMountDir"):
        if not mount.get(name):
            raise CloudError("InvalidParameterValue.CfsParameterError", f"{name} of a mount is missing.")
    for name in ("LocalMountDir", "RemoteMountDir"):
        if not mount[name].startswith("/"):
            raise CloudError(f"InvalidParameterValue.Cfs{name}", f"{name} must be an absolute path.")
    for name in ("UserId", "UserGroupId"):
        if not mount.get(name, _USER).isdigit():
            raise CloudError(f"InvalidParameterValue.Cfs{name}", f"{name} must be a number.")
    return {"MountInsId": mount["CfsId"], "UserId": _USER, "UserGroupId": _USER, **mount}


def file_systems_with_address(version: Json) -> Json:
    """The mounts as GetFunction returns them, with network and address."""
    vpc = version["VpcConfig"]
    address = {"MountVpcId": vpc["VpcId"], "MountSubnetId": vpc["SubnetId"], "IpAddress": _MOUNT_ADDRESS}
    return {"CfsInsList": [mount | address for mount in version["CfsConfig"]["CfsInsList"]]}


def require_vpc_for_file_systems(version: Json) -> None:
    """Raise CloudError for file systems without a VPC, through which they are mounted."""
    if version["CfsConfig"]["CfsInsList"] and not version["VpcConfig"]["VpcId"]:
        raise CloudError("InvalidParameterValue.VpcNotSetWhenOpenCfs", "Mounting a file system needs VpcConfig.")


def check_log_topic(version: Json, previous: tuple[str, str]) -> None:
    """Raise CloudError for a log set without a topic, a topic without a log set, or a change without a role."""
    target = (version["ClsLogsetId"], version["ClsTopicId"])
    if bool(target[0]) != bool(target[1]):
        raise CloudError("InvalidParameterValue.Cls", "ClsLogsetId and ClsTopicId must be given together.")
    if target != previous and target[0] and previous[0] and not version["Role"]:
        raise CloudError("InvalidParameterValue.ClsRole", "Changing the log topic needs a Role.")
