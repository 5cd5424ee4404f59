"""Digests of what the files say of functions, from which secrets in them cannot be guessed quickly."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from scfdeploy.model import Address, Bundle, Project, Ref, Value
from scfdeploy.plan.desired import DesiredFunction, desired_function

# About 50 ms and 16 MB for each guess of a secret.
_SCRYPT_COST = 1 << 14
_SCRYPT_BLOCK = 8


class ContentDigests:
    """Digests of what the files say of each function.

    A digest of a text with a secret would show the secret to whoever guesses it, so its key takes long to compute, and
    depends on all secrets of the project: each guess is slow, and must be right about all of them.
    """

    def __init__(
        self, project: Project, bundles: Mapping[Address, Bundle], values: Mapping[Ref, Value], *, salt: str
    ) -> None:
        self._salt = salt.encode()

        def value_of(ref: Ref) -> Value:
            return values.get(ref, ref) if ref.address.kind.is_shared else ref

        self._texts: dict[Address, DesiredFunction] = {
            spec.address: desired_function(spec, bundles.get(spec.address), value_of, project.secrets)
            for spec in project.functions
        }

    def of(self, function: Address) -> str:
        """The digest for one function of the project."""
        import hashlib
        import hmac

        content = self._texts[function]
        key = self._slow_key if content.secrets else self._salt
        return hmac.new(key, content.text.encode(), hashlib.sha256).hexdigest()

    @cached_property
    def _slow_key(self) -> bytes:
        import hashlib
        import json

        secrets = sorted({secret for content in self._texts.values() for secret in content.secrets})
        text = json.dumps(secrets).encode()
        return hashlib.scrypt(text, salt=self._salt, n=_SCRYPT_COST, r=_SCRYPT_BLOCK, p=1, maxmem=64 << 20)
