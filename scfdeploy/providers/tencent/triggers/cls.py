"""Triggers of log topics: the log product creates them, SCF lists and deletes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scfdeploy.diagnostics import ScfDeployError, message
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

# The description of such a trigger in SCF's list is not documented; these keys are those of the vendor's own tool. The
# topic is also the last part of ResourceId.
_TOPIC, _WAIT, _SIZE = "topic_id", "max_wait", "max_size"


class ClsTriggers:
    """Plans steps for triggers of the type `cls`, which CLS can create but not change."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def read_row(self, row: Mapping[str, Any]) -> CloudTrigger | None:
        """The trigger of a row."""
        description = read_object(str(row.get("TriggerDesc") or "")) or {}
        topic = str(row.get("ResourceId") or "").rpartition("/")[2] or description.get(_TOPIC)
        numbers = {"Timeout": description.get(_WAIT), "MaxMsgNum": description.get(_SIZE)}
        parameters = {"TopicId": topic, **{name: value for name, value in numbers.items() if value is not None}}
        return CloudTrigger("", "", str(row.get("Qualifier") or "$LATEST"), parameters=parameters)

    def create(self, change: Change) -> Sequence[Step]:
        """One call of CLS."""
        return (
            Step(message("create"), lambda: self._create(change), took_effect=lambda: self._is_created(change.address)),
        )

    def update(self, change: Change) -> Sequence[Step]:
        """Not supported: every change of such a trigger is a replacement."""
        raise ScfDeployError(message("{address} cannot be changed in place", address=change.address))

    def delete(self, change: Change) -> Sequence[Step]:
        """Read the trigger, then delete it in SCF."""
        return (Step(message("delete"), lambda: self._delete(change.address), idempotent=True),)

    def _create(self, change: Change) -> str:
        kind, name = parse_address(change.address)
        wire = kind.to_cloud(name, change.settings)
        params = {**function_params(change.address), "Qualifier": wire.qualifier, **wire.parameters}
        return self._client.submit("CreateDeliverCloudFunction", params, product="cls")

    def _delete(self, trigger: Address) -> str:
        row = find_row(trigger, self.read_row, list_triggers(self._client, trigger.of))
        if row is None:
            raise missing_trigger("DeleteTrigger")
        return delete_row(self._client, trigger, row)

    def _is_created(self, trigger: Address) -> bool:
        return find_row(trigger, self.read_row, list_triggers_or_empty(self._client, trigger.of)) is not None
