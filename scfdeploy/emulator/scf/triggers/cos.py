"""COS: events of one bucket, filtered by prefix and suffix of the object name."""

from __future__ import annotations

import json
import re

from scfdeploy.emulator.messages import CloudError, Json, compact_json
from scfdeploy.emulator.scf.records import triggers
from scfdeploy.emulator.scf.triggers.base import TriggerRequest, TriggerType, json_description

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
