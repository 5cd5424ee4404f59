"""GetFunction, GetFunctionAddress and ListFunctions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.parameters import page
from scfdeploy.emulator.scf.configuration.code import entry_file_text
from scfdeploy.emulator.scf.configuration.network import file_systems_with_address
from scfdeploy.emulator.scf.records import aliases, functions, namespaces, triggers
from scfdeploy.emulator.tag import records

_VERSION_FIELDS = [
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
# Fields that never differ here.
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
    """Return the configuration of one version, and the triggers and tags of the function, including empty values."""
    key = functions.function_key(call, parameters)
    function = functions.require(call, key)
    qualifier = parameters.get("Qualifier") or functions.LATEST
    version = functions.get_version(call, key, _version_name(call, key, qualifier))
    function_triggers = triggers.list_all(call, key)
    return {
        **_CONSTANT,
        **{name: version[name] for name in _VERSION_FIELDS},
        "CfsConfig": file_systems_with_address(version),
        "FunctionName": function["FunctionName"],
        "FunctionId": function["FunctionId"],
        "Namespace": function["Namespace"],
        "AddTime": function["AddTime"],
        "Qualifier": qualifier,
        "Layers": [_EMPTY_LAYER | layer for layer in version["Layers"]],
        "Triggers": [triggers.api_fields(trigger) for trigger in function_triggers],
        "Tags": records.to_pairs(records.visible(call, records.function_resource(key))),
        "AccessInfo": {"Host": triggers.public_host(function_triggers), "Vip": ""},
        "CodeInfo": entry_file_text(call, version) if parameters.get("ShowCode") == "TRUE" else "",
    }


def get_address(call: ApiCall, parameters: Json) -> Json:
    """Return the URL and the hash of the deployed zip."""
    key = functions.existing_key(call, parameters)
    version = functions.get_version(
        call, key, _version_name(call, key, parameters.get("Qualifier") or functions.LATEST)
    )
    if not version["blob"]:
        raise CloudError("FailedOperation.GetFunctionAddress", "A function made of an image has no code address.")
    return {"Url": f"{call.context.base_url}/_code/{version['blob']}", "CodeSha256": version["blob"]}


def _version_name(call: ApiCall, key: str, qualifier: str) -> str:
    if qualifier == functions.LATEST or qualifier.isdigit():
        return qualifier
    return str(aliases.require(call, key, qualifier)["FunctionVersion"])


_LISTED_FIELDS = (
    "ModTime",
    "Runtime",
    "Status",
    "Description",
    "Type",
    "StatusReasons",
    "AsyncRunEnable",
    "TraceEnable",
)
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
    """Return the functions of one namespace that match every filter."""
    namespace = parameters.get("Namespace") or namespaces.DEFAULT
    namespaces.require(call, namespace)
    _check_filters(parameters.get("Filters", []))
    listed = call.store.list_prefix(functions.FUNCTION, f"{call.region}/{namespace}/")
    rows = [_Row(key, function) for key, function in listed]
    filters = parameters.get("Filters", [])
    # An account can have thousands of functions: only what decides is read of those on other pages.
    by_tag = [criterion["Name"].startswith("tag-") for criterion in filters]
    if parameters.get("Type") or parameters.get("Description") or not all(by_tag):
        _read_versions(call, rows)
    if parameters.get("Orderby") == "ModTime":
        _read_modification_times(call, rows)
    if any(by_tag):
        _read_tags(call, rows)
    selected = [row for row in rows if _is_selected(row, parameters)]
    ordered = page([row.order_fields() for row in selected], parameters, order_by=_ORDERS, default="AddTime")
    shown = [item["row"] for item in ordered]
    _read_versions(call, shown)
    _read_tags(call, shown)
    return {"Functions": [_entry(row) for row in shown], "TotalCount": len(selected)}


@dataclass(slots=True)
class _Row:
    """A function of a list. Other fields than its own document are read where they are needed."""

    key: str
    function: Json
    modified: str = ""
    """The modification time of its `$LATEST` version."""
    version: Json = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def order_fields(self) -> Json:
        """What `page` sorts by, and the row itself."""
        own = {name: self.function[name] for name in ("created", "FunctionName")}
        return {**own, "ModTime": self.modified, "row": self}


def _read_modification_times(call: ApiCall, rows: list[_Row]) -> None:
    by_key = {_version_key(row): row for row in rows}
    for key, modified in call.store.get_field(functions.VERSION, list(by_key), "ModTime").items():
        by_key[key].modified = modified


def _read_versions(call: ApiCall, rows: list[_Row]) -> None:
    unread = {_version_key(row): row for row in rows if not row.version}
    for key, version in call.store.get_many(functions.VERSION, list(unread)).items():
        unread[key].version = version


def _version_key(row: _Row) -> str:
    return f"{row.key}/{functions.LATEST}"


def _read_tags(call: ApiCall, rows: list[_Row]) -> None:
    resources = {records.function_resource(row.key): row for row in rows}
    for resource, tags in records.visible_of_all(call, list(resources)).items():
        resources[resource].tags = tags


def _check_filters(filters: list[Json]) -> None:
    if len(filters) > _MAX_FILTERS:
        raise CloudError("InvalidParameterValue.Filters", "At most 10 filters are possible.")
    for criterion in filters:
        name = criterion.get("Name", "")
        if name not in _FILTERS and not name.startswith("tag-"):
            raise CloudError("InvalidParameterValue.Filters", f"The filter `{name}` is not supported.")


def _is_selected(row: _Row, parameters: Json) -> bool:
    kind, description = parameters.get("Type"), parameters.get("Description")
    return (
        parameters.get("SearchKey", "") in row.function["FunctionName"]
        and (not kind or kind == row.version["Type"])
        and (not description or description in row.version["Description"])
        and all(_matches(criterion, row) for criterion in parameters.get("Filters", []))
    )


def _matches(criterion: Json, row: _Row) -> bool:
    name, values = criterion["Name"], criterion.get("Values", [])
    if name.startswith("tag-"):
        return row.tags.get(name.removeprefix("tag-")) in values
    return any(value in values for value in _FILTERS[name](row.version))


def _entry(row: _Row) -> Json:
    return {
        **{name: row.version[name] for name in _LISTED_FIELDS},
        **{name: row.function[name] for name in ("AddTime", "FunctionName", "FunctionId", "Namespace")},
        "StatusDesc": "",
        "Tags": records.to_pairs(row.tags),
        "TotalProvisionedConcurrencyMem": 0,
        "ReservedConcurrencyMem": 0,
    }
