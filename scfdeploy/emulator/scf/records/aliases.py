"""The stored documents of aliases: names for a version, with a share of the traffic for a second one."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.scf.records import functions

KIND = "alias"
DEFAULT = "$DEFAULT"


def find(call: ApiCall, key: str, name: str) -> Json | None:
    """The alias, or None. `$DEFAULT` always exists and points to `$LATEST` until it is changed."""
    alias = call.store.get(KIND, f"{key}/{name}")
    if alias is None and name == DEFAULT:
        created = functions.require(call, key)["AddTime"]
        return {
            "Name": DEFAULT,
            "FunctionVersion": functions.LATEST,
            "Description": "",
            "RoutingConfig": {"AdditionalVersionWeights": [], "AddtionVersionMatchs": []},
            "AddTime": created,
            "ModTime": created,
        }
    return alias


def require(call: ApiCall, key: str, name: str) -> Json:
    """The alias. Raises CloudError if it does not exist."""
    alias = find(call, key, name)
    if alias is None:
        raise CloudError("ResourceNotFound.Alias", f"Alias `{name}` does not exist.")
    return alias


def put(call: ApiCall, key: str, alias: Json) -> None:
    """Store an alias."""
    call.store.put(KIND, f"{key}/{alias['Name']}", alias)


def list_all(call: ApiCall, key: str) -> list[Json]:
    """All aliases by name, including `$DEFAULT`."""
    aliases = [alias for _, alias in call.store.list_prefix(KIND, f"{key}/") if alias["Name"] != DEFAULT]
    return sorted([require(call, key, DEFAULT), *aliases], key=lambda alias: str(alias["Name"]))


def reachable_versions(alias: Json) -> list[str]:
    """Every version that traffic through the alias can reach, the main one first."""
    routing = alias["RoutingConfig"]
    additional = [*routing["AdditionalVersionWeights"], *routing["AddtionVersionMatchs"]]
    return [alias["FunctionVersion"], *(entry["Version"] for entry in additional)]


def resolve(call: ApiCall, key: str, qualifier: str) -> str:
    """The version of a qualifier; the weights of an alias select at random. Raises CloudError if it does not exist."""
    if qualifier == functions.LATEST or qualifier.isdigit():
        if not call.store.has(functions.VERSION, f"{key}/{qualifier}"):
            raise _no_qualifier(qualifier)
        return qualifier
    alias = find(call, key, qualifier)
    if alias is None:
        raise _no_qualifier(qualifier)
    number = call.context.draw()
    for entry in alias["RoutingConfig"]["AdditionalVersionWeights"]:
        number -= entry["Weight"]
        if number < 0:
            return str(entry["Version"])
    return str(alias["FunctionVersion"])


def _no_qualifier(qualifier: str) -> CloudError:
    return CloudError("ResourceNotFound.Qualifier", f"Version or alias `{qualifier}` does not exist.")
