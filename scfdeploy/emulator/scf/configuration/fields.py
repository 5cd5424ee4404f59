"""The defaults of a version, and the setter of each parameter that CreateFunction and updates share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf.configuration import network, runtime
from scfdeploy.facts import limit

_SETTERS: dict[str, Callable[[Json, Any], None]] = {
    "Description": runtime.set_description,
    "MemorySize": runtime.set_memory,
    "Timeout": runtime.set_timeout,
    "InitTimeout": runtime.set_init_timeout,
    "Runtime": runtime.set_runtime,
    "Environment": runtime.set_environment,
    "Layers": runtime.set_layers,
    "Role": runtime.set_text("Role"),
    "ClsLogsetId": runtime.set_text("ClsLogsetId"),
    "ClsTopicId": runtime.set_text("ClsTopicId"),
    "InstallDependency": runtime.set_switch("InstallDependency", "InvalidParameterValue"),
    "L5Enable": runtime.set_switch("L5Enable", "InvalidParameterValue.L5Enable"),
    "DnsCache": runtime.set_dns_cache,
    "IgnoreSysLog": runtime.set_ignore_system_log,
    "DeadLetterConfig": network.set_dead_letter,
    "VpcConfig": network.set_vpc,
    "PublicNetConfig": network.set_public_net,
    "IntranetConfig": network.set_intranet,
    "CfsConfig": network.set_file_systems,
    "ProtocolParams": runtime.set_protocol_params,
    "InstanceConcurrencyConfig": runtime.set_concurrency,
}


def defaults() -> Json:
    """The default configuration, with the field names of GetFunction."""
    return {
        "Description": "",
        "Handler": "",
        "MemorySize": limit("memory.default_mb"),
        "Timeout": limit("timeout.default_s"),
        "InitTimeout": 65,
        "Runtime": "",
        "Environment": {"Variables": []},
        "Layers": [],
        "Role": "",
        "ClsLogsetId": "",
        "ClsTopicId": "",
        "InstallDependency": "FALSE",
        "L5Enable": "FALSE",
        "DnsCache": "FALSE",
        "DeadLetterConfig": {"Type": "", "Name": "", "FilterType": ""},
        "VpcConfig": {"VpcId": "", "SubnetId": ""},
        "PublicNetConfig": {"PublicNetStatus": "ENABLE", "EipConfig": {"EipStatus": "DISABLE", "EipAddress": []}},
        "IntranetConfig": {"IpFixed": "DISABLE", "IpAddress": []},
        "CfsConfig": {"CfsInsList": []},
        "ProtocolParams": None,
        "InstanceConcurrencyConfig": None,
        "ImageConfig": None,
        "Type": "Event",
        "AsyncRunEnable": "FALSE",
        "TraceEnable": "FALSE",
        "ProtocolType": "",
        "UseGpu": "FALSE",
    }


def apply(version: Json, parameters: Json) -> None:
    """Set the fields of a version that the parameters contain.

    Raises CloudError with the documented code for a value that the platform rejects. The document may then be partly
    changed; the transaction of the call is rolled back.
    """
    previous_log = (version["ClsLogsetId"], version["ClsTopicId"])
    for name, setter in _SETTERS.items():
        if name in parameters:
            setter(version, parameters[name])
    network.check_log_topic(version, previous_log)
    network.require_vpc_for_file_systems(version)
