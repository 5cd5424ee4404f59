"""Values that must not be seen: printing one prints stars."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_SECRET_WORDS = re.compile(
    r"SECRET|PASSW|PASSPHRASE|TOKEN|CREDENTIAL|PRIVATE|COOKIE|SESSION_?KEY|APP_?KEY|API_?KEY|ACCESS_?KEY|WEBHOOK|SENDKEY"
    r"|(^|_)(PWD|PASS|PW|AUTH|CERT|DSN|SIGN|SALT|KEY)(_|$)|(DATABASE|MONGO\w*|REDIS|MYSQL|POSTGRES\w*)_UR[IL]",
    re.IGNORECASE,
)


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


def looks_secret(name: str) -> bool:
    """Whether an environment variable of this name probably holds a secret."""
    return _SECRET_WORDS.search(name) is not None


def seal(variables: Mapping[str, str]) -> dict[str, str | Secret]:
    """Environment variables, those wrapped whose names look secret."""
    return {key: Secret(text) if looks_secret(key) else text for key, text in variables.items()}
