"""Triggers of functions: where they are kept and how the API shows them. What each type may say is triggers/'s."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import Json

KIND = "trigger"


def every(call: ApiCall, key: str) -> list[Json]:
    """All triggers of a function, oldest first."""
    found = [trigger for _, trigger in call.store.list_prefix(KIND, f"{key}/")]
    return sorted(found, key=lambda trigger: (trigger["created"], trigger["TriggerName"]))


def keep_bound(
    call: ApiCall, key: str, kind: str, *, description: Json, qualifier: str, resource: str, tail: str
) -> Json:
    """Keep a trigger that another product binds to a function, as this API lists it: without a name, by its resource.

    `resource` is the product's word, `tail` what it calls the source. One that is there is bound anew.
    """
    place = f"{key}/{kind}/ {tail}"
    before = call.store.get(KIND, place) or {}
    trigger = {
        "key": place,
        "created": before.get("created", call.now),
        "TriggerName": "",
        "Type": kind,
        "TriggerDesc": json.dumps(description, separators=(",", ":"), ensure_ascii=False),
        "Enable": 1,
        "Qualifier": qualifier,
        "AvailableStatus": "Available",
        "BindStatus": "on",
        "TriggerAttribute": "single",
        "ResourceId": f"qcs::{resource}:{call.region}:uin/{call.context.settings.uin}:{tail}",
        "CustomArgument": "",
        "Description": "",
        "AddTime": before.get("AddTime", call.now_text),
        "ModTime": call.now_text,
    }
    keep(call, trigger)
    return trigger


def keep(call: ApiCall, trigger: Json) -> None:
    """Store a trigger under the key that it carries."""
    call.store.put(KIND, trigger["key"], trigger)


def shown(trigger: Json) -> Json:
    """A trigger in the words of the API, without our own lower-case fields."""
    return {name: value for name, value in trigger.items() if name[0].isupper()}


def public_host(triggers: list[Json]) -> str:
    """The host of the function's URL, or empty."""
    for trigger in triggers:
        if trigger["Type"] == "http":
            network = json.loads(trigger["TriggerDesc"])["NetConfig"]
            return str(urlsplit(network["ExtranetUrl"] or network["IntranetUrl"]).netloc)
    return ""
