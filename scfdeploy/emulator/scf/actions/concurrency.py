"""Actions for reserved and provisioned concurrency."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf import param_checks
from scfdeploy.emulator.scf.param_checks import one_of
from scfdeploy.emulator.scf.records import concurrency, functions
from scfdeploy.facts import limit


def put_reserved(call: ApiCall, parameters: Json) -> Json:
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


def get_reserved(call: ApiCall, parameters: Json) -> Json:
    """What is reserved; null when nothing was said."""
    _, function = _function(call, parameters)
    return {"ReservedMem": concurrency.reserved_mb(function)}


def delete_reserved(call: ApiCall, parameters: Json) -> Json:
    """Let the function share with all others again."""
    key, function = _function(call, parameters)
    concurrency.require_reservable(call, function)
    concurrency.keep_reserved(call, key, None)
    return {}


def put_total(call: ApiCall, parameters: Json) -> Json:
    """Set what the functions of a namespace may use together."""
    namespace = param_checks.namespace_name(parameters.get("Namespace") or "default")
    wanted, most = parameters["TotalConcurrencyMem"], limit("concurrency.total_mb")
    if not limit("concurrency.kept_free_mb") <= wanted <= most:
        raise CloudError("LimitExceeded.UserTotalConcurrencyMemory", f"The account may use {most} MB.")
    concurrency.keep_total(call, namespace, wanted)
    return {}


def _function(call: ApiCall, parameters: Json) -> tuple[str, Json]:
    key = functions.key_of(call, parameters)
    return key, functions.require(call, key)


def _namespace(key: str) -> str:
    return key.split("/")[1]


_ACTIVE = "Active"
_TYPES = ("Default", "ConcurrencyUtilizationTracking")
# What two actions of one schedule may not share, and the code for it.
_UNIQUE = (
    ("TriggerName", "InvalidParameterValue.ProvisionTriggerNameDuplicate"),
    ("TriggerCronConfig", "InvalidParameterValue.ProvisionTriggerCronConfigDuplicate"),
)


def put_provisioned(call: ApiCall, parameters: Json) -> Json:
    """Keep instances of one published version ready; InProgress until they are up."""
    key = functions.key_of(call, parameters)
    function = functions.require(call, key)
    version = _published(call, key, parameters)
    if version["Status"] != _ACTIVE:
        message = f"Version {version['FunctionVersion']} is {version['Status']}."
        raise CloudError("FailedOperation.FunctionVersionStatusNotActive", message)
    qualifier = version["FunctionVersion"]
    concurrency.require_settled(call, concurrency.find(call, key, qualifier))
    number = parameters["VersionProvisionedConcurrencyNum"]
    if number < 0:
        raise CloudError("InvalidParameterValue", "VersionProvisionedConcurrencyNum must be 0 or more.")
    _require_room(call, key, function, qualifier=qualifier, memory_mb=number * version["MemorySize"])
    kind = parameters.get("ProvisionedType", "Default")
    _require_tracking(parameters)
    concurrency.keep(
        call,
        key,
        {
            "Qualifier": qualifier,
            "Number": number,
            "mb": number * version["MemorySize"],
            "ProvisionedType": one_of(_TYPES, kind, "InvalidParameterValue.ProvisionType", "ProvisionedType"),
            "TriggerActions": _schedule(parameters.get("TriggerActions", [])),
        },
    )
    return {}


def get_provisioned(call: ApiCall, parameters: Json) -> Json:
    """What is provisioned, for one version or for all, and what the function could still have."""
    key = functions.key_of(call, parameters)
    function = functions.require(call, key)
    wanted = parameters.get("Qualifier")
    if wanted:
        functions.version(call, key, wanted)
    found = concurrency.every(call, key)
    free_mb = _most_mb(call, key, function) - sum(setting["mb"] for setting in found)
    return {
        "UnallocatedConcurrencyNum": max(0, free_mb) // functions.version(call, key)["MemorySize"],
        "Allocated": [_shown(call, setting) for setting in found if wanted in (None, "", setting["Qualifier"])],
    }


def delete_provisioned(call: ApiCall, parameters: Json) -> Json:
    """Give the instances of a version back."""
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    qualifier = _published(call, key, parameters)["FunctionVersion"]
    concurrency.require_settled(call, concurrency.find(call, key, qualifier))
    concurrency.forget(call, key, qualifier)
    return {}


def _published(call: ApiCall, key: str, parameters: Json) -> Json:
    qualifier = parameters["Qualifier"]
    if not qualifier.isdigit():
        message = f"`{qualifier}` cannot have provisioned instances: only a published version can."
        raise CloudError("InvalidParameterValue.Qualifier", message)
    return functions.version(call, key, qualifier)


def _most_mb(call: ApiCall, key: str, function: Json) -> int:
    reserved = concurrency.reserved_mb(function)
    return concurrency.total_mb(call, key.split("/")[1]) if reserved is None else reserved


def _require_room(call: ApiCall, key: str, function: Json, *, qualifier: str, memory_mb: int) -> None:
    beside = sum(one["mb"] for one in concurrency.every(call, key) if one["Qualifier"] != qualifier)
    if beside + memory_mb <= _most_mb(call, key, function):
        return
    if concurrency.reserved_mb(function) is None:
        raise CloudError("FailedOperation.ProvisionedExceedAvailable", "More than what is free in the region.")
    raise CloudError("FailedOperation.ProvisionedExceedReserved", "More than what is reserved for the function.")


def _require_tracking(parameters: Json) -> None:
    if not 0 < parameters.get("TrackingTarget", 0.5) < 1:
        raise CloudError("InvalidParameterValue", "TrackingTarget must lie between 0 and 1.")
    least, most = parameters.get("MinCapacity", 1), parameters.get("MaxCapacity")
    if least < 1 or (most is not None and most < least):
        raise CloudError("InvalidParameterValue", "MinCapacity must be 1 or more, and no more than MaxCapacity.")


def _schedule(actions: list[Json]) -> list[Json]:
    for field, code in _UNIQUE:
        given = [action.get(field) for action in actions]
        if len(set(given)) < len(given):
            raise CloudError(code, f"Two actions have the same {field}.")
    for action in actions:
        if action.get("TriggerProvisionedConcurrencyNum", -1) < 0:
            message = "TriggerProvisionedConcurrencyNum must be 0 or more."
            raise CloudError("InvalidParameterValue.TriggerProvisionedConcurrencyNum", message)
    return actions


def _shown(call: ApiCall, setting: Json) -> Json:
    status = concurrency.status(call, setting)
    return {
        "Qualifier": setting["Qualifier"],
        "AllocatedProvisionedConcurrencyNum": setting["Number"],
        "AvailableProvisionedConcurrencyNum": setting["Number"] if status == "Done" else 0,
        "Status": status,
        "StatusReason": setting["failed"] if status == "Failed" else "",
        "TriggerActions": setting["TriggerActions"],
    }
