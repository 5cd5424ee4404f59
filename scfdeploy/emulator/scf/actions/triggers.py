"""CreateTrigger, UpdateTrigger, UpdateTriggerStatus, DeleteTrigger and ListTriggers."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.parameters import page
from scfdeploy.emulator.scf.param_checks import is_open
from scfdeploy.emulator.scf.records import aliases, domains, functions, triggers
from scfdeploy.emulator.scf.triggers import TriggerRequest, TriggerType, trigger_type
from scfdeploy.facts import limit

_FILTERS = ("Qualifier", "TriggerName", "Description", "Type")


def create_trigger(call: ApiCall, parameters: Json) -> Json:
    """Create a trigger and return it."""
    key = _idle_function(call, parameters, "FailedOperation.CreateTrigger")
    kind = trigger_type(parameters["Type"])
    qualifier = str(parameters.get("Qualifier") or functions.LATEST)
    aliases.resolve(call, key, qualifier)
    enabled = is_open(parameters.get("Enable", "OPEN"))
    description = kind.describe(_request(call, key, parameters, qualifier, None))
    trigger_key = _trigger_key(key, kind, parameters["TriggerName"], description)
    if call.store.get(triggers.KIND, trigger_key) is not None:
        raise CloudError(kind.in_use, f"Trigger `{parameters['TriggerName']}` exists already.")
    if sum(t["Type"] == kind.name for t in triggers.list_all(call, key)) >= limit("trigger.per_type"):
        raise CloudError("LimitExceeded.Trigger", f"The function has too many triggers of the type {kind.name}.")
    source = f"function/{key.rsplit('/', 1)[-1]}/{kind.name}/{parameters['TriggerName']}"
    trigger = triggers.put_new(
        call,
        trigger_key,
        {
            "TriggerName": parameters["TriggerName"],
            "Type": kind.name,
            "TriggerDesc": description,
            "Enable": int(enabled),
            "Qualifier": qualifier,
            "ResourceId": f"qcs::scf:{call.region}:uin/{call.context.settings.uin}:{source}",
            "CustomArgument": parameters.get("CustomArgument", ""),
            "Description": parameters.get("Description", ""),
        },
    )
    return {"TriggerInfo": triggers.api_fields(trigger)}


def update_trigger(call: ApiCall, parameters: Json) -> Json:
    """Change the fields that the parameters contain. The qualifier identifies the trigger and cannot change."""
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
    triggers.put(call, trigger)
    return {}


def update_status(call: ApiCall, parameters: Json) -> Json:
    """Enable or disable a trigger. Raises CloudError if it has that state already."""
    key = _idle_function(call, parameters, "FailedOperation.UpdateTriggerStatus")
    kind = trigger_type(parameters["Type"])
    if not kind.switchable:
        raise CloudError("UnsupportedOperation.Trigger", f"A trigger of the type {kind.name} cannot be switched.")
    enable = int(is_open(parameters["Enable"]))
    trigger = _existing(call, key, kind, parameters)
    if trigger["Enable"] == enable:
        raise CloudError("FailedOperation.UpdateTriggerStatus", "The trigger has that state already.")
    trigger |= {"Enable": enable, "ModTime": call.now_text}
    triggers.put(call, trigger)
    return {}


def delete_trigger(call: ApiCall, parameters: Json) -> Json:
    """Delete a trigger."""
    key = _idle_function(call, parameters, "FailedOperation.DeleteTrigger")
    kind = trigger_type(parameters["Type"])
    trigger = _existing(call, key, kind, parameters)
    if kind.name == "http" and (domain := domains.domain_of_url(call, key, trigger["Qualifier"])) is not None:
        raise CloudError("FailedOperation.DeleteTrigger.UrlUsed", f"Domain `{domain}` has a route to this URL.")
    call.store.delete(triggers.KIND, trigger["key"])
    return {}


def list_triggers(call: ApiCall, parameters: Json) -> Json:
    """Return the triggers of all qualifiers that match every filter."""
    key = functions.existing_key(call, parameters)
    selected = [triggers.api_fields(trigger) | {"BoundResources": ""} for trigger in triggers.list_all(call, key)]
    for criterion in parameters.get("Filters", []):
        if criterion.get("Name") not in _FILTERS:
            message = f"The filter `{criterion.get('Name')}` is not supported."
            raise CloudError("InvalidParameterValue.Filters", message)
        selected = [trigger for trigger in selected if trigger[criterion["Name"]] in criterion.get("Values", [])]
    ordered = page(selected, parameters, order_by={"add_time": "AddTime", "mod_time": "ModTime"})
    return {"Triggers": ordered, "TotalCount": len(selected)}


def _idle_function(call: ApiCall, parameters: Json, busy_code: str) -> str:
    key = functions.existing_key(call, parameters)
    functions.require_idle(functions.get_version(call, key), busy_code)
    return key


def _request(call: ApiCall, key: str, parameters: Json, qualifier: str, previous: Json | None) -> TriggerRequest:
    argument = parameters.get("CustomArgument", "")
    return TriggerRequest(
        call, key, parameters["TriggerName"], qualifier, parameters.get("TriggerDesc"), argument, previous
    )


def _existing(call: ApiCall, key: str, kind: TriggerType, parameters: Json) -> Json:
    name = parameters["TriggerName"]
    trigger = call.store.get(triggers.KIND, _trigger_key(key, kind, name, parameters.get("TriggerDesc", "")))
    if trigger is None or trigger["Qualifier"] != (parameters.get("Qualifier") or functions.LATEST):
        raise CloudError("ResourceNotFound.Trigger", f"Trigger `{name}` does not exist.")
    return trigger


def _trigger_key(key: str, kind: TriggerType, name: str, description: str) -> str:
    return f"{key}/{kind.name}/{name} {kind.identity(description)}"
