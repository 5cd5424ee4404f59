"""DeleteFunction and DeleteFunctionVersion."""

from __future__ import annotations

from scfdeploy.emulator.call import Call
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.records import aliases, functions

_BUSY = "FailedOperation.DeleteFunction"


def delete_function(call: Call, parameters: Json) -> Json:
    """Remove a function with all that it owns, or only the version that Qualifier names."""
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    if parameters.get("Qualifier"):
        return _delete_version(call, key, parameters["Qualifier"])
    for version in functions.versions(call, key):
        functions.require_idle(version, _BUSY, even_failed=True)
    bound = [alias["Name"] for alias in aliases.every(call, key) if alias["Name"] != aliases.DEFAULT]
    if bound:
        raise CloudError("UnsupportedOperation.AliasBind", f"The function still has the alias `{bound[0]}`.")
    functions.begin_removal(call, key)
    return {}


def delete_version(call: Call, parameters: Json) -> Json:
    """Remove one published version."""
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    return _delete_version(call, key, parameters["Qualifier"])


def _delete_version(call: Call, key: str, name: str) -> Json:
    if not name.isdigit():
        raise CloudError("InvalidParameterValue.Qualifier", f"`{name}` cannot be deleted: it is no published version.")
    version = functions.version(call, key, name)
    functions.require_idle(version, _BUSY, even_failed=True)
    bound = [alias["Name"] for alias in aliases.every(call, key) if name in aliases.versions_of(alias)]
    if bound:
        raise CloudError("UnsupportedOperation.AliasBind", f"Version {name} is still used by the alias `{bound[0]}`.")
    functions.begin_removal(call, key, name)
    return {}
