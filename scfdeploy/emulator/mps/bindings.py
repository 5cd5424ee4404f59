"""The media product: BindTrigger and UnbindTrigger."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf.records import aliases, functions, triggers

_EVENTS = ("WorkflowTask", "EditMediaTask")


def bind(call: ApiCall, parameters: Json) -> Json:
    """Let tasks of one type call a function; the answer names what was bound."""
    event = parameters["EventType"]
    if event not in _EVENTS:
        raise CloudError("InvalidParameterValue", f"EventType must be {' or '.join(_EVENTS)}.")
    if parameters["ScfRegion"] != call.region:
        raise CloudError("InvalidParameterValue", "ScfRegion is another region than the request's.")
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    qualifier = parameters.get("Qualifier") or functions.LATEST
    aliases.resolve(call, key, qualifier)
    tail = f"TriggerType/{event}Event"
    found = call.store.get(triggers.KIND, f"{key}/mps/ {tail}")
    if found is not None and found["BindStatus"] == "on":
        raise CloudError("InvalidParameterValue", "The function is bound to this type of task already.")
    made = triggers.keep_bound(
        call, key, "mps", description={"eventType": event}, qualifier=qualifier, resource="mps", tail=tail
    )
    return {"ResourceId": made["ResourceId"]}


def unbind(call: ApiCall, parameters: Json) -> Json:
    """Let them call it no more. The trigger stays in the list, as one that is not bound."""
    if parameters["Type"] != "mps":
        raise CloudError("InvalidParameterValue", "Type must be mps.")
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    qualifier = parameters.get("Qualifier") or functions.LATEST
    for trigger in triggers.every(call, key):
        is_meant = trigger["Type"] == "mps" and trigger["ResourceId"] == parameters["ResourceId"]
        if is_meant and trigger["BindStatus"] == "on" and trigger["Qualifier"] == qualifier:
            triggers.keep(call, trigger | {"BindStatus": "off", "Enable": 0, "ModTime": call.now_text})
            return {}
    raise CloudError("ResourceNotFound", "The function is not bound to this resource.")
