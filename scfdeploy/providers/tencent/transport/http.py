"""HTTP sessions that trust no response: redirects are not followed, and the size of a body is limited.

Callers limit the time with `call_within`, because only another thread can abandon a DNS lookup or a TLS handshake.
"""

from __future__ import annotations

import os
import re
import time
import zlib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy

from scfdeploy.diagnostics import message
from scfdeploy.model.lazy_pattern import lazy_pattern
from scfdeploy.providers.tencent.transport.errors import TOO_LARGE, UNTRUSTED_RESPONSE, describe_failure
from scfdeploy.providers.tencent.transport.probe import CA_VARIABLE

if TYPE_CHECKING:
    from scfdeploy.providers.tencent.transport.cloud_time import CloudTime
    from scfdeploy.providers.tencent.transport.endpoint import Endpoint

MAX_RESPONSE_BYTES = 16 << 20
"""The decoded size of an API response. A function's result has at most 6 MB."""

_MAX_VALUES = 500_000  # a page of 100 functions has about 10,000
# Invocations return the result of a function; other calls run in parallel, so their memory is limited further.
_MAX_BYTES_WITHOUT_RESULT = 4 << 20
_ACTIONS_WITH_RESULT = frozenset({"Invoke", "InvokeFunction"})
_STRING_OR_VALUE = lazy_pattern(rb'"(?:[^"\\]++|\\.)*+"|[,\[{]', re.DOTALL)
_QUOTE = ord('"')
_CHUNK_BYTES = 256 << 10
_MIN_BYTES_PER_S = 32 << 10
_MARGIN_S = 10  # the timeout of the library comes first, because its error names the cause
_PROXY_AUTHENTICATION = 407
_CREDENTIALS = lazy_pattern(r"(?<=//)[^/\s'\"]*@")
_GZIP = 16 + zlib.MAX_WBITS


class UntrustedResponseError(requests.RequestException):
    """A response that was not read; `text` says why, without secrets.

    `is_final`: another attempt fails the same way. `is_refusal`: the call was not executed.
    """

    def __init__(
        self, text: str, *, code: str = UNTRUSTED_RESPONSE, is_final: bool = True, is_refusal: bool = False
    ) -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.is_final = is_final
        self.is_refusal = is_refusal


def transfer_timeout(size: int, *, usual_s: float) -> float:
    """Seconds for a transfer of `size` bytes at 32 KiB per second, in addition to the usual time of a call."""
    return usual_s + _MARGIN_S + size / _MIN_BYTES_PER_S


def open_session(
    *, max_bytes: int | None = MAX_RESPONSE_BYTES, pool_size: int = 10, rejects_redirects: bool = True
) -> requests.Session:
    """A session that follows no redirect, ignores ~/.netrc and proxy variables, and limits the size of a body.

    With `max_bytes` None the body is not read; use `iter_body`. Without `rejects_redirects`, a request with
    `allow_redirects=False` returns the redirect.
    """
    session = requests.Session()
    secure(session, max_bytes=max_bytes, pool_size=pool_size, rejects_redirects=rejects_redirects)
    return session


def secure(
    session: requests.Session,
    *,
    max_bytes: int | None = MAX_RESPONSE_BYTES,
    pool_size: int = 10,
    rejects_redirects: bool = True,
    cloud_time: CloudTime | None = None,
) -> None:
    """Apply the same limits to a session that a library created. `cloud_time` learns the dates of its responses."""
    adapter = _Adapter(max_bytes, pool_size, rejects_redirects=rejects_redirects, cloud_time=cloud_time)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.trust_env = False
    session.verify = certificates() or True
    # An uncompressed body cannot grow. A compressed one is decoded within the same limits.
    session.headers["Accept-Encoding"] = "identity"


def certificates() -> str | None:
    """The file or folder of trusted certificates that the environment names; None for those of certifi."""
    return os.environ.get(CA_VARIABLE) or None


def proxies_for(target: Endpoint, *, host: str | None = None) -> dict[str, str] | None:
    """The proxies in the environment for an endpoint, or for a host reached through it; None for loopback."""
    if target.is_loopback:
        return None
    return get_environ_proxies(f"{target.scheme}://{host}" if host else str(target)) or None


def describe_route(url: str, proxies: Mapping[str, str] | None) -> str:
    """The host of a URL, and the proxy on the way to it, for a message."""
    proxy = select_proxy(url, proxies or {})
    host = _host_and_port(url)
    return message("{host} through {proxy}", host=host, proxy=_describe_proxy(url, proxy)) if proxy else host


def iter_body(response: requests.Response, max_bytes: int) -> Iterator[bytes]:
    """The chunks of the decoded body. Raises UntrustedResponseError, and RequestException when it is incomplete."""
    host = urlsplit(response.url).hostname or message("the server")
    size = 0
    for chunk in _decode(_iter_raw(response, max_bytes, host), response.headers.get("Content-Encoding") or "", host):
        size += len(chunk)
        if size > max_bytes:
            raise _too_large(host, max_bytes)
        yield chunk


class _Adapter(HTTPAdapter):
    """Rejects redirects before `requests` follows them, limits the size of a body, and names a failed proxy."""

    def __init__(
        self, max_bytes: int | None, pool_size: int, *, rejects_redirects: bool, cloud_time: CloudTime | None = None
    ) -> None:
        super().__init__(pool_connections=1, pool_maxsize=pool_size)
        self._cloud_time = cloud_time
        self._max_bytes = max_bytes
        self._rejects_redirects = rejects_redirects

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        proxy = select_proxy(request.url or "", proxies or {})
        started = time.monotonic()
        try:
            # Always streamed, so that the body is read only within the limit.
            response = super().send(
                request, stream=True, timeout=timeout, verify=verify, cert=cert, proxies=dict(proxies or {})
            )
            if self._cloud_time is not None:
                self._cloud_time.note(response.headers.get("Date"), started=started, ended=time.monotonic())
            if self._rejects_redirects:
                _reject_redirect(request, response)
            if self._max_bytes is not None:
                _read_body(response, min(self._max_bytes, _max_bytes_of(request.headers.get("X-TC-Action"))))
        except UntrustedResponseError:
            raise
        except (requests.RequestException, OSError, ValueError, TypeError) as error:
            if proxy:
                raise _proxy_error(request.url or "", proxy, error) from error
            raise
        if proxy and response.status_code == _PROXY_AUTHENTICATION:
            text = message("{proxy} requires credentials (HTTP 407)", proxy=_describe_proxy(request.url or "", proxy))
            raise UntrustedResponseError(text, is_refusal=True)
        return response


def _read_body(response: requests.Response, max_bytes: int) -> None:
    try:
        response._content = b"".join(iter_body(response, max_bytes))
        _check_value_count(response._content, response.url)
    except BaseException:
        response.close()
        raise
    response._content_consumed = True  # type: ignore[attr-defined]


def _reject_redirect(request: requests.PreparedRequest, response: requests.Response) -> None:
    location = response.headers.get("Location")
    if not 300 <= response.status_code < 400 or (location is None and response.status_code == 304):
        return
    response.close()
    host = _host_and_port(request.url or "") or message("the server")
    target = _host_and_port(location, base=request.url or "") if location else ""
    if target:
        text = message(
            "{host} redirects (HTTP {status}) to {target}, and redirects are not followed",
            host=host,
            status=response.status_code,
            target=target,
        )
    else:
        text = message(
            "{host} redirects (HTTP {status}), and redirects are not followed", host=host, status=response.status_code
        )
    raise UntrustedResponseError(text, is_refusal=True)


def _host_and_port(url: str, *, base: str = "") -> str:
    """Without the rest of the URL, which may contain a signature or a password."""
    try:
        parts = urlsplit(urljoin(base, url))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    printable = "".join(character if character.isprintable() else "?" for character in host)[:253]
    return f"{printable}:{port}" if port else printable


def _iter_raw(response: requests.Response, max_bytes: int, host: str) -> Iterator[bytes]:
    """The body as it was sent. http.client decodes the transfer encoding and limits its lines."""
    from urllib3.exceptions import HTTPError

    size = 0
    while True:
        try:
            chunk: bytes = response.raw.read(_CHUNK_BYTES, decode_content=False)
        except (HTTPError, ValueError) as error:
            raise requests.ConnectionError(error) from error
        if not chunk:
            return
        size += len(chunk)
        if size > max_bytes:
            response.close()
            raise _too_large(host, max_bytes)
        yield chunk


def _decode(body: Iterator[bytes], encoding: str, host: str) -> Iterator[bytes]:
    match encoding.strip().lower():
        case "" | "identity":
            yield from body
        case "gzip" | "x-gzip":
            yield from _decompress(body, host)
        case _:
            text = message("{host} sent a response in an unsupported encoding", host=host)
            raise UntrustedResponseError(text)


def _decompress(body: Iterator[bytes], host: str) -> Iterator[bytes]:
    """Decompress gzip data, at most one chunk at a time."""
    decoder = zlib.decompressobj(_GZIP)
    for data in body:
        rest = data
        while True:
            if decoder.eof:
                rest = decoder.unused_data or rest
                if not rest:
                    break
                decoder = zlib.decompressobj(_GZIP)
            try:
                chunk = decoder.decompress(rest, _CHUNK_BYTES)
            except zlib.error as error:
                raise _corrupt(host) from error
            if chunk:
                yield chunk
            rest = decoder.unconsumed_tail
            if not rest and len(chunk) < _CHUNK_BYTES and not decoder.unused_data:
                break
    if not decoder.eof:
        raise _corrupt(host)


def _corrupt(host: str) -> UntrustedResponseError:
    return UntrustedResponseError(message("{host} sent a corrupt response", host=host), is_final=False)


def _too_large(host: str, max_bytes: int) -> UntrustedResponseError:
    limit = f"{max_bytes >> 20} MB" if max_bytes >= 1 << 20 else f"{max_bytes} bytes"
    text = message("{host} sent more than {limit}; the rest was not read", host=host, limit=limit)
    return UntrustedResponseError(text, code=TOO_LARGE)


def _check_value_count(body: bytes, url: str) -> None:
    """Reject JSON that takes many times its size in memory: a value of 3 bytes takes up to 200."""
    is_xml = body[:100].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    if is_xml or sum(map(body.count, (b",", b"[", b"{"))) <= _MAX_VALUES:
        return
    # Strings are skipped: the result of a function is JSON inside a string.
    values = (match for match in _STRING_OR_VALUE.finditer(body) if body[match.start()] != _QUOTE)
    if next(islice(values, _MAX_VALUES, None), None) is not None:
        host = urlsplit(url).hostname or message("the server")
        text = message("{host} sent more than {count} values in one response", host=host, count=f"{_MAX_VALUES:,}")
        raise UntrustedResponseError(text, code=TOO_LARGE)


def _max_bytes_of(action: str | bytes | None) -> int:
    has_result = action is None or action in _ACTIONS_WITH_RESULT
    return MAX_RESPONSE_BYTES if has_result else _MAX_BYTES_WITHOUT_RESULT


def _proxy_error(url: str, proxy: str, error: Exception) -> UntrustedResponseError:
    """The exception for a failure on the way through a proxy, which may be of the proxy or of the server."""
    reason = describe_failure(error)
    for part in _CREDENTIALS.findall(reason):
        reason = reason.replace(part, "")
    name = _describe_proxy(url, proxy)
    credentials, at, _ = proxy.rpartition("@")
    for secret in credentials.rpartition("//")[2].split(":", 1):
        if at and secret:
            reason = reason.replace(secret, "***")
    if isinstance(error, requests.exceptions.ProxyError | requests.exceptions.InvalidProxyURL | ValueError | TypeError):
        text = message("{proxy} failed: {reason}", proxy=name, reason=reason)
    else:
        text = message("no response through {proxy}: {reason}", proxy=name, reason=reason)
    return UntrustedResponseError(text, is_final=False)


def _describe_proxy(url: str, proxy: str) -> str:
    """`the proxy http://host:port (HTTPS_PROXY or ALL_PROXY)`, without user and password."""
    address = proxy if "://" in proxy else f"http://{proxy}"
    host = _host_and_port(address)
    variable = f"{urlsplit(url).scheme.upper()}_PROXY or ALL_PROXY"
    if not host:
        return message("the proxy in {variable}", variable=variable)
    return message("the proxy {url} ({variable})", url=f"{address.partition(':')[0]}://{host}", variable=variable)
