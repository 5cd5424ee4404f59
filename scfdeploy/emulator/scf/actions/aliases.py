"""CreateAlias, UpdateAlias, GetAlias, DeleteAlias and ListAliases."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.paging import page
from scfdeploy.emulator.scf import param_checks
from scfdeploy.emulator.scf.records import aliases, functions

_METHODS = ("range", "exact")


def create_alias(call: ApiCall, parameters: Json) -> Json:
    """Make a name for a version."""
    key, name = _named(call, parameters)
    if aliases.find(call, key, name) is not None:
        raise CloudError("ResourceInUse.Alias", f"Alias `{name}` exists already.")
    alias = {"Name": name, "Description": "", "AddTime": call.now_text}
    _change(call, key, alias, parameters)
    return {}


def update_alias(call: ApiCall, parameters: Json) -> Json:
    """Let a name lead elsewhere. Without RoutingConfig all traffic goes to the main version."""
    key, name = _named(call, parameters)
    _change(call, key, aliases.require(call, key, name), parameters)
    return {}


def get_alias(call: ApiCall, parameters: Json) -> Json:
    """One alias."""
    key, name = _named(call, parameters)
    return aliases.require(call, key, name)


def delete_alias(call: ApiCall, parameters: Json) -> Json:
    """Forget a name; the versions stay."""
    key, name = _named(call, parameters)
    if name == aliases.DEFAULT:
        raise CloudError("InvalidParameterValue.Alias", "The default alias cannot be deleted.")
    aliases.require(call, key, name)
    call.store.delete(aliases.KIND, f"{key}/{name}")
    return {}


def list_aliases(call: ApiCall, parameters: Json) -> Json:
    """All aliases, or those that lead to one version."""
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    wanted = parameters.get("FunctionVersion")
    found = [a for a in aliases.every(call, key) if not wanted or wanted in aliases.versions_of(a)]
    return {"Aliases": page(found, parameters, order_by={}), "TotalCount": len(found)}


def _named(call: ApiCall, parameters: Json) -> tuple[str, str]:
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    return key, param_checks.alias_name(parameters["Name"])


def _change(call: ApiCall, key: str, alias: Json, parameters: Json) -> None:
    main = parameters["FunctionVersion"]
    functions.version(call, key, main)
    alias["FunctionVersion"] = main
    alias["RoutingConfig"] = _routing(call, key, main, parameters.get("RoutingConfig", {}))
    alias["Description"] = parameters.get("Description", alias["Description"])
    alias["ModTime"] = call.now_text
    aliases.keep(call, key, alias)


def _routing(call: ApiCall, key: str, main: str, given: Json) -> Json:
    weights = given.get("AdditionalVersionWeights", [])
    matches = given.get("AddtionVersionMatchs", [])
    more = [*weights, *matches]
    if len({entry.get("Version") for entry in more}) > 1 or len(weights) > 1:
        raise CloudError("InvalidParameterValue.RoutingConfig", "At most one additional version is possible.")
    for entry in more:
        if entry.get("Version") == main:
            raise CloudError("InvalidParameterValue.RoutingConfig", "The additional version is the main one.")
        functions.version(call, key, entry.get("Version", ""))
    for entry in weights:
        if not 0 <= entry.get("Weight", -1) <= 1:
            raise CloudError("InvalidParameterValue.AdditionalVersionWeights", "Weight must be 0 to 1.")
    for entry in matches:
        if entry.get("Method") not in _METHODS or not entry.get("Key", "").startswith("invoke.headers."):
            raise CloudError("InvalidParameterValue.RoutingConfig", "Key or Method of a match is wrong.")
    return {"AdditionalVersionWeights": weights, "AddtionVersionMatchs": matches}
