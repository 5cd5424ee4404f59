"""Values of settings for people: short, on one line, nothing secret."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from scfdeploy.model import Ref, Secret, Value
from scfdeploy.plan import FieldChange
from scfdeploy.report.humanize import size
from scfdeploy.report.terminal import clip, safe, width

SENSITIVE = "(sensitive)"
UNKNOWN = "(known after apply)"
_NARROWEST = 40


def value_text(value: Value) -> str:
    """One value: texts in quotes, blocks and lists in the short form of YAML."""
    match value:
        case None | bool() | int() | float() | str():
            return safe(json.dumps(value, ensure_ascii=False))
        case Secret():
            return SENSITIVE
        case Ref():
            return UNKNOWN
        case Mapping():
            return "{" + ", ".join(f"{safe(str(key))}: {value_text(part)}" for key, part in value.items()) + "}"
        case Sequence():
            return "[" + ", ".join(value_text(part) for part in value) + "]"


def change_text(field: FieldChange, columns: int) -> str:
    """What one field was and becomes, such as `128 -> 256`; each side cut to about `columns`, near the difference."""
    show = _code_text if field.path == "src" else value_text
    before = SENSITIVE if field.sensitive else show(field.before)
    after = SENSITIVE if field.sensitive else show(field.after)
    if field.before is None:
        return clip(after, max(_NARROWEST, columns))
    if field.after is None:
        return f"{clip(before, max(_NARROWEST, columns))} -> (removed)"
    before, after = _clip_alike(before, after, max(_NARROWEST, columns // 2))
    return f"{before} -> {after}"


def _code_text(value: Value) -> str:
    """`1.2 MB (ab12cd34)` for packed code, `bucket/object` for code in COS; other forms as any value."""
    match value:
        case {"sha256": str(sha256), "size": int(number)} if number > 0:
            return f"{size(number)} ({safe(sha256[:8])})"
        case {"sha256": str(sha256)}:
            return f"({safe(sha256[:8])})"
        case {"bucket": str(bucket), "object": str(key)}:
            return safe(f"{bucket}/{key.lstrip('/')}")
        case _:
            return value_text(value)


def _clip_alike(before: str, after: str, columns: int) -> tuple[str, str]:
    """Both sides cut to `columns`, starting a little before the place where they begin to differ."""
    if max(width(before), width(after)) <= columns:
        return before, after
    same = next((at for at, (one, two) in enumerate(zip(before, after, strict=False)) if one != two), 0)
    start = max(0, same - columns // 3)
    lead = "…" if start else ""
    return clip(lead + before[start:], columns), clip(lead + after[start:], columns)
