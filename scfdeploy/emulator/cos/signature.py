"""The storage's own signature: HMAC-SHA1 over method, path, and those parameters and headers that the client names."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, quote, unquote

from scfdeploy.emulator.cos.responses import CosError
from scfdeploy.emulator.messages import Request
from scfdeploy.emulator.numbers import whole_number

_NEEDED = ("q-ak", "q-sign-time", "q-key-time", "q-header-list", "q-url-param-list", "q-signature")


def verify(request: Request, credentials: Mapping[str, str], *, now: float) -> None:
    """Raise CosError unless the Authorization header carries a good signature that is still valid."""
    claims = dict(parse_qsl(request.headers.get("authorization", ""), keep_blank_values=True, separator="&"))
    if claims.get("q-sign-algorithm") != "sha1" or any(name not in claims for name in _NEEDED):
        raise CosError(403, "AccessDenied", "The Authorization header is missing or incomplete.")
    key = credentials.get(claims["q-ak"])
    if key is None:
        raise CosError(403, "InvalidAccessKeyId", "The access key does not exist.")
    start, end = (whole_number(time) for time in claims["q-sign-time"].partition(";")[::2])
    if start is None or end is None or not (start <= now + 300 and now <= end):
        raise CosError(403, "RequestTimeTooSkewed", "The signature is not valid at this time.")
    given = claims["q-signature"].lower().encode()
    if not any(hmac.compare_digest(given, sign(key, claims, text).encode()) for text in signed_texts(request, claims)):
        raise CosError(403, "SignatureDoesNotMatch", "The signature does not match the request.")


def signed_texts(request: Request, claims: Mapping[str, str]) -> Iterator[str]:
    """Each text that a client may rightly have signed: the host comes with or without its port."""
    query = {_encoded(name).lower(): _encoded(value) for name, value in parse_qsl(request.query, True)}
    parameters = _joined(claims["q-url-param-list"], query)
    for host in dict.fromkeys((request.host, request.host.partition(":")[0])):
        sent = {name: _encoded(value) for name, value in {**request.headers, "host": host}.items()}
        headers = _joined(claims["q-header-list"], sent)
        yield f"{request.method.lower()}\n{unquote(request.path)}\n{parameters}\n{headers}\n"


def sign(key: str, claims: Mapping[str, str], text: str) -> str:
    """The signature in hexadecimal digits."""
    signing_key = hmac.digest(key.encode(), claims["q-key-time"].encode(), "sha1").hex()
    digest = hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 - the protocol's choice
    signed = f"sha1\n{claims['q-sign-time']}\n{digest}\n"
    return hmac.digest(signing_key.encode(), signed.encode(), "sha1").hex()


def _joined(names: str, values: Mapping[str, str]) -> str:
    return "&".join(f"{name}={values.get(name, '')}" for name in sorted(filter(None, names.split(";"))))


def _encoded(text: str) -> str:
    # Header values arrive as the bytes that were sent, one character each.
    content = text.encode("latin-1") if all(ord(c) < 256 for c in text) else text.encode()
    return quote(content, "-_.~")
