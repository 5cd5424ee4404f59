"""The actions of reserved, provisioned and total concurrency."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.scf import param_checks
from scfdeploy.emulator.scf.records import concurrency, functions, namespaces
from scfdeploy.facts import limit

_PROVISIONED_TYPES = ("Default", "ConcurrencyUtilizationTracking")
# Fields that differ between the actions of a schedule, and the error code for equal ones.
_UNIQUE = (
    ("TriggerName", "InvalidParameterValue.ProvisionTriggerNameDuplicate"),
    ("TriggerCronConfig", "InvalidParameterValue.ProvisionTriggerCronConfigDuplicate"),
)


def put_reserved(call: ApiCall, parameters: Json) -> Json:
    """Reserve memory for a function. 0 disables the function."""
    key = functions.function_key(call, parameters)
    functions.require(call, key)
    reserved = parameters["ReservedConcurrencyMem"]
    if reserved < 0:
        raise CloudError("InvalidParameterValue", "ReservedConcurrencyMem must be 0 or more.")
    available = _namespace_mb(call, key) - limit("concurrency.kept_free_mb")
    if concurrency.reserved_by_others(call, key) + reserved > available:
        raise CloudError("FailedOperation.ReservedExceedTotal", f"Only {available} MB can be reserved in all.")
    provisioned = concurrency.provisioned_mb(call, key)
    if reserved < provisioned:
        message = f"{provisioned} MB are provisioned already."
        raise CloudError("LimitExceeded.FunctionReservedConcurrencyMemory", message)
    concurrency.put_reserved(call, key, reserved)
    return {}


def get_reserved(call: ApiCall, parameters: Json) -> Json:
    """Return the reservation of a function, or null."""
    function = functions.require(call, functions.function_key(call, parameters))
    return {"ReservedMem": concurrency.reserved_mb(function)}


def delete_reserved(call: ApiCall, parameters: Json) -> Json:
    """Remove the reservation of a function, which then shares the memory of the namespace."""
    key = functions.existing_key(call, parameters)
    concurrency.put_reserved(call, key, None)
    return {}


def put_total(call: ApiCall, parameters: Json) -> Json:
    """Set the memory that the functions of a namespace may use together."""
    namespace = param_checks.check_namespace(parameters.get("Namespace") or namespaces.DEFAULT)
    total, maximum = parameters["TotalConcurrencyMem"], limit("concurrency.total_mb")
    if not limit("concurrency.kept_free_mb") <= total <= maximum:
        raise CloudError("LimitExceeded.UserTotalConcurrencyMemory", f"The account may use {maximum} MB.")
    concurrency.put_total(call, namespace, total)
    return {}


def put_provisioned(call: ApiCall, parameters: Json) -> Json:
    """Provision instances of one published version."""
    key = functions.function_key(call, parameters)
    function = functions.require(call, key)
    version = _published_version(call, key, parameters)
    if version["Status"] != "Active":
        message = f"Version {version['FunctionVersion']} is {version['Status']}."
        raise CloudError("FailedOperation.FunctionVersionStatusNotActive", message)
    qualifier = version["FunctionVersion"]
    number = parameters["VersionProvisionedConcurrencyNum"]
    if number < 0:
        raise CloudError("InvalidParameterValue", "VersionProvisionedConcurrencyNum must be 0 or more.")
    memory_mb = number * version["MemorySize"]
    if concurrency.provisioned_mb(call, key, without=qualifier) + memory_mb > _available_mb(call, key, function):
        if concurrency.reserved_mb(function) is None:
            raise CloudError("FailedOperation.ProvisionedExceedAvailable", "More than what is free in the region.")
        raise CloudError("FailedOperation.ProvisionedExceedReserved", "More than what is reserved for the function.")
    _check_tracking(parameters)
    kind = param_checks.read_choice(
        parameters, "ProvisionedType", _PROVISIONED_TYPES, "InvalidParameterValue.ProvisionType"
    )
    setting = {
        "Qualifier": qualifier,
        "Number": number,
        "mb": memory_mb,
        "ProvisionedType": kind,
        "TriggerActions": _check_schedule(parameters.get("TriggerActions", [])),
    }
    concurrency.put(call, key, setting)
    return {}


def get_provisioned(call: ApiCall, parameters: Json) -> Json:
    """Return the provisioned concurrency of one version or of all, and how much more is possible."""
    key = functions.function_key(call, parameters)
    function = functions.require(call, key)
    qualifier = parameters.get("Qualifier")
    if qualifier:
        functions.get_version(call, key, qualifier)
    settings = concurrency.list_all(call, key)
    free_mb = _available_mb(call, key, function) - concurrency.provisioned_mb(call, key)
    return {
        "UnallocatedConcurrencyNum": max(0, free_mb) // functions.get_version(call, key)["MemorySize"],
        "Allocated": [_allocation(call, s) for s in settings if qualifier in (None, "", s["Qualifier"])],
    }


def delete_provisioned(call: ApiCall, parameters: Json) -> Json:
    """Remove the provisioned instances of a version."""
    key = functions.existing_key(call, parameters)
    qualifier = _published_version(call, key, parameters)["FunctionVersion"]
    concurrency.delete(call, key, qualifier)
    return {}


def _published_version(call: ApiCall, key: str, parameters: Json) -> Json:
    qualifier = parameters["Qualifier"]
    if not qualifier.isdigit():
        message = f"`{qualifier}` cannot have provisioned instances: only a published version can."
        raise CloudError("InvalidParameterValue.Qualifier", message)
    return functions.get_version(call, key, qualifier)


def _namespace_mb(call: ApiCall, key: str) -> int:
    return concurrency.total_mb(call, key.split("/")[1])


def _available_mb(call: ApiCall, key: str, function: Json) -> int:
    reserved = concurrency.reserved_mb(function)
    return _namespace_mb(call, key) if reserved is None else reserved


def _check_tracking(parameters: Json) -> None:
    if not 0 < parameters.get("TrackingTarget", 0.5) < 1:
        raise CloudError("InvalidParameterValue", "TrackingTarget must lie between 0 and 1.")
    minimum, maximum = parameters.get("MinCapacity", 1), parameters.get("MaxCapacity")
    if minimum < 1 or (maximum is not None and maximum < minimum):
        raise CloudError("InvalidParameterValue", "MinCapacity must be 1 or more, and no more than MaxCapacity.")


def _check_schedule(actions: list[Json]) -> list[Json]:
    for field, code in _UNIQUE:
        values = [action.get(field) for action in actions]
        if len(set(values)) < len(values):
            raise CloudError(code, f"Two actions have the same {field}.")
    for action in actions:
        if action.get("TriggerProvisionedConcurrencyNum", -1) < 0:
            message = "TriggerProvisionedConcurrencyNum must be 0 or more."
            raise CloudError("InvalidParameterValue.TriggerProvisionedConcurrencyNum", message)
    return actions


def _allocation(call: ApiCall, setting: Json) -> Json:
    status = concurrency.status(call, setting)
    return {
        "Qualifier": setting["Qualifier"],
        "AllocatedProvisionedConcurrencyNum": setting["Number"],
        "AvailableProvisionedConcurrencyNum": setting["Number"] if status == "Done" else 0,
        "Status": status,
        "StatusReason": setting["failed"] if status == "Failed" else "",
        "TriggerActions": setting["TriggerActions"],
    }
