"""Chooses by which of the two ways of signing a request is to be verified."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.emulator.auth import tc3, v1
from scfdeploy.emulator.auth.envelope import Envelope
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Request

# As the platform documents them: a request in the query, one in the older form, and one with TC3.
_MAX_GET_BYTES, _MAX_OLDER_BYTES, _MAX_TC3_BYTES = 32 << 10, 1 << 20, 10 << 20


def check_head(request: Request, credentials: Mapping[str, str], *, now: float) -> int:
    """How large the body may be, in bytes. Raises CloudError when the head alone shows that the signature is no good.

    Only with TC3 the head says who signs, so only then a large body is worth reading.
    """
    _require_method(request)
    if _is_tc3(request):
        tc3.check_head(request, credentials, now=now)
    if request.method == "GET":
        return _MAX_GET_BYTES
    return _MAX_TC3_BYTES if _is_tc3(request) else _MAX_OLDER_BYTES


def open_envelope(request: Request, credentials: Mapping[str, str], *, now: float) -> Envelope:
    """The envelope of a request whose signature is good. Raises CloudError with the gateway's own codes otherwise.

    `credentials` maps secret ids to keys; `now` is real time in seconds.
    """
    _require_method(request)
    if _is_tc3(request):
        return tc3.open_envelope(request, credentials, now=now)
    return v1.open_envelope(request, credentials, now=now)


def _require_method(request: Request) -> None:
    if request.method not in ("GET", "POST"):
        raise CloudError("UnsupportedProtocol", "Only GET and POST requests are accepted.")


def _is_tc3(request: Request) -> bool:
    return "authorization" in request.headers or "x-tc-action" in request.headers
