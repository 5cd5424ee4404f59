"""Key pairs and their validation. Error messages never contain a key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Secret
from scfdeploy.records import NamedTuple, dataclass


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key pair, with the token of a temporary one. Printing it shows no key."""

    secret_id: str
    secret_key: Secret
    token: Secret | None
    source: str
    """Where the pair comes from, for messages."""
    app_id: str = ""
    """The APPID of the account, if the source has it."""
    role: str = ""
    """The ARN of the role to assume with the pair, if the source has one."""
    role_session_name: str = ""
    is_chosen_by_project: bool = False
    """Whether scfdeploy.toml names the profile or the role."""

    def __repr__(self) -> str:
        return f"Credentials(from {self.source})"


LOCAL_CREDENTIALS = Credentials("AKIDlocal", Secret("local-secret"), None, "the local emulator")

AmbientProvider: TypeAlias = Callable[[Mapping[str, str]], "Credentials | None"]
"""Requests temporary keys for the identity of this machine, given the environment; None if it has no identity."""


class KeyText(NamedTuple):
    """The text of a key or token, and its origin, such as `NAME in .env:3`."""

    text: str
    origin: str


def key_pair(secret_id: KeyText, secret_key: KeyText, token: KeyText, source: str) -> Credentials:
    """Credentials of these texts. Raises ScfDeployError for a text that cannot be a key."""
    for text, origin in (secret_id, secret_key, token):
        invalid = next((character for character in text if not "!" <= character <= "~"), "")
        if invalid:
            is_at_end = text.strip() and not text.strip().count(invalid)
            position = message(", at its start or end") if is_at_end else ""
            raise ScfDeployError(
                message(
                    "{origin} contains {character}{position}: keys have printable ASCII characters only",
                    origin=origin,
                    character=_describe(invalid),
                    position=position,
                ),
                hint=message("Copy the value again, without it."),
            )
    return Credentials(secret_id.text, Secret(secret_key.text), Secret(token.text) if token.text else None, source)


def temporary_key_pair(secret_id: str, secret_key: str, token: str, source: str) -> Credentials:
    """Credentials that a service has issued. Raises ScfDeployError for a text that cannot be a key."""
    return key_pair(
        KeyText(secret_id, f"the secret id of {source}"),
        KeyText(secret_key, f"the secret key of {source}"),
        KeyText(token, f"the token of {source}"),
        source,
    )


def _describe(character: str) -> str:
    match character:
        case " ":
            return message("a space")
        case "\t":
            return message("a tab")
        case "\n":
            return message("a line break")
        case "\r":
            return message("a carriage return")
    return message("the character U+{code}", code=f"{ord(character):04X}")
