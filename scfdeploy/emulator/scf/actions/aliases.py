"""CreateAlias, UpdateAlias, GetAlias, DeleteAlias and ListAliases."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.parameters import page
from scfdeploy.emulator.scf import param_checks
from scfdeploy.emulator.scf.records import aliases, functions

_METHODS = ("range", "exact")


def create_alias(call: ApiCall, parameters: Json) -> Json:
    """Create an alias for a version."""
    key, name = _key_and_name(call, parameters)
    if aliases.find(call, key, name) is not None:
        raise CloudError("ResourceInUse.Alias", f"Alias `{name}` exists already.")
    _put(call, key, {"Name": name, "Description": "", "AddTime": call.now_text}, parameters)
    return {}


def update_alias(call: ApiCall, parameters: Json) -> Json:
    """Change the versions of an alias. Without RoutingConfig all traffic goes to the main version."""
    key, name = _key_and_name(call, parameters)
    _put(call, key, aliases.require(call, key, name), parameters)
    return {}


def get_alias(call: ApiCall, parameters: Json) -> Json:
    """Return one alias."""
    key, name = _key_and_name(call, parameters)
    return aliases.require(call, key, name)


def delete_alias(call: ApiCall, parameters: Json) -> Json:
    """Delete an alias; its versions stay."""
    key, name = _key_and_name(call, parameters)
    if name == aliases.DEFAULT:
        raise CloudError("InvalidParameterValue.Alias", "The default alias cannot be deleted.")
    aliases.require(call, key, name)
    call.store.delete(aliases.KIND, f"{key}/{name}")
    return {}


def list_aliases(call: ApiCall, parameters: Json) -> Json:
    """Return all aliases, or those whose traffic can reach a version."""
    key = functions.existing_key(call, parameters)
    version = parameters.get("FunctionVersion")
    selected = [a for a in aliases.list_all(call, key) if not version or version in aliases.reachable_versions(a)]
    return {"Aliases": page(selected, parameters, order_by={}), "TotalCount": len(selected)}


def _key_and_name(call: ApiCall, parameters: Json) -> tuple[str, str]:
    return functions.existing_key(call, parameters), param_checks.check_alias_name(parameters["Name"])


def _put(call: ApiCall, key: str, alias: Json, parameters: Json) -> None:
    main = parameters["FunctionVersion"]
    functions.get_version(call, key, main)
    alias["FunctionVersion"] = main
    alias["RoutingConfig"] = _routing(call, key, main, parameters.get("RoutingConfig", {}))
    alias["Description"] = parameters.get("Description", alias["Description"])
    alias["ModTime"] = call.now_text
    aliases.put(call, key, alias)


def _routing(call: ApiCall, key: str, main: str, config: Json) -> Json:
    weights = config.get("AdditionalVersionWeights", [])
    matches = config.get("AddtionVersionMatchs", [])
    additional = [*weights, *matches]
    if len({entry.get("Version") for entry in additional}) > 1 or len(weights) > 1:
        raise CloudError("InvalidParameterValue.RoutingConfig", "At most one additional version is possible.")
    for entry in additional:
        if entry.get("Version") == main:
            raise CloudError("InvalidParameterValue.RoutingConfig", "The additional version is the main one.")
        functions.get_version(call, key, entry.get("Version", ""))
    for entry in weights:
        if not 0 <= entry.get("Weight", -1) <= 1:
            raise CloudError("InvalidParameterValue.AdditionalVersionWeights", "Weight must be 0 to 1.")
    for entry in matches:
        if entry.get("Method") not in _METHODS or not entry.get("Key", "").startswith("invoke.headers."):
            raise CloudError("InvalidParameterValue.RoutingConfig", "Key or Method of a match is invalid.")
    return {"AdditionalVersionWeights": weights, "AddtionVersionMatchs": matches}
