"""Values of settings as short text and as JSON data, without secrets."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import in_english
from scfdeploy.model import Ref, Secret, Value
from scfdeploy.report.humanize import size
from scfdeploy.report.terminal import clip, safe, width

if TYPE_CHECKING:
    from scfdeploy.plan import FieldChange

Document: TypeAlias = dict[str, Any]
"""A JSON object."""

_MIN_COLUMNS = 40


def to_json(value: Value) -> Any:  # noqa: ANN401, RUF100 - any JSON data
    """Convert a value to JSON data: a secret to `(sensitive)`, a value known after apply to `{"unknown": …}`.

    Raises TypeError for any other type, so that it is not written by accident.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Secret():
            return "(sensitive)"
        case Ref():
            return {"unknown": str(value)}
        case bytes() | bytearray():
            raise TypeError("bytes are not a setting")
        case Mapping():
            return {str(key): to_json(item) for key, item in value.items()}
        case Sequence():
            return [to_json(item) for item in value]
        case _:
            raise TypeError(f"{type(value).__name__} is not a setting")


def in_english_only(document: Any) -> Any:  # noqa: ANN401, RUF100 - any JSON data
    """JSON data with the English originals of translated texts."""
    match document:
        case str():
            return in_english(document)
        case dict():
            return {key: in_english_only(value) for key, value in document.items()}
        case list() | tuple():
            return [in_english_only(item) for item in document]
        case _:
            return document


def value_text(value: Value) -> str:
    """One value on one line: strings in quotes, blocks and lists in the flow style of YAML."""
    match value:
        case None | bool() | int() | float() | str():
            return safe(json.dumps(value, ensure_ascii=False))
        case Secret():
            return message("(sensitive)")
        case Ref():
            return message("(known after apply)")
        case Mapping():
            return "{" + ", ".join(f"{safe(str(key))}: {value_text(item)}" for key, item in value.items()) + "}"
        case Sequence():
            return "[" + ", ".join(value_text(item) for item in value) + "]"


def change_text(field: FieldChange, columns: int) -> str:
    """The old and the new value of a field, such as `128 -> 256`, each cut near the difference to fit `columns`."""
    show = _code_text if field.path == "src" else value_text
    before = message("(sensitive)") if field.sensitive else show(field.before)
    after = message("(sensitive)") if field.sensitive else show(field.after)
    if field.before is None:
        return clip(after, max(_MIN_COLUMNS, columns))
    if field.after is None:
        return f"{clip(before, max(_MIN_COLUMNS, columns))} -> {message('(removed)')}"
    before, after = _clip_both(before, after, max(_MIN_COLUMNS, columns // 2))
    return f"{before} -> {after}"


def set_text(field: FieldChange, columns: int) -> str:
    """As `change_text`, with `(not set)` as the old value of a field that had none."""
    unset = f"{message('(not set)')} -> " if field.before is None else ""
    return unset + change_text(field, columns)


def _code_text(value: Value) -> str:
    """`1.2 MB (ab12cd34)` for packaged code, `bucket/object` for code in COS; other forms as any value."""
    match value:
        case {"sha256": str(sha256), "size": int(number)} if number > 0:
            return f"{size(number)} ({safe(sha256[:8])})"
        case {"sha256": str(sha256)}:
            return f"({safe(sha256[:8])})"
        case {"bucket": str(bucket), "object": str(key)}:
            return safe(f"{bucket}/{key.lstrip('/')}")
        case _:
            return value_text(value)


def _clip_both(before: str, after: str, columns: int) -> tuple[str, str]:
    """Both texts cut to `columns`, from shortly before their first difference."""
    if max(width(before), width(after)) <= columns:
        return before, after
    pairs = enumerate(zip(before, after, strict=False))
    difference = next((position for position, (old, new) in pairs if old != new), 0)
    start = max(0, difference - columns // 3)
    ellipsis = "…" if start else ""
    return clip(ellipsis + before[start:], columns), clip(ellipsis + after[start:], columns)
