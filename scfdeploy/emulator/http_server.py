"""The HTTP server on loopback: reads requests, checks that they are unambiguous, and writes responses."""

from __future__ import annotations

import contextlib
import logging
import queue
import re
import selectors
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from scfdeploy.emulator.messages import Admission, Request, Response, json_response, parse_number

_CHUNK = 1 << 16
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,12})[ \t]*[;\r\n]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
# A second one is ambiguous: this check and another reader of the request could use different values.
_SINGLE_HEADERS = (
    *("Host", "Origin", "Referer", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest"),
    *("Authorization", "Content-Length", "Transfer-Encoding"),
)
_MAX_TRAILER_LINES = 100
_MAX_FREE_THREADS = 64
# Limits of discarding an unread body, which lets its sender read the response.
_MAX_DISCARDED_BYTES = 64 << 20
_DISCARD_S = 5.0
_BAD_LENGTH = Response(413, b"The body is too large, or its length is not a number.\n", "text/plain")
_log = logging.getLogger(__name__)


class HttpServer(ThreadingHTTPServer):
    """Listens on loopback as soon as it is created; responds while `serve` runs. Raises OSError for a port in use.

    `admit` gets each request without its body, and returns the size limit of the body or the response to a rejected
    request. `handle` then gets the request with its body.
    """

    daemon_threads = True
    request_queue_size = 256
    now: Callable[[], float] = staticmethod(time.time)
    """The time of the API, in the Date header of its responses."""

    def __init__(
        self, port: int, handle: Callable[[Request], Response], admit: Callable[[Request], Admission | Response]
    ) -> None:
        self.respond = handle
        self.admit = admit
        self._wake, self._waker = socket.socketpair()
        self._lock = threading.Condition()
        self._connections: set[socket.socket] = set()
        self._busy = 0
        self._accepted: queue.SimpleQueue[tuple[Any, Any] | None] = queue.SimpleQueue()
        self._free_threads = 0
        """Threads that wait for a connection, without those for which one is in the queue."""
        self._is_closed = False
        self._stopped = threading.Event()
        self._stopped.set()
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
        """Accept connections until `stop_serving`. Unlike the loop of the base class, this one does not poll."""
        self._stopped.clear()
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self.fileno(), selectors.EVENT_READ)
                selector.register(self._wake, selectors.EVENT_READ, "wake")
                while not any(key.data == "wake" for key, _ in selector.select()):
                    with contextlib.suppress(OSError):
                        connection, address = self.get_request()
                        self.process_request(connection, address)
        finally:
            self._stopped.set()

    def stop_serving(self) -> None:
        """Make `serve` return, and wait until it does."""
        self._waker.send(b"x")
        self._stopped.wait()

    def wait_for_calls(self, *, wait_s: float) -> None:
        """Stop listening and wait up to `wait_s` for running calls."""
        self.server_close()
        with self._lock:
            self._lock.wait_for(lambda: self._busy == 0, timeout=wait_s)

    def close(self, *, wait_s: float) -> None:
        """Close every connection; calls that still run get no response."""
        self.wait_for_calls(wait_s=0)
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._lock.wait_for(lambda: not self._connections, timeout=wait_s)
            self._is_closed = True
            free, self._free_threads = self._free_threads, 0
        for _ in range(free):
            self._accepted.put(None)
        self._close_wakers()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a free thread, or in a new one: many clients open a connection for each call."""
        with self._lock:
            is_free = self._free_threads > 0
            self._free_threads -= is_free
        if is_free:
            self._accepted.put((request, client_address))
        else:
            threading.Thread(target=self._serve_connections, args=(request, client_address), daemon=True).start()

    def _serve_connections(self, request: Any, client_address: Any) -> None:
        accepted: tuple[Any, Any] | None = (request, client_address)
        while accepted is not None:
            self.process_request_thread(*accepted)
            with self._lock:
                if self._is_closed or self._free_threads >= _MAX_FREE_THREADS:
                    return
                self._free_threads += 1
            accepted = self._accepted.get()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection until it closes."""
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
        """Mark a call as running for `wait_for_calls`."""
        with self._lock:
            self._busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1
                self._lock.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore broken connections; print the traceback of any other error."""
        if not isinstance(sys.exc_info()[1], OSError):
            _log.exception("a connection failed")

    def _close_wakers(self) -> None:
        self._wake.close()
        self._waker.close()


class _Connection(BaseHTTPRequestHandler):
    """One connection, kept open between requests."""

    server: HttpServer
    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # requests without a version get a response with a head, too
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        with self.server.busy():
            response, has_unread_body = self._respond()
            if has_unread_body:
                self.close_connection = True
            self._write(response)
            if has_unread_body:
                self._discard_body()

    def _respond(self) -> tuple[Response, bool]:
        """The response, and whether the body of the request may be unread."""
        head = self._read_head()
        if isinstance(head, Response):
            return head, True
        admission = self.server.admit(head)
        if isinstance(admission, Response):
            return admission, True
        if self.headers.get("Expect", "").lower() == "100-continue" and self.request_version == "HTTP/1.1":
            super().handle_expect_100()
        body = self._read_body(admission)
        if isinstance(body, Response):
            return body, True
        return self.server.respond(replace(head, body=body)), False

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = _serve  # noqa: N815

    def handle_expect_100(self) -> bool:
        """Postpone the request for the body until the head is admitted."""
        return True

    def _read_head(self) -> Request | Response:
        """The request without its body, or the response to an ambiguous one."""
        if self.headers.defects or self.headers.get_payload():
            return _bad_request("a header line cannot be read")
        for name in _SINGLE_HEADERS:
            if len(self.headers.get_all(name, ())) > 1:
                return _bad_request(f"there is more than one {name} header")
        if not self.headers.get("Host"):
            return _bad_request("the Host header is missing")
        if "Content-Length" in self.headers and "Transfer-Encoding" in self.headers:
            return _bad_request("Content-Length and Transfer-Encoding exclude each other")
        authority, path, query = _split_target(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, path, query, headers, b"", authority)

    def _read_body(self, admission: Admission) -> bytes | Response:
        if "Transfer-Encoding" in self.headers:
            is_chunked = self.headers["Transfer-Encoding"].strip().lower() == "chunked"
            return self._read_chunks(admission) if is_chunked else _bad_request("Transfer-Encoding must be chunked")
        length = parse_number(self.headers.get("Content-Length", "0").strip())
        if length is None or length > _MAX_DISCARDED_BYTES > admission.max_body_bytes:
            return _BAD_LENGTH
        return admission.too_large() if length > admission.max_body_bytes else self.rfile.read(length)

    def _read_chunks(self, admission: Admission) -> bytes | Response:
        body = bytearray()
        while True:
            # `int` alone would accept a sign, and a negative size would read to the end of the connection.
            match = _SIZE.match(self.rfile.readline(_CHUNK))
            if match is None:
                return _BAD_LENGTH
            size = int(match[1], 16)
            if len(body) + size > admission.max_body_bytes:
                return admission.too_large()
            body += self.rfile.read(size)
            if size:
                self.rfile.readline(_CHUNK)
                continue
            for _ in range(_MAX_TRAILER_LINES):
                if not self.rfile.readline(_CHUNK).strip():
                    return bytes(body)
            return _BAD_LENGTH

    def _discard_body(self) -> None:
        if self.headers.get("Content-Length", "0").strip() == "0" and "Transfer-Encoding" not in self.headers:
            return
        # Closing a connection with unread bytes resets it, and a client that still sends would lose the response.
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            deadline, discarded = time.monotonic() + _DISCARD_S, 0
            while discarded < _MAX_DISCARDED_BYTES and (left_s := deadline - time.monotonic()) > 0:
                self.connection.settimeout(left_s)
                chunk = self.connection.recv(_CHUNK)
                if not chunk:
                    return
                discarded += len(chunk)

    def _write(self, response: Response) -> None:
        if response.dropped:
            self.close_connection = True
            return
        if response.sent is not None:
            self.close_connection = True
        # Calls of the API happen at the time of the API. Clients compare clocks by other requests, and signatures are
        # checked against real time.
        now = self.server.now() if self.command == "POST" else time.time()
        # One send for head and body: a second would wait for the delayed acknowledgement of the client.
        lines = [
            f"HTTP/1.1 {response.status} {_reason(response.status)}",
            f"Date: {self.date_time_string(int(now))}",
            f"Content-Type: {response.content_type}",
            *([] if response.status == HTTPStatus.NO_CONTENT else [f"Content-Length: {len(response.body)}"]),
            f"Connection: {'close' if self.close_connection else 'keep-alive'}",
            *(f"{name}: {value}" for name, value in response.headers),
        ]
        # A line end in a value, which a function or a client may have set, would start another header.
        head = ("\r\n".join(_CONTROL.sub(" ", line) for line in lines) + "\r\n\r\n").encode("latin-1", "replace")
        self.connection.sendall(head if self.command == "HEAD" else head + response.body[: response.sent])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Do nothing: calls are recorded by the dispatcher."""


def _split_target(target: str) -> tuple[str, str, str]:
    """Host, path and query of a request line. Its target is a whole URL if the client uses a proxy."""
    if target.startswith("/"):
        path, _, query = target.partition("?")
        return "", path, query
    try:
        parts = urlsplit(target)
    except ValueError:
        return "", target, ""  # no route has this path
    return parts.netloc, parts.path or "/", parts.query


def _bad_request(reason: str) -> Response:
    return json_response({"error": f"the request is not valid HTTP: {reason}"}, status=400)


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
