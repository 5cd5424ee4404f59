"""The values that settings may hold: plain data, a secret, or a reference to something known only after apply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from scfdeploy.model.address import Address
from scfdeploy.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Ref:
    """A value known only once `address` is applied: its `attribute`."""

    address: Address
    attribute: str

    def __str__(self) -> str:
        return f"{self.address}#{self.attribute}"


Value: TypeAlias = "bool | int | float | str | Secret | Ref | Sequence[Value] | Mapping[str, Value] | None"

Path: TypeAlias = tuple[str | int, ...]
"""The way to a value inside `inputs`: `("environment", "variables", "LANG")`."""


def dotted(path: Path) -> str:
    """A path in the words of serverless.yml: `environment.variables.LANG`, `layers[0].name`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


_MOST_DIGITS = 18


def whole_number(text: str) -> int | None:
    """What plain digits stand for; None for anything else, and for more digits than any number here has.

    `str.isdigit` also knows digits that `int` refuses, such as a raised two, and `int` refuses thousands of them.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
