"""Looks at the way to the cloud without credentials: an unsigned request, whose answer tells the server's time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.providers.tencent.transport.cloud_time import unix_time
from scfdeploy.providers.tencent.transport.endpoint import Endpoint
from scfdeploy.providers.tencent.transport.errors import no_response
from scfdeploy.providers.workers import call_within
from scfdeploy.records import NamedTuple

CA_VARIABLE = "REQUESTS_CA_BUNDLE"
"""Names a file with the certificates to trust instead of those of certifi."""

_TIMEOUT_S = 10
_PROXY_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")


class Probe(NamedTuple):
    """What an answer told."""

    route: str
    """The host, and the proxy on the way to it."""
    server_time: float | None
    """Unix time in seconds, from the header Date; None without one."""
    local_time: float
    """The time of this machine in the middle of the request."""


def send_probe(endpoint: str | None, region: str, now: Callable[[], float]) -> Probe:
    """Send an unsigned request, which no API executes. Raises CloudError without an answer."""
    from scfdeploy.providers.tencent.transport.http import describe_route, open_session, proxies_for

    target = Endpoint.of(endpoint, product="scf", region=region)
    url, proxies = f"{target}/", proxies_for(target)
    session = open_session()
    started = now()
    try:
        response = call_within(
            _TIMEOUT_S + 1, lambda: session.get(url, timeout=_TIMEOUT_S, proxies=proxies, allow_redirects=False)
        )
    except OSError as error:  # also what `requests` raises, and TimeoutError
        raise no_response("connection", describe_route(url, proxies), error) from error
    local_time = (started + now()) / 2
    return Probe(describe_route(url, proxies), unix_time(response.headers.get("Date")), local_time)


def proxies_in(environ: Mapping[str, str]) -> list[str]:
    """`NAME=URL` for each proxy variable, without user and password, and NO_PROXY.

    Raises ScfDeployError for a value that is no address.
    """
    found = []
    for name in _PROXY_VARIABLES:
        text = environ.get(name.lower()) or environ.get(name) or ""
        if text:
            found.append(f"{name}={_without_password(name, text)}")
    exceptions = environ.get("no_proxy") or environ.get("NO_PROXY")
    if exceptions:
        # An address with a password does not belong here, but is easily copied from another variable.
        found.append(f"NO_PROXY={','.join(entry.rpartition('@')[2].strip() for entry in exceptions.split(','))}")
    return found


def _without_password(name: str, text: str) -> str:
    address = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not host.isprintable() or " " in host:
        # The text is not quoted: it can have a password.
        raise ScfDeployError(
            message("{name} is not the address of a proxy", name=name),
            hint=message("Write it as http://HOST:PORT, or unset it."),
        )
    return f"{parts.scheme}://{host}:{port}" if port else f"{parts.scheme}://{host}"
