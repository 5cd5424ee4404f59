"""CreateDeliverCloudFunction, which binds a log topic to a function."""

from __future__ import annotations

import re

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.scf.records import aliases, functions, triggers
from scfdeploy.facts import limit

# The server has no topics: every valid id is accepted.
_TOPIC = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{2,63}")


def deliver_to_function(call: ApiCall, parameters: Json) -> Json:
    """Bind a topic to a function. Raises CloudError if it is bound to it already."""
    topic = parameters["TopicId"]
    if not _TOPIC.fullmatch(topic):
        raise CloudError("InvalidParameter", "TopicId is not the id of a topic.")
    wait_s = _number(
        parameters, "Timeout", limit("cls.wait.default_s"), limit("cls.wait.min_s"), limit("cls.wait.max_s")
    )
    size = _number(parameters, "MaxMsgNum", limit("cls.batch.default"), 1, limit("cls.batch.max"))
    key = functions.existing_key(call, parameters)
    if functions.get_version(call, key)["Type"] != "Event":
        raise CloudError("InvalidParameter", "Only event functions take log lines.")
    qualifier = parameters["Qualifier"]
    aliases.resolve(call, key, qualifier)
    source = f"topic/{topic}"
    if any(t["Type"] == "cls" and t["ResourceId"].endswith(f":{source}") for t in triggers.list_all(call, key)):
        raise CloudError("InvalidParameter.ShipperConflict", "The topic calls this function already.")
    _, namespace, name = key.split("/")
    description = {
        "effective": True,
        "function_name": name,
        "max_size": size,
        "max_wait": wait_s,
        "name_space": namespace,
        "qualifier": qualifier,
        "topic_id": topic,
    }
    triggers.put_bound(call, key, "cls", description=description, qualifier=qualifier, source=source)
    return {}


def _number(parameters: Json, name: str, default: int, low: int, high: int) -> int:
    number: int = parameters.get(name, default)
    if not low <= number <= high:
        raise CloudError("InvalidParameterValue", f"{name} must be {low} to {high}.")
    return number
