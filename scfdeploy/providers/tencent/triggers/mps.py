"""Triggers of the media product, which binds and unbinds them; SCF lists them."""

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
from scfdeploy.triggers import CloudTrigger
from scfdeploy.triggers.base import read_object

# BindTrigger and UnbindTrigger are in no SDK; their parameters, and what SCF's list shows (ResourceId
# ".../TriggerType/<type>Event", BindStatus "off" once it is unbound), are those of the vendor's own tool.
_SUFFIX = "Event"


class MpsTriggers:
    """Steps for triggers of the type `mps`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def read_row(self, row: Mapping[str, Any]) -> CloudTrigger | None:
        """A row of the list as a trigger; None when it is listed and no longer bound."""
        if row.get("BindStatus") == "off":
            return None
        described = read_object(str(row.get("TriggerDesc") or "")) or {}
        event = str(row.get("ResourceId") or "").rpartition("/")[2].removesuffix(_SUFFIX) or described.get("eventType")
        return CloudTrigger("", "", str(row.get("Qualifier") or "$LATEST"), parameters={"EventType": event})

    def create(self, change: Change) -> Sequence[Step]:
        """One call of the media product."""
        return (Step("bind", lambda: self._bind(change), took_effect=lambda: self._is_bound(change.address)),)

    def update(self, change: Change) -> Sequence[Step]:
        """Nothing can be changed in place, and no plan asks for it."""
        raise ScfDeployError(f"{change.address} cannot be changed in place")

    def delete(self, change: Change) -> Sequence[Step]:
        """Read the trigger, then call the media product."""
        return (Step("unbind", lambda: self._unbind(change.address), idempotent=True),)

    def _bind(self, change: Change) -> str:
        kind, name = parse_address(change.address)
        wire = kind.to_cloud(name, change.settings)
        params = {
            **function_params(change.address),
            "ScfRegion": self._client.region,
            "Qualifier": wire.qualifier,
            **wire.parameters,
        }
        return str(self._client.write("BindTrigger", params, product="mps").get("RequestId", ""))

    def _unbind(self, trigger: Address) -> str:
        row = find_row(trigger, self.read_row, list_triggers(self._client, trigger.of))
        if row is None:
            raise missing_trigger("UnbindTrigger")
        params = {
            **function_params(trigger),
            "Type": row["Type"],
            "Qualifier": row.get("Qualifier") or "$LATEST",
            "ResourceId": row.get("ResourceId") or "",
        }
        return str(self._client.write("UnbindTrigger", params, product="mps").get("RequestId", ""))

    def _is_bound(self, trigger: Address) -> bool:
        return find_row(trigger, self.read_row, list_triggers_or_empty(self._client, trigger.of)) is not None
