"""A key pair to sign with, as far as it can be checked without asking anybody. Keys are never shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Secret


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key pair, with the token of a temporary one. `source` says where it was found; printing shows no key.

    `app_id` is the account's number in names of buckets, where the same place says it; empty where nobody did.
    """

    secret_id: str
    secret_key: Secret
    token: Secret | None
    source: str
    app_id: str = ""

    def __repr__(self) -> str:
        return f"Credentials(from {self.source})"


LOCAL_CREDENTIALS = Credentials("AKIDlocal", Secret("local-secret"), None, "the local server")

AmbientProvider: TypeAlias = Callable[[Mapping[str, str]], "Credentials | None"]
"""Asks the machine it runs on for temporary keys; None when the machine has none to give."""


def checked(secret_id: str, secret_key: str, token: str, source: str) -> Credentials:
    """Credentials of these texts. Raises ScfDeployError, naming the source and no key, when one cannot be a key."""
    for word, text in (("secret id", secret_id), ("secret key", secret_key), ("token", token)):
        if any(character.isspace() for character in text):
            raise ScfDeployError(
                f"the {word} from {source} contains a blank or a line break", hint="Copy the key again without it."
            )
        if not text.isascii() or not (text.isprintable()):
            raise ScfDeployError(
                f"the {word} from {source} contains characters that no key has", hint="Copy the key again."
            )
    return Credentials(secret_id, Secret(secret_key), Secret(token) if token else None, source)
