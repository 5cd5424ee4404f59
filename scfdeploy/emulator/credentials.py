"""The keys that the server accepts: its permanent ones, and the temporary ones of roles."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

VALID_FOR_S = 2 * 3600
_TEMPORARY_ID = re.compile(r"TMPID(?P<expiry>[0-9a-f]{10})[0-9a-f]{16}")
_TEMPORARY = "TMPID"


class TemporaryKey(NamedTuple):
    """A key pair with its session token."""

    secret_id: str
    secret_key: str
    token: str


class Credentials(Mapping[str, str]):
    """The secret key of each secret id that is valid now; `now` is the server's time.

    Temporary keys are derived from their id and a random value of this server, so none is stored.
    """

    def __init__(self, pairs: Mapping[str, str], now: Callable[[], float]) -> None:
        self._pairs = dict(pairs)
        self.now = now
        self._secret = secrets.token_bytes(32)

    def issue(self, valid_for_s: int = VALID_FOR_S) -> TemporaryKey:
        """A new temporary key."""
        secret_id = f"{_TEMPORARY}{round(self.now() + valid_for_s):010x}{secrets.token_hex(8)}"
        key = self._temporary_key(secret_id)
        return TemporaryKey(secret_id, key, session_token(secret_id, key))

    def __getitem__(self, secret_id: str) -> str:
        if secret_id in self._pairs:
            return self._pairs[secret_id]
        match = _TEMPORARY_ID.fullmatch(secret_id)
        if match is None or self.now() > int(match["expiry"], 16):
            raise KeyError(secret_id)
        return self._temporary_key(secret_id)

    def __iter__(self) -> Iterator[str]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def _temporary_key(self, secret_id: str) -> str:
        return hmac.digest(self._secret, secret_id.encode(), "sha256").hex()[:32]


def session_token(secret_id: str, secret_key: str) -> str:
    """The token that requests with a temporary key send; empty for a permanent key."""
    if not secret_id.startswith(_TEMPORARY):
        return ""
    return hmac.digest(secret_key.encode(), b"session token", "sha512").hex()
