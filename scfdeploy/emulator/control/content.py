"""Parsing of the bodies of control requests, and of JSON that users stored."""

from __future__ import annotations

import json

from scfdeploy.emulator.messages import ControlError, Json


def require_object(content: object) -> Json:
    """The body as an object. Raises ControlError for any other value."""
    if not isinstance(content, dict):
        raise ControlError("the body must be a JSON object")
    return content


def require_text(content: Json, name: str) -> str:
    """The text `name`. Raises ControlError if it is missing or empty."""
    text = content.get(name)
    if not isinstance(text, str) or not text:
        raise ControlError(f'"{name}" is missing')
    return text


def is_row_id(value: object) -> bool:
    """Whether the database can compare a value with the id of a row."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63


def json_or_text(text: str) -> object:
    """The value of a JSON text, with null for NaN and infinity; the text itself if it cannot be read."""
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return text
