"""The older signature, HmacSHA1 or HmacSHA256: everything travels as flat form or query parameters."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from scfdeploy.emulator.auth.envelope import Envelope, hosts_signed, missing, refuse_token, require_fresh, secret_key
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Request

_DIGESTS = {"HmacSHA1": "sha1", "HmacSHA256": "sha256"}
_COMMON = frozenset(
    {
        "Action",
        "Version",
        "Region",
        "Timestamp",
        "Nonce",
        "SecretId",
        "Signature",
        "SignatureMethod",
        "RequestClient",
        "Token",
        "Language",
    }
)
_NEEDED = ("Action", "Version", "Timestamp", "Nonce", "SecretId", "Signature")


def open_envelope(request: Request, credentials: Mapping[str, str], *, now: float) -> Envelope:
    """The envelope of a request in the older form; raises CloudError when anything about the signature is wrong."""
    flat = _flat(request)
    for name in _NEEDED:
        if name not in flat:
            raise missing(name)
    digest = _DIGESTS.get(flat.get("SignatureMethod", "HmacSHA1"))
    if digest is None:
        raise CloudError("AuthFailure.SignatureFailure", "SignatureMethod must be HmacSHA1 or HmacSHA256.")
    require_fresh(flat["Timestamp"], now)
    key = secret_key(credentials, flat["SecretId"])
    if not any(
        hmac.compare_digest(flat["Signature"].encode(), sign(key, text, digest)) for text in signed_texts(request, flat)
    ):
        raise CloudError("AuthFailure.SignatureFailure", "The provided credentials could not be validated.")
    refuse_token(flat.get("Token"))
    parameters = {name: value for name, value in flat.items() if name not in _COMMON}
    return Envelope(flat["Action"], flat["Version"], flat.get("Region", ""), parameters, flat=True)


def signed_texts(request: Request, flat: Mapping[str, str]) -> Iterator[str]:
    """Each text that a client may rightly have signed."""
    plain = {name: value for name, value in flat.items() if name != "Signature"}
    # The SDK signs underscores in names as dots, an old habit of the protocol, and sends them as they are.
    dotted = {name.replace("_", "."): value for name, value in plain.items()}
    for host in hosts_signed(request):
        for named in (plain, dotted) if dotted != plain else (plain,):
            joined = "&".join(f"{name}={named[name]}" for name in sorted(named))
            yield f"{request.method}{host}/?{joined}"


def sign(key: str, text: str, digest: str) -> bytes:
    """The signature in base64."""
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), digest))


def _flat(request: Request) -> dict[str, str]:
    text = request.query if request.method == "GET" else request.body.decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True))
