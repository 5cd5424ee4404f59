"""A key pair, checked as far as possible without a call. Keys are never shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

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


class Entry(NamedTuple):
    """The text of a key or token, and where it was found, such as `NAME in .env:3`."""

    text: str
    place: str


def checked(secret_id: Entry, secret_key: Entry, token: Entry, source: str) -> Credentials:
    """Credentials of these texts. Raises ScfDeployError, naming the one that cannot be a key, without it."""
    for text, place in (secret_id, secret_key, token):
        wrong = next((character for character in text if not "!" <= character <= "~"), "")
        if wrong:
            is_at_end = text.strip() and not text.strip().count(wrong)
            raise ScfDeployError(
                f"{place} contains {_in_words(wrong)}{', at its start or end' if is_at_end else ''}: no key does",
                hint="Copy the value again, without it.",
            )
    return Credentials(secret_id.text, Secret(secret_key.text), Secret(token.text) if token.text else None, source)


def issued(secret_id: str, secret_key: str, token: str, source: str) -> Credentials:
    """The same of temporary credentials that a service has issued."""
    return checked(
        Entry(secret_id, f"the secret id of {source}"),
        Entry(secret_key, f"the secret key of {source}"),
        Entry(token, f"the token of {source}"),
        source,
    )


def _in_words(character: str) -> str:
    known = {" ": "a space", "\t": "a tab", "\n": "a line break", "\r": "a carriage return"}
    return known.get(character) or f"the character U+{ord(character):04X}"
