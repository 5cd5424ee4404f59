"""HTTP for every call that leaves this machine. A response is not trusted: no redirect, and bounds for its size.

Bounds of time are kept by whoever calls, with `call_within`: only another thread can give up on a name server or on a
TLS handshake.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy

from scfdeploy.model.lazy_pattern import lazy_pattern
from scfdeploy.providers.tencent.transport.errors import TOO_LARGE, UNTRUSTED_ANSWER, reason_of

if TYPE_CHECKING:
    from scfdeploy.providers.tencent.transport.endpoint import Endpoint

LARGEST_ANSWER = 16 << 20
"""Bytes of an answer of the API, decoded. A function's result is at most 6 MB."""

_MOST_VALUES = 500_000  # a page of 100 functions has some 10,000
_LARGEST_WITHOUT_RESULT = 4 << 20
_WITH_RESULT = frozenset({"Invoke", "InvokeFunction"})
_STRING_OR_VALUE = lazy_pattern(rb'"(?:[^"\\]++|\\.)*+"|[,\[{]', re.DOTALL)
_QUOTE = ord('"')
_PIECE = 256 << 10
_SLOWEST_BYTES_PER_S = 32 << 10
_SPARE_S = 10  # so that a limit of its own, which knows more of the cause, comes first
_PROXY_AUTHENTICATION = 407
_CREDENTIALS = lazy_pattern(r"(?<=//)[^/\s'\"]*@")
_GZIP = 16 + zlib.MAX_WBITS


class UntrustedResponseError(requests.RequestException):
    """A response that is not read: `words` say why and hold nothing secret.

    `is_final` says that the same call will fail the same way, `is_refusal` that nobody carried it out.
    """

    def __init__(
        self, words: str, *, code: str = UNTRUSTED_ANSWER, is_final: bool = True, is_refusal: bool = False
    ) -> None:
        super().__init__(words)
        self.words = words
        self.code = code
        self.is_final = is_final
        self.is_refusal = is_refusal


def time_for(size: int, *, usual_s: float) -> float:
    """Seconds that a transfer may take in all: slower lines than 32 KiB a second are not waited for."""
    return usual_s + _SPARE_S + size / _SLOWEST_BYTES_PER_S


def open_session(*, largest: int | None = LARGEST_ANSWER, pool_size: int = 10) -> requests.Session:
    """A session that follows no redirect, reads no ~/.netrc and no proxy variables, and bounds what it reads.

    With `largest` None a response is not read: whoever asked reads it by `pieces`.
    """
    session = requests.Session()
    secure(session, largest=largest, pool_size=pool_size)
    return session


def secure(session: requests.Session, *, largest: int | None = LARGEST_ANSWER, pool_size: int = 10) -> None:
    """Apply our limits to a session that a library created."""
    adapter = _Adapter(largest, pool_size)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.trust_env = False
    # What is not compressed cannot grow. A server that compresses all the same is read within the same bounds.
    session.headers["Accept-Encoding"] = "identity"


def proxies_for(there: Endpoint, *, host: str | None = None) -> dict[str, str] | None:
    """The proxies of the environment for an endpoint, or for a host that is reached through it; None for loopback."""
    if there.is_loopback:
        return None
    return get_environ_proxies(f"{there.scheme}://{host}" if host else str(there)) or None


def shown_way(url: str, proxies: Mapping[str, str] | None) -> str:
    """The host of an address, and the proxy on the way to it, for a message."""
    proxy = select_proxy(url, proxies or {})
    return f"{_host_of(url)} through {_shown_proxy(url, proxy)}" if proxy else _host_of(url)


def pieces(response: requests.Response, largest: int) -> Iterator[bytes]:
    """The body, decoded, piece by piece. Raises UntrustedResponseError, and RequestException when it is cut."""
    host = urlsplit(response.url).hostname or "the server"
    size = 0
    for piece in _decoded(_wire(response, largest, host), response.headers.get("Content-Encoding") or "", host):
        size += len(piece)
        if size > largest:
            raise _too_large(host, largest)
        yield piece


class _Adapter(HTTPAdapter):
    """Refuses redirects before `requests` sees them, reads bodies within bounds, and names a proxy that fails."""

    def __init__(self, largest: int | None, pool_size: int) -> None:
        super().__init__(pool_connections=1, pool_maxsize=pool_size)
        self._largest = largest

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        try:
            # Streamed in any case: read here, or by whoever asked, and never without a bound.
            response = super().send(
                request, stream=True, timeout=timeout, verify=verify, cert=cert, proxies=dict(proxies or {})
            )
            _refuse_redirect(request, response)
            if self._largest is not None:
                _read_whole(response, min(self._largest, _largest_of(request.headers.get("X-TC-Action"))))
        except UntrustedResponseError:
            raise
        except (requests.RequestException, OSError, ValueError, TypeError) as error:
            proxy = select_proxy(request.url or "", proxies or {})
            if proxy:
                raise _failed_proxy(request.url or "", proxy, error) from error
            raise
        proxy = select_proxy(request.url or "", proxies or {})
        if proxy and response.status_code == _PROXY_AUTHENTICATION:
            raise UntrustedResponseError(
                f"{_shown_proxy(request.url or '', proxy)} asks for credentials (HTTP 407)", is_refusal=True
            )
        return response


def _read_whole(response: requests.Response, largest: int) -> None:
    try:
        response._content = b"".join(pieces(response, largest))
        _require_few_values(response._content, response.url)
    except BaseException:
        response.close()
        raise
    response._content_consumed = True  # type: ignore[attr-defined]


def _refuse_redirect(request: requests.PreparedRequest, response: requests.Response) -> None:
    location = response.headers.get("Location")
    if not 300 <= response.status_code < 400 or (location is None and response.status_code == 304):
        return
    response.close()
    to = _host_of(location, base=request.url or "") if location else ""
    where = f" to {to}" if to else ""
    raise UntrustedResponseError(
        f"{_host_of(request.url or '') or 'the server'} redirects (HTTP {response.status_code}){where}, and redirects"
        " are not followed",
        is_refusal=True,
    )


def _host_of(url: str, *, base: str = "") -> str:
    """Host and port alone: path and query may hold a signature, the rest a password."""
    try:
        parts = urlsplit(urljoin(base, url))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    shown = "".join(letter if letter.isprintable() else "?" for letter in host)[:253]
    return f"{shown}:{port}" if port else shown


def _wire(response: requests.Response, largest: int, host: str) -> Iterator[bytes]:
    """The body as it comes over the wire. http.client takes the chunks apart: it bounds their lines."""
    from urllib3.exceptions import HTTPError

    size = 0
    while True:
        try:
            piece: bytes = response.raw.read(_PIECE, decode_content=False)
        except (HTTPError, ValueError) as error:
            raise requests.ConnectionError(error) from error
        if not piece:
            return
        size += len(piece)
        if size > largest:
            response.close()
            raise _too_large(host, largest)
        yield piece


def _decoded(wire: Iterator[bytes], encoding: str, host: str) -> Iterator[bytes]:
    match encoding.strip().lower():
        case "" | "identity":
            yield from wire
        case "gzip" | "x-gzip":
            yield from _unzipped(wire, host)
        case _:
            raise UntrustedResponseError(f"{host} encodes its response in a way that was not asked for")


def _unzipped(wire: Iterator[bytes], host: str) -> Iterator[bytes]:
    """Decompressed, never more than a piece at a time."""
    decoder = zlib.decompressobj(_GZIP)
    for data in wire:
        rest = data
        while True:
            if decoder.eof:
                rest = decoder.unused_data or rest
                if not rest:
                    break
                decoder = zlib.decompressobj(_GZIP)
            try:
                piece = decoder.decompress(rest, _PIECE)
            except zlib.error as error:
                raise UntrustedResponseError(f"{host} sent a damaged response", is_final=False) from error
            if piece:
                yield piece
            rest = decoder.unconsumed_tail
            if not rest and len(piece) < _PIECE and not decoder.unused_data:
                break
    if not decoder.eof:
        raise UntrustedResponseError(f"{host} sent a damaged response", is_final=False)


def _too_large(host: str, largest: int) -> UntrustedResponseError:
    words = f"{host} sent more than {_size(largest)}; the rest was not read"
    return UntrustedResponseError(words, code=TOO_LARGE)


def _require_few_values(body: bytes, url: str) -> None:
    """Refuse JSON that would take many times its size in memory: a value of 3 bytes takes up to 200 of them."""
    if sum(map(body.count, (b",", b"[", b"{"))) <= _MOST_VALUES or _is_xml(body):
        return
    # The result of a function is JSON inside a string: what strings hold does not count.
    values = (found for found in _STRING_OR_VALUE.finditer(body) if body[found.start()] != _QUOTE)
    if next(islice(values, _MOST_VALUES, None), None) is not None:
        host = urlsplit(url).hostname or "the server"
        raise UntrustedResponseError(f"{host} sent more than {_MOST_VALUES:,} values in one response", code=TOO_LARGE)


def _is_xml(body: bytes) -> bool:
    return body[:100].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")


def _largest_of(action: str | bytes | None) -> int:
    """Bytes that an answer may have: the result of a function is large, and a plan has many other calls at once."""
    return LARGEST_ANSWER if action is None or action in _WITH_RESULT else _LARGEST_WITHOUT_RESULT


def _size(count: int) -> str:
    return f"{count >> 20} MB" if count >= 1 << 20 else f"{count} bytes"


def _failed_proxy(url: str, proxy: str, error: Exception) -> UntrustedResponseError:
    """The words for a failure on the way through a proxy, which may be the proxy's or the server's."""
    why = _CREDENTIALS.sub("", reason_of(error))
    shown = _shown_proxy(url, proxy)
    for secret in _secrets_of(proxy):
        why = why.replace(secret, "***")
    if isinstance(error, requests.exceptions.ProxyError | requests.exceptions.InvalidProxyURL | ValueError | TypeError):
        return UntrustedResponseError(f"{shown} failed: {why}", is_final=False)
    return UntrustedResponseError(f"no answer through {shown}: {why}", is_final=False)


def _shown_proxy(url: str, proxy: str) -> str:
    """`the proxy http://host:port (HTTPS_PROXY)`, without user and password."""
    address = proxy if "://" in proxy else f"http://{proxy}"
    where = _host_of(address)
    variable = f"{urlsplit(url).scheme.upper()}_PROXY or ALL_PROXY"
    return f"the proxy {address.partition(':')[0]}://{where} ({variable})" if where else f"the proxy in {variable}"


def _secrets_of(proxy: str) -> tuple[str, ...]:
    before, at, _ = proxy.rpartition("@")
    return tuple(part for part in before.rpartition("//")[2].split(":", 1) if at and part)
