"""GetFunction and GetFunctionAddress."""

from __future__ import annotations

from scfdeploy.emulator.call import Call
from scfdeploy.emulator.configuration.network import show_file_systems
from scfdeploy.emulator.configuration.source import shown_code
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.records import aliases, functions, tags, triggers

_FROM_VERSION = [
    "ModTime",
    "Description",
    "Handler",
    "CodeSize",
    "Timeout",
    "FunctionVersion",
    "MemorySize",
    "Runtime",
    "VpcConfig",
    "Environment",
    "Role",
    "InstallDependency",
    "Status",
    "StatusReasons",
    "ClsLogsetId",
    "ClsTopicId",
    "Type",
    "L5Enable",
    "DeadLetterConfig",
    "PublicNetConfig",
    "InitTimeout",
    "AsyncRunEnable",
    "TraceEnable",
    "ImageConfig",
    "ProtocolType",
    "ProtocolParams",
    "InstanceConcurrencyConfig",
    "DnsCache",
    "IntranetConfig",
    "UseGpu",
]
_EMPTY_LAYER = {"CompatibleRuntimes": [], "AddTime": "", "Description": "", "LicenseInfo": "", "Stamp": "", "Tags": []}
# What the local account never uses, in the shape that the cloud answers with.
_CONSTANT = {
    "OnsEnable": "FALSE",
    "CodeResult": "success",
    "CodeError": "",
    "ErrNo": 0,
    "StatusDesc": "",
    "AvailableStatus": "Available",
    "EipConfig": {"EipFixed": "FALSE", "Eips": []},
}


def get_function(call: Call, parameters: Json) -> Json:
    """One version's whole configuration, with the triggers and tags of the function; empty objects included."""
    key = functions.key_of(call, parameters)
    function = functions.require(call, key)
    qualifier = parameters.get("Qualifier") or functions.LATEST
    version = functions.version(call, key, _behind(call, key, qualifier))
    found = triggers.every(call, key)
    return {
        **_CONSTANT,
        **{name: version[name] for name in _FROM_VERSION},
        "CfsConfig": show_file_systems(version),
        "FunctionName": function["FunctionName"],
        "FunctionId": function["FunctionId"],
        "Namespace": function["Namespace"],
        "AddTime": function["AddTime"],
        "Qualifier": qualifier,
        "Layers": [_EMPTY_LAYER | layer for layer in version["Layers"]],
        "Triggers": [triggers.shown(trigger) for trigger in found],
        "Tags": [{"Key": k, "Value": v} for k, v in tags.shown(call, tags.function_resource(key)).items()],
        "AccessInfo": {"Host": triggers.public_host(found), "Vip": ""},
        "CodeInfo": shown_code(call, version) if parameters.get("ShowCode") == "TRUE" else "",
    }


def get_address(call: Call, parameters: Json) -> Json:
    """Where the deployed zip can be fetched from, and its hash."""
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    version = functions.version(call, key, _behind(call, key, parameters.get("Qualifier") or functions.LATEST))
    if not version["blob"]:
        raise CloudError("FailedOperation.GetFunctionAddress", "A function made of an image has no code address.")
    return {"Url": f"{call.world.base_url}/_code/{version['blob']}", "CodeSha256": version["blob"]}


def _behind(call: Call, key: str, qualifier: str) -> str:
    if qualifier == functions.LATEST or qualifier.isdigit():
        return qualifier
    return str(aliases.require(call, key, qualifier)["FunctionVersion"])
