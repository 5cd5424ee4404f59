"""Values that must not be seen: printing one prints stars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scfdeploy.model.secret_names import looks_secret
from scfdeploy.model.secret_text import holds_secret


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A text that prints as stars. Two are equal when their texts are."""

    _text: str

    def reveal(self) -> str:
        """The text itself: only for the wire."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__


def seal(variables: Mapping[str, str]) -> dict[str, str | Secret]:
    """Environment variables, those wrapped whose names or values look secret."""
    return {key: Secret(text) if is_secret(key, text) else text for key, text in variables.items()}


def is_secret(name: str, text: str) -> bool:
    """Whether a value is one to hide, by its name or by how it looks."""
    return looks_secret(name) or holds_secret(text)
