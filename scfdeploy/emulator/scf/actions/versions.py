"""PublishVersion and ListVersionByFunction."""

from __future__ import annotations

from copy import deepcopy

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.paging import page
from scfdeploy.emulator.scf.records import functions
from scfdeploy.facts import limit

_ANSWERED = ("FunctionVersion", "CodeSize", "MemorySize", "Handler", "Timeout", "Runtime")


def publish_version(call: ApiCall, parameters: Json) -> Json:
    """Freeze `$LATEST` as the next number; Publishing until Active."""
    key = functions.key_of(call, parameters)
    function = functions.require(call, key)
    latest = functions.version(call, key)
    functions.require_idle(latest, "FailedOperation.PublishVersion")
    version = publish(call, key, latest, parameters.get("Description", ""))
    answer = {name: version[name] for name in _ANSWERED}
    return answer | {"Description": version["VersionDescription"], "Namespace": function["Namespace"]}


def publish(call: ApiCall, key: str, latest: Json, description: str) -> Json:
    """The new version's document, kept and on its way to Active."""
    function = functions.require(call, key)
    number = function["next_version"]
    if number > limit("versions.max"):
        raise CloudError("LimitExceeded.FunctionVersions", "The function has too many versions.")
    function["next_version"] = number + 1
    functions.keep(call, key, function)
    version = deepcopy(latest)
    version |= {
        "FunctionVersion": str(number),
        "VersionDescription": description,
        "AddTime": call.now_text,
        "ModTime": call.now_text,
    }
    functions.begin(call, key, version, "Publishing", failed="PublishFailed")
    return version


def list_versions(call: ApiCall, parameters: Json) -> Json:
    """All versions, `$LATEST` among them."""
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    found = [
        {
            "Version": version["FunctionVersion"],
            "Description": version["VersionDescription"],
            "AddTime": version["AddTime"],
            "ModTime": version["ModTime"],
            "Status": version["Status"],
        }
        for version in functions.versions(call, key)
    ]
    shown = page(found, parameters, order_by={"AddTime": "AddTime", "ModTime": "ModTime"})
    names = [version["Version"] for version in shown]
    return {"FunctionVersion": names, "Versions": shown, "TotalCount": len(found)}
