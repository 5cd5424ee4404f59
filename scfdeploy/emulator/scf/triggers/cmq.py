"""CMQ topic: messages that match a tag or a routing key."""

from __future__ import annotations

import json

from scfdeploy.emulator.messages import CloudError, Json, compact_json
from scfdeploy.emulator.queues.publish import matches
from scfdeploy.emulator.scf.triggers.base import TriggerRequest, TriggerType, json_description

_CODE = "InvalidParameterValue.Cmq"
_BY_ROUTING_KEY = "2"


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


def fits_message(trigger: Json, tag: str, key: str) -> bool:
    """Whether a trigger takes a message with these tags (separated by commas) and this routing key."""
    description = json.loads(trigger["TriggerDesc"])
    filters = description["filterKey"]
    if str(description["filterType"]) == _BY_ROUTING_KEY:
        return not filters or any(matches(pattern, key) for pattern in filters)
    return not filters or not set(filters).isdisjoint(part.strip() for part in tag.split(","))


def topic_event(message: Json) -> Json:
    """The event with one message of a topic; `message` has the fields after `type`."""
    return {"Records": [{"CMQ": {"type": "topic", **message}}]}
