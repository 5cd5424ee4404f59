"""Accepts requests of programs on this machine and rejects those that a web page makes.

Any page that is open in a browser can send requests to 127.0.0.1. The browser names the page in `Origin`, `Referer` and
`Sec-Fetch-Site`; a page whose host name resolves to 127.0.0.1 (DNS rebinding) sends that name as `Host`. A page can
omit `Referer`, but cannot set any of the four.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from functools import lru_cache

from scfdeploy.emulator.messages import Request
from scfdeploy.facts.hosts import service_of_host

CONTROL, URL, CODE = "/_emulator/", "/_url/", "/_code/"
_AUTHORITY = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?::[0-9]{1,5})?")
# Some SDKs send the URL of their endpoint as Host.
_SCHEME = re.compile(r"^https?://", re.IGNORECASE)
_PAGE = re.compile(r"https?://(?P<authority>[^/?#@\\\s]+)(?:[/?#].*)?", re.IGNORECASE | re.DOTALL)
_IPV6_LOOPBACK = ipaddress.IPv6Address("::1")
# Programs send no Sec-Fetch-Site; pages of this server send same-origin.
_SAME_SITES = frozenset({"none", "same-origin"})
_MAX_SHOWN_CHARS = 200
# Each request names its host, and few hosts occur.
_KNOWN_HOSTS = 256


def rejection(request: Request) -> str | None:
    """Why the request is rejected; None if it is accepted. Needs no body.

    Pages of this machine may call function URLs, as a front end under development does; only programs may call others.
    """
    for host in (request.host, request.authority or request.host):
        if not _is_own_host(host, request.path):
            return (
                f'the host name "{_shorten(host)}" does not belong to this server; '
                f"use 127.0.0.1 or localhost, or the name of a Tencent Cloud service"
            )
    if calls_function(request) or is_url_host(request.host):
        return _url_rejection(request)
    return _program_rejection(request)


def calls_function(request: Request) -> bool:
    """Whether the path calls a function, on a name of this machine: a bucket has objects at the same paths."""
    path = request.path
    return is_loopback(request.host) and (path.startswith(URL) or is_short_function_path(path))


def is_short_function_path(path: str) -> bool:
    """Whether this is `/NAME` or `/NAMESPACE/NAME`, with or without more: no name of a function begins with `_`."""
    return len(path) > 1 and path.startswith("/") and path[1] not in "/_"


@lru_cache(maxsize=_KNOWN_HOSTS)
def is_loopback(authority: str) -> bool:
    """Whether `NAME` or `NAME:PORT` is this machine regardless of DNS: localhost, 127.0.0.0/8 or [::1]."""
    name = _name(authority)
    if name == "localhost" or name.endswith(".localhost"):
        return ".." not in name and not name.startswith((".", "-"))
    try:
        if name.startswith("["):
            return ipaddress.IPv6Address(name[1:-1]) == _IPV6_LOOPBACK
        # Accepts four decimal numbers only: browsers send loopback addresses in no other form.
        return ipaddress.IPv4Address(name).is_loopback
    except ValueError:
        return False


def _name(authority: str) -> str:
    match = _AUTHORITY.fullmatch(_SCHEME.sub("", authority))
    return match["name"].lower() if match else ""


def _is_own_host(host: str, path: str) -> bool:
    if is_loopback(host):
        return True
    if path.startswith((CONTROL, CODE)) and not is_url_host(host):
        return False
    service = service_of_host(_name(host))
    if service == "api" and is_short_function_path(path):
        return False
    return service is not None and (service == "url" or not path.startswith(URL))


@lru_cache(maxsize=_KNOWN_HOSTS)
def is_url_host(authority: str) -> bool:
    """Whether this is the host name of function URLs."""
    return not is_loopback(authority) and service_of_host(_name(authority)) == "url"


def _url_rejection(request: Request) -> str | None:
    origin, referer = request.headers.get("origin"), request.headers.get("referer")
    site = request.headers.get("sec-fetch-site", "none")
    page = origin if origin is not None else referer
    if page is not None:
        match = _PAGE.fullmatch(page)
        if match is not None and is_loopback(match["authority"]):
            return None
    elif site in _SAME_SITES or (site == "same-site" and is_loopback(request.host)):
        return None
    return _foreign_page(page or "another site", "function URLs take pages of localhost only")


def _program_rejection(request: Request) -> str | None:
    headers = request.headers
    reason = "only programs may call this path"
    own = f"http://{_SCHEME.sub('', request.host)}".lower()
    origin, referer = headers.get("origin"), headers.get("referer")
    if origin is not None and not (is_loopback(request.host) and origin.lower() == own):
        return _foreign_page(origin, reason)
    if referer is not None and not (is_loopback(request.host) and f"{referer.lower()}/".startswith(f"{own}/")):
        return _foreign_page(referer, reason)
    if headers.get("sec-fetch-site", "none") not in _SAME_SITES:
        return _foreign_page("another site", reason)
    # A link in a mail has no site, and must not run a function; GET requests of control paths only read.
    if not request.path.startswith(CONTROL) and _is_navigation(headers):
        return _foreign_page("a browser", reason)
    return None


def _is_navigation(headers: Mapping[str, str]) -> bool:
    """Whether a browser opens the address as a page, or loads it as an image or a script."""
    return headers.get("sec-fetch-mode") in ("navigate", "no-cors") or headers.get("sec-fetch-dest", "empty") != "empty"


def _foreign_page(page: str, reason: str) -> str:
    return f"a request made by a web page ({_shorten(page)}) is refused: {reason}"


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN_CHARS else f"{text[:_MAX_SHOWN_CHARS]}…"
