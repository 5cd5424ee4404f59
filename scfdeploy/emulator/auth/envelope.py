"""What a signed request says about itself, in one shape for both ways of signing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json, Request
from scfdeploy.emulator.numbers import whole_number

# A signature is good for five minutes either way.
VALID_FOR_S = 300


@dataclass(frozen=True, slots=True)
class Envelope:
    """The common parameters of one call. `flat` says that every value in `parameters` is text under a dotted name."""

    action: str
    version: str
    region: str
    parameters: Json
    flat: bool


def secret_key(credentials: Mapping[str, str], secret_id: str) -> str:
    """The key of an id, or the cloud's error for an unknown one."""
    key = credentials.get(secret_id)
    if key is None:
        raise CloudError("AuthFailure.SecretIdNotFound", "The SecretId is not found, please ensure that it is correct.")
    return key


def require_fresh(timestamp: str, now: float) -> float:
    """The timestamp as a number; raises CloudError when it is no number or too far from now."""
    moment = whole_number(timestamp)
    if moment is None:
        raise CloudError("InvalidParameter", "The value of parameter `Timestamp` is not valid.")
    if abs(now - moment) > VALID_FOR_S:
        raise CloudError("AuthFailure.SignatureExpire", "The signature is expired: more than five minutes off.")
    return float(moment)


def refuse_token(token: str | None) -> None:
    """Permanent keys have no token; one that is sent beside them is wrong."""
    if token:
        raise CloudError("AuthFailure.TokenFailure", "The token does not belong to this key.")


def hosts_signed(request: Request) -> list[str]:
    """The forms of the host that clients sign: as sent, and without its port."""
    raw = request.host
    bare = raw.rsplit(":", 1)[0] if raw.rsplit(":", 1)[-1].isdigit() else raw
    return [raw, bare] if bare != raw else [raw]


def missing(name: str) -> CloudError:
    """The error for an absent common parameter."""
    return CloudError("MissingParameter", f"The request is missing a required parameter `{name}`.")
