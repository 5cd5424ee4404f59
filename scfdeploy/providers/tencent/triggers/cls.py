"""Triggers of log topics: the log product creates them, SCF lists and deletes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address
from scfdeploy.plan import Change
from scfdeploy.providers.base import Step
from scfdeploy.providers.tencent.resources.wire import function_params
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.triggers.list_triggers import (
    find_row,
    list_triggers,
    list_triggers_or_empty,
    missing_trigger,
    parse_address,
)
from scfdeploy.providers.tencent.triggers.scf import delete_row
from scfdeploy.triggers import CloudTrigger
from scfdeploy.triggers.base import read_object

# What SCF's list says of such a trigger is documented nowhere; these are the words in which the vendor's own tool
# describes one to it. The topic is also the last part of the resource's name.
_TOPIC, _WAIT, _SIZE = "topic_id", "max_wait", "max_size"


class ClsTriggers:
    """Steps for triggers of the type `cls`, which the log product can create but not change."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def read_row(self, row: Mapping[str, Any]) -> CloudTrigger | None:
        """A row of the list as a trigger."""
        described = read_object(str(row.get("TriggerDesc") or "")) or {}
        topic = str(row.get("ResourceId") or "").rpartition("/")[2] or described.get(_TOPIC)
        numbers = {"Timeout": described.get(_WAIT), "MaxMsgNum": described.get(_SIZE)}
        parameters = {"TopicId": topic, **{name: value for name, value in numbers.items() if value is not None}}
        return CloudTrigger("", "", str(row.get("Qualifier") or "$LATEST"), parameters=parameters)

    def create(self, change: Change) -> Sequence[Step]:
        """One call of the log product."""
        return (Step("create", lambda: self._create(change), took_effect=lambda: self._is_made(change.address)),)

    def update(self, change: Change) -> Sequence[Step]:
        """Nothing can be changed in place, and no plan asks for it."""
        raise ScfDeployError(f"{change.address} cannot be changed in place")

    def delete(self, change: Change) -> Sequence[Step]:
        """Read the trigger, then call SCF."""
        return (Step("delete", lambda: self._delete(change.address), idempotent=True),)

    def _create(self, change: Change) -> str:
        kind, name = parse_address(change.address)
        wire = kind.to_cloud(name, change.settings)
        params = {**function_params(change.address), "Qualifier": wire.qualifier, **wire.parameters}
        return str(self._client.write("CreateDeliverCloudFunction", params, product="cls").get("RequestId", ""))

    def _delete(self, trigger: Address) -> str:
        row = find_row(trigger, self.read_row, list_triggers(self._client, trigger.of))
        if row is None:
            raise missing_trigger("DeleteTrigger")
        return delete_row(self._client, trigger, row)

    def _is_made(self, trigger: Address) -> bool:
        return find_row(trigger, self.read_row, list_triggers_or_empty(self._client, trigger.of)) is not None
