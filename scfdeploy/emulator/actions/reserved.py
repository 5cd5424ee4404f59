"""The actions for reserved concurrency, and for that of a whole account."""

from __future__ import annotations

from scfdeploy.emulator.call import Call
from scfdeploy.emulator.checks import names
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.records import concurrency, functions
from scfdeploy.facts import limit


def put_reserved(call: Call, parameters: Json) -> Json:
    """Reserve memory for a function. 0 switches the function off."""
    key, function = _function(call, parameters)
    concurrency.require_reservable(call, function)
    wanted = parameters["ReservedConcurrencyMem"]
    if wanted < 0:
        raise CloudError("InvalidParameterValue", "ReservedConcurrencyMem must be 0 or more.")
    free = concurrency.total_mb(call, _namespace(key)) - limit("concurrency.kept_free_mb")
    if concurrency.reserved_by_others(call, key) + wanted > free:
        raise CloudError("FailedOperation.ReservedExceedTotal", f"Only {free} MB can be reserved in all.")
    provisioned = sum(one["mb"] for one in concurrency.every(call, key))
    if wanted < provisioned:
        message = f"{provisioned} MB are provisioned already."
        raise CloudError("LimitExceeded.FunctionReservedConcurrencyMemory", message)
    concurrency.keep_reserved(call, key, wanted)
    return {}


def get_reserved(call: Call, parameters: Json) -> Json:
    """What is reserved; null when nothing was said."""
    _, function = _function(call, parameters)
    return {"ReservedMem": concurrency.reserved_mb(function)}


def delete_reserved(call: Call, parameters: Json) -> Json:
    """Let the function share with all others again."""
    key, function = _function(call, parameters)
    concurrency.require_reservable(call, function)
    concurrency.keep_reserved(call, key, None)
    return {}


def put_total(call: Call, parameters: Json) -> Json:
    """Set what the functions of a namespace may use together."""
    namespace = names.namespace_name(parameters.get("Namespace") or "default")
    wanted, most = parameters["TotalConcurrencyMem"], limit("concurrency.total_mb")
    if not limit("concurrency.kept_free_mb") <= wanted <= most:
        raise CloudError("LimitExceeded.UserTotalConcurrencyMemory", f"The account may use {most} MB.")
    concurrency.keep_total(call, namespace, wanted)
    return {}


def _function(call: Call, parameters: Json) -> tuple[str, Json]:
    key = functions.key_of(call, parameters)
    return key, functions.require(call, key)


def _namespace(key: str) -> str:
    return key.split("/")[1]
