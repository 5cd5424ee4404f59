"""Convert values to plain JSON data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from scfdeploy.model import Ref, Secret, Value

SENSITIVE = "(sensitive)"

Document: TypeAlias = dict[str, Any]
"""What `json.dumps` takes: its values differ from command to command."""


def to_json(value: Value) -> Any:  # noqa: ANN401, RUF100 - whatever json.dumps takes
    """A value as JSON data: a secret as `(sensitive)`, what is known only later as `{"unknown": …}`.

    Raises TypeError for anything else, so that nothing unforeseen is written out.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Secret():
            return SENSITIVE
        case Ref():
            return {"unknown": str(value)}
        case bytes() | bytearray():
            raise TypeError("bytes are no setting")
        case Mapping():
            return {str(key): to_json(part) for key, part in value.items()}
        case Sequence():
            return [to_json(part) for part in value]
        case _:
            raise TypeError(f"{type(value).__name__} is no setting")
