"""What a cloud holds in the end, without what differs between any two runs: times and ids."""

from __future__ import annotations

import re
from typing import Any

_PASSING = frozenset({"AddTime", "ModTime", "FunctionId", "created", "modified", "ResourceId"})
# When it happened passes, that it happened does not.
_MOMENTS = frozenset({"settled", "deleted", "ready_at", "reserved_at"})
_HOST = re.compile(r"(?<=//)\d+-[a-z0-9]{10}(?=\.)")
_HISTORY = frozenset({"request", "tags_shown"})


def final_cloud(state: dict[str, Any]) -> dict[str, Any]:
    """The answer of `/_emulator/state` as something that two runs can be compared by."""
    return {kind: _lasting(documents) for kind, documents in state.items() if kind not in _HISTORY}


def _lasting(value: Any) -> Any:
    match value:
        case dict():
            return {
                key: bool(item) if key in _MOMENTS else _lasting(item)
                for key, item in value.items()
                if key not in _PASSING
            }
        case list():
            return [_lasting(item) for item in value]
        case str():
            return _HOST.sub("HOST", value)
    return value
