"""UpdateFunctionEventInvokeConfig and GetFunctionEventInvokeConfig: retries and age of asynchronous events."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.scf.records import aliases, functions
from scfdeploy.facts import limit


def update_config(call: ApiCall, parameters: Json) -> Json:
    """Set retries and age. RetryConfig is a list of exactly one entry."""
    key = functions.function_key(call, parameters)
    function = functions.require(call, key)
    functions.require_idle(functions.get_version(call, key), "FailedOperation.FunctionStatusError")
    config = parameters["AsyncTriggerConfig"]
    retries = config.get("RetryConfig", [])
    if len(retries) != 1 or "RetryNum" not in retries[0] or "MsgTTL" not in config:
        message = "AsyncTriggerConfig needs MsgTTL and one RetryConfig."
        raise CloudError("InvalidParameterValue.AsyncTriggerConfig", message)
    most_retries, shortest_s, longest_s = limit("retry_num.max"), limit("msg_ttl.min_s"), limit("msg_ttl.max_s")
    if not 0 <= retries[0]["RetryNum"] <= most_retries:
        raise CloudError("LimitExceeded.RetryNum", f"RetryNum must be 0 to {most_retries}.")
    if not shortest_s <= config["MsgTTL"] <= longest_s:
        raise CloudError("LimitExceeded.MsgTTL", f"MsgTTL must be {shortest_s} to {longest_s} seconds.")
    functions.put(call, key, function | {"MsgTTL": config["MsgTTL"], "RetryNum": retries[0]["RetryNum"]})
    return {}


def get_config(call: ApiCall, parameters: Json) -> Json:
    """Return the retries and age of a function."""
    key = functions.function_key(call, parameters)
    function = functions.require(call, key)
    aliases.resolve(call, key, parameters.get("Qualifier", functions.LATEST))
    return {"AsyncTriggerConfig": {"MsgTTL": function["MsgTTL"], "RetryConfig": [{"RetryNum": function["RetryNum"]}]}}
