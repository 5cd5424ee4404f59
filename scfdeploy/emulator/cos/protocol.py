"""The wire protocol of COS: signatures, digests, bodies and parameters of requests, responses and errors in XML.

A signature is an HMAC-SHA1 of method, path, and the parameters and headers that the client lists.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qs, parse_qsl, quote, unquote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from scfdeploy.emulator.credentials import session_token
from scfdeploy.emulator.messages import Request, Response, parse_number

XML = "application/xml"
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REQUIRED_CLAIMS = ("q-ak", "q-sign-time", "q-key-time", "q-header-list", "q-url-param-list", "q-signature")


class CosError(Exception):
    """An error of COS with its code and HTTP status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


def error_response(error: CosError, resource: str, request_id: str) -> Response:
    """The response to an error."""
    fields = {
        "Code": error.code,
        "Message": error.message,
        "Resource": resource,
        "RequestId": request_id,
        "TraceId": request_id,
    }
    body = f"<?xml version='1.0' encoding='utf-8' ?><Error>{elements(fields)}</Error>".encode()
    return Response(error.status, body, XML, (("x-cos-request-id", request_id),))


def xml_response(root: str, content: str) -> Response:
    """A response with the XML element `root` around `content`."""
    return Response(200, f'<?xml version="1.0" encoding="UTF-8"?><{root}>{content}</{root}>'.encode(), XML)


def elements(fields: Mapping[str, str]) -> str:
    """One XML element for each field. Characters that are not allowed in XML become `?`."""
    return "".join(f"<{name}>{escape(_NOT_IN_XML.sub('?', text))}</{name}>" for name, text in fields.items())


def list_elements(name: str, rows: Iterable[Mapping[str, str]]) -> str:
    """One XML element `name` for each row."""
    return "".join(f"<{name}>{elements(row)}</{name}>" for row in rows)


def parse_xml(body: bytes) -> ElementTree.Element:
    """The root of an XML body. Raises CosError for any other body, also for one in an unknown encoding."""
    try:
        return ElementTree.fromstring(body)  # noqa: S314 - from this machine, with limited size
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise CosError(400, "MalformedXML", "The body is not XML.") from error


def require_digest(request: Request, *, is_required: bool = False) -> None:
    """Raise CosError unless Content-MD5 is that of the body, or absent where it is optional."""
    digest = base64.b64encode(hashlib.md5(request.body, usedforsecurity=False).digest()).decode()
    sent = request.headers.get("content-md5")
    if sent != digest and (is_required or sent is not None):
        raise CosError(400, "InvalidDigest" if is_required else "BadDigest", "Content-MD5 is not that of the body.")


def query_parameters(request: Request) -> dict[str, str]:
    """The parameters of the query by name, the first of each."""
    return {name: values[0] for name, values in parse_qs(request.query, keep_blank_values=True).items()}


def bucket_name(bucket: str) -> str:
    """The name in the key `region/name` of a bucket."""
    return bucket.partition("/")[2]


def verify(request: Request, credentials: Mapping[str, str], *, now: float) -> None:
    """Raise CosError unless the Authorization header has a correct signature that is valid now."""
    claims = dict(parse_qsl(request.headers.get("authorization", ""), keep_blank_values=True, separator="&"))
    if claims.get("q-sign-algorithm") != "sha1" or any(name not in claims for name in _REQUIRED_CLAIMS):
        raise CosError(403, "AccessDenied", "The Authorization header is missing or incomplete.")
    key = credentials.get(claims["q-ak"])
    if key is None:
        raise CosError(403, "InvalidAccessKeyId", "The access key does not exist.")
    start, end = (parse_number(time) for time in claims["q-sign-time"].partition(";")[::2])
    if start is None or end is None or not (start <= now + 300 and now <= end):
        raise CosError(403, "RequestTimeTooSkewed", "The signature is not valid at this time.")
    signature = claims["q-signature"].lower().encode()
    if not any(
        hmac.compare_digest(signature, sign(key, claims, text).encode()) for text in signed_texts(request, claims)
    ):
        raise CosError(403, "SignatureDoesNotMatch", "The signature does not match the request.")
    token = request.headers.get("x-cos-security-token", "")
    if not hmac.compare_digest(token.encode(), session_token(claims["q-ak"], key).encode()):
        raise CosError(403, "InvalidToken", "The token does not belong to this key.")


def signed_texts(request: Request, claims: Mapping[str, str]) -> Iterator[str]:
    """Each text that a client may have signed: the host with and without its port."""
    query = {quote(name, "").lower(): quote(value, "") for name, value in parse_qsl(request.query, True)}
    parameters = _join(claims["q-url-param-list"], query)
    for host in dict.fromkeys((request.host, request.host.partition(":")[0])):
        values = {name: _encode_header(value) for name, value in {**request.headers, "host": host}.items()}
        headers = _join(claims["q-header-list"], values)
        yield f"{request.method.lower()}\n{unquote(request.path)}\n{parameters}\n{headers}\n"


def sign(key: str, claims: Mapping[str, str], text: str) -> str:
    """The signature in hexadecimal digits."""
    signing_key = hmac.digest(key.encode(), claims["q-key-time"].encode(), "sha1").hex()
    digest = hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 - required by the protocol
    string_to_sign = f"sha1\n{claims['q-sign-time']}\n{digest}\n"
    return hmac.digest(signing_key.encode(), string_to_sign.encode(), "sha1").hex()


def _join(names: str, values: Mapping[str, str]) -> str:
    return "&".join(f"{name}={values.get(name, '')}" for name in sorted(filter(None, names.split(";"))))


def _encode_header(text: str) -> str:
    # Header values have one character for each byte that was sent.
    content = text.encode("latin-1") if all(ord(c) < 256 for c in text) else text.encode()
    return quote(content, "")
