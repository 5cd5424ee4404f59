"""Verifies the signatures of API requests: TC3-HMAC-SHA256, and the older HmacSHA1 and HmacSHA256.

An older signature covers all parameters as one flat form; TC3 covers the headers that the request lists, and the body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from scfdeploy.emulator.clock import utc_date
from scfdeploy.emulator.credentials import session_token
from scfdeploy.emulator.messages import CloudError, Json, Request, parse_number, read_json

# The documented limits of a request in the query, in the older form, and with TC3.
_MAX_GET_BYTES, _MAX_V1_BYTES, _MAX_TC3_BYTES = 32 << 10, 1 << 20, 10 << 20
# A signature is valid for five minutes before and after its timestamp.
_VALID_FOR_S = 300
_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 +Credential=(?P<id>[^/,]*)/(?P<date>[^/,]*)/(?P<service>[^/,]*)/tc3_request, *"
    r"SignedHeaders=(?P<headers>[^,]*), *Signature=(?P<signature>[0-9a-fA-F]*) *"
)
_UNSIGNED = "UNSIGNED-PAYLOAD"
_V1_DIGESTS = {"HmacSHA1": "sha1", "HmacSHA256": "sha256"}
_V1_REQUIRED = ("Action", "Version", "Timestamp", "Nonce", "SecretId", "Signature")
_V1_COMMON = frozenset({*_V1_REQUIRED, "Region", "SignatureMethod", "RequestClient", "Token", "Language"})


@dataclass(frozen=True, slots=True)
class Envelope:
    """The common parameters of one call."""

    action: str
    version: str
    region: str
    parameters: Json
    flat: bool
    """Whether every value in `parameters` is text under a dotted name."""


def check_head(request: Request, credentials: Mapping[str, str], *, now: float) -> int:
    """The size limit of the body in bytes. Raises CloudError if the head alone shows that the signature is invalid.

    Only a TC3 head names the signer; any other sender gets the smaller limits.
    """
    _require_method(request)
    if _is_tc3(request):
        _check_tc3_head(request, credentials, now=now)
    if request.method == "GET":
        if len(request.query) > _MAX_GET_BYTES:
            raise CloudError("RequestSizeLimitExceeded", f"A GET request is larger than {_MAX_GET_BYTES >> 10} KB.")
        return _MAX_GET_BYTES
    return _MAX_TC3_BYTES if _is_tc3(request) else _MAX_V1_BYTES


def open_envelope(request: Request, credentials: Mapping[str, str], *, now: float) -> Envelope:
    """Verify the signature and return the envelope. Raises CloudError with the gateway's own codes.

    `credentials` maps secret ids to keys; `now` is real time in seconds.
    """
    _require_method(request)
    return (_open_tc3 if _is_tc3(request) else _open_v1)(request, credentials, now)


def _require_method(request: Request) -> None:
    if request.method not in ("GET", "POST"):
        raise CloudError("UnsupportedProtocol", "Only GET and POST requests are accepted.")


def _is_tc3(request: Request) -> bool:
    return "authorization" in request.headers or "x-tc-action" in request.headers


def _secret_key(credentials: Mapping[str, str], secret_id: str) -> str:
    if secret_id not in credentials:
        raise CloudError("AuthFailure.SecretIdNotFound", "The SecretId is not found, please ensure that it is correct.")
    return credentials[secret_id]


def _check_timestamp(timestamp: str, now: float) -> float:
    moment = parse_number(timestamp)
    if moment is None:
        raise CloudError("InvalidParameter", "The value of parameter `Timestamp` is not valid.")
    if abs(now - moment) > _VALID_FOR_S:
        raise CloudError("AuthFailure.SignatureExpire", "The signature is expired: more than five minutes off.")
    return float(moment)


def _check_token(secret_id: str, key: str, token: str | None) -> None:
    if not hmac.compare_digest((token or "").encode(), session_token(secret_id, key).encode()):
        raise CloudError("AuthFailure.TokenFailure", "The token does not belong to this key.")


def _signed_hosts(request: Request) -> list[str]:
    """The Host values that clients sign: as sent, and without the port."""
    name, _, port = request.host.rpartition(":")
    return [request.host, name] if name and port.isdigit() else [request.host]


def _bad_signature() -> CloudError:
    return CloudError("AuthFailure.SignatureFailure", "The provided credentials could not be validated.")


def _missing(name: str) -> CloudError:
    return CloudError("MissingParameter", f"The request is missing a required parameter `{name}`.")


@dataclass(frozen=True, slots=True)
class Scope:
    """The parts of a TC3 Authorization header."""

    secret_id: str
    date: str
    service: str
    headers: tuple[str, ...]
    signature: str


@lru_cache(maxsize=64)
def parse_authorization(header: str) -> Scope:
    """Parse a TC3 Authorization header. Raises CloudError if it has another form."""
    match = _AUTHORIZATION.fullmatch(header.strip())
    if match is None:
        raise CloudError("AuthFailure.InvalidAuthorization", "The Authorization header is not valid.")
    headers = tuple(match["headers"].split(";"))
    if "host" not in headers or "content-type" not in headers:
        raise CloudError("AuthFailure.InvalidAuthorization", "SignedHeaders must name content-type and host.")
    return Scope(match["id"], match["date"], match["service"], headers, match["signature"])


def canonical_requests(request: Request, signed_headers: tuple[str, ...]) -> Iterator[str]:
    """Each text that a TC3 client may have signed: hosts with and without port, values as sent or in lower case."""
    unsigned = request.headers.get("x-tc-content-sha256") == _UNSIGNED
    payload = _UNSIGNED.encode() if unsigned else b"" if request.method == "GET" else request.body
    digest = hashlib.sha256(payload).hexdigest()
    query = request.query if request.method == "GET" else ""
    for host in _signed_hosts(request):
        values = {name: host if name == "host" else request.headers.get(name, "").strip() for name in signed_headers}
        as_sent = "".join(f"{name}:{value}\n" for name, value in values.items())
        # The documentation lower-cases values, the SDK signs them as sent.
        for headers in dict.fromkeys((as_sent, as_sent.lower())):
            yield f"{request.method}\n/\n{query}\n{headers}\n{';'.join(signed_headers)}\n{digest}"


def sign_tc3(key: str, scope: Scope, timestamp: str, canonical: str) -> str:
    """The TC3 signature in hexadecimal digits."""
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"TC3-HMAC-SHA256\n{timestamp}\n{scope.date}/{scope.service}/tc3_request\n{digest}"
    return hmac.digest(_signing_key(key, scope.date, scope.service), text.encode(), "sha256").hex()


@lru_cache(maxsize=64)
def _signing_key(key: str, date: str, service: str) -> bytes:
    """The key that all signatures of a day for a service have in common."""
    derived = f"TC3{key}".encode()
    for step in (date, service, "tc3_request"):
        derived = hmac.digest(derived, step.encode(), "sha256")
    return derived


def _check_tc3_head(request: Request, credentials: Mapping[str, str], *, now: float) -> tuple[Scope, str]:
    for name in ("X-TC-Action", "X-TC-Version", "X-TC-Timestamp", "Authorization"):
        if not request.headers.get(name.lower()):
            raise _missing(name.removeprefix("X-TC-"))
    scope = parse_authorization(request.headers["authorization"])
    if utc_date(_check_timestamp(request.headers["x-tc-timestamp"], now)) != scope.date:
        raise CloudError("AuthFailure.SignatureFailure", "The date in Credential is not that of the timestamp.")
    return scope, _secret_key(credentials, scope.secret_id)


def _open_tc3(request: Request, credentials: Mapping[str, str], now: float) -> Envelope:
    scope, key = _check_tc3_head(request, credentials, now=now)
    headers = request.headers
    if not any(
        hmac.compare_digest(scope.signature.lower(), sign_tc3(key, scope, headers["x-tc-timestamp"], canonical))
        for canonical in canonical_requests(request, scope.headers)
    ):
        raise _bad_signature()
    _check_token(scope.secret_id, key, headers.get("x-tc-token"))
    is_get = request.method == "GET"
    parameters = dict(parse_qsl(request.query, keep_blank_values=True)) if is_get else _json_parameters(request.body)
    return Envelope(
        headers["x-tc-action"], headers["x-tc-version"], headers.get("x-tc-region", ""), parameters, flat=is_get
    )


def _json_parameters(body: bytes) -> Json:
    try:
        content = read_json(body or b"{}")
    except ValueError as error:
        raise CloudError("InvalidParameter", "The request body is not valid JSON.") from error
    if not isinstance(content, dict):
        raise CloudError("InvalidParameter", "The request body is not a JSON object.")
    return content


def _open_v1(request: Request, credentials: Mapping[str, str], now: float) -> Envelope:
    text = request.query if request.method == "GET" else request.body.decode("utf-8", "replace")
    flat = dict(parse_qsl(text, keep_blank_values=True))
    for name in _V1_REQUIRED:
        if name not in flat:
            raise _missing(name)
    digest = _V1_DIGESTS.get(flat.get("SignatureMethod", "HmacSHA1"))
    if digest is None:
        raise CloudError("AuthFailure.SignatureFailure", "SignatureMethod must be HmacSHA1 or HmacSHA256.")
    _check_timestamp(flat["Timestamp"], now)
    key = _secret_key(credentials, flat["SecretId"])
    signature = flat["Signature"].encode()
    if not any(
        hmac.compare_digest(signature, base64.b64encode(hmac.digest(key.encode(), signed.encode(), digest)))
        for signed in _v1_texts(request, flat)
    ):
        raise _bad_signature()
    _check_token(flat["SecretId"], key, flat.get("Token"))
    parameters = {name: value for name, value in flat.items() if name not in _V1_COMMON}
    return Envelope(flat["Action"], flat["Version"], flat.get("Region", ""), parameters, flat=True)


def _v1_texts(request: Request, flat: Mapping[str, str]) -> Iterator[str]:
    """Each text that a client may have signed with the older signature."""
    plain = {name: value for name, value in flat.items() if name != "Signature"}
    # The SDK sends underscores in names, but signs them as dots.
    dotted = {name.replace("_", "."): value for name, value in plain.items()}
    for host in _signed_hosts(request):
        for named in (plain, dotted) if dotted != plain else (plain,):
            joined = "&".join(f"{name}={named[name]}" for name in sorted(named))
            yield f"{request.method}{host}/?{joined}"
