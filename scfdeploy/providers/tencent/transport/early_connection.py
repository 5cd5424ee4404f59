"""Opens connections before the first call: while code is packaged, name lookups and TLS handshakes take no extra time.

Nothing is sent on them. Whoever cannot connect says nothing: the first call fails for the same reason and says it.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from scfdeploy.providers.workers import Workers

if TYPE_CHECKING:
    from concurrent.futures import Future

    import requests
    from requests.adapters import HTTPAdapter

    from scfdeploy.providers.tencent.transport.endpoint import Endpoint

_COUNT = 2
"""A plan starts with at least two calls at once."""
_MAX_CONNECTIONS = 64
_TIMEOUT_S = 10

_adapters: dict[str, HTTPAdapter] = {}
_lock = threading.Lock()


def connect_early(target: Endpoint) -> tuple[Future[None], ...]:
    """Open connections to an endpoint in other threads, for the next session that adopts them; returns who does it."""
    with Workers(_COUNT, name="connect") as pool:
        return tuple(pool.submit(_connect, target) for _ in range(_COUNT))


def adopt_connections(session: requests.Session, target: Endpoint) -> None:
    """Let a session use the open connections to its endpoint, and those that are being opened."""
    with _lock:
        adapter = _adapters.pop(str(target), None)
    if adapter is not None:
        # The session's own adapter stays, with all that it checks.
        own: Any = session.get_adapter(str(target))
        own.poolmanager = adapter.poolmanager


def _connect(target: Endpoint) -> None:
    import requests
    from certifi import where
    from requests.adapters import HTTPAdapter
    from urllib3.exceptions import HTTPError

    from scfdeploy.providers.tencent.transport.http import certificates, proxies_for

    # The way through a proxy is longer than a connection, and older versions of requests cannot tell their pool.
    if proxies_for(target) or not hasattr(HTTPAdapter, "get_connection_with_tls_context"):
        return
    with _lock:
        own = HTTPAdapter(pool_connections=1, pool_maxsize=_MAX_CONNECTIONS)
        adapter: Any = _adapters.setdefault(str(target), own)
    request = requests.Request("POST", f"{target}/").prepare()
    verify = certificates() or where()
    pool = adapter.get_connection_with_tls_context(request, verify)
    adapter.cert_verify(pool, request.url, verify, None)
    connection = pool._get_conn()
    try:
        connection.timeout = _TIMEOUT_S
        connection.connect()
    except (OSError, HTTPError):
        connection.close()
    finally:
        pool._put_conn(connection)
