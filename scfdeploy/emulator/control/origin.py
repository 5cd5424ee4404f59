"""Whether a request to a control path comes from this machine's own programs, not from a web page."""

from __future__ import annotations

from urllib.parse import urlsplit

from scfdeploy.emulator.messages import Request

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def is_local(request: Request) -> bool:
    """False for a foreign Host (a name that was made to lead here) and for a foreign Origin (a page in a browser)."""
    if _name(f"//{request.host}") not in _LOOPBACK:
        return False
    origin = request.headers.get("origin")
    if origin is not None and _name(origin) not in _LOOPBACK:
        return False
    return request.headers.get("sec-fetch-site", "none") in ("none", "same-origin")


def _name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
