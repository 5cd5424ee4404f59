"""Opens connections before the first call: while code is packaged, name lookups and TLS handshakes take no extra time.

Nothing is sent on them. Whoever cannot connect says nothing: the first call fails for the same reason and says it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scfdeploy.providers.workers import Workers
from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from concurrent.futures import Future

    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPSConnection

    from scfdeploy.providers.tencent.transport.endpoint import Endpoint

_COUNT = 2
"""A plan starts with at least two calls at once."""
_MAX_CONNECTIONS = 64
_TIMEOUT_S = 10
_MAX_AGE_S = 60.0
"""Routers drop idle connections after some minutes, often without a word: the first call would wait for its timeout."""


class _Opened(NamedTuple):
    adapter: HTTPAdapter
    at: float


_opened: dict[str, _Opened] = {}
_lock = threading.Lock()


def connect_early(target: Endpoint) -> Sequence[Future[None]]:
    """Open connections to an endpoint in other threads, for the next session that adopts them; returns their ends."""
    # Libraries are imported by this thread: two that import at once wait for each other at every file.
    try:
        pool, connections = _take_connections(target)
    except (OSError, ValueError):  # of requests, too
        return ()
    with Workers(_COUNT, name="connect") as workers:
        return [workers.submit(_connect, pool, connection) for connection in connections]


def adopt_connections(session: requests.Session, target: Endpoint) -> None:
    """Let a session use the open connections to its endpoint, and those that are being opened."""
    with _lock:
        opened = _opened.pop(str(target), None)
    # The session's own adapter stays, with all that it checks.
    own: Any = session.get_adapter(str(target))
    if opened is None:
        return
    if time.monotonic() - opened.at > _MAX_AGE_S or own._pool_maxsize > _MAX_CONNECTIONS:
        opened.adapter.close()
    else:
        own.poolmanager = opened.adapter.poolmanager


def _take_connections(target: Endpoint) -> tuple[Any, Sequence[Any]]:
    """Connections that are not open yet, and their pool; none if the way leads through a proxy."""
    import requests
    from requests.adapters import HTTPAdapter
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    from scfdeploy.providers.tencent.transport.http import certificates, proxies_for

    # The way through a proxy is longer than a connection, and older versions of requests cannot tell their pool.
    if proxies_for(target) or not hasattr(HTTPAdapter, "get_connection_with_tls_context"):
        return None, ()
    adapter: Any = HTTPAdapter(pool_connections=1, pool_maxsize=_MAX_CONNECTIONS)
    request = requests.Request("POST", f"{target}/").prepare()
    verify = certificates() or DEFAULT_CA_BUNDLE_PATH
    pool = adapter.get_connection_with_tls_context(request, verify)
    adapter.cert_verify(pool, request.url, verify, None)
    if target.scheme == "https":
        pool.ConnectionCls = _connection_class()
    # All are taken before one is put back: a connection that is open already would be opened twice.
    connections = [pool._get_conn() for _ in range(_COUNT)]
    with _lock:
        _opened[str(target)] = _Opened(adapter, time.monotonic())
    return pool, connections


def _connection_class() -> type[HTTPSConnection]:
    from urllib3.connection import HTTPSConnection

    class Connection(HTTPSConnection):
        """Stays open when session tickets arrive, which TLS 1.3 sends after the handshake.

        urllib3 takes whatever arrives before a request for the end of the connection.
        """

        @property
        def is_connected(self) -> bool:
            return super().is_connected or _has_nothing_to_read(self.sock)

    return Connection


def _has_nothing_to_read(sock: object) -> bool:
    """Whether a connection on which something arrived is open, and has no data; reads session tickets."""
    import ssl

    if not isinstance(sock, ssl.SSLSocket):
        return False
    timeout = sock.gettimeout()
    sock.settimeout(0)
    try:
        sock.recv(1)
    except ssl.SSLWantReadError:
        return True
    except OSError:
        return False
    finally:
        sock.settimeout(timeout)
    # The server closed the connection, or sent what nobody asked for.
    return False


def _connect(pool: Any, connection: Any) -> None:
    from urllib3.exceptions import HTTPError

    try:
        connection.timeout = _TIMEOUT_S
        connection.connect()
    except (OSError, HTTPError):
        connection.close()
    finally:
        pool._put_conn(connection)
