"""The table of a function's settings on the wire: how each is created, changed, cleared and read back.

Not here, as they go by other actions: src, image and handler (code), tags, msgTTL and retryNum (async), events
(triggers).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scfdeploy.facts import limit
from scfdeploy.model import Value, seal
from scfdeploy.model.observed import is_own_tag
from scfdeploy.model.value import whole_number
from scfdeploy.providers.tencent.resources.tags import from_tags
from scfdeploy.providers.tencent.resources.wire import (
    Params,
    Settings,
    WireField,
    block,
    choice,
    pairs,
    read_image,
    revealed,
    scalar,
    switch,
    text,
    write_only,
)

_ENABLED = {True: "ENABLE", False: "DISABLE"}
_MOUNT = {
    "cfsId": "CfsId",
    "mountInsId": "MountInsId",
    "localMountDir": "LocalMountDir",
    "remoteMountDir": "RemoteMountDir",
    "userId": "UserId",
    "userGroupId": "UserGroupId",
}
# Keys that the platform keeps for itself; it sets some on what its own consoles and engines make.
_PLATFORM_TAGS = ("qcloud", "tencent", "project")


def _write_environment(settings: Settings) -> Params:
    shown = settings["environment"]
    variables = shown.get("variables") if isinstance(shown, Mapping) else None
    rows = [{"Key": key, "Value": revealed(value)} for key, value in (_mapping(variables)).items()]
    # An empty list is ignored; one empty pair clears.
    return {"Environment": {"Variables": rows or [{"Key": "", "Value": ""}]}}


def _read_environment(answer: Mapping[str, Any]) -> dict[str, Value]:
    return {"environment": {"variables": seal(pairs(_mapping(answer.get("Environment")).get("Variables")))}}


def _write_layers(settings: Settings) -> Params:
    shown = settings["layers"]
    layers = [layer for layer in shown if isinstance(layer, Mapping)] if isinstance(shown, list | tuple) else []
    rows = [{"LayerName": layer.get("name"), "LayerVersion": layer.get("version")} for layer in layers]
    return {"Layers": rows or [{"LayerName": "", "LayerVersion": 0}]}


def _read_layers(answer: Mapping[str, Any]) -> dict[str, Value]:
    layers = answer.get("Layers") or ()
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
    # A fixed address makes sense with public access only, so the one implies the other where it is not written.
    if "publicAccess" in settings or settings.get("eip"):
        config["PublicNetStatus"] = _ENABLED[bool(settings.get("publicAccess", True))]
    return {"PublicNetConfig": config}


def _read_network(answer: Mapping[str, Any]) -> dict[str, Value]:
    config = _mapping(answer.get("PublicNetConfig"))
    if not config:
        return {}
    status = _mapping(config.get("EipConfig")).get("EipStatus")
    return {"publicAccess": config.get("PublicNetStatus") != "DISABLE", "eip": status == "ENABLE"}


def _write_cls(settings: Settings) -> Params:
    shown = _mapping(settings["cls"])
    return {"ClsLogsetId": str(shown.get("logsetId") or ""), "ClsTopicId": str(shown.get("topicId") or "")}


def _read_cls(answer: Mapping[str, Any]) -> dict[str, Value]:
    shown = {"logsetId": answer.get("ClsLogsetId"), "topicId": answer.get("ClsTopicId")}
    return {"cls": {key: str(value) for key, value in shown.items() if value}}


def _write_file_systems(settings: Settings) -> Params:
    shown = settings["cfs"]
    mounts = [mount for mount in shown if isinstance(mount, Mapping)] if isinstance(shown, list | tuple) else []
    # Numbers are texts here. That an empty list ends all mounts is not documented.
    rows = [{theirs: str(mount[ours]) for ours, theirs in _MOUNT.items() if ours in mount} for mount in mounts]
    return {"CfsConfig": {"CfsInsList": rows}}


def _read_file_systems(answer: Mapping[str, Any]) -> dict[str, Value]:
    rows = _mapping(answer.get("CfsConfig")).get("CfsInsList") or ()
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
    web_socket = _mapping(_mapping(settings["protocolParams"]).get("wsParams"))
    idle = web_socket.get("idleTimeOut", limit("websocket.idle.default_s"))
    return {"ProtocolParams": {"WSParams": {"IdleTimeOut": idle}}}


def _read_protocol(answer: Mapping[str, Any]) -> dict[str, Value]:
    idle = _mapping(_mapping(answer.get("ProtocolParams")).get("WSParams")).get("IdleTimeOut")
    return {"protocolParams": {} if idle is None else {"wsParams": {"idleTimeOut": idle}}}


def _write_concurrency(settings: Settings) -> Params:
    shown = _mapping(settings["instanceConcurrencyConfig"])
    if not shown or shown.get("enable") is False:
        return {"InstanceConcurrencyConfig": {"DynamicEnabled": ""}}
    config: Params = {"DynamicEnabled": "TRUE" if shown.get("dynamicEnabled") else "FALSE"}
    config["MaxConcurrency"] = shown.get("maxConcurrency", limit("concurrency.instance.default"))
    return {"InstanceConcurrencyConfig": config}


def _read_concurrency(answer: Mapping[str, Any]) -> dict[str, Value]:
    shown = _mapping(answer.get("InstanceConcurrencyConfig"))
    if not shown.get("DynamicEnabled"):
        return {"instanceConcurrencyConfig": {"enable": False}}
    found: dict[str, Value] = {"enable": True, "dynamicEnabled": shown["DynamicEnabled"] == "TRUE"}
    if shown.get("MaxConcurrency") is not None:
        found["maxConcurrency"] = shown["MaxConcurrency"]
    return {"instanceConcurrencyConfig": found}


def _write_intranet(settings: Settings) -> Params:
    return {"IntranetConfig": {"IpFixed": _ENABLED[bool(_mapping(settings["intranetConfig"]).get("ipFixed"))]}}


def _read_intranet(answer: Mapping[str, Any]) -> dict[str, Value]:
    return {"intranetConfig": {"ipFixed": _mapping(answer.get("IntranetConfig")).get("IpFixed") == "ENABLE"}}


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
    # Empty texts take a function out of its VPC and end dead-letter delivery in practice; neither is documented. Should
    # the platform keep the old value, the next plan shows the difference again.
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
)
LATE = frozenset(name for wire in FUNCTION_WIRE if wire.late for name in wire.names)
"""Settings that the creation of a function does not take."""


def create_params(settings: Settings) -> Params:
    """The parameters of CreateFunction; what is written empty is left to the platform, as there is nothing to clear."""
    written = {name: value for name, value in settings.items() if not _is_empty(value)}
    wires = [wire for wire in FUNCTION_WIRE if not wire.late]
    return _merged(wire.write(written) for wire in wires if any(name in written for name in wire.names))


def update_params(settings: Settings, changed: Iterable[str]) -> Params:
    """The parameters of UpdateFunctionConfiguration for the `changed` settings alone, each with its whole value."""
    names = {name for name in changed if name in settings}
    touched = [wire for wire in FUNCTION_WIRE if not wire.fixed and names.intersection(wire.names)]
    return _merged(wire.write(settings) for wire in touched)


def read_settings(answer: Mapping[str, Any]) -> dict[str, Value]:
    """Every setting that GetFunction shows, in the words and the normal form of serverless.yml."""
    settings: dict[str, Value] = {"handler": str(answer.get("Handler") or "")}
    for wire in FUNCTION_WIRE:
        settings.update(wire.read(answer))
    settings.update(read_image(answer))
    settings.update(from_tags(answer))
    settings["tags"] = read_tags(answer)
    return settings


def read_tags(answer: Mapping[str, Any]) -> dict[str, str]:
    """The user's own tags: neither our marks nor what the platform sets."""
    return {
        key: value
        for key, value in pairs(answer.get("Tags")).items()
        if not is_own_tag(key) and not key.startswith(_PLATFORM_TAGS)
    }


def _merged(parts: Iterable[Params]) -> Params:
    found: Params = {}
    for part in parts:
        found.update(part)
    return found


def _is_empty(value: Value) -> bool:
    if isinstance(value, Mapping):
        return all(_is_empty(inner) for inner in value.values())
    return value is None or value in ("", (), [])


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
