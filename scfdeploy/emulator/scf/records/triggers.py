"""The stored documents of triggers. `scf/triggers/` checks what each type may contain."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import Json, compact_json

KIND = "trigger"


def list_all(call: ApiCall, key: str) -> list[Json]:
    """All triggers of a function, oldest first."""
    triggers = [trigger for _, trigger in call.store.list_prefix(KIND, f"{key}/")]
    return sorted(triggers, key=lambda trigger: (trigger["created"], trigger["TriggerName"]))


def put(call: ApiCall, trigger: Json) -> None:
    """Store a trigger under the key that it contains."""
    call.store.put(KIND, trigger["key"], trigger)


def put_new(call: ApiCall, key: str, trigger: Json) -> Json:
    """Store a trigger with the fields that all types share, in place of one with the same key; return it."""
    previous = call.store.get(KIND, key) or {}
    trigger = {
        "key": key,
        "created": previous.get("created", call.now),
        "Enable": 1,
        "AvailableStatus": "Available",
        "BindStatus": "on",
        "TriggerAttribute": "single",
        "CustomArgument": "",
        "Description": "",
        "AddTime": previous.get("AddTime", call.now_text),
        "ModTime": call.now_text,
        **trigger,
    }
    put(call, trigger)
    return trigger


def put_bound(call: ApiCall, key: str, kind: str, *, description: Json, qualifier: str, source: str) -> Json:
    """Store a trigger that another product (`kind`) binds to a function, and return it.

    The API lists such triggers without a name. `source` is the product's name of the event source.
    """
    return put_new(
        call,
        bound_key(key, kind, source),
        {
            "TriggerName": "",
            "Type": kind,
            "TriggerDesc": compact_json(description),
            "Qualifier": qualifier,
            "ResourceId": f"qcs::{kind}:{call.region}:uin/{call.context.settings.uin}:{source}",
        },
    )


def function_of(trigger: Json) -> str:
    """The key `region/namespace/name` of the function that a trigger starts."""
    return "/".join(trigger["key"].split("/")[:3])


def bound_key(key: str, kind: str, source: str) -> str:
    """The key of a trigger that `put_bound` stores."""
    return f"{key}/{kind}/ {source}"


def api_fields(trigger: Json) -> Json:
    """The trigger without our own lower-case fields."""
    return {name: value for name, value in trigger.items() if name[0].isupper()}


def public_host(triggers: list[Json]) -> str:
    """The host of the function URL, or empty."""
    for trigger in triggers:
        if trigger["Type"] == "http":
            network = json.loads(trigger["TriggerDesc"])["NetConfig"]
            return str(urlsplit(network["ExtranetUrl"] or network["IntranetUrl"]).netloc)
    return ""
