"""Triggers managed by SCF: CreateTrigger, UpdateTrigger, UpdateTriggerStatus, DeleteTrigger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from scfdeploy.model import Address, Owner, Value
from scfdeploy.plan import Change
from scfdeploy.providers.base import CloudError, Step
from scfdeploy.providers.tencent.resources.get_function import names
from scfdeploy.providers.tencent.resources.wire import Params
from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.triggers.list_triggers import kind_of, missing, plainly, rows, rows_or_none, urls_in
from scfdeploy.triggers import CloudTrigger, trigger_type

_SWITCH = "enable"
_HAS_THAT_STATE = "FailedOperation.UpdateTriggerStatus"


class ScfTriggers:
    """Steps for triggers that SCF manages itself."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def shown(self, row: Mapping[str, Any]) -> CloudTrigger | None:
        """A row of the list as a trigger."""
        return plainly(row)

    def create(self, change: Change) -> Sequence[Step]:
        """One call."""
        return (
            Step(
                "create",
                lambda: self._create(change),
                took_effect=lambda: self._is_made(change),
                outputs=self._giving(change),
            ),
        )

    def update(self, change: Change) -> Sequence[Step]:
        """One call: the switch alone where nothing else changes, else one that says everything again."""
        kind, _ = kind_of(change.address)
        if kind.making.switchable and all(field.path == _SWITCH for field in change.fields) and change.fields:
            return (Step("switch", lambda: self._switch(change), took_effect=lambda: self._is_switched(change)),)
        return (Step("update", lambda: self._update(change), idempotent=True, outputs=self._giving(change)),)

    def delete(self, change: Change) -> Sequence[Step]:
        """Read the trigger, because deletion requires its qualifier and description, then delete it."""
        return (Step("delete", lambda: self._delete(change.address), idempotent=True),)

    def _giving(self, change: Change) -> Callable[[], Mapping[str, Value]] | None:
        """What tells the URL of a trigger that has one: no answer of a write does."""
        return partial(self._addresses, change.address) if change.address.name.startswith("http/") else None

    def _addresses(self, trigger: Address) -> Mapping[str, Value]:
        row = self._find(trigger, rows(self._client, trigger.of))
        urls = tuple(urls_in(plainly(row).description)) if row is not None else ()
        return {"url": urls[0], "urls": urls} if urls else {}

    def _create(self, change: Change) -> str:
        kind, name = kind_of(change.address)
        # An absent switch means on when a trigger is made, and "leave it" when it exists.
        params = {"Enable": "OPEN", **_params(kind.to_cloud(name, change.settings), change.owner)}
        return self._call("CreateTrigger", change.address, params)

    def _update(self, change: Change) -> str:
        kind, name = kind_of(change.address)
        return self._call("UpdateTrigger", change.address, _params(kind.to_update(name, change.settings), change.owner))

    def _switch(self, change: Change) -> str:
        kind, name = kind_of(change.address)
        wire = kind.to_update(name, change.settings)
        params: Params = {
            "TriggerName": wire.name,
            "Qualifier": wire.qualifier,
            "Enable": "OPEN" if wire.enabled else "CLOSE",
        }
        if kind.name_of(wire) != wire.name:  # the name alone does not say which
            params["TriggerDesc"] = wire.description
        try:
            return self._call("UpdateTriggerStatus", change.address, params)
        except CloudError as error:
            if error.code == _HAS_THAT_STATE and self._is_switched(change):
                return error.request_id  # another client has switched it
            raise

    def _delete(self, trigger: Address) -> str:
        row = self._find(trigger, rows(self._client, trigger.of))
        if row is None:
            raise missing("DeleteTrigger")
        return delete_row(self._client, trigger, row)

    def _is_made(self, change: Change) -> bool:
        row = self._find(change.address, rows_or_none(self._client, change.address.of))
        return row is not None and Owner.from_text(str(row.get("Description") or "")) == change.owner

    def _is_switched(self, change: Change) -> bool:
        row = self._find(change.address, rows_or_none(self._client, change.address.of))
        return row is not None and plainly(row).enabled == change.settings.get(_SWITCH)

    def _find(self, trigger: Address, listed: Sequence[Answer]) -> Answer | None:
        word, _, name = trigger.name.partition("/")
        kind = trigger_type(word)
        for row in listed:
            shown = plainly(row)
            if row.get("Type") == word and (kind.name_of(shown) if kind else shown.name) == name:
                return row
        return None

    def _call(self, action: str, trigger: Address, params: Params) -> str:
        whole = {**names(trigger), "Type": trigger.name.partition("/")[0], **params}
        return str(self._client.write(action, whole).get("RequestId", ""))


def delete_row(client: Client, trigger: Address, row: Mapping[str, Any]) -> str:
    """Delete the trigger of a row by SCF's own action; gives the request id."""
    params = {
        **names(trigger),
        "TriggerName": row.get("TriggerName") or "",
        "Type": row.get("Type") or "",
        "TriggerDesc": row.get("TriggerDesc") or "",
        "Qualifier": row.get("Qualifier") or "$LATEST",
    }
    return str(client.write("DeleteTrigger", params).get("RequestId", ""))


def _params(wire: CloudTrigger, owner: Owner | None) -> Params:
    params: Params = {"TriggerName": wire.name, "TriggerDesc": wire.description, "Qualifier": wire.qualifier}
    if wire.enabled is not None:
        params["Enable"] = "OPEN" if wire.enabled else "CLOSE"
    if wire.argument is not None:
        params["CustomArgument"] = wire.argument
    if owner is not None:
        params["Description"] = owner.as_text()
    return params
