"""PublishVersion and ListVersionByFunction."""

from __future__ import annotations

from copy import deepcopy

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.parameters import page
from scfdeploy.emulator.scf import operations
from scfdeploy.emulator.scf.records import functions
from scfdeploy.facts import limit

_RETURNED = ("FunctionVersion", "CodeSize", "MemorySize", "Handler", "Timeout", "Runtime")


def publish_version(call: ApiCall, parameters: Json) -> Json:
    """Publish `$LATEST` as the next numbered version."""
    key = functions.function_key(call, parameters)
    function = functions.require(call, key)
    latest = functions.get_version(call, key)
    functions.require_idle(latest, "FailedOperation.PublishVersion")
    version = publish(call, key, latest, parameters.get("Description", ""))
    fields = {name: version[name] for name in _RETURNED}
    return fields | {"Description": version["VersionDescription"], "Namespace": function["Namespace"]}


def publish(call: ApiCall, key: str, latest: Json, description: str) -> Json:
    """Store a copy of `latest` as the next version, in the state Publishing, and return it."""
    function = functions.require(call, key)
    number = function["next_version"]
    if number > limit("versions.max"):
        raise CloudError("LimitExceeded.FunctionVersions", "The function has too many versions.")
    function["next_version"] = number + 1
    functions.put(call, key, function)
    version = deepcopy(latest)
    version |= {
        "FunctionVersion": str(number),
        "Description": description or latest["Description"],
        "VersionDescription": description,
        "AddTime": call.now_text,
        "ModTime": call.now_text,
    }
    operations.start(call, key, version, "Publishing", failed="PublishFailed")
    return version


def list_versions(call: ApiCall, parameters: Json) -> Json:
    """Return all versions, including `$LATEST`."""
    key = functions.existing_key(call, parameters)
    versions = [
        {
            "Version": version["FunctionVersion"],
            "Description": version["VersionDescription"],
            "AddTime": version["AddTime"],
            "ModTime": version["ModTime"],
            "Status": version["Status"],
        }
        for version in functions.list_versions(call, key)
    ]
    ordered = page(versions, parameters, order_by={"AddTime": "AddTime", "ModTime": "ModTime"})
    names = [version["Version"] for version in ordered]
    return {"FunctionVersion": names, "Versions": ordered, "TotalCount": len(versions)}
