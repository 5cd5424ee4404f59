"""COS: events of one bucket, filtered by prefix and suffix of the object name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from scfdeploy.emulator.messages import CloudError, Json, compact_json
from scfdeploy.emulator.scf.records import triggers
from scfdeploy.emulator.scf.triggers.base import TriggerRequest, TriggerType, json_description
from scfdeploy.facts import region_abbreviation

_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]*-\d+\.cos\.(?P<region>[a-z0-9-]+)\.myqcloud\.com")
_EVENTS = {
    f"cos:{kind}:{detail}"
    for kind, details in {
        "ObjectCreated": "* Put Post Copy CompleteMultipartUpload Origin Replication",
        "ObjectRemove": "* Delete DeleteMarkerCreated",
        "ObjectRestore": "Post Completed",
    }.items()
    for detail in details.split()
}
_CODE = "InvalidParameterValue.Cos"


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """An object that was written or deleted."""

    region: str
    bucket: str
    """The name with the app id, such as `photos-1300000001`."""
    name: str
    """The name of the object, without a slash at the start."""
    event: str
    """Such as `cos:ObjectCreated:Put`."""
    size: int
    content_type: str
    metadata: Mapping[str, str]
    at: int
    """Seconds since the epoch."""
    request_id: str
    authorization: str


def _describe(request: TriggerRequest) -> str:
    bucket = _BUCKET.fullmatch(request.name)
    if bucket is None:
        raise CloudError("InvalidParameterValue.TriggerName", "TriggerName must be the domain of a bucket.")
    if bucket["region"] != request.call.region:
        raise CloudError(_CODE, "The bucket is in another region than the function.")
    description = json_description(request, ("event", "filter", "bucketUrl"), _CODE)
    if description.get("event") not in _EVENTS:
        raise CloudError(_CODE, f"The event `{description.get('event')}` does not exist.")
    object_filter = description.get("filter", {})
    if not isinstance(object_filter, dict) or not set(object_filter) <= {"Prefix", "Suffix"}:
        raise CloudError(_CODE, "filter may only have Prefix and Suffix.")
    rule = {
        "event": description["event"],
        "filter": {name: object_filter.get(name, "") for name in ("Prefix", "Suffix")},
    }
    if rule["filter"]["Suffix"] and not rule["filter"]["Suffix"].startswith("."):
        raise CloudError(_CODE, "Suffix must start with a dot.")
    if request.previous is None:
        _require_no_conflict(request, rule)
    return compact_json(rule)


def _require_no_conflict(request: TriggerRequest, rule: Json) -> None:
    for key, trigger in request.call.store.list_prefix(triggers.KIND, f"{request.call.region}/"):
        if trigger["Type"] != "cos" or trigger["TriggerName"] != request.name:
            continue
        other = json.loads(trigger["TriggerDesc"])
        # CreateTrigger rejects the same rule on the same function with another code.
        if key.startswith(f"{request.function_key}/") and other == rule:
            continue
        if _overlap(rule, other):
            message = f"The rule conflicts with `{trigger['TriggerDesc']}`."
            raise CloudError("InvalidParameterValue.CosNotifyRuleConflict", message)


def _overlap(rule: Json, other: Json) -> bool:
    first, second = rule["event"], other["event"]
    kind = first.rpartition(":")[0]
    same_event = first == second or (second.startswith(kind) and (first.endswith("*") or second.endswith("*")))
    return same_event and all(
        a.startswith(b) or b.startswith(a)
        for a, b in (
            (rule["filter"]["Prefix"], other["filter"]["Prefix"]),
            (rule["filter"]["Suffix"][::-1], other["filter"]["Suffix"][::-1]),
        )
    )


def _identity(description: str) -> str:
    try:
        rule = json.loads(description)
        object_filter = rule.get("filter", {})
        return f"{rule['event']} {object_filter.get('Prefix', '')} {object_filter.get('Suffix', '')}"
    except (ValueError, KeyError, AttributeError) as error:
        raise CloudError(
            "InvalidParameterValue.TriggerDesc", "TriggerDesc must name the event of the trigger."
        ) from error


COS = TriggerType("cos", _describe, in_use="ResourceInUse.Cos", identity=_identity, switchable=True)


def fits_object(trigger: Json, event: str, name: str) -> bool:
    """Whether a trigger takes an event such as `cos:ObjectCreated:Put` of the object `name`."""
    rule = json.loads(trigger["TriggerDesc"])
    kind, _, detail = rule["event"].rpartition(":")
    object_filter = rule["filter"]
    return (
        event.rpartition(":")[0] == kind
        and detail in ("*", event.rpartition(":")[2])
        and name.startswith(object_filter["Prefix"].removeprefix("/"))
        and name.endswith(object_filter["Suffix"])
    )


def object_event(change: ObjectChange, function_key: str, qualifier: str) -> Json:
    """The event of one object for a function."""
    bucket, _, app_id = change.bucket.rpartition("-")
    short = region_abbreviation(change.region)
    region, namespace, function = function_key.split("/")
    queue = f"appid/{app_id}:{namespace}.{function}.{qualifier}"
    record = {
        "cos": {
            "cosSchemaVersion": "1.0",
            "cosObject": {
                "url": f"http://{change.bucket}.cos.{change.region}.myqcloud.com/{quote(change.name)}",
                "meta": {"x-cos-request-id": change.request_id, "Content-Type": change.content_type, **change.metadata},
                "vid": "",
                "key": f"/{app_id}/{bucket}/{change.name}",
                "size": change.size,
            },
            "cosBucket": {"region": short, "name": bucket, "appid": app_id},
            "cosNotificationId": "unkown",
        },
        "event": {
            "eventName": change.event,
            "eventVersion": "1.0",
            "eventTime": change.at,
            "eventSource": "qcs::cos",
            "requestParameters": {
                "requestSourceIP": "127.0.0.1",
                "requestHeaders": {"Authorization": change.authorization},
            },
            "eventQueue": f"qcs:0:scf:{region_abbreviation(region)}:{queue}",
            "reservedInfo": "",
            "reqid": 1,
        },
    }
    return {"Records": [record]}
