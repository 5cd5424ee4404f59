"""Chooses by which of the two ways of signing a request is to be verified."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.emulator.auth import older, tc3
from scfdeploy.emulator.auth.envelope import Envelope
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Request


def open_envelope(request: Request, credentials: Mapping[str, str], *, now: float) -> Envelope:
    """The envelope of a request whose signature is good. Raises CloudError with the gateway's own codes otherwise.

    `credentials` maps secret ids to keys; `now` is real time in seconds.
    """
    if request.method not in ("GET", "POST"):
        raise CloudError("UnsupportedProtocol", "Only GET and POST requests are accepted.")
    if "authorization" in request.headers or "x-tc-action" in request.headers:
        return tc3.open_envelope(request, credentials, now=now)
    return older.open_envelope(request, credentials, now=now)
