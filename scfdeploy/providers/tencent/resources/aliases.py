"""Reads and writes the aliases of a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scfdeploy.diagnostics import message
from scfdeploy.model import Address, Resource, Value
from scfdeploy.plan import Change
from scfdeploy.plan.resources.alias import weights
from scfdeploy.providers.base import Step, none_if_missing
from scfdeploy.providers.tencent.resources.versions import wait_for_versions
from scfdeploy.providers.tencent.resources.wire import Params, function_params
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.paging import list_all, object_field, object_list

DEFAULT_ALIAS = "$DEFAULT"
"""The alias that every function has. The platform creates and deletes it."""


class AliasWriter:
    """Plans steps for the kind `alias`. Before each write, a step waits for the versions that the alias uses."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, change: Change) -> Sequence[Step]:
        """One call. The default alias always exists, so creating it is an update."""
        if change.address.name == DEFAULT_ALIAS:
            return self.update(change)
        create = Step(
            message("create"),
            lambda: self._client.submit("CreateAlias", alias_params(change)),
            took_effect=lambda: find_alias(self._client, change.address) is not None,
        )
        return (self._wait_step(change), create)

    def update(self, change: Change) -> Sequence[Step]:
        """One call, which sets every setting of the alias."""
        update = Step(message("set"), lambda: self._client.submit("UpdateAlias", alias_params(change)), idempotent=True)
        return (self._wait_step(change), update)

    def delete(self, change: Change) -> Sequence[Step]:
        """One call; the versions remain."""
        return (Step(message("delete"), lambda: delete_alias(self._client, change.address), idempotent=True),)

    def _wait_step(self, change: Change) -> Step:
        settings = change.settings
        versions = [settings.get("aliasFunctionVersion"), *(entry.get("version") for entry in weights(settings))]
        return wait_for_versions(self._client, change.address, map(str, versions))


def alias_params(change: Change) -> Params:
    """The parameters of CreateAlias and UpdateAlias."""
    settings = change.settings
    rows = [{"Version": str(entry.get("version")), "Weight": entry.get("weight")} for entry in weights(settings)]
    params: Params = {
        **function_params(change.address),
        "Name": change.address.name,
        "FunctionVersion": settings.get("aliasFunctionVersion"),
        "RoutingConfig": {"AdditionalVersionWeights": rows},
    }
    if settings.get("aliasDescription") is not None:
        params["Description"] = settings["aliasDescription"]
    return params


def find_alias(client: Client, alias: Address) -> Resource | None:
    """One alias; None if it does not exist. Raises CloudError."""
    row = none_if_missing(lambda: client.read("GetAlias", {**function_params(alias), "Name": alias.name}))
    return None if row is None else _resource(alias.of, row)


def read_aliases(client: Client, function: Address) -> tuple[Resource, ...]:
    """Every alias of a function, by name. Raises CloudError."""
    # Unlike other list actions, ListAliases takes its numbers as strings.
    rows = list_all(client, "ListAliases", function_params(function), "Aliases", number=str).rows
    return tuple(sorted((_resource(function, row) for row in rows), key=lambda alias: alias.address))


def delete_alias(client: Client, alias: Address) -> str:
    """Delete an alias; returns the request id. Raises CloudError."""
    return client.submit("DeleteAlias", {**function_params(alias), "Name": alias.name})


def _resource(function: Address, row: Mapping[str, Any]) -> Resource:
    routing = object_field(row, "RoutingConfig", "GetAlias")
    version_weights = tuple(
        {"version": str(entry.get("Version")), "weight": entry.get("Weight")}
        for entry in object_list(routing, "AdditionalVersionWeights", "GetAlias")
        if entry.get("Weight")
    )
    settings: dict[str, Value] = {
        "aliasDescription": str(row.get("Description") or ""),
        "aliasFunctionVersion": str(row.get("FunctionVersion") or ""),
        "additionalVersionWeights": version_weights,
    }
    attributes: dict[str, Value] = {"modified": str(row.get("ModTime") or "")}
    if matches := object_list(routing, "AddtionVersionMatchs", "GetAlias"):
        attributes |= {"matches": len(matches), "rules": matches}
    return Resource(function.alias(str(row.get("Name") or "")), settings, attributes=attributes)
