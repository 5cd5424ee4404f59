"""What a function is connected to: VPC, public network, file systems, dead-letter queue, log topics."""

from __future__ import annotations

from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf import param_checks
from scfdeploy.facts import limit

_QUEUE_TYPES = ("CMQ-TOPIC", "CMQ-QUEUE", "topic", "queue")
# Addresses that documentation may show; nothing is behind them.
_FIXED_ADDRESS = "203.0.113.10"
_INTRANET_ADDRESS = "192.0.2.10"
_MOUNT_ADDRESS = "192.0.2.20"
_USER = str(limit("cfs.user_id.default"))


def set_dead_letter(version: Json, given: Json) -> None:
    """A queue or topic with a name; three empty texts mean none."""
    wanted = {name: given.get(name, "") for name in ("Type", "Name", "FilterType")}
    if any(wanted.values()):
        code = "InvalidParameterValue.DeadLetterConfig"
        param_checks.one_of(_QUEUE_TYPES, wanted["Type"], code, "DeadLetterConfig.Type")
        if not wanted["Name"]:
            raise CloudError(code, "DeadLetterConfig.Name must not be empty.")
    version["DeadLetterConfig"] = wanted


def set_vpc(version: Json, given: Json) -> None:
    """Network and subnet together; two empty texts mean none."""
    wanted = {name: given.get(name, "") for name in ("VpcId", "SubnetId")}
    if bool(wanted["VpcId"]) != bool(wanted["SubnetId"]):
        raise CloudError("InvalidParameterValue.Vpc", "VpcId and SubnetId must be given together.")
    version["VpcConfig"] = wanted


def set_public_net(version: Json, given: Json) -> None:
    """Access to the internet, and whether from a fixed address; what is not named stays."""
    found = version["PublicNetConfig"]
    if "PublicNetStatus" in given:
        found["PublicNetStatus"] = param_checks.enable_or_disable(
            given["PublicNetStatus"], "InvalidParameterValue.PublicNetConfig", "PublicNetStatus"
        )
    if "EipConfig" in given:
        code = "InvalidParameterValue.EipConfig"
        status = param_checks.enable_or_disable(given["EipConfig"].get("EipStatus", ""), code, "EipStatus")
        if status == "ENABLE" and found["PublicNetStatus"] == "DISABLE":
            raise CloudError(code, "A fixed address needs access to the public network.")
        found["EipConfig"] = {"EipStatus": status, "EipAddress": [_FIXED_ADDRESS] if status == "ENABLE" else []}


def set_intranet(version: Json, given: Json) -> None:
    """Whether the function keeps one address inside its network."""
    status = param_checks.enable_or_disable(given.get("IpFixed", ""), "InvalidParameterValue", "IpFixed")
    version["IntranetConfig"] = {"IpFixed": status, "IpAddress": [_INTRANET_ADDRESS] if status == "ENABLE" else []}


def set_file_systems(version: Json, given: Json) -> None:
    """The whole list of mounts; an empty list means none."""
    mounts = [_mount(mount) for mount in given.get("CfsInsList", [])]
    directories = [mount["LocalMountDir"] for mount in mounts]
    if len(set(directories)) != len(directories):
        raise CloudError("InvalidParameterValue.CfsParameterDuplicate", "Two mounts have one LocalMountDir.")
    version["CfsConfig"] = {"CfsInsList": mounts}


def _mount(given: Json) -> Json:
    for name in ("CfsId", "LocalMountDir", "RemoteMountDir"):
        if not given.get(name):
            raise CloudError("InvalidParameterValue.CfsParameterError", f"{name} of a mount is missing.")
    for name in ("LocalMountDir", "RemoteMountDir"):
        if not given[name].startswith("/"):
            raise CloudError(f"InvalidParameterValue.Cfs{name}", f"{name} must be an absolute path.")
    for name in ("UserId", "UserGroupId"):
        if not given.get(name, _USER).isdigit():
            raise CloudError(f"InvalidParameterValue.Cfs{name}", f"{name} must be a number.")
    return {"MountInsId": given["CfsId"], "UserId": _USER, "UserGroupId": _USER, **given}


def show_file_systems(version: Json) -> Json:
    """The mounts as GetFunction shows them, with where each is reached."""
    found = {
        name: version["VpcConfig"][ours] for name, ours in (("MountVpcId", "VpcId"), ("MountSubnetId", "SubnetId"))
    }
    return {
        "CfsInsList": [{**mount, **found, "IpAddress": _MOUNT_ADDRESS} for mount in version["CfsConfig"]["CfsInsList"]]
    }


def require_vpc_for_file_systems(version: Json) -> None:
    """File systems are reached through the function's own network."""
    if version["CfsConfig"]["CfsInsList"] and not version["VpcConfig"]["VpcId"]:
        raise CloudError("InvalidParameterValue.VpcNotSetWhenOpenCfs", "Mounting a file system needs VpcConfig.")


def require_both(version: Json, before: tuple[str, str]) -> None:
    """Refuse one without the other, and a new target on a function that has no role."""
    target = (version["ClsLogsetId"], version["ClsTopicId"])
    if bool(target[0]) != bool(target[1]):
        raise CloudError("InvalidParameterValue.Cls", "ClsLogsetId and ClsTopicId must be given together.")
    if target != before and target[0] and before[0] and not version["Role"]:
        raise CloudError("InvalidParameterValue.ClsRole", "Changing the log topic needs a Role.")
