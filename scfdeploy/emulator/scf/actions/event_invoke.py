"""UpdateFunctionEventInvokeConfig and GetFunctionEventInvokeConfig: retries and age of asynchronous events."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf.records import aliases, functions
from scfdeploy.facts import limit


def update_config(call: ApiCall, parameters: Json) -> Json:
    """Set how often and how long an event is tried. One retry setting exactly; the list is the platform's habit."""
    key = functions.key_of(call, parameters)
    function = functions.require(call, key)
    functions.require_idle(functions.version(call, key), "FailedOperation.FunctionStatusError")
    wanted = parameters["AsyncTriggerConfig"]
    retries = wanted.get("RetryConfig", [])
    if len(retries) != 1 or "RetryNum" not in retries[0] or "MsgTTL" not in wanted:
        message = "AsyncTriggerConfig needs MsgTTL and one RetryConfig."
        raise CloudError("InvalidParameterValue.AsyncTriggerConfig", message)
    if not 0 <= retries[0]["RetryNum"] <= limit("retry_num.max"):
        raise CloudError("LimitExceeded.RetryNum", "RetryNum must be 0 to 2.")
    if not limit("msg_ttl.min_s") <= wanted["MsgTTL"] <= limit("msg_ttl.max_s"):
        raise CloudError("LimitExceeded.MsgTTL", "MsgTTL must be 60 to 21600 seconds.")
    functions.keep(call, key, function | {"MsgTTL": wanted["MsgTTL"], "RetryNum": retries[0]["RetryNum"]})
    return {}


def get_config(call: ApiCall, parameters: Json) -> Json:
    """What holds now; the platform's defaults when nobody set anything."""
    key = functions.key_of(call, parameters)
    function = functions.require(call, key)
    aliases.resolve(call, key, parameters.get("Qualifier", functions.LATEST))
    return {"AsyncTriggerConfig": {"MsgTTL": function["MsgTTL"], "RetryConfig": [{"RetryNum": function["RetryNum"]}]}}
