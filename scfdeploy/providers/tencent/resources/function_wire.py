"""The settings of a function in requests and responses: how each is created, changed, cleared and read.

Other modules have those with actions of their own: src, image and handler (code), tags, msgTTL and retryNum (async),
and events (triggers).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scfdeploy.facts import limit
from scfdeploy.model import Value, seal
from scfdeploy.model.observed import is_own_tag
from scfdeploy.model.value import whole_number
from scfdeploy.providers.tencent.resources.wire import (
    Params,
    Settings,
    WireField,
    block,
    choice,
    pairs,
    read_image,
    read_keys,
    reveal,
    scalar,
    switch,
    tag_only,
    text,
    write_only,
)
from scfdeploy.providers.tencent.resources.write_only_settings import from_tags
from scfdeploy.providers.tencent.transport.paging import mapping

_ENABLED = {True: "ENABLE", False: "DISABLE"}
_MOUNT = {
    "cfsId": "CfsId",
    "mountInsId": "MountInsId",
    "localMountDir": "LocalMountDir",
    "remoteMountDir": "RemoteMountDir",
    "userId": "UserId",
    "userGroupId": "UserGroupId",
}
# Reserved tag keys; the platform sets some on resources that its console and engines create.
_PLATFORM_TAGS = ("qcloud", "tencent", "project")


def _write_environment(settings: Settings) -> Params:
    variables = mapping(mapping(settings["environment"]).get("variables"))
    rows = [{"Key": key, "Value": reveal(value)} for key, value in variables.items()]
    # An empty list is ignored; one empty pair clears.
    return {"Environment": {"Variables": rows or [{"Key": "", "Value": ""}]}}


def _read_environment(response: Mapping[str, Any]) -> dict[str, Value]:
    return {"environment": {"variables": seal(pairs(mapping(response.get("Environment")).get("Variables")))}}


def _write_layers(settings: Settings) -> Params:
    layers = _mappings(settings["layers"])
    rows = [{"LayerName": layer.get("name"), "LayerVersion": layer.get("version")} for layer in layers]
    return {"Layers": rows or [{"LayerName": "", "LayerVersion": 0}]}


def _read_layers(response: Mapping[str, Any]) -> dict[str, Value]:
    layers = response.get("Layers") or ()
    return {
        "layers": tuple(
            {"name": layer["LayerName"], "version": layer.get("LayerVersion")}
            for layer in layers
            if layer.get("LayerName")
        )
    }


def _write_network(settings: Settings) -> Params:
    config: Params = {}
    if "eip" in settings:
        config["EipConfig"] = {"EipStatus": _ENABLED[bool(settings["eip"])]}
    # A fixed IP address requires public access, so it implies it.
    if "publicAccess" in settings or settings.get("eip"):
        config["PublicNetStatus"] = _ENABLED[bool(settings.get("publicAccess", True))]
    return {"PublicNetConfig": config}


def _read_network(response: Mapping[str, Any]) -> dict[str, Value]:
    config = mapping(response.get("PublicNetConfig"))
    if not config:
        return {}
    status = mapping(config.get("EipConfig")).get("EipStatus")
    return {"publicAccess": config.get("PublicNetStatus") != "DISABLE", "eip": status == "ENABLE"}


def _write_cls(settings: Settings) -> Params:
    cls = mapping(settings["cls"])
    return {"ClsLogsetId": str(cls.get("logsetId") or ""), "ClsTopicId": str(cls.get("topicId") or "")}


def _read_cls(response: Mapping[str, Any]) -> dict[str, Value]:
    return {"cls": read_keys(response, {"logsetId": "ClsLogsetId", "topicId": "ClsTopicId"})}


def _write_file_systems(settings: Settings) -> Params:
    mounts = _mappings(settings["cfs"])
    # Numbers are sent as strings. An empty list removes all mounts, which is not documented.
    rows = [{theirs: str(mount[ours]) for ours, theirs in _MOUNT.items() if ours in mount} for mount in mounts]
    return {"CfsConfig": {"CfsInsList": rows}}


def _read_file_systems(response: Mapping[str, Any]) -> dict[str, Value]:
    rows = mapping(response.get("CfsConfig")).get("CfsInsList") or ()
    return {
        "cfs": tuple(
            {ours: _mount_value(ours, row[theirs]) for ours, theirs in _MOUNT.items() if row.get(theirs)}
            for row in rows
        )
    }


def _mount_value(name: str, text: Any) -> Value:
    number = whole_number(str(text)) if name in ("userId", "userGroupId") else None
    return str(text) if number is None else number


def _write_protocol(settings: Settings) -> Params:
    web_socket = mapping(mapping(settings["protocolParams"]).get("wsParams"))
    idle = web_socket.get("idleTimeOut", limit("websocket.idle.default_s"))
    return {"ProtocolParams": {"WSParams": {"IdleTimeOut": idle}}}


def _read_protocol(response: Mapping[str, Any]) -> dict[str, Value]:
    idle = mapping(mapping(response.get("ProtocolParams")).get("WSParams")).get("IdleTimeOut")
    return {"protocolParams": {} if idle is None else {"wsParams": {"idleTimeOut": idle}}}


def _write_concurrency(settings: Settings) -> Params:
    block = mapping(settings["instanceConcurrencyConfig"])
    if not block or block.get("enable") is False:
        return {"InstanceConcurrencyConfig": {"DynamicEnabled": ""}}
    config: Params = {"DynamicEnabled": "TRUE" if block.get("dynamicEnabled") else "FALSE"}
    config["MaxConcurrency"] = block.get("maxConcurrency", limit("concurrency.instance.default"))
    return {"InstanceConcurrencyConfig": config}


def _read_concurrency(response: Mapping[str, Any]) -> dict[str, Value]:
    config = mapping(response.get("InstanceConcurrencyConfig"))
    if not config.get("DynamicEnabled"):
        return {"instanceConcurrencyConfig": {"enable": False}}
    settings: dict[str, Value] = {"enable": True, "dynamicEnabled": config["DynamicEnabled"] == "TRUE"}
    if config.get("MaxConcurrency") is not None:
        settings["maxConcurrency"] = config["MaxConcurrency"]
    return {"instanceConcurrencyConfig": settings}


def _write_intranet(settings: Settings) -> Params:
    return {"IntranetConfig": {"IpFixed": _ENABLED[bool(mapping(settings["intranetConfig"]).get("ipFixed"))]}}


def _read_intranet(response: Mapping[str, Any]) -> dict[str, Value]:
    return {"intranetConfig": {"ipFixed": mapping(response.get("IntranetConfig")).get("IpFixed") == "ENABLE"}}


FUNCTION_WIRE: tuple[WireField, ...] = (
    choice("type", "Type", {"event": "Event", "web": "HTTP"}, fixed=True),
    scalar("runtime", "Runtime", fixed=True),
    text("description", "Description"),
    scalar("memorySize", "MemorySize"),
    scalar("timeout", "Timeout"),
    scalar("initTimeout", "InitTimeout"),
    WireField(("environment",), _write_environment, _read_environment),
    text("role", "Role"),
    WireField(("publicAccess", "eip"), _write_network, _read_network),
    # In practice, empty strings remove a function from its VPC and end dead-letter delivery; neither is documented. If
    # the platform kept the old value, the next plan would show the difference.
    block("vpcConfig", "VpcConfig", {"vpcId": "VpcId", "subnetId": "SubnetId"}),
    WireField(("layers",), _write_layers, _read_layers),
    block("deadLetter", "DeadLetterConfig", {"type": "Type", "name": "Name", "filterType": "FilterType"}),
    WireField(("cls",), _write_cls, _read_cls),
    switch("asyncRunEnable", "AsyncRunEnable", fixed=True),
    switch("traceEnable", "TraceEnable", fixed=True),
    write_only("diskSize", "DiskSize"),
    switch("l5Enable", "L5Enable", late=True),
    WireField(("cfs",), _write_file_systems, _read_file_systems),
    switch("installDependency", "InstallDependency"),
    text("protocolType", "ProtocolType", fixed=True),
    WireField(("protocolParams",), _write_protocol, _read_protocol),
    WireField(("instanceConcurrencyConfig",), _write_concurrency, _read_concurrency),
    write_only("nodeType", "NodeType", fixed=True),
    write_only("nodeSpec", "NodeSpec", fixed=True),
    switch("dnsCache", "DnsCache"),
    WireField(("intranetConfig",), _write_intranet, _read_intranet),
    write_only("ignoreSysLog", "IgnoreSysLog", late=True),
    tag_only("protect"),
)
LATE = frozenset(name for field in FUNCTION_WIRE if field.late for name in field.names)
"""Settings that CreateFunction does not accept."""


def create_params(settings: Settings) -> Params:
    """The parameters of CreateFunction, without empty settings: a new function has nothing to clear."""
    non_empty = {name: value for name, value in settings.items() if not _is_empty(value)}
    fields = (field for field in FUNCTION_WIRE if not field.late and not non_empty.keys().isdisjoint(field.names))
    return _merge(field.write(non_empty) for field in fields)


def update_params(settings: Settings, changed: Iterable[str]) -> Params:
    """The parameters of UpdateFunctionConfiguration for the `changed` settings, each with its complete value."""
    names = settings.keys() & changed
    fields = (field for field in FUNCTION_WIRE if not field.fixed and not names.isdisjoint(field.names))
    return _merge(field.write(settings) for field in fields)


def read_settings(response: Mapping[str, Any]) -> dict[str, Value]:
    """Every setting in a GetFunction response, in the normal form of serverless.yml."""
    settings: dict[str, Value] = {"handler": str(response.get("Handler") or "")}
    for field in FUNCTION_WIRE:
        settings.update(field.read(response))
    settings.update(read_image(response))
    settings.update(from_tags(response))
    settings["tags"] = read_tags(response)
    return settings


def read_tags(response: Mapping[str, Any]) -> dict[str, str]:
    """The user's tags, without ownership tags and tags of the platform."""
    return {
        key: value
        for key, value in pairs(response.get("Tags")).items()
        if not is_own_tag(key) and not key.startswith(_PLATFORM_TAGS)
    }


def _merge(parts: Iterable[Params]) -> Params:
    params: Params = {}
    for part in parts:
        params.update(part)
    return params


def _is_empty(value: Value) -> bool:
    if isinstance(value, Mapping):
        return all(_is_empty(inner) for inner in value.values())
    return value is None or value in ("", (), [])


def _mappings(value: Value) -> list[Mapping[str, Value]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []
