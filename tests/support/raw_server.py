"""A server on loopback whose every byte a test writes: for responses that no server gives on demand."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeAlias

Reply: TypeAlias = "Callable[[socket.socket], None]"
"""Writes a whole response, head and body. The connection is closed afterwards."""


def said(text: str | bytes) -> Reply:
    """This response, as it is."""
    data = text.encode() if isinstance(text, str) else text
    return lambda connection: connection.sendall(data)


def answered(status: str, *headers: str, body: bytes = b"") -> Reply:
    """A response with a length."""
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""])
    return said(head.encode() + body)


def endless(head: str, piece: bytes) -> Reply:
    """The head, then the same piece until the client is gone."""

    def reply(connection: socket.socket) -> None:
        connection.sendall(head.encode())
        while True:
            connection.sendall(piece)

    return reply


@dataclass
class RawServer:
    """`requests` has what clients sent, one by one; `asked` is set by the first connection."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def raw_server(*replies: Reply) -> Iterator[RawServer]:
    """Answer each request with the next reply, the last one for ever; without any, never."""
    left = list(replies)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = RawServer(listener.getsockname()[1])

        def serve(connection: socket.socket, reply: Reply | None) -> None:
            with connection, suppress(OSError):
                server.asked.set()
                server.requests.append(_request(connection))
                if reply is None:
                    server.ended.wait()
                else:
                    reply(connection)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    reply = left.pop(0) if len(left) > 1 else left[0] if left else None
                    threading.Thread(target=serve, args=(connection, reply), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield server
        finally:
            server.ended.set()
            # Closing alone does not wake a thread that accepts.
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)


def _request(connection: socket.socket) -> bytes:
    """Everything that the client sends of one request."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (piece := connection.recv(65536)):
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    size = int(lengths[0].partition(b":")[2]) if lengths else 0
    while len(body) < size and (piece := connection.recv(65536)):
        body += piece
    return head + b"\r\n\r\n" + body
