"""Reads and writes the aliases of a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scfdeploy.model import Address, Resource, Value
from scfdeploy.plan import Change
from scfdeploy.plan.resources.alias import weights
from scfdeploy.providers.base import CloudError, ErrorKind, Step
from scfdeploy.providers.tencent.resources.get_function import names
from scfdeploy.providers.tencent.resources.versions import wait_for_versions
from scfdeploy.providers.tencent.resources.wire import Params
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.paging import list_all, object_in, objects

_DEFAULT = "$DEFAULT"


class AliasWriter:
    """Steps for addresses of the kind `alias`. The default alias always exists, so that creating it is changing it."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, change: Change) -> Sequence[Step]:
        """One call, once the versions are ready."""
        if change.address.name == _DEFAULT:
            return self.update(change)
        create = Step("create", lambda: self._write("CreateAlias", change), took_effect=lambda: self._is_made(change))
        return (self._wait(change), create)

    def update(self, change: Change) -> Sequence[Step]:
        """One call, which takes the alias as a whole, once the versions are ready."""
        return (
            self._wait(change),
            Step("set", lambda: self._write("UpdateAlias", change), idempotent=True),
        )

    def delete(self, change: Change) -> Sequence[Step]:
        """One call; the versions stay."""
        return (Step("delete", lambda: delete_alias(self._client, change.address), idempotent=True),)

    def _wait(self, change: Change) -> Step:
        return wait_for_versions(self._client, change.address, _versions(change.settings))

    def _write(self, action: str, change: Change) -> str:
        return str(self._client.write(action, alias_params(change)).get("RequestId", ""))

    def _is_made(self, change: Change) -> bool:
        return read_alias(self._client, change.address) is not None


def alias_params(change: Change) -> Params:
    """The parameters of CreateAlias and UpdateAlias."""
    settings = change.settings
    rows = [{"Version": str(entry.get("version")), "Weight": entry.get("weight")} for entry in weights(settings)]
    params: Params = {
        **names(change.address),
        "Name": change.address.name,
        "FunctionVersion": settings.get("aliasFunctionVersion"),
        "RoutingConfig": {"AdditionalVersionWeights": rows},
    }
    if settings.get("aliasDescription") is not None:
        params["Description"] = settings["aliasDescription"]
    return params


def _versions(settings: Mapping[str, Value]) -> list[str]:
    """Every version that an alias leads to."""
    return [str(settings.get("aliasFunctionVersion")), *(str(entry.get("version")) for entry in weights(settings))]


def read_alias(client: Client, alias: Address) -> Resource | None:
    """One alias, or None when there is none of that name. Raises CloudError."""
    try:
        return _resource(alias.of, client.read("GetAlias", {**names(alias), "Name": alias.name}))
    except CloudError as error:
        if error.kind is ErrorKind.MISSING:
            return None
        raise


def read_aliases(client: Client, function: Address) -> tuple[Resource, ...]:
    """Every alias of a function, by name. Raises CloudError."""
    # Unlike elsewhere the numbers of this list are texts.
    rows = list_all(client, "ListAliases", names(function), "Aliases", number=str).rows
    return tuple(sorted((_resource(function, row) for row in rows), key=lambda alias: alias.address))


def delete_alias(client: Client, alias: Address) -> str:
    """Remove one alias. Raises CloudError."""
    return str(client.write("DeleteAlias", {**names(alias), "Name": alias.name}).get("RequestId", ""))


def _resource(function: Address, row: Mapping[str, Any]) -> Resource:
    routing = object_in(row, "RoutingConfig", "GetAlias")
    weights = tuple(
        {"version": str(entry.get("Version")), "weight": entry.get("Weight")}
        for entry in objects(routing, "AdditionalVersionWeights", "GetAlias")
        if entry.get("Weight")
    )
    settings: dict[str, Value] = {
        "aliasDescription": str(row.get("Description") or ""),
        "aliasFunctionVersion": str(row.get("FunctionVersion") or ""),
        "additionalVersionWeights": weights,
    }
    attributes: dict[str, Value] = {"modified": str(row.get("ModTime") or "")}
    if matches := objects(routing, "AddtionVersionMatchs", "GetAlias"):
        attributes |= {"matches": len(matches), "rules": matches}
    return Resource(function.alias(str(row.get("Name") or "")), settings, attributes=attributes)
