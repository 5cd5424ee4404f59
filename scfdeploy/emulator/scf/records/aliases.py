"""Aliases of a function: names for a version, with part of the traffic going to a second one."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf.records import functions

KIND = "alias"
DEFAULT = "$DEFAULT"


def find(call: ApiCall, key: str, name: str) -> Json | None:
    """The alias, or None. `$DEFAULT` is always there and leads to `$LATEST` until it is changed."""
    found = call.store.get(KIND, f"{key}/{name}")
    if found is None and name == DEFAULT:
        since = functions.require(call, key)["AddTime"]
        return {
            "Name": DEFAULT,
            "FunctionVersion": functions.LATEST,
            "Description": "",
            "RoutingConfig": {"AdditionalVersionWeights": [], "AddtionVersionMatchs": []},
            "AddTime": since,
            "ModTime": since,
        }
    return found


def require(call: ApiCall, key: str, name: str) -> Json:
    """The alias; raises CloudError when it does not exist."""
    found = find(call, key, name)
    if found is None:
        raise CloudError("ResourceNotFound.Alias", f"Alias `{name}` does not exist.")
    return found


def keep(call: ApiCall, key: str, alias: Json) -> None:
    """Store an alias."""
    call.store.put(KIND, f"{key}/{alias['Name']}", alias)


def every(call: ApiCall, key: str) -> list[Json]:
    """All aliases by name, `$DEFAULT` among them."""
    found = {alias["Name"]: alias for _, alias in call.store.list_prefix(KIND, f"{key}/")}
    default = find(call, key, DEFAULT)
    if default is not None:
        found.setdefault(DEFAULT, default)
    return [found[name] for name in sorted(found)]


def versions_of(alias: Json) -> list[str]:
    """Every version that traffic through the alias can reach, the main one first."""
    routing = alias["RoutingConfig"]
    more = [*routing["AdditionalVersionWeights"], *routing["AddtionVersionMatchs"]]
    return [alias["FunctionVersion"], *(entry["Version"] for entry in more)]


def resolve(call: ApiCall, key: str, qualifier: str) -> str:
    """The version behind a qualifier, an alias's weights decided by a draw. Raises CloudError when there is none."""
    if qualifier == functions.LATEST or qualifier.isdigit():
        if call.store.get(functions.VERSION, f"{key}/{qualifier}") is None:
            raise _no_qualifier(qualifier)
        return qualifier
    alias = find(call, key, qualifier)
    if alias is None:
        raise _no_qualifier(qualifier)
    return _weighted(alias, call.context.draw())


def _weighted(alias: Json, drawn: float) -> str:
    for entry in alias["RoutingConfig"]["AdditionalVersionWeights"]:
        drawn -= entry["Weight"]
        if drawn < 0:
            return str(entry["Version"])
    return str(alias["FunctionVersion"])


def _no_qualifier(qualifier: str) -> CloudError:
    return CloudError("ResourceNotFound.Qualifier", f"Version or alias `{qualifier}` does not exist.")
