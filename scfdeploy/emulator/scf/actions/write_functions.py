"""CreateFunction, UpdateFunctionCode, UpdateFunctionConfiguration, DeleteFunction and DeleteFunctionVersion."""

from __future__ import annotations

import uuid

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.cam.account import require_role
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.queues import records as queues
from scfdeploy.emulator.scf import configuration, operations
from scfdeploy.emulator.scf.actions.versions import publish
from scfdeploy.emulator.scf.configuration.code import code_block, set_code
from scfdeploy.emulator.scf.configuration.runtime import require_mode, set_disk, set_node
from scfdeploy.emulator.scf.param_checks import FALSE_TRUE, check_handler, read_choice
from scfdeploy.emulator.scf.records import aliases, functions, layers, namespaces
from scfdeploy.emulator.tag import records
from scfdeploy.facts import limit

_DEFAULT_RUNTIME = "Python2.7"


def create_function(call: ApiCall, parameters: Json) -> Json:
    """Create a function, with the version `$LATEST` in the state Creating."""
    key = functions.function_key(call, parameters)
    _, namespace, name = key.split("/")
    namespaces.require(call, namespace)
    if functions.find(call, key) is not None:
        raise CloudError("ResourceInUse.Function", f"Function `{name}` exists already.")
    layers.require_usable(call, parameters.get("Layers", []))
    require_role(call, parameters.get("Role", ""))
    tags = records.from_pairs(parameters.get("Tags", []))
    functions.put(call, key, functions.new(call, key))
    operations.start(call, key, _first_version(call, parameters), "Creating", failed="CreateFailed")
    if tags:
        records.put(call, records.function_resource(key), tags)
    return {}


def _first_version(call: ApiCall, parameters: Json) -> Json:
    version = configuration.defaults()
    version |= {
        "FunctionVersion": functions.LATEST,
        "AddTime": call.now_text,
        "ModTime": call.now_text,
        "VersionDescription": "",
    }
    _set_type(version, parameters)
    set_code(call, version, parameters["Code"])
    _set_entry_point(version, parameters)
    ignored = {"Runtime"} if _is_image(version) or not parameters.get("Runtime") else set()
    require_mode(version, parameters)
    set_node(version, parameters)
    set_disk(version, parameters, max_mb=call.context.settings.disk_max_mb)
    configuration.apply(version, {name: value for name, value in parameters.items() if name not in ignored})
    _create_dead_letter_queue(call, version)
    return version


def _set_type(version: Json, parameters: Json) -> None:
    kind = read_choice(parameters, "Type", ("Event", "HTTP"), "InvalidParameterValue.FunctionType")
    asynchronous = read_choice(parameters, "AsyncRunEnable", FALSE_TRUE, "InvalidParameterValue.AsyncRunEnable")
    traced = read_choice(parameters, "TraceEnable", FALSE_TRUE, "InvalidParameterValue.TraceEnable")
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


def _set_entry_point(version: Json, parameters: Json) -> None:
    if _is_image(version):
        # An image has its own runtime; the parameter is only read back.
        version |= {"Runtime": parameters.get("Runtime") or "CustomImage", "InitTimeout": 90}
        return
    version["Runtime"] = parameters.get("Runtime") or _DEFAULT_RUNTIME
    if version["Type"] == "HTTP":
        return
    handler = parameters.get("Handler", "")
    if not handler:
        raise CloudError("MissingParameter", "The request is missing a required parameter `Handler`.")
    version["Handler"] = check_handler(handler, version["Runtime"])


def _is_image(version: Json) -> bool:
    return version["ImageConfig"] is not None


def update_code(call: ApiCall, parameters: Json) -> Json:
    """Replace the code of `$LATEST`, and its handler if the parameters contain one."""
    key, version = _idle_latest(call, parameters, "FailedOperation.UpdateFunctionCode")
    was_image = _is_image(version)
    set_code(call, version, code_block(parameters))
    if was_image != _is_image(version):
        raise CloudError("UnsupportedOperation.UpdateFunctionCode", "Code and image cannot replace each other.")
    if parameters.get("Handler") and version["Type"] == "Event" and not was_image:
        version["Handler"] = check_handler(parameters["Handler"], version["Runtime"])
    configuration.apply(version, {n: parameters[n] for n in ("InstallDependency",) if n in parameters})
    _start_update(call, key, version, parameters)
    call.store.drop_unused_blobs()
    return {}


def update_configuration(call: ApiCall, parameters: Json) -> Json:
    """Change the settings of `$LATEST` that the parameters contain."""
    key, version = _idle_latest(call, parameters, "FailedOperation.UpdateFunctionConfiguration")
    layers.require_usable(call, parameters.get("Layers", []))
    require_role(call, parameters.get("Role", ""))
    set_disk(version, parameters, max_mb=call.context.settings.disk_max_mb)
    configuration.apply(version, parameters)
    _create_dead_letter_queue(call, version)
    _start_update(call, key, version, parameters)
    return {}


def _create_dead_letter_queue(call: ApiCall, version: Json) -> None:
    if call.context.settings.queues == "auto":
        queues.stand_in(call.store, version["DeadLetterConfig"], call.context.event_clock.now())


def _idle_latest(call: ApiCall, parameters: Json, busy_code: str) -> tuple[str, Json]:
    key = functions.existing_key(call, parameters)
    version = functions.get_version(call, key)
    functions.require_idle(version, busy_code)
    return key, version


def _start_update(call: ApiCall, key: str, version: Json, parameters: Json) -> None:
    # Instances of the state before are recycled, even if nothing differs.
    version |= {"ModTime": call.now_text, "revision": uuid.uuid4().hex}
    operations.start(call, key, version, "Updating", failed="UpdateFailed")
    call.context.invoker.retire(functions.require(call, key)["FunctionId"], functions.LATEST)
    if read_choice(parameters, "Publish", FALSE_TRUE) == "TRUE":
        publish(call, key, version, "")


_BUSY = "FailedOperation.DeleteFunction"


def delete_function(call: ApiCall, parameters: Json) -> Json:
    """Delete a function with all that it owns, or only the version that Qualifier names."""
    key = functions.existing_key(call, parameters)
    if parameters.get("Qualifier"):
        return _delete_version(call, key, parameters["Qualifier"])
    for version in functions.list_versions(call, key):
        # Clients delete a version and then the function, without waiting.
        if version["Status"] != "Deleting" or version["FunctionVersion"] == functions.LATEST:
            functions.require_idle(version, _BUSY, allow_failed=True)
    names = [alias["Name"] for alias in aliases.list_all(call, key) if alias["Name"] != aliases.DEFAULT]
    if names:
        raise CloudError("UnsupportedOperation.AliasBind", f"The function still has the alias `{names[0]}`.")
    operations.start_deletion(call, key)
    return {}


def delete_version(call: ApiCall, parameters: Json) -> Json:
    """Delete one published version."""
    return _delete_version(call, functions.existing_key(call, parameters), parameters["Qualifier"])


def _delete_version(call: ApiCall, key: str, name: str) -> Json:
    if not name.isdigit():
        raise CloudError(
            "InvalidParameterValue.Qualifier", f"`{name}` cannot be deleted: it is not a published version."
        )
    version = functions.get_version(call, key, name)
    if version["Status"] != "Publishing":
        functions.require_idle(version, _BUSY, allow_failed=True)
    names = [alias["Name"] for alias in aliases.list_all(call, key) if name in aliases.reachable_versions(alias)]
    if names:
        raise CloudError("UnsupportedOperation.AliasBind", f"Version {name} is still used by the alias `{names[0]}`.")
    operations.start_deletion(call, key, name)
    return {}
