"""Reads and writes the triggers that SCF manages itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from scfdeploy.diagnostics import message
from scfdeploy.model import Address, Owner, Value
from scfdeploy.plan import Change
from scfdeploy.providers.base import CloudError, Step
from scfdeploy.providers.tencent.resources.wire import Params, function_params
from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.triggers.list_triggers import (
    list_triggers,
    list_triggers_or_empty,
    missing_trigger,
    parse_address,
    parse_row,
    trigger_urls,
)
from scfdeploy.triggers import CloudTrigger, trigger_type

_SWITCH = "enable"
_ALREADY_SWITCHED = "FailedOperation.UpdateTriggerStatus"


class ScfTriggers:
    """Plans steps for triggers that SCF manages itself."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def read_row(self, row: Mapping[str, Any]) -> CloudTrigger | None:
        """The trigger of a row."""
        return parse_row(row)

    def create(self, change: Change) -> Sequence[Step]:
        """One call."""
        return (
            Step(
                message("create"),
                lambda: self._create(change),
                took_effect=lambda: self._is_created(change),
                outputs=self._url_outputs(change),
            ),
        )

    def update(self, change: Change) -> Sequence[Step]:
        """One call, which only enables or disables the trigger if nothing else changes."""
        kind, _ = parse_address(change.address)
        if kind.making.switchable and all(field.path == _SWITCH for field in change.fields) and change.fields:
            return (
                Step(message("switch"), lambda: self._switch(change), took_effect=lambda: self._is_switched(change)),
            )
        return (
            Step(message("update"), lambda: self._update(change), idempotent=True, outputs=self._url_outputs(change)),
        )

    def delete(self, change: Change) -> Sequence[Step]:
        """Read the trigger, because DeleteTrigger requires its qualifier and description, then delete it."""
        return (Step(message("delete"), lambda: self._delete(change.address), idempotent=True),)

    def _url_outputs(self, change: Change) -> Callable[[], Mapping[str, Value]] | None:
        """Reads the URL of a function URL after the write, whose response does not have it."""
        return partial(self._read_urls, change.address) if change.address.name.startswith("http/") else None

    def _read_urls(self, trigger: Address) -> Mapping[str, Value]:
        row = self._find(trigger, list_triggers(self._client, trigger.of))
        urls = trigger_urls(parse_row(row)) if row is not None else ()
        return {"url": urls[0], "urls": urls} if urls else {}

    def _create(self, change: Change) -> str:
        kind, name = parse_address(change.address)
        # Without Enable, CreateTrigger enables the trigger, and UpdateTrigger leaves it unchanged.
        params = {"Enable": "OPEN", **_params(kind.to_cloud(name, change.settings), change.owner)}
        return self._call("CreateTrigger", change.address, params)

    def _update(self, change: Change) -> str:
        kind, name = parse_address(change.address)
        return self._call("UpdateTrigger", change.address, _params(kind.to_update(name, change.settings), change.owner))

    def _switch(self, change: Change) -> str:
        kind, name = parse_address(change.address)
        wire = kind.to_update(name, change.settings)
        params: Params = {
            "TriggerName": wire.name,
            "Qualifier": wire.qualifier,
            "Enable": "OPEN" if wire.enabled else "CLOSE",
        }
        if kind.name_of(wire) != wire.name:  # the name does not identify the trigger
            params["TriggerDesc"] = wire.description
        try:
            return self._call("UpdateTriggerStatus", change.address, params)
        except CloudError as error:
            if error.code == _ALREADY_SWITCHED and self._is_switched(change):
                return error.request_id  # another client has switched it
            raise

    def _delete(self, trigger: Address) -> str:
        row = self._find(trigger, list_triggers(self._client, trigger.of))
        if row is None:
            raise missing_trigger("DeleteTrigger")
        return delete_row(self._client, trigger, row)

    def _is_created(self, change: Change) -> bool:
        row = self._find(change.address, list_triggers_or_empty(self._client, change.address.of))
        return row is not None and Owner.from_text(str(row.get("Description") or "")) == change.owner

    def _is_switched(self, change: Change) -> bool:
        row = self._find(change.address, list_triggers_or_empty(self._client, change.address.of))
        return row is not None and parse_row(row).enabled == change.settings.get(_SWITCH)

    def _find(self, trigger: Address, listing: Sequence[Answer]) -> Answer | None:
        type_name, _, name = trigger.name.partition("/")
        kind = trigger_type(type_name)
        for row in listing:
            found = parse_row(row)
            if row.get("Type") == type_name and (kind.name_of(found) if kind else found.name) == name:
                return row
        return None

    def _call(self, action: str, trigger: Address, params: Params) -> str:
        return self._client.submit(action, {**function_params(trigger), "Type": trigger.trigger_type, **params})


def delete_row(client: Client, trigger: Address, row: Mapping[str, Any]) -> str:
    """Delete the trigger of a row with DeleteTrigger; returns the request id."""
    params = {
        **function_params(trigger),
        "TriggerName": row.get("TriggerName") or "",
        "Type": row.get("Type") or "",
        "TriggerDesc": row.get("TriggerDesc") or "",
        "Qualifier": row.get("Qualifier") or "$LATEST",
    }
    return client.submit("DeleteTrigger", params)


def _params(wire: CloudTrigger, owner: Owner | None) -> Params:
    params: Params = {"TriggerName": wire.name, "TriggerDesc": wire.description, "Qualifier": wire.qualifier}
    if wire.enabled is not None:
        params["Enable"] = "OPEN" if wire.enabled else "CLOSE"
    if wire.argument is not None:
        params["CustomArgument"] = wire.argument
    if owner is not None:
        params["Description"] = owner.as_text()
    return params
