"""The log product: the one action that lets a topic call a function."""

from __future__ import annotations

import re

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf.records import aliases, functions, triggers
from scfdeploy.facts import limit

# Topics are not this server's: any id that could be one is taken for one.
_TOPIC = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{2,63}")


def deliver_to_function(call: ApiCall, parameters: Json) -> Json:
    """CreateDeliverCloudFunction: bind a topic to a function. A second time for the same pair is refused."""
    topic = parameters["TopicId"]
    if not _TOPIC.fullmatch(topic):
        raise CloudError("InvalidParameter", "TopicId is not the id of a topic.")
    wait = _within(parameters, "Timeout", limit("cls.wait.default_s"), limit("cls.wait.min_s"), limit("cls.wait.max_s"))
    size = _within(parameters, "MaxMsgNum", limit("cls.batch.default"), 1, limit("cls.batch.max"))
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    if functions.version(call, key)["Type"] != "Event":
        raise CloudError("InvalidParameter", "Only event functions take log lines.")
    qualifier = parameters["Qualifier"]
    aliases.resolve(call, key, qualifier)
    tail = f"topic/{topic}"
    if any(found["ResourceId"].endswith(f":{tail}") for found in triggers.every(call, key) if found["Type"] == "cls"):
        raise CloudError("InvalidParameter.ShipperConflict", "The topic calls this function already.")
    _, namespace, name = key.split("/")
    description = {
        "effective": True,
        "function_name": name,
        "max_size": size,
        "max_wait": wait,
        "name_space": namespace,
        "qualifier": qualifier,
        "topic_id": topic,
    }
    triggers.keep_bound(call, key, "cls", description=description, qualifier=qualifier, resource="cls", tail=tail)
    return {}


def _within(parameters: Json, name: str, default: int, low: int, high: int) -> int:
    number: int = parameters.get(name, default)
    if not low <= number <= high:
        raise CloudError("InvalidParameterValue", f"{name} must be {low} to {high}.")
    return number
