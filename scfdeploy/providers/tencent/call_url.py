"""Calls the URL of a function, without credentials. Redirects are not followed, size and time are limited."""

from __future__ import annotations

from http.client import responses
from urllib.parse import urlsplit

from scfdeploy import __version__
from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.facts import limit
from scfdeploy.providers.invocation import HttpRequest, HttpResponse
from scfdeploy.providers.tencent.transport.endpoint import Endpoint
from scfdeploy.providers.workers import call_within

_MARGIN_S = 10


def call_url(url: str, request: HttpRequest, *, timeout_s: float = 0) -> HttpResponse:
    """The response to a request for `url` followed by the path of the request. Raises ScfDeployError without one.

    By default, the time limit is that of the longest synchronous call.
    """
    import requests

    from scfdeploy.providers.tencent.transport.errors import describe_failure
    from scfdeploy.providers.tencent.transport.http import UntrustedResponseError, open_session, proxies_for

    seconds = timeout_s or limit("invoke.wait_max_s") + _MARGIN_S
    full_url = f"{url.rstrip('/')}{request.path}"
    parts = urlsplit(full_url)
    target = Endpoint(parts.scheme, parts.netloc)
    headers = {"User-Agent": f"scfdeploy/{__version__}", **_joined(request)}
    session = open_session(max_bytes=limit("event.sync_max_bytes"), rejects_redirects=False)

    def send() -> requests.Response:
        return session.request(
            request.method,
            full_url,
            data=request.body or None,
            headers=headers,
            timeout=seconds,
            allow_redirects=False,
            proxies=proxies_for(target),
        )

    try:
        with session:
            response = call_within(seconds, send)
    except (requests.RequestException, OSError, ValueError) as error:
        reason = error.text if isinstance(error, UntrustedResponseError) else describe_failure(error)
        raise ScfDeployError(
            message("{url} gives no response: {reason}", url=full_url, reason=reason),
            hint=message("Check that the URL is reachable from here: a URL for private networks is not."),
        ) from error
    return HttpResponse(
        request.method,
        full_url,
        response.status_code,
        response.reason or responses.get(response.status_code, ""),
        tuple(response.raw.headers.items()),
        response.content,
    )


def _joined(request: HttpRequest) -> dict[str, str]:
    """The headers, each name once: repeated ones in the form that HTTP allows."""
    headers: dict[str, str] = {}
    for name, value in request.headers:
        known = next((other for other in headers if other.lower() == name.lower()), name)
        headers[known] = f"{headers[known]}, {value}" if known in headers else value
    return headers
