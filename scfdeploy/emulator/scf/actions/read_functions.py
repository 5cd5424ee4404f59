"""GetFunction, GetFunctionAddress and ListFunctions."""

from __future__ import annotations

from collections.abc import Callable

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.paging import page
from scfdeploy.emulator.scf.configuration.code import shown_code
from scfdeploy.emulator.scf.configuration.network import show_file_systems
from scfdeploy.emulator.scf.records import aliases, functions, namespaces, triggers
from scfdeploy.emulator.tag import records

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


def get_function(call: ApiCall, parameters: Json) -> Json:
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
        "Tags": [{"Key": k, "Value": v} for k, v in records.shown(call, records.function_resource(key)).items()],
        "AccessInfo": {"Host": triggers.public_host(found), "Vip": ""},
        "CodeInfo": shown_code(call, version) if parameters.get("ShowCode") == "TRUE" else "",
    }


def get_address(call: ApiCall, parameters: Json) -> Json:
    """Where the deployed zip can be fetched from, and its hash."""
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    version = functions.version(call, key, _behind(call, key, parameters.get("Qualifier") or functions.LATEST))
    if not version["blob"]:
        raise CloudError("FailedOperation.GetFunctionAddress", "A function made of an image has no code address.")
    return {"Url": f"{call.context.base_url}/_code/{version['blob']}", "CodeSha256": version["blob"]}


def _behind(call: ApiCall, key: str, qualifier: str) -> str:
    if qualifier == functions.LATEST or qualifier.isdigit():
        return qualifier
    return str(aliases.require(call, key, qualifier)["FunctionVersion"])


_SHOWN = ("ModTime", "Runtime", "Status", "Description", "Type", "StatusReasons", "AsyncRunEnable", "TraceEnable")
_ORDERS = {"AddTime": "created", "ModTime": "ModTime", "FunctionName": "FunctionName"}
_MAX_FILTERS = 10
_FILTERS: dict[str, Callable[[Json], list[str]]] = {
    "VpcId": lambda v: [v["VpcConfig"]["VpcId"]],
    "SubnetId": lambda v: [v["VpcConfig"]["SubnetId"]],
    "ClsTopicId": lambda v: [v["ClsTopicId"]],
    "ClsLogsetId": lambda v: [v["ClsLogsetId"]],
    "Role": lambda v: [v["Role"]],
    "CfsId": lambda v: [mount["CfsId"] for mount in v["CfsConfig"]["CfsInsList"]],
    "CfsMountInsId": lambda v: [mount["MountInsId"] for mount in v["CfsConfig"]["CfsInsList"]],
    "Eip": lambda v: v["PublicNetConfig"]["EipConfig"]["EipAddress"],
    "Status": lambda v: [v["Status"]],
    "Runtime": lambda v: [v["Runtime"]],
    "Type": lambda v: [v["Type"]],
    "PublicNetStatus": lambda v: [v["PublicNetConfig"]["PublicNetStatus"]],
    "AsyncRunEnable": lambda v: [v["AsyncRunEnable"]],
    "TraceEnable": lambda v: [v["TraceEnable"]],
}


def list_functions(call: ApiCall, parameters: Json) -> Json:
    """The functions of one namespace that every filter lets through."""
    namespace = parameters.get("Namespace") or namespaces.DEFAULT
    namespaces.require(call, namespace)
    _require_filters(parameters.get("Filters", []))
    found = [
        entry
        for key, function in call.store.list_prefix(functions.FUNCTION, f"{call.region}/{namespace}/")
        if (entry := _entry(call, key, function, parameters)) is not None
    ]
    shown = page(found, parameters, order_by=_ORDERS, default="AddTime")
    for entry in shown:
        del entry["created"]
    return {"Functions": shown, "TotalCount": len(found)}


def _require_filters(filters: list[Json]) -> None:
    if len(filters) > _MAX_FILTERS:
        raise CloudError("InvalidParameterValue.Filters", "At most 10 filters are possible.")
    for wanted in filters:
        name = wanted.get("Name", "")
        if name not in _FILTERS and not name.startswith("tag-"):
            raise CloudError("InvalidParameterValue.Filters", f"The filter `{name}` is not offered.")


def _entry(call: ApiCall, key: str, function: Json, parameters: Json) -> Json | None:
    version = functions.version(call, key)
    own_tags = records.shown(call, records.function_resource(key))
    if parameters.get("SearchKey", "") not in function["FunctionName"]:
        return None
    if parameters.get("Description", "") not in version["Description"]:
        return None
    if not all(_passes(wanted, version, own_tags) for wanted in parameters.get("Filters", [])):
        return None
    return {
        **{name: version[name] for name in _SHOWN},
        "AddTime": function["AddTime"],
        "FunctionName": function["FunctionName"],
        "FunctionId": function["FunctionId"],
        "Namespace": function["Namespace"],
        "StatusDesc": "",
        "Tags": [{"Key": name, "Value": value} for name, value in own_tags.items()],
        "TotalProvisionedConcurrencyMem": 0,
        "ReservedConcurrencyMem": 0,
        "created": function["created"],
    }


def _passes(wanted: Json, version: Json, own_tags: dict[str, str]) -> bool:
    name, values = wanted["Name"], wanted.get("Values", [])
    if name.startswith("tag-"):
        return own_tags.get(name.removeprefix("tag-")) in values
    return any(value in values for value in _FILTERS[name](version))
