"""Settings that the cloud takes and never shows: a tag on the function remembers what was last written.

Without it every plan would have to send them again. A function that carries no such tag counts as having the default.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from scfdeploy.model import Value
from scfdeploy.model.numbers import whole_number
from scfdeploy.model.observed import UNSHOWN_TAGS
from scfdeploy.providers.tencent.wire import Settings, pairs


def remembered(answer: Mapping[str, Any]) -> dict[str, Value]:
    """The settings that the tags in an answer remember, in normal form."""
    tags = pairs(answer.get("Tags"))
    # The cloud says of a GPU itself that it is one; that it is none, it says of some that are.
    found: dict[str, Value] = {"nodeType": "GPU" if answer.get("UseGpu") == "TRUE" else "CPU"}
    for name, key in UNSHOWN_TAGS.items():
        if key in tags:
            found[name] = _value(name, tags[key])
    return found


def memory(settings: Settings, names: Collection[str]) -> dict[str, str]:
    """The tags that remember those settings among `names` that are written."""
    return {key: _text(settings[name]) for name, key in UNSHOWN_TAGS.items() if name in names and name in settings}


def _value(name: str, text: str) -> Value:
    match name:
        case "diskSize":
            return whole_number(text)
        case "ignoreSysLog":
            return text == "true"
    return text


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
