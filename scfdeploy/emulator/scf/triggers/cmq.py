"""CMQ topic: messages that a tag or a routing key lets through."""

from __future__ import annotations

from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.scf.triggers.base import TriggerRequest, TriggerType, compact, json_description

_CODE = "InvalidParameterValue.Cmq"


def _describe(request: TriggerRequest) -> str:
    wanted = {"filterType": 1, "filterKey": []} | json_description(request, ("filterType", "filterKey"), _CODE)
    if wanted["filterType"] not in (1, 2, "1", "2"):
        raise CloudError(_CODE, "filterType must be 1 (tag) or 2 (routing key).")
    if not isinstance(wanted["filterKey"], list) or not all(isinstance(key, str) for key in wanted["filterKey"]):
        raise CloudError(_CODE, "filterKey must be a list of texts.")
    return compact(wanted)


CMQ = TriggerType("cmq", _describe, in_use="ResourceInUse.Cmq")
