"""Stores the settings that the API does not return in tags."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from scfdeploy.model import Value
from scfdeploy.model.observed import WRITE_ONLY_TAGS
from scfdeploy.model.value import whole_number
from scfdeploy.providers.tencent.resources.wire import Settings, pairs


def from_tags(response: Mapping[str, Any]) -> dict[str, Value]:
    """The write-only settings stored in the tags of a response, in normal form."""
    tags = pairs(response.get("Tags"))
    # UseGpu=TRUE is reliable; UseGpu=FALSE is also returned for some GPU functions, so a tag overrides it.
    settings: dict[str, Value] = {"nodeType": "GPU" if response.get("UseGpu") == "TRUE" else "CPU"}
    for name, key in WRITE_ONLY_TAGS.items():
        if key in tags:
            settings[name] = _parse(name, tags[key])
    return settings


def to_tags(settings: Settings, names: Collection[str]) -> dict[str, str]:
    """The tags that store the write-only settings among `names`."""
    return {key: _text(settings[name]) for name, key in WRITE_ONLY_TAGS.items() if name in names and name in settings}


def _parse(name: str, text: str) -> Value:
    match name:
        case "diskSize":
            return whole_number(text)
        case "ignoreSysLog" | "protect":
            return text == "true"
    return text


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
