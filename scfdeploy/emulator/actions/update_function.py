"""UpdateFunctionCode and UpdateFunctionConfiguration."""

from __future__ import annotations

from scfdeploy.emulator import configuration
from scfdeploy.emulator.actions.versions import publish
from scfdeploy.emulator.call import Call
from scfdeploy.emulator.checks import names, switches
from scfdeploy.emulator.configuration.code import from_top_level, set_code
from scfdeploy.emulator.configuration.node import set_disk
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.records import functions, layers


def update_code(call: Call, parameters: Json) -> Json:
    """Replace the code of `$LATEST`, and its handler where one is named; Updating until Active."""
    key, version = _latest(call, parameters, "FailedOperation.UpdateFunctionCode")
    code = from_top_level(parameters)
    was_image = version["ImageConfig"] is not None
    set_code(call, version, code)
    if was_image != (version["ImageConfig"] is not None):
        raise CloudError("UnsupportedOperation.UpdateFunctionCode", "Code and image cannot take each other's place.")
    if parameters.get("Handler") and version["Type"] == "Event" and not was_image:
        version["Handler"] = names.handler(parameters["Handler"], version["Runtime"])
    configuration.apply(version, {n: parameters[n] for n in ("InstallDependency",) if n in parameters})
    _finish(call, key, version, parameters)
    call.store.drop_unused_blobs()
    return {}


def update_configuration(call: Call, parameters: Json) -> Json:
    """Change what the parameters name on `$LATEST`; Updating until Active."""
    key, version = _latest(call, parameters, "FailedOperation.UpdateFunctionConfiguration")
    layers.require_mountable(call, parameters.get("Layers", []))
    set_disk(version, parameters, most_mb=call.world.settings.disk_max_mb)
    configuration.apply(version, parameters)
    _finish(call, key, version, parameters)
    return {}


def _latest(call: Call, parameters: Json, busy_code: str) -> tuple[str, Json]:
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    version = functions.version(call, key)
    functions.require_idle(version, busy_code)
    return key, version


def _finish(call: Call, key: str, version: Json, parameters: Json) -> None:
    version["ModTime"] = call.now_text
    functions.begin(call, key, version, "Updating", failed="UpdateFailed")
    wanted = switches.true_or_false(parameters.get("Publish", "FALSE"), "InvalidParameterValue", "Publish")
    if wanted == "TRUE":
        publish(call, key, version, "")
