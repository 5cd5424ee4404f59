"""The state of the emulator without times and ids, to compare two runs."""

from __future__ import annotations

import re
from typing import Any

_VOLATILE_KEYS = frozenset({"AddTime", "ModTime", "FunctionId", "created", "modified", "ResourceId", "revision"})
# The time differs between runs; whether it is set does not.
_TIMES = frozenset({"settled", "deleted", "ready_at", "reserved_at"})
_HOST = re.compile(r"(?<=//)\d+-[a-z0-9]{10}(?=\.)")
_LOGS = frozenset({"request", "tags_shown"})


def cloud_snapshot(state: dict[str, Any]) -> dict[str, Any]:
    """The answer of `/_emulator/state` in a form that is equal for equal runs."""
    return {kind: _without_volatile(documents) for kind, documents in state.items() if kind not in _LOGS}


def _without_volatile(value: Any) -> Any:
    match value:
        case dict():
            return {
                key: bool(item) if key in _TIMES else _without_volatile(item)
                for key, item in value.items()
                if key not in _VOLATILE_KEYS
            }
        case list():
            return [_without_volatile(item) for item in value]
        case str():
            return _HOST.sub("HOST", value)
    return value
