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
from dataclasses import replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from scfdeploy.emulator.messages import Admission, Answer, Request, json_answer
from scfdeploy.emulator.numbers import whole_number

_CHUNK = 1 << 16
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,12})[ \t]*[;\r\n]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
# Twice one of these, and what is checked need not be what another reader of the request believes.
_ONCE_ONLY = (
    *("Host", "Origin", "Referer", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest"),
    *("Authorization", "Content-Length", "Transfer-Encoding"),
)
_MAX_TRAILER_LINES = 100
# How much of an unread body is thrown away so that its sender gets to read the answer, and how long that may take.
_MAX_DISCARDED_BYTES = 64 << 20
_DISCARD_S = 5.0
_BAD_LENGTH = Answer(413, b"The body is too large, or its length is not a number.\n", "text/plain")
_log = logging.getLogger(__name__)


class HttpServer(ThreadingHTTPServer):
    """Listens on loopback as soon as it is created; answers while `serve` runs. Raises OSError for a port in use.

    `admit` gets each request before its body is read, which it does not have yet. It gives an answer for one that is
    refused, or how large the body may be; `answer` then gets the whole request.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(
        self, port: int, answer: Callable[[Request], Answer], admit: Callable[[Request], Admission | Answer]
    ) -> None:
        self.answer = answer
        self.admit = admit
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
        """Accept connections until `leave`. Unlike the loop of the base class, this one does not poll."""
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
        """Make `serve` return, and wait until it has."""
        self._waker.send(b"x")
        self._left.wait()

    def finish(self, *, wait_s: float) -> None:
        """Stop listening and wait up to `wait_s` for running calls."""
        self.server_close()
        with self._lock:
            self._lock.wait_for(lambda: self._busy == 0, timeout=wait_s)

    def close(self, *, wait_s: float) -> None:
        """Close every connection; calls that still run get no answer."""
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
    default_request_version = "HTTP/1.0"  # what has no version gets an answer with a head, too
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        with self.server.busy():
            answer, has_body_left = self._answered()
            if has_body_left:
                self.close_connection = True
            self._write(answer)
            if has_body_left:
                self._discard_body()

    def _answered(self) -> tuple[Answer, bool]:
        """The answer, and whether the request was refused so early that its body may still be on its way."""
        head = self._head()
        if isinstance(head, Answer):
            return head, True
        admission = self.server.admit(head)
        if isinstance(admission, Answer):
            return admission, True
        if self._is_asking_first():
            super().handle_expect_100()
        body = self._body(admission)
        if isinstance(body, Answer):
            return body, True
        return self.server.answer(replace(head, body=body)), False

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = _serve  # noqa: N815

    def handle_expect_100(self) -> bool:
        """Ask for no body yet: it is looked first whether the request is answered at all."""
        return True

    def _is_asking_first(self) -> bool:
        return self.headers.get("Expect", "").lower() == "100-continue" and self.request_version == "HTTP/1.1"

    def _head(self) -> Request | Answer:
        """The request without its body, or the answer to one that can be read in more than one way."""
        if self.headers.defects or self.headers.get_payload():
            return _bad_request("a header line cannot be read")
        for name in _ONCE_ONLY:
            if len(self.headers.get_all(name, ())) > 1:
                return _bad_request(f"there is more than one {name} header")
        if not self.headers.get("Host"):
            return _bad_request("the Host header is missing")
        if self._has_body_of_unknown_length():
            return _bad_request("Content-Length and Transfer-Encoding exclude each other")
        authority, path, query = _target(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, path, query, headers, b"", authority)

    def _has_body_of_unknown_length(self) -> bool:
        return "Content-Length" in self.headers and "Transfer-Encoding" in self.headers

    def _body(self, admission: Admission) -> bytes | Answer:
        if "Transfer-Encoding" in self.headers:
            is_chunked = self.headers["Transfer-Encoding"].strip().lower() == "chunked"
            return self._chunked_body(admission) if is_chunked else _bad_request("Transfer-Encoding must be chunked")
        length = whole_number(self.headers.get("Content-Length", "0").strip())
        if length is None or length > _MAX_DISCARDED_BYTES > admission.max_body_bytes:
            return _BAD_LENGTH
        return admission.too_large() if length > admission.max_body_bytes else self.rfile.read(length)

    def _chunked_body(self, admission: Admission) -> bytes | Answer:
        found = bytearray()
        while True:
            # Not `int` alone: it takes a sign, and what is less than nothing would be read to the end.
            says = _SIZE.match(self.rfile.readline(_CHUNK))
            if says is None:
                return _BAD_LENGTH
            size = int(says[1], 16)
            if len(found) + size > admission.max_body_bytes:
                return admission.too_large()
            found += self.rfile.read(size)
            if size:
                self.rfile.readline(_CHUNK)
                continue
            for _ in range(_MAX_TRAILER_LINES):
                if not self.rfile.readline(_CHUNK).strip():
                    return bytes(found)
            return _BAD_LENGTH

    def _discard_body(self) -> None:
        if self.headers.get("Content-Length", "0").strip() == "0" and "Transfer-Encoding" not in self.headers:
            return
        # Closing a connection with unread bytes resets it, and a client that still sends would never see the answer.
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            deadline, discarded = time.monotonic() + _DISCARD_S, 0
            while discarded < _MAX_DISCARDED_BYTES and (left_s := deadline - time.monotonic()) > 0:
                self.connection.settimeout(left_s)
                chunk = self.connection.recv(_CHUNK)
                if not chunk:
                    return
                discarded += len(chunk)

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


def _target(sent: str) -> tuple[str, str, str]:
    """Host, path and query of a request line, whose target is the whole URL when the client goes through a proxy."""
    if sent.startswith("/"):
        path, _, query = sent.partition("?")
        return "", path, query
    try:
        parts = urlsplit(sent)
    except ValueError:
        return "", sent, ""  # no path that anything answers at
    return parts.netloc, parts.path or "/", parts.query


def _bad_request(why: str) -> Answer:
    return json_answer({"error": f"the request is not valid HTTP: {why}"}, status=400)


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
