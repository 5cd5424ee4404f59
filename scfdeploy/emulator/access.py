"""Decides which requests the server answers: those of programs on this machine, not those that a web page makes.

Any page that is open in a browser can send requests to 127.0.0.1. The browser says so: `Origin`, `Sec-Fetch-Site` and
`Referer` name the page, and a page that had its own host name resolve to 127.0.0.1 (DNS rebinding) sends that name as
`Host`. A page can leave `Referer` out, but it can set none of the four.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

from scfdeploy.emulator.messages import Request
from scfdeploy.facts import service_of_host

CONTROL, URL, CODE = "/_emulator/", "/_url/", "/_code/"
_AUTHORITY = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?::[0-9]{1,5})?")
# Some SDKs send the whole URL that they were given as their endpoint.
_SCHEME = re.compile(r"^https?://", re.IGNORECASE)
_PAGE = re.compile(r"https?://(?P<authority>[^/?#@\\\s]+)(?:[/?#].*)?", re.IGNORECASE | re.DOTALL)
_IPV6_LOOPBACK = ipaddress.IPv6Address("::1")
# Programs send none of these, or what a script's own call of the server would send.
_SAME_SITES = frozenset({"none", "same-origin"})
_LONGEST_SHOWN = 200


def refusal(request: Request) -> str | None:
    """Why the request must not be answered; None for one that may be. Needs no body.

    Function URLs may be called by pages of this machine, since that is how a front end under development calls them.
    Everything else is called by programs.
    """
    for host in (request.host, request.authority or request.host):
        if not _is_own_host(host, request.path):
            return (
                f'the host name "{_shortened(host)}" does not belong to this server; '
                f"use 127.0.0.1 or localhost, or the name of a Tencent Cloud service"
            )
    if request.path.startswith(URL):
        return _url_refusal(request)
    return _program_refusal(request)


def is_loopback(authority: str) -> bool:
    """Whether `NAME` or `NAME:PORT` is this machine whatever DNS says: localhost, 127.0.0.0/8 or [::1]."""
    name = _name(authority)
    if name == "localhost" or name.endswith(".localhost"):
        return ".." not in name and not name.startswith((".", "-"))
    try:
        if name.startswith("["):
            return ipaddress.IPv6Address(name[1:-1]) == _IPV6_LOOPBACK
        # Takes four decimal numbers only: no other spelling is one that a browser sends for a loopback address.
        return ipaddress.IPv4Address(name).is_loopback
    except ValueError:
        return False


def _name(authority: str) -> str:
    found = _AUTHORITY.fullmatch(_SCHEME.sub("", authority))
    return found["name"].lower() if found else ""


def _is_own_host(host: str, path: str) -> bool:
    if is_loopback(host):
        return True
    if path.startswith((CONTROL, CODE)):
        return False
    service = service_of_host(_name(host))
    return service is not None and (service == "url" or not path.startswith(URL))


def _url_refusal(request: Request) -> str | None:
    origin, referer = request.headers.get("origin"), request.headers.get("referer")
    site = request.headers.get("sec-fetch-site", "none")
    page = origin if origin is not None else referer
    if page is not None:
        return None if _is_local_page(page) else _foreign_page(page, "function URLs take pages of localhost only")
    if site in _SAME_SITES or (site == "same-site" and is_loopback(request.host)):
        return None
    return _foreign_page("another site", "function URLs take pages of localhost only")


def _program_refusal(request: Request) -> str | None:
    headers = request.headers
    why = "only programs may call this path"
    own = f"http://{_SCHEME.sub('', request.host)}".lower()
    origin, referer = headers.get("origin"), headers.get("referer")
    if origin is not None and not (is_loopback(request.host) and origin.lower() == own):
        return _foreign_page(origin, why)
    if referer is not None and not (is_loopback(request.host) and f"{referer.lower()}/".startswith(f"{own}/")):
        return _foreign_page(referer, why)
    if headers.get("sec-fetch-site", "none") not in _SAME_SITES:
        return _foreign_page("another site", why)
    # A link in a mail or a document comes from no site. It must not run anything; control paths only show something.
    if not request.path.startswith(CONTROL) and _is_navigation(headers):
        return _foreign_page("a browser", why)
    return None


def _is_navigation(headers: Mapping[str, str]) -> bool:
    """Whether a browser opens the address as a page, or loads it as a picture, a script or the like."""
    return headers.get("sec-fetch-mode") in ("navigate", "no-cors") or headers.get("sec-fetch-dest", "empty") != "empty"


def _is_local_page(url: str) -> bool:
    found = _PAGE.fullmatch(url)
    return found is not None and is_loopback(found["authority"])


def _foreign_page(page: str, why: str) -> str:
    return f"a request made by a web page ({_shortened(page)}) is refused: {why}"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
