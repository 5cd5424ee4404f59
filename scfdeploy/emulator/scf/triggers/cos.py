"""COS: events of one bucket, narrowed by prefix and suffix of the object's name."""

from __future__ import annotations

import json
import re

from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf.records import triggers
from scfdeploy.emulator.scf.triggers.base import TriggerRequest, TriggerType, compact, json_description

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
    wanted = json_description(request, ("event", "filter", "bucketUrl"), _CODE)
    if wanted.get("event") not in _EVENTS:
        raise CloudError(_CODE, f"The event `{wanted.get('event')}` does not exist.")
    narrowed = wanted.get("filter", {})
    if not isinstance(narrowed, dict) or not set(narrowed) <= {"Prefix", "Suffix"}:
        raise CloudError(_CODE, "filter has Prefix and Suffix, nothing else.")
    rule = {"event": wanted["event"], "filter": {name: narrowed.get(name, "") for name in ("Prefix", "Suffix")}}
    if rule["filter"]["Suffix"] and not rule["filter"]["Suffix"].startswith("."):
        raise CloudError(_CODE, "Suffix must start with a dot.")
    if request.previous is None:
        _require_no_conflict(request, rule)
    return compact(rule)


def _require_no_conflict(request: TriggerRequest, rule: Json) -> None:
    for key, trigger in request.call.store.list_prefix(triggers.KIND, f"{request.call.region}/"):
        if trigger["Type"] != "cos" or trigger["TriggerName"] != request.name:
            continue
        other = json.loads(trigger["TriggerDesc"])
        # The very same rule on the same function has its own code, given where names are compared.
        if key.startswith(f"{request.function_key}/") and other == rule:
            continue
        if _overlap(rule, other):
            message = f"The rule collides with `{trigger['TriggerDesc']}`."
            raise CloudError("InvalidParameterValue.CosNotifyRuleConflict", message)


def _overlap(one: Json, other: Json) -> bool:
    first, second = one["event"], other["event"]
    kind = first.rpartition(":")[0]
    same_event = first == second or (second.startswith(kind) and (first.endswith("*") or second.endswith("*")))
    return same_event and all(
        _nested(one["filter"][name], other["filter"][name], backwards=name == "Suffix") for name in ("Prefix", "Suffix")
    )


def _nested(one: str, other: str, *, backwards: bool) -> bool:
    if backwards:
        return one.endswith(other) or other.endswith(one)
    return one.startswith(other) or other.startswith(one)


def _identity(description: str) -> str:
    try:
        wanted = json.loads(description)
        narrowed = wanted.get("filter", {})
        return f"{wanted['event']} {narrowed.get('Prefix', '')} {narrowed.get('Suffix', '')}"
    except (ValueError, KeyError, AttributeError) as error:
        raise CloudError(
            "InvalidParameterValue.TriggerDesc", "TriggerDesc must name the event of the trigger."
        ) from error


COS = TriggerType("cos", _describe, in_use="ResourceInUse.Cos", identity=_identity, switchable=True)
