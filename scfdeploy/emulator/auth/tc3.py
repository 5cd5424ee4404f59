"""The TC3-HMAC-SHA256 signature: over a canonical request, with the list of headers taken from the request."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from scfdeploy.emulator.auth.envelope import Envelope, hosts_signed, missing, refuse_token, require_fresh, secret_key
from scfdeploy.emulator.clock import utc_date
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json, Request, read_json

_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 +Credential=(?P<id>[^/,]*)/(?P<date>[^/,]*)/(?P<service>[^/,]*)/tc3_request, *"
    r"SignedHeaders=(?P<headers>[^,]*), *Signature=(?P<signature>[0-9a-fA-F]*) *"
)
_UNSIGNED = "UNSIGNED-PAYLOAD"


@dataclass(frozen=True, slots=True)
class Scope:
    """What the Authorization header claims."""

    secret_id: str
    date: str
    service: str
    headers: tuple[str, ...]
    signature: str


def check_head(request: Request, credentials: Mapping[str, str], *, now: float) -> tuple[Scope, str]:
    """What the head claims, and the key to verify it with. Raises CloudError for what no body could make right."""
    for name in ("X-TC-Action", "X-TC-Version", "X-TC-Timestamp", "Authorization"):
        if not request.headers.get(name.lower()):
            raise missing(name.removeprefix("X-TC-"))
    scope = parse_authorization(request.headers["authorization"])
    if utc_date(require_fresh(request.headers["x-tc-timestamp"], now)) != scope.date:
        raise CloudError("AuthFailure.SignatureFailure", "The date in Credential is not that of the timestamp.")
    return scope, secret_key(credentials, scope.secret_id)


def open_envelope(request: Request, credentials: Mapping[str, str], *, now: float) -> Envelope:
    """The envelope of a TC3 request; raises CloudError when anything about the signature is wrong."""
    scope, key = check_head(request, credentials, now=now)
    timestamp = request.headers["x-tc-timestamp"]
    if not any(
        hmac.compare_digest(scope.signature.lower(), sign(key, scope, timestamp, canonical))
        for canonical in canonical_requests(request, scope.headers)
    ):
        raise CloudError("AuthFailure.SignatureFailure", "The provided credentials could not be validated.")
    refuse_token(request.headers.get("x-tc-token"))
    return Envelope(
        request.headers["x-tc-action"],
        request.headers["x-tc-version"],
        request.headers.get("x-tc-region", ""),
        _parameters(request),
        flat=request.method == "GET",
    )


def parse_authorization(header: str) -> Scope:
    """The parts of an Authorization header. Raises CloudError when it has another form."""
    found = _AUTHORIZATION.fullmatch(header.strip())
    if found is None:
        raise CloudError("AuthFailure.InvalidAuthorization", "The Authorization header is not valid.")
    headers = tuple(found["headers"].split(";"))
    if "host" not in headers or "content-type" not in headers:
        raise CloudError("AuthFailure.InvalidAuthorization", "SignedHeaders must name content-type and host.")
    return Scope(found["id"], found["date"], found["service"], headers, found["signature"])


def canonical_requests(request: Request, signed: tuple[str, ...]) -> Iterator[str]:
    """Each text that a client may rightly have signed: hosts with and without port, values as sent or lower-case."""
    unsigned = request.headers.get("x-tc-content-sha256") == _UNSIGNED
    payload = _UNSIGNED.encode() if unsigned else b"" if request.method == "GET" else request.body
    digest = hashlib.sha256(payload).hexdigest()
    query = request.query if request.method == "GET" else ""
    for host in hosts_signed(request):
        values = {name: host if name == "host" else request.headers.get(name, "").strip() for name in signed}
        sent = "".join(f"{name}:{value}\n" for name, value in values.items())
        # The documentation lower-cases values, the SDK signs them as sent.
        for headers in dict.fromkeys((sent, sent.lower())):
            yield f"{request.method}\n/\n{query}\n{headers}\n{';'.join(signed)}\n{digest}"


def sign(key: str, scope: Scope, timestamp: str, canonical: str) -> str:
    """The signature in hexadecimal digits."""
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"TC3-HMAC-SHA256\n{timestamp}\n{scope.date}/{scope.service}/tc3_request\n{digest}"
    derived = _hmac(f"TC3{key}".encode(), scope.date)
    for step in (scope.service, "tc3_request"):
        derived = _hmac(derived, step)
    return _hmac(derived, text).hex()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _parameters(request: Request) -> Json:
    if request.method == "GET":
        return dict(parse_qsl(request.query, keep_blank_values=True))
    try:
        found = read_json(request.body or b"{}")
    except ValueError as error:
        raise CloudError("InvalidParameter", "The request body is not valid JSON.") from error
    if not isinstance(found, dict):
        raise CloudError("InvalidParameter", "The request body is not a JSON object.")
    return found
