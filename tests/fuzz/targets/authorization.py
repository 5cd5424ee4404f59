"""The signatures of requests: the header and the form of the API, and the header of the storage."""

from __future__ import annotations

from contextlib import suppress

from scfdeploy.emulator.auth import canonical_requests, open_envelope, parse_authorization
from scfdeploy.emulator.cos.protocol import CosError, verify
from scfdeploy.emulator.messages import CloudError, Request
from tests.fuzz.promises import require

WORDS = (
    *(
        b"TC3-HMAC-SHA256 ",
        b"Credential=",
        b"AKIDlocal/2023-11-14/scf/tc3_request",
        b", SignedHeaders=content-type;host",
    ),
    *(b", Signature=", b"1700000000", b"Action=", b"&Version=", b"&Timestamp=", b"&Nonce=1", b"&SecretId=AKIDlocal"),
    *(b"&Signature=", b"&SignatureMethod=HmacSHA256", b"q-sign-algorithm=sha1", b"&q-ak=AKIDlocal", b"&q-sign-time="),
    *(b"1700000000;1700000600", b"&q-key-time=", b"&q-header-list=host", b"&q-url-param-list=", b"&q-signature="),
)
_PAIR = {"AKIDlocal": "local-secret"}
_NOW = 1_700_000_000.0


def target(data: bytes) -> None:
    """Verify a request whose header, time, query and body are the lines; refused in the words of the cloud."""
    header, timestamp, query, body = (data.decode("latin-1").split("\n", 3) + [""] * 3)[:4]
    headers = {"host": "127.0.0.1:1", "content-type": "application/json", "x-tc-action": "A", "x-tc-version": "B"}
    headers |= {"authorization": header, "x-tc-timestamp": timestamp}
    with suppress(CloudError):
        scope = parse_authorization(header)
        require(all(canonical_requests(Request("POST", "/", query, headers, b""), scope.headers)), "nothing is signed")
    plain = {"host": "127.0.0.1:1", "content-type": "application/x-www-form-urlencoded"}
    for request in (
        Request("POST", "/", query, headers, body.encode("latin-1")),
        Request("GET", "/", query, headers, b""),
        Request("GET", "/", query, plain, b""),
        Request("POST", "/", "", plain, body.encode("latin-1")),
    ):
        with suppress(CloudError):
            open_envelope(request, _PAIR, now=_NOW)
            require("SignatureMethod" in body + query or "Signature" in header, "let in without a signature")
    with suppress(CosError):
        verify(Request("PUT", "/a", query, {"host": "a-1.cos.b.myqcloud.com", **headers}, b""), _PAIR, now=_NOW)
        require("q-signature" in header, "let in without a signature")
