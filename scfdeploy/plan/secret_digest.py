"""Settings with their secrets as plain data, and digests of it from which no secret can be guessed quickly."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.model import Ref, Secret, Value

# About 0.1 s for each guess.
_ROUNDS = 200_000


def revealed(value: Value) -> object:
    """The value as plain data that JSON can hold: only for a digest."""
    match value:
        case str() | int() | None:
            return value
        case Secret():
            return ["secret", value.reveal()]
        case Ref():
            return ["ref", str(value)]
        case Mapping():
            return {str(key): revealed(item) for key, item in value.items()}
        case list() | tuple():
            return [revealed(item) for item in value]
    return value


def slow_digest(text: str, salt: str) -> bytes:
    """A digest that is slow on purpose: a short secret could be guessed from a fast one."""
    import hashlib

    return hashlib.pbkdf2_hmac("sha256", text.encode(), salt.encode(), _ROUNDS)
