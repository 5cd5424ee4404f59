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


def connect_early(target: Endpoint) -> Future[None]:
    """Open connections to an endpoint in other threads, for the next session that adopts them; returns their end."""
    with Workers(1, name="connect") as pool:
        return pool.submit(_connect_all, target)


def adopt_connections(session: requests.Session, target: Endpoint) -> None:
    """Let a session use the open connections to its endpoint, and those that are being opened."""
    with _lock:
        adapter = _adapters.pop(str(target), None)
    if adapter is not None:
        # The session's own adapter stays, with all that it checks.
        own: Any = session.get_adapter(str(target))
        own.poolmanager = adapter.poolmanager


def _connect_all(target: Endpoint) -> None:
    from concurrent.futures import wait

    import requests
    from requests.adapters import HTTPAdapter
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    from scfdeploy.providers.tencent.transport.http import certificates, proxies_for

    # The way through a proxy is longer than a connection, and older versions of requests cannot tell their pool.
    if proxies_for(target) or not hasattr(HTTPAdapter, "get_connection_with_tls_context"):
        return
    adapter: Any = HTTPAdapter(pool_connections=1, pool_maxsize=_MAX_CONNECTIONS)
    request = requests.Request("POST", f"{target}/").prepare()
    verify = certificates() or DEFAULT_CA_BUNDLE_PATH
    pool = adapter.get_connection_with_tls_context(request, verify)
    adapter.cert_verify(pool, request.url, verify, None)
    # All are taken before one is put back: a connection that is open already would be opened twice.
    connections = [pool._get_conn() for _ in range(_COUNT)]
    with _lock:
        _adapters[str(target)] = adapter
    with Workers(_COUNT, name="connect") as workers:
        wait([workers.submit(_connect, pool, connection) for connection in connections])


def _connect(pool: Any, connection: Any) -> None:
    from urllib3.exceptions import HTTPError

    try:
        connection.timeout = _TIMEOUT_S
        connection.connect()
    except (OSError, HTTPError):
        connection.close()
    finally:
        pool._put_conn(connection)
