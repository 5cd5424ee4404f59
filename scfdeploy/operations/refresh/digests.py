"""Digests of what the files say of functions, from which secrets in them cannot be guessed quickly."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache

from scfdeploy.model import Address, Bundle, FunctionSpec, Project, Ref, Value
from scfdeploy.plan.desired import DesiredFunction, desired_function
from scfdeploy.plan.secret_digest import slow_digest


class ContentDigests:
    """Digests of what the files say of each function.

    A digest of a text with a secret would show the secret to whoever guesses it, so its key takes long to compute, and
    depends on all secrets of the project: each guess is slow, and must be right about all of them.
    """

    def __init__(
        self, project: Project, bundles: Mapping[Address, Bundle], values: Mapping[Ref, Value], *, salt: str
    ) -> None:
        """`values` has those of layers; references to functions stay as they are."""
        self._project = project
        self._bundles = bundles
        self._values = values
        self._salt = salt
        self._contents: dict[Address, DesiredFunction] = {}

    def of(self, spec: FunctionSpec) -> str:
        """The digest for one function of the project."""
        import hashlib
        import hmac

        content = self._content(spec)
        key = self._slow_key if content.secrets else self._salt.encode()
        return hmac.new(key, content.text.encode(), hashlib.sha256).hexdigest()

    def _content(self, spec: FunctionSpec) -> DesiredFunction:
        content = self._contents.get(spec.address)
        if content is None:
            bundle = self._bundles.get(spec.address)
            content = desired_function(spec, bundle, self._value_of, self._project.secrets)
            self._contents[spec.address] = content
        return content

    def _value_of(self, ref: Ref) -> Value:
        return self._values.get(ref, ref) if ref.address.kind.is_shared else ref

    @cached_property
    def _slow_key(self) -> bytes:
        import json

        secrets = sorted({secret for spec in self._project.functions for secret in self._content(spec).secrets})
        return _slow_key(json.dumps(secrets), self._salt)


@lru_cache(maxsize=1)  # an apply needs the key for its plan and for the notes
def _slow_key(secrets: str, salt: str) -> bytes:
    return slow_digest(secrets, salt)
