"""CreateFunction."""

from __future__ import annotations

import uuid

from scfdeploy.emulator import configuration
from scfdeploy.emulator.call import Call
from scfdeploy.emulator.checks import names, switches
from scfdeploy.emulator.configuration.code import set_code
from scfdeploy.emulator.configuration.node import require_mode, set_disk, set_node
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.records import functions, layers, namespaces, tags
from scfdeploy.facts import limit


def create_function(call: Call, parameters: Json) -> Json:
    """Make a function; it is Creating until it is Active."""
    key = functions.key_of(call, parameters)
    _, namespace, name = key.split("/")
    namespaces.require(call, namespace)
    if functions.find(call, key) is not None:
        raise CloudError("ResourceInUse.Function", f"Function `{name}` exists already.")
    layers.require_mountable(call, parameters.get("Layers", []))
    wanted_tags = tags.from_pairs(parameters.get("Tags", []))
    function = {
        "FunctionName": name,
        "Namespace": namespace,
        "FunctionId": f"lam-{uuid.uuid4().hex[:8]}",
        "AddTime": call.now_text,
        "created": call.now,
        "next_version": 1,
        "MsgTTL": limit("msg_ttl.default_s"),
        "RetryNum": limit("retry_num.default"),
    }
    functions.keep(call, key, function)
    functions.begin(call, key, _first_version(call, parameters), "Creating", failed="CreateFailed")
    if wanted_tags:
        tags.keep(call, tags.function_resource(key), wanted_tags)
    return {}


def _first_version(call: Call, parameters: Json) -> Json:
    version = configuration.defaults()
    version |= {
        "FunctionVersion": functions.LATEST,
        "AddTime": call.now_text,
        "ModTime": call.now_text,
        "VersionDescription": "",
    }
    _set_kind(version, parameters)
    set_code(call, version, parameters["Code"])
    _set_entry(version, parameters)
    # An image brings its own runtime; one that is named beside it means nothing.
    ignored = {"Runtime"} if _is_image(version) else set()
    require_mode(version, parameters)
    set_node(version, parameters)
    set_disk(version, parameters, most_mb=call.world.settings.disk_max_mb)
    configuration.apply(version, {name: value for name, value in parameters.items() if name not in ignored})
    return version


def _set_kind(version: Json, parameters: Json) -> None:
    kind = switches.one_of(
        ("Event", "HTTP"), parameters.get("Type", "Event"), "InvalidParameterValue.FunctionType", "Type"
    )
    asynchronous = switches.true_or_false(
        parameters.get("AsyncRunEnable", "FALSE"), "InvalidParameterValue.AsyncRunEnable", "AsyncRunEnable"
    )
    traced = switches.true_or_false(
        parameters.get("TraceEnable", "FALSE"), "InvalidParameterValue.TraceEnable", "TraceEnable"
    )
    protocol = parameters.get("ProtocolType", "")
    if asynchronous == "TRUE" and kind == "HTTP":
        raise CloudError("UnsupportedOperation.AsyncRunEnable", "A web function cannot run asynchronously.")
    if traced == "TRUE" and asynchronous == "FALSE":
        raise CloudError("InvalidParameterValue.TraceEnable", "TraceEnable needs AsyncRunEnable.")
    if protocol and (protocol != "WS" or kind != "HTTP"):
        raise CloudError("InvalidParameterValue.ProtocolType", "ProtocolType must be WS, on a web function.")
    version |= {"Type": kind, "AsyncRunEnable": asynchronous, "TraceEnable": traced, "ProtocolType": protocol}
    if protocol:
        version["ProtocolParams"] = {"WSParams": {"IdleTimeOut": limit("websocket.idle.default_s")}}


def _set_entry(version: Json, parameters: Json) -> None:
    if _is_image(version):
        version |= {"Runtime": "CustomImage", "InitTimeout": 90}
        return
    if not parameters.get("Runtime"):
        raise CloudError("MissingParameter.Runtime", "Runtime is missing.")
    if version["Type"] == "HTTP":
        return
    entry = parameters.get("Handler", "")
    if not entry:
        raise CloudError("MissingParameter", "The request is missing a required parameter `Handler`.")
    version["Handler"] = names.handler(entry, parameters["Runtime"])


def _is_image(version: Json) -> bool:
    return version["ImageConfig"] is not None
