"""Reads and writes triggers; what each type says on the wire is the trigger's own file's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, Owner, Resource, Value
from scfdeploy.plan import Change
from scfdeploy.providers.base import CloudError, ErrorKind, Step
from scfdeploy.providers.tencent.client import Answer, Client
from scfdeploy.providers.tencent.lookup import names
from scfdeploy.providers.tencent.paging import list_all
from scfdeploy.providers.tencent.wire import Params
from scfdeploy.triggers import CloudTrigger, trigger_type
from scfdeploy.triggers.base import read_object

_URLS = ("ExtranetUrl", "IntranetUrl")


class TriggerWriter:
    """Steps for addresses of the kind `trigger`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, change: Change) -> Sequence[Step]:
        """One call."""
        return (Step("create", lambda: self._create(change), took_effect=lambda: self._is_made(change)),)

    def update(self, change: Change) -> Sequence[Step]:
        """One call that says everything again; only types that can be changed in place come here."""
        return (Step("update", lambda: self._call("UpdateTrigger", change.address, _params(change)), idempotent=True),)

    def delete(self, change: Change) -> Sequence[Step]:
        """A look, as the platform wants to hear the trigger's own qualifier and description, and a call."""
        return (Step("delete", lambda: self._delete(change), idempotent=True),)

    def _create(self, change: Change) -> str:
        # An absent switch means on when a trigger is made, and "leave it" when it exists.
        return self._call("CreateTrigger", change.address, {"Enable": "OPEN", **_params(change)})

    def _is_made(self, change: Change) -> bool:
        try:
            found = _find(read_triggers(self._client, change.address.of), change.address)
        except CloudError as error:
            if error.kind is ErrorKind.MISSING:
                return False
            raise
        return found is not None and found.owner == change.owner

    def _delete(self, change: Change) -> str:
        kind, name = _type_and_name(change.address)
        for row in _rows(self._client, change.address.of):
            if row.get("Type") == kind and str(row.get("TriggerName") or "") == name:
                params = {"Qualifier": row.get("Qualifier") or "$LATEST", "TriggerDesc": row.get("TriggerDesc") or ""}
                return self._call("DeleteTrigger", change.address, params)
        raise CloudError(
            ErrorKind.MISSING, "ResourceNotFound.Trigger", "the trigger does not exist", action="DeleteTrigger"
        )

    def _call(self, action: str, trigger: Address, params: Params) -> str:
        kind, name = _type_and_name(trigger)
        whole = {**names(trigger), "TriggerName": name, "Type": kind, **params}
        return str(self._client.write(action, whole).get("RequestId", ""))


def read_triggers(client: Client, function: Address) -> tuple[Resource, ...]:
    """Every trigger of a function, of all versions and aliases. Raises CloudError."""
    return tuple(_resource(function, row) for row in _rows(client, function))


def _rows(client: Client, function: Address) -> tuple[Answer, ...]:
    return list_all(client, "ListTriggers", names(function), "Triggers").rows


def _resource(function: Address, row: Mapping[str, Any]) -> Resource:
    kind = str(row.get("Type") or "")
    trigger = CloudTrigger(
        name=str(row.get("TriggerName") or ""),
        description=str(row.get("TriggerDesc") or ""),
        qualifier=str(row.get("Qualifier") or "$LATEST"),
        enabled=None if row.get("Enable") is None else str(row["Enable"]) in ("1", "True", "OPEN"),
        argument=str(row.get("CustomArgument") or ""),
    )
    known = trigger_type(kind)
    settings: Mapping[str, Value] = (
        known.from_cloud(trigger) if known else {"description": trigger.description, "qualifier": trigger.qualifier}
    )
    facts: dict[str, Value] = {"modified": str(row.get("ModTime") or "")}
    urls = tuple(_urls(trigger.description)) if kind == "http" else ()
    if urls:
        facts["urls"] = urls
    owner = Owner.from_text(str(row.get("Description") or ""))
    return Resource(function.trigger(kind, trigger.name), settings, owner, facts=facts)


def _urls(description: str) -> Iterable[str]:
    """The cloud tells a function's addresses inside the description of its trigger."""
    network = (read_object(description) or {}).get("NetConfig")
    for key in _URLS:
        if isinstance(network, Mapping) and network.get(key):
            yield str(network[key])


def _params(change: Change) -> Params:
    kind, name = _type_and_name(change.address)
    known = trigger_type(kind)
    if known is None:
        raise ScfDeployError(f"triggers of the type {kind} cannot be written", hint="Use timer or http.")
    wire = known.to_cloud(name, change.settings)
    params: Params = {"TriggerName": wire.name, "TriggerDesc": wire.description, "Qualifier": wire.qualifier}
    if wire.enabled is not None:
        params["Enable"] = "OPEN" if wire.enabled else "CLOSE"
    if wire.argument is not None:
        params["CustomArgument"] = wire.argument
    if change.owner is not None:
        params["Description"] = change.owner.as_text()
    return params


def _find(triggers: Iterable[Resource], address: Address) -> Resource | None:
    return next((found for found in triggers if found.address == address), None)


def _type_and_name(trigger: Address) -> tuple[str, str]:
    kind, _, name = trigger.name.partition("/")
    return kind, name
