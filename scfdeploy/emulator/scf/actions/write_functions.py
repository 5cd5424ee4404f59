"""CreateFunction, UpdateFunctionCode, UpdateFunctionConfiguration and DeleteFunction."""

from __future__ import annotations

import uuid

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.queues import records as queues
from scfdeploy.emulator.scf import configuration, param_checks
from scfdeploy.emulator.scf.actions.versions import publish
from scfdeploy.emulator.scf.configuration.code import from_top_level, set_code
from scfdeploy.emulator.scf.configuration.runtime import require_mode, set_disk, set_node
from scfdeploy.emulator.scf.records import aliases, functions, layers, namespaces
from scfdeploy.emulator.tag import records
from scfdeploy.facts import limit


def create_function(call: ApiCall, parameters: Json) -> Json:
    """Make a function; it is Creating until it is Active."""
    key = functions.key_of(call, parameters)
    _, namespace, name = key.split("/")
    namespaces.require(call, namespace)
    if functions.find(call, key) is not None:
        raise CloudError("ResourceInUse.Function", f"Function `{name}` exists already.")
    layers.require_mountable(call, parameters.get("Layers", []))
    wanted_tags = records.from_pairs(parameters.get("Tags", []))
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
        records.keep(call, records.function_resource(key), wanted_tags)
    return {}


def _first_version(call: ApiCall, parameters: Json) -> Json:
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
    set_disk(version, parameters, most_mb=call.context.settings.disk_max_mb)
    configuration.apply(version, {name: value for name, value in parameters.items() if name not in ignored})
    _create_dead_letter_queue(call, version)
    return version


def _set_kind(version: Json, parameters: Json) -> None:
    kind = param_checks.one_of(
        ("Event", "HTTP"), parameters.get("Type", "Event"), "InvalidParameterValue.FunctionType", "Type"
    )
    asynchronous = param_checks.true_or_false(
        parameters.get("AsyncRunEnable", "FALSE"), "InvalidParameterValue.AsyncRunEnable", "AsyncRunEnable"
    )
    traced = param_checks.true_or_false(
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
    version["Handler"] = param_checks.handler(entry, parameters["Runtime"])


def _is_image(version: Json) -> bool:
    return version["ImageConfig"] is not None


def update_code(call: ApiCall, parameters: Json) -> Json:
    """Replace the code of `$LATEST`, and its handler where one is named; Updating until Active."""
    key, version = _latest(call, parameters, "FailedOperation.UpdateFunctionCode")
    code = from_top_level(parameters)
    was_image = version["ImageConfig"] is not None
    set_code(call, version, code)
    if was_image != (version["ImageConfig"] is not None):
        raise CloudError("UnsupportedOperation.UpdateFunctionCode", "Code and image cannot take each other's place.")
    if parameters.get("Handler") and version["Type"] == "Event" and not was_image:
        version["Handler"] = param_checks.handler(parameters["Handler"], version["Runtime"])
    configuration.apply(version, {n: parameters[n] for n in ("InstallDependency",) if n in parameters})
    _finish(call, key, version, parameters)
    call.store.drop_unused_blobs()
    return {}


def update_configuration(call: ApiCall, parameters: Json) -> Json:
    """Change what the parameters name on `$LATEST`; Updating until Active."""
    key, version = _latest(call, parameters, "FailedOperation.UpdateFunctionConfiguration")
    layers.require_mountable(call, parameters.get("Layers", []))
    set_disk(version, parameters, most_mb=call.context.settings.disk_max_mb)
    configuration.apply(version, parameters)
    _create_dead_letter_queue(call, version)
    _finish(call, key, version, parameters)
    return {}


def _create_dead_letter_queue(call: ApiCall, version: Json) -> None:
    if call.context.settings.queues == "auto":
        queues.stand_in(call.store, version["DeadLetterConfig"], call.context.event_clock.now())


def _latest(call: ApiCall, parameters: Json, busy_code: str) -> tuple[str, Json]:
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    version = functions.version(call, key)
    functions.require_idle(version, busy_code)
    return key, version


def _finish(call: ApiCall, key: str, version: Json, parameters: Json) -> None:
    version["ModTime"] = call.now_text
    functions.begin(call, key, version, "Updating", failed="UpdateFailed")
    wanted = param_checks.true_or_false(parameters.get("Publish", "FALSE"), "InvalidParameterValue", "Publish")
    if wanted == "TRUE":
        publish(call, key, version, "")


_BUSY = "FailedOperation.DeleteFunction"


def delete_function(call: ApiCall, parameters: Json) -> Json:
    """Remove a function with all that it owns, or only the version that Qualifier names."""
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    if parameters.get("Qualifier"):
        return _delete_version(call, key, parameters["Qualifier"])
    for version in functions.versions(call, key):
        functions.require_idle(version, _BUSY, even_failed=True)
    bound = [alias["Name"] for alias in aliases.every(call, key) if alias["Name"] != aliases.DEFAULT]
    if bound:
        raise CloudError("UnsupportedOperation.AliasBind", f"The function still has the alias `{bound[0]}`.")
    functions.begin_removal(call, key)
    return {}


def delete_version(call: ApiCall, parameters: Json) -> Json:
    """Remove one published version."""
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    return _delete_version(call, key, parameters["Qualifier"])


def _delete_version(call: ApiCall, key: str, name: str) -> Json:
    if not name.isdigit():
        raise CloudError("InvalidParameterValue.Qualifier", f"`{name}` cannot be deleted: it is no published version.")
    version = functions.version(call, key, name)
    functions.require_idle(version, _BUSY, even_failed=True)
    bound = [alias["Name"] for alias in aliases.every(call, key) if name in aliases.versions_of(alias)]
    if bound:
        raise CloudError("UnsupportedOperation.AliasBind", f"Version {name} is still used by the alias `{bound[0]}`.")
    functions.begin_removal(call, key, name)
    return {}
