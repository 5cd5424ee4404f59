"""A type for secret values, which prints as stars."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.model.secret_names import looks_secret
from scfdeploy.model.secret_text import holds_secret
from scfdeploy.records import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A string that prints as stars. Compares by its text."""

    _text: str

    def reveal(self) -> str:
        """The text, for requests only."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__


def seal(variables: Mapping[str, str]) -> dict[str, str | Secret]:
    """Environment variables, with values that look secret wrapped in Secret."""
    return {key: Secret(text) if is_secret(key, text) else text for key, text in variables.items()}


def is_secret(name: str, text: str) -> bool:
    """Whether a value looks secret, by its name or its text."""
    return looks_secret(name) or holds_secret(text)
