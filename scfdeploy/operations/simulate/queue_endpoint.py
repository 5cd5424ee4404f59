"""A local endpoint at which a function deletes messages of the simulated queue, in the protocol of SQS."""

from __future__ import annotations

import json
import secrets
import socketserver
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self

CLIENT_VARIABLE = "SCFDEPLOY_QUEUE_URL"
"""Where the context of a Python function deletes messages; the runtime of the local server reads it."""
_MAX_BODY = 1 << 20
_POLL_S = 0.02
"""How long the end of the endpoint may take."""


class QueueEndpoint:
    """Notes which messages are deleted. It listens on the loopback address while the context is open."""

    def __init__(self) -> None:
        self._server = _Server(f"/{secrets.token_hex(16)}", self._delete)
        self._deleted: list[str] = []

    @property
    def variables(self) -> Mapping[str, str]:
        """Environment variables with which the local client and SDKs find the endpoint."""
        url = f"http://127.0.0.1:{self._server.server_address[1]}{self._server.path}"
        return {CLIENT_VARIABLE: url, "AWS_ENDPOINT_URL_SQS": url}

    def take_deleted(self) -> list[str]:
        """The ids of the messages that were deleted since the last call, in order."""
        deleted, self._deleted = self._deleted, []
        return deleted

    def _delete(self, receipt: str) -> None:
        self._deleted.append(receipt.partition("/")[0])

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(_POLL_S,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, path: str, delete: Callable[[str], None]) -> None:
        """`delete` receives the receipt handle of each message."""
        self.path = path
        self.delete = delete
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        """Bind without the name lookup that the base class makes."""
        socketserver.TCPServer.server_bind(self)

    def handle_error(self, request: object, client_address: object) -> None:
        """A function may end before it reads the response; the base class prints a traceback."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10

    def do_POST(self) -> None:
        if not self._is_allowed():
            self._answer(404, {"__type": "NotFound"})
            return
        target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        content = self._read()
        if target == "DeleteMessage":
            self.server.delete(str(content.get("ReceiptHandle")))
            self._answer(200, {})
        elif target == "DeleteMessageBatch":
            listed = content.get("Entries")
            entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
            for entry in entries:
                self.server.delete(str(entry.get("ReceiptHandle")))
            self._answer(200, {"Successful": [{"Id": str(entry.get("Id"))} for entry in entries], "Failed": []})
        else:
            self._answer(400, {"__type": "com.amazonaws.sqs#UnsupportedOperation"})

    def _is_allowed(self) -> bool:
        """Whether a program that knows the path sent the request, and not a web page; needs no body."""
        host, port = self.connection.getsockname()
        is_page = "Origin" in self.headers or self.headers.get("Host") != f"{host}:{port}"
        return self.path.rstrip("/") == self.server.path and not is_page

    def _read(self) -> dict[str, object]:
        try:
            # A negative number would read until the sender closes the connection.
            size = max(0, int(self.headers.get("Content-Length") or 0))
            content = json.loads(self.rfile.read(min(size, _MAX_BODY)))
        except (ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}

    def _answer(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - as in the base class
        """Requests are not logged."""
