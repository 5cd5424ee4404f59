"""CreateTrigger, UpdateTrigger, UpdateTriggerStatus, DeleteTrigger and ListTriggers."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.paging import page
from scfdeploy.emulator.scf.param_checks import is_open
from scfdeploy.emulator.scf.records import aliases, functions, triggers
from scfdeploy.emulator.scf.triggers import TriggerRequest, TriggerType, trigger_type
from scfdeploy.facts import limit

_FILTERS = ("Qualifier", "TriggerName", "Description", "Type")


def create_trigger(call: ApiCall, parameters: Json) -> Json:
    """Bind an event source to a function; the answer shows the trigger as it was kept."""
    key = _idle_function(call, parameters, "FailedOperation.CreateTrigger")
    kind = trigger_type(parameters["Type"])
    qualifier = _qualifier(call, key, parameters)
    enabled = is_open(parameters.get("Enable", "OPEN"))
    description = kind.describe(_request(call, key, parameters, qualifier, None))
    place = _place(key, kind, parameters["TriggerName"], description)
    if call.store.get(triggers.KIND, place) is not None:
        raise CloudError(kind.in_use, f"Trigger `{parameters['TriggerName']}` exists already.")
    if sum(t["Type"] == kind.name for t in triggers.every(call, key)) >= limit("trigger.per_type"):
        raise CloudError("LimitExceeded.Trigger", f"The function has too many triggers of the type {kind.name}.")
    trigger = {
        "key": place,
        "created": call.now,
        "TriggerName": parameters["TriggerName"],
        "Type": kind.name,
        "TriggerDesc": description,
        "Enable": int(enabled),
        "Qualifier": qualifier,
        "AvailableStatus": "Available",
        "BindStatus": "on",
        "TriggerAttribute": "single",
        "ResourceId": _resource(call, key, kind, parameters["TriggerName"]),
        "CustomArgument": parameters.get("CustomArgument", ""),
        "Description": parameters.get("Description", ""),
        "AddTime": call.now_text,
        "ModTime": call.now_text,
    }
    triggers.keep(call, trigger)
    return {"TriggerInfo": triggers.shown(trigger)}


def update_trigger(call: ApiCall, parameters: Json) -> Json:
    """Change what the parameters name; the qualifier says which trigger is meant and cannot be changed."""
    key = _idle_function(call, parameters, "FailedOperation.UpdateTrigger")
    kind = trigger_type(parameters["Type"])
    if not kind.updatable:
        raise CloudError("UnsupportedOperation.Trigger", f"A trigger of the type {kind.name} cannot be updated.")
    trigger = _existing(call, key, kind, parameters)
    trigger["TriggerDesc"] = kind.describe(_request(call, key, parameters, trigger["Qualifier"], trigger))
    if "Enable" in parameters:
        trigger["Enable"] = int(is_open(parameters["Enable"]))
    trigger["CustomArgument"] = parameters.get("CustomArgument", trigger["CustomArgument"])
    trigger["Description"] = parameters.get("Description", trigger["Description"])
    trigger["ModTime"] = call.now_text
    triggers.keep(call, trigger)
    return {}


def update_status(call: ApiCall, parameters: Json) -> Json:
    """Switch a trigger on or off; the state that it has already is refused."""
    key = _idle_function(call, parameters, "FailedOperation.UpdateTriggerStatus")
    kind = trigger_type(parameters["Type"])
    if not kind.switchable:
        raise CloudError("UnsupportedOperation.Trigger", f"A trigger of the type {kind.name} cannot be switched.")
    wanted = int(is_open(parameters["Enable"]))
    trigger = _existing(call, key, kind, parameters)
    if trigger["Enable"] == wanted:
        raise CloudError("FailedOperation.UpdateTriggerStatus", "The trigger has that state already.")
    trigger |= {"Enable": wanted, "ModTime": call.now_text}
    triggers.keep(call, trigger)
    return {}


def delete_trigger(call: ApiCall, parameters: Json) -> Json:
    """Unbind an event source."""
    key = _idle_function(call, parameters, "FailedOperation.DeleteTrigger")
    kind = trigger_type(parameters["Type"])
    call.store.delete(triggers.KIND, _existing(call, key, kind, parameters)["key"])
    return {}


def list_triggers(call: ApiCall, parameters: Json) -> Json:
    """The triggers of all qualifiers together."""
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    found = [triggers.shown(trigger) | {"BoundResources": ""} for trigger in triggers.every(call, key)]
    for wanted in parameters.get("Filters", []):
        if wanted.get("Name") not in _FILTERS:
            raise CloudError("InvalidParameterValue.Filters", f"The filter `{wanted.get('Name')}` is not offered.")
        found = [trigger for trigger in found if trigger[wanted["Name"]] in wanted.get("Values", [])]
    shown = page(found, parameters, order_by={"add_time": "AddTime", "mod_time": "ModTime"})
    return {"Triggers": shown, "TotalCount": len(found)}


def _idle_function(call: ApiCall, parameters: Json, busy_code: str) -> str:
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    functions.require_idle(functions.version(call, key), busy_code)
    return key


def _qualifier(call: ApiCall, key: str, parameters: Json) -> str:
    qualifier = str(parameters.get("Qualifier") or functions.LATEST)
    aliases.resolve(call, key, qualifier)
    return qualifier


def _request(call: ApiCall, key: str, parameters: Json, qualifier: str, previous: Json | None) -> TriggerRequest:
    argument = parameters.get("CustomArgument", "")
    return TriggerRequest(
        call, key, parameters["TriggerName"], qualifier, parameters.get("TriggerDesc"), argument, previous
    )


def _existing(call: ApiCall, key: str, kind: TriggerType, parameters: Json) -> Json:
    place = _place(key, kind, parameters["TriggerName"], parameters.get("TriggerDesc", ""))
    trigger = call.store.get(triggers.KIND, place)
    if trigger is None or trigger["Qualifier"] != (parameters.get("Qualifier") or functions.LATEST):
        raise _absent(parameters)
    return trigger


def _absent(parameters: Json) -> CloudError:
    return CloudError("ResourceNotFound.Trigger", f"Trigger `{parameters['TriggerName']}` does not exist.")


def _place(key: str, kind: TriggerType, name: str, description: str) -> str:
    return f"{key}/{kind.name}/{name} {kind.identity(description)}"


def _resource(call: ApiCall, key: str, kind: TriggerType, name: str) -> str:
    function = key.rsplit("/", 1)[-1]
    return f"qcs::scf:{call.region}:uin/{call.context.settings.uin}:function/{function}/{kind.name}/{name}"
