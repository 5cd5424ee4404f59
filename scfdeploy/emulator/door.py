"""HTTP: reads requests from connections of this machine and writes answers, one send for each."""

from __future__ import annotations

import contextlib
import logging
import re
import selectors
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from scfdeploy.emulator.messages import Answer, Request
from scfdeploy.emulator.numbers import whole_number

_CHUNK = 1 << 16
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,12})[ \t]*[;\r\n]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_log = logging.getLogger(__name__)


class Door(ThreadingHTTPServer):
    """Listens on loopback from the moment it is made; answers once `serve` runs. Raises OSError for a taken port."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, answer: Callable[[Request], Answer], largest_body: Callable[[str], int]) -> None:
        self.answer = answer
        self.largest_body = largest_body
        self._wake, self._waker = socket.socketpair()
        self._lock = threading.Condition()
        self._connections: set[socket.socket] = set()
        self._busy = 0
        self._left = threading.Event()
        self._left.set()
        try:
            super().__init__(("127.0.0.1", port), _Connection)
        except BaseException:
            self._close_wakers()
            raise

    def server_bind(self) -> None:
        """Bind without the name lookup that the base class makes."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def serve(self) -> None:
        """Accept connections until `leave`. Other than the base class's loop this one ends at once when told to."""
        self._left.clear()
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self.fileno(), selectors.EVENT_READ)
                selector.register(self._wake, selectors.EVENT_READ, "wake")
                while not any(key.data == "wake" for key, _ in selector.select()):
                    with contextlib.suppress(OSError):
                        connection, address = self.get_request()
                        self.process_request(connection, address)
        finally:
            self._left.set()

    def leave(self) -> None:
        """Let `serve` return, and wait until it has."""
        self._waker.send(b"x")
        self._left.wait()

    def finish(self, *, wait_s: float) -> None:
        """Stop listening and let running calls end, but wait no longer than that."""
        self.server_close()
        with self._lock:
            self._lock.wait_for(lambda: self._busy == 0, timeout=wait_s)

    def close(self, *, wait_s: float) -> None:
        """Close every connection; a call that is still running loses its answer."""
        self.finish(wait_s=0)
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._lock.wait_for(lambda: not self._connections, timeout=wait_s)
        self._close_wakers()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection to its end."""
        with self._lock:
            self._connections.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._connections.discard(request)
                self._lock.notify_all()

    @contextlib.contextmanager
    def busy(self) -> Iterator[None]:
        """Around each call: `finish` waits for it."""
        with self._lock:
            self._busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1
                self._lock.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is the client's business; anything else is a fault of ours."""
        if not isinstance(sys.exc_info()[1], OSError):
            _log.exception("a connection failed")

    def _close_wakers(self) -> None:
        self._wake.close()
        self._waker.close()


class _Connection(BaseHTTPRequestHandler):
    """One connection, kept open between requests."""

    server: Door
    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # what has no version gets an answer with a head, too
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        with self.server.busy():
            body = self._body()
            if body is None:
                self.close_connection = True
                self._write(Answer(413, b"The body is too large.\n", "text/plain"))
                return
            path, query = _target(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._write(self.server.answer(Request(self.command, path, query, headers, body)))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = _serve  # noqa: N815

    def _body(self) -> bytes | None:
        most = self.server.largest_body(self.headers.get("Host", ""))
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunked_body(most)
        length = whole_number(self.headers.get("Content-Length", "0"))
        return None if length is None or length > most else self.rfile.read(length)

    def _chunked_body(self, most: int) -> bytes | None:
        found = bytearray()
        while True:
            # Not `int` alone: it takes a sign, and what is less than nothing would be read to the end.
            says = _SIZE.match(self.rfile.readline(_CHUNK))
            size = int(says[1], 16) if says else most + 1
            if len(found) + size > most:
                return None
            found += self.rfile.read(size)
            if size:
                self.rfile.readline(_CHUNK)
                continue
            while self.rfile.readline(_CHUNK).strip():
                pass
            return bytes(found)

    def _write(self, answer: Answer) -> None:
        if answer.dropped:
            self.close_connection = True
            return
        if answer.sent is not None:
            self.close_connection = True
        # Head and body in one send: two would wait for the client's delayed acknowledgement.
        lines = [
            f"HTTP/1.1 {answer.status} {_reason(answer.status)}",
            f"Date: {self.date_time_string(int(time.time()))}",
            f"Content-Type: {answer.content_type}",
            *([] if answer.status == HTTPStatus.NO_CONTENT else [f"Content-Length: {len(answer.body)}"]),
            f"Connection: {'close' if self.close_connection else 'keep-alive'}",
            *(f"{name}: {value}" for name, value in answer.headers),
        ]
        # A line end in a value, which may be a function's or a client's, would begin another line.
        head = ("\r\n".join(_CONTROL.sub(" ", line) for line in lines) + "\r\n\r\n").encode("latin-1", "replace")
        self.connection.sendall(head if self.command == "HEAD" else head + answer.body[: answer.sent])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: calls are recorded elsewhere."""


def _target(sent: str) -> tuple[str, str]:
    """Path and query of a request line, whose target is the whole URL when the client goes through a proxy."""
    if sent.startswith("/"):
        path, _, query = sent.partition("?")
        return path, query
    try:
        parts = urlsplit(sent)
    except ValueError:
        return sent, ""  # no path that anything answers at
    return parts.path or "/", parts.query


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
