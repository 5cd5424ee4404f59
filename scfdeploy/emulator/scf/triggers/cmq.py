"""CMQ topic: messages that match a tag or a routing key."""

from __future__ import annotations

from scfdeploy.emulator.messages import CloudError, compact_json
from scfdeploy.emulator.scf.triggers.base import TriggerRequest, TriggerType, json_description

_CODE = "InvalidParameterValue.Cmq"


def _describe(request: TriggerRequest) -> str:
    description = {"filterType": 1, "filterKey": []} | json_description(request, ("filterType", "filterKey"), _CODE)
    if description["filterType"] not in (1, 2, "1", "2"):
        raise CloudError(_CODE, "filterType must be 1 (tag) or 2 (routing key).")
    if not isinstance(description["filterKey"], list) or not all(
        isinstance(key, str) for key in description["filterKey"]
    ):
        raise CloudError(_CODE, "filterKey must be a list of texts.")
    return compact_json(description)


CMQ = TriggerType("cmq", _describe, in_use="ResourceInUse.Cmq")
