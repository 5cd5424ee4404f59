"""BindTrigger and UnbindTrigger of the media product."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.scf.records import aliases, functions, triggers

_EVENTS = ("WorkflowTask", "EditMediaTask")


def bind(call: ApiCall, parameters: Json) -> Json:
    """Bind tasks of one type to a function and return the id of the binding."""
    event = parameters["EventType"]
    if event not in _EVENTS:
        raise CloudError("InvalidParameterValue", f"EventType must be {' or '.join(_EVENTS)}.")
    if parameters["ScfRegion"] != call.region:
        raise CloudError("InvalidParameterValue", "ScfRegion is another region than the request's.")
    key = functions.existing_key(call, parameters)
    qualifier = parameters.get("Qualifier") or functions.LATEST
    aliases.resolve(call, key, qualifier)
    source = f"TriggerType/{event}Event"
    present = call.store.get(triggers.KIND, triggers.bound_key(key, "mps", source))
    if present is not None and present["BindStatus"] == "on":
        raise CloudError("InvalidParameterValue", "The function is bound to this type of task already.")
    description = {"eventType": event}
    trigger = triggers.put_bound(call, key, "mps", description=description, qualifier=qualifier, source=source)
    return {"ResourceId": trigger["ResourceId"]}


def unbind(call: ApiCall, parameters: Json) -> Json:
    """Remove a binding. The trigger stays in the list with BindStatus off."""
    if parameters["Type"] != "mps":
        raise CloudError("InvalidParameterValue", "Type must be mps.")
    key = functions.existing_key(call, parameters)
    qualifier = parameters.get("Qualifier") or functions.LATEST
    for trigger in triggers.list_all(call, key):
        is_same = trigger["Type"] == "mps" and trigger["ResourceId"] == parameters["ResourceId"]
        if is_same and trigger["BindStatus"] == "on" and trigger["Qualifier"] == qualifier:
            triggers.put(call, trigger | {"BindStatus": "off", "Enable": 0, "ModTime": call.now_text})
            return {}
    raise CloudError("ResourceNotFound", "The function is not bound to this resource.")
