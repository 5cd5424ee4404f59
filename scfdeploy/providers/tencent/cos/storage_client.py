"""Signed HTTP requests to one host of COS: one attempt each, with bodies of limited size and XML without DTDs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar
from urllib.parse import quote
from xml.etree import ElementTree

import requests
from requests.auth import AuthBase

from scfdeploy.providers.tencent.auth.key_pair import Credentials
from scfdeploy.providers.tencent.transport.endpoint import Endpoint
from scfdeploy.providers.tencent.transport.http import describe_route, iter_body, open_session, proxies_for
from scfdeploy.records import dataclass, field

TIMEOUT_S = 60
"""Seconds of each wait for the server."""

_MAX_BODY_BYTES = 2 << 20  # a page of 1,000 parts or uploads has about 400 KB
_CLOCK_TOLERANCE_S = 60
_SIGNATURE_LIFETIME_S = 10_000
_SIGNED_HEADERS = frozenset({"content-length", "content-md5", "content-type", "host"})
T = TypeVar("T")


class StorageError(Exception):
    """An error response: its HTTP status, and what its body says, which can be nothing."""

    def __init__(self, status: int, *, code: str = "", text: str = "", request_id: str = "") -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.text = text
        self.request_id = request_id


@dataclass(frozen=True, slots=True)
class StorageRequest:
    """A request for the bucket, or for the object `key` in it."""

    method: str
    key: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class StorageClient:
    """Sends requests to `host`, through `endpoint` if one is given. Thread-safe."""

    def __init__(self, host: str, *, credentials: Credentials, endpoint: Endpoint | None) -> None:
        target = endpoint or Endpoint("https", host)
        self._base, self._host, self._credentials = str(target), host, credentials
        self._proxies = proxies_for(target, host=host)
        # Readers limit the size themselves: an object is larger than any other response.
        self._session = open_session(max_bytes=None)

    @property
    def route(self) -> str:
        """The host, and the proxy on the way to it, for a message."""
        return describe_route(f"https://{self._host}", self._proxies)

    def send(self, request: StorageRequest, read: Callable[[requests.Response], T]) -> T:
        """Send a request and read its response, whose body is not read yet.

        Raises StorageError, an OSError when there is no response, and what `read` raises.
        """
        headers = {**request.headers, "Host": self._host}
        if request.body:
            # The storage rejects a body that was corrupted on the way.
            digest = hashlib.md5(request.body, usedforsecurity=False).digest()
            headers["Content-MD5"] = base64.b64encode(digest).decode()
        if self._credentials.token is not None:
            headers["x-cos-security-token"] = self._credentials.token.reveal()
        with self._session.request(
            request.method,
            self._base + _target(request),
            headers=headers,
            data=request.body,
            auth=Signature(request, self._credentials, now=int(time.time())),
            timeout=TIMEOUT_S,
            proxies=self._proxies,
            stream=True,
            allow_redirects=False,
        ) as response:
            if response.status_code >= 400:
                raise _error_of(response.status_code, response.headers, _read_body(response))
            return read(response)


class Signature(AuthBase):
    """Adds the `Authorization` header to a prepared request: an HMAC-SHA1 of method, path, parameters and headers.

    The algorithm is that of https://cloud.tencent.com/document/product/436/7778.
    """

    def __init__(self, request: StorageRequest, credentials: Credentials, *, now: int) -> None:
        self._request, self._credentials, self._now = request, credentials, now

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request whose headers are complete."""
        headers = {name.lower(): str(value) for name, value in prepared.headers.items()}
        signed = {name: value for name, value in headers.items() if name in _SIGNED_HEADERS or name[:6] == "x-cos-"}
        header_names, header_text = _normalize(signed)
        query_names, query_text = _normalize(self._request.query)
        period = f"{self._now - _CLOCK_TOLERANCE_S};{self._now + _SIGNATURE_LIFETIME_S}"
        method = self._request.method.lower()
        digest = hashlib.sha1(  # noqa: S324 - required by the protocol
            f"{method}\n/{self._request.key}\n{query_text}\n{header_text}\n".encode()
        ).hexdigest()
        signing_key = hmac.digest(self._credentials.secret_key.reveal().encode(), period.encode(), "sha1").hex()
        signature = hmac.digest(signing_key.encode(), f"sha1\n{period}\n{digest}\n".encode(), "sha1").hex()
        prepared.headers["Authorization"] = (
            f"q-sign-algorithm=sha1&q-ak={self._credentials.secret_id}&q-sign-time={period}&q-key-time={period}"
            f"&q-header-list={header_names}&q-url-param-list={query_names}&q-signature={signature}"
        )
        return prepared


def accept(response: requests.Response) -> Mapping[str, str]:
    """Read a response whose headers say everything."""
    _read_body(response)
    return response.headers


def read_xml(response: requests.Response, root_name: str) -> ElementTree.Element:
    """Read a response whose body is an element `root_name`.

    Raises StorageError for an error in a response with status 200: completing an upload keeps the connection alive with
    white space until it knows whether it succeeds. Raises ValueError or SyntaxError for any other body.
    """
    body = _read_body(response)
    root = _parse(body)
    if _name(root) == "Error":
        raise _error_of(response.status_code, response.headers, body)
    if _name(root) != root_name:
        raise ValueError(f"the element {_name(root)[:40]} instead of {root_name}")
    return root


def child_text(element: ElementTree.Element, name: str) -> str:
    """The text of a child element. Raises ValueError when it is missing, empty, or has elements instead."""
    child = element.find(f"{{*}}{name}")
    if child is None or not child.text or len(child):
        raise ValueError(f"{name} is missing or malformed")
    return child.text


def to_xml(name: str, value: object) -> bytes:
    """XML of nested mappings; a list stands for several elements of the same name."""
    return ElementTree.tostring(_element(name, value))


def _element(name: str, value: object) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if not isinstance(value, Mapping):
        element.text = str(value)
        return element
    for child, content in value.items():
        items = content if isinstance(content, Sequence) and not isinstance(content, str) else (content,)
        element.extend(_element(child, item) for item in items)
    return element


def _target(request: StorageRequest) -> str:
    # A parameter without a value names an operation, as in `?uploads`.
    query = "&".join(_encode(name) + (f"={_encode(value)}" if value else "") for name, value in request.query.items())
    return f"/{quote(request.key)}" + (f"?{query}" if query else "")


def _normalize(values: Mapping[str, str]) -> tuple[str, str]:
    """The names for the list of what is signed, and the text that is signed."""
    rows = sorted((_encode(name).lower(), _encode(value)) for name, value in values.items())
    return ";".join(name for name, _ in rows), "&".join(f"{name}={value}" for name, value in rows)


def _encode(text: str) -> str:
    return quote(text, safe="")


def _read_body(response: requests.Response) -> bytes:
    # Read to its end, so that the connection can be used again.
    return b"".join(iter_body(response, _MAX_BODY_BYTES))


def _parse(body: bytes) -> ElementTree.Element:
    """Parse XML in UTF-8. A document type is rejected: its entities could grow beyond the size of the body."""
    text = body.decode("utf-8").strip()
    if "<!DOCTYPE" in text:
        raise ValueError("a document type declaration")
    return ElementTree.fromstring(text)  # noqa: S314 - of limited size, without entities


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _error_of(status: int, headers: Mapping[str, str], body: bytes) -> StorageError:
    """The error that a body describes; the response to HEAD has none, and that of a gateway is no XML."""
    request_id = headers.get("x-cos-request-id") or ""
    try:
        root = _parse(body)
    except (ValueError, SyntaxError):
        return StorageError(status, request_id=request_id)
    code, text, told_id = ((root.findtext(f"{{*}}{name}") or "").strip() for name in ("Code", "Message", "RequestId"))
    return StorageError(status, code=code, text=text, request_id=told_id or request_id)
