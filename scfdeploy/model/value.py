"""What a setting may hold, in our own words: plain data, a secret, or something known only later."""

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
