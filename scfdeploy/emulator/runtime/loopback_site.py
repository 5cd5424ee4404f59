"""The `sitecustomize` of Python web functions on systems without kernel notifications of `bind` (see loopback.py).

TCP sockets that Python code binds get a loopback address. Libraries that bind in C are not affected; the server stops
such a function if it is reachable from outside.
"""

from __future__ import annotations

import socket
from typing import Any

_bind = socket.socket.bind


def _bind_on_loopback(self: socket.socket, address: Any) -> None:
    if self.type == socket.SOCK_STREAM and self.family in (socket.AF_INET, socket.AF_INET6) and address[1] != 0:
        address = (_loopback_of(self, str(address[0])), address[1])
    _bind(self, address)


def _loopback_of(bound: socket.socket, host: str) -> str:
    if host in ("localhost", "::1") or host.startswith(("127.", "::ffff:127.")):
        return host
    if bound.family == socket.AF_INET:
        return "127.0.0.1"
    return "::1" if bound.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) else "::ffff:127.0.0.1"


socket.socket.bind = _bind_on_loopback  # type: ignore[method-assign, assignment]
