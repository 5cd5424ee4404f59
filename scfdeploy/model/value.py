"""The values of settings: plain data, secrets, and references to values known only after apply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from scfdeploy.model.address import Address
from scfdeploy.model.secret import Secret
from scfdeploy.records import dataclass


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to an attribute that is known only after `address` is applied."""

    address: Address
    attribute: str

    def __str__(self) -> str:
        return f"{self.address}#{self.attribute}"


Value: TypeAlias = "bool | int | float | str | Secret | Ref | Sequence[Value] | Mapping[str, Value] | None"

Path: TypeAlias = tuple[str | int, ...]
"""The path of a value in `inputs`: `("environment", "variables", "LANG")`."""


def dotted(path: Path) -> str:
    """A path in the notation of messages: `environment.variables.LANG`, `layers[0].name`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


_MOST_DIGITS = 18


def whole_number(text: str) -> int | None:
    """Parse decimal digits; None for any other text, and for more than 18 digits.

    `str.isdigit` also accepts digits that `int` rejects, such as a superscript two, and `int` rejects very long ones.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def parse_json_or_text(text: str) -> Value:
    """The value of a JSON text, or the text itself when it is not JSON."""
    import json

    try:
        value: Value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value
