"""CKafka: batches of messages of one topic."""

from __future__ import annotations

import json

from scfdeploy.emulator.messages import CloudError, Json, compact_json, parse_number
from scfdeploy.emulator.scf.triggers.base import TriggerRequest, TriggerType, json_description

# Keys with which other clients describe the topic; ours only name it in TriggerName.
_IDENTITY = ("VIPList", "topicName", "partitionNum")
_KEYS = ("maxMsgNum", "offset", "retry", "timeOut", "consumerGroupName", "easConfig", *_IDENTITY)
_CHANGEABLE = frozenset({"maxMsgNum", "retry", "timeOut"})
_BOUNDS = {"maxMsgNum": (1, 10000), "timeOut": (1, 60), "retry": (0, 10000)}
_DEFAULTS = {"maxMsgNum": 100, "offset": "latest", "retry": 10000, "timeOut": 60, "consumerGroupName": ""}
_CODE = "InvalidParameterValue.Ckafka"


def _describe(request: TriggerRequest) -> str:
    if "-" not in request.name:
        raise CloudError("InvalidParameterValue.TriggerName", "TriggerName must be <instance id>-<topic name>.")
    previous: Json = json.loads(request.previous["TriggerDesc"]) if request.previous else _DEFAULTS
    description = previous | json_description(request, _KEYS, _CODE)
    for name, (low, high) in _BOUNDS.items():
        # The documentation has texts, clients send numbers.
        number = parse_number(str(description[name]))
        if number is None or not low <= number <= high:
            raise CloudError(_CODE, f"{name} must be {low} to {high}.")
    offset = str(description["offset"])
    if offset not in ("latest", "earliest") and not offset.isdigit():
        raise CloudError(_CODE, "offset must be latest, earliest or a time in milliseconds.")
    if request.previous and any(description[n] != previous.get(n) for n in description if n not in _CHANGEABLE):
        raise CloudError(_CODE, "Only maxMsgNum, retry and timeOut can be changed.")
    return compact_json(description)


CKAFKA = TriggerType("ckafka", _describe, updatable=True, switchable=True)
