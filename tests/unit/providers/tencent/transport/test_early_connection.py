"""Connections that are opened before the first call, and who uses them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from scfdeploy.providers.base import CloudError
from scfdeploy.providers.tencent.transport.early_connection import connect_early
from scfdeploy.providers.tencent.transport.endpoint import Endpoint
from tests.support.cloud import client_of
from tests.support.fake_clock import FakeClock


class CountingServer(ThreadingHTTPServer):
    """Counts connections and answers every call with an empty response."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.connections = 0

    def get_request(self) -> Any:
        request = super().get_request()
        self.connections += 1
        return request

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"Response": {"RequestId": "r-1"}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def server() -> Iterator[CountingServer]:
    with CountingServer() as started:
        threading.Thread(target=started.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield started
        started.shutdown()


def test_first_call_uses_an_open_connection(server: CountingServer) -> None:
    connect_early(Endpoint.parse(server.url)).result(timeout=30)
    client = client_of(server.url, clock=FakeClock())
    assert client.read("ListFunctions", {}) == {"RequestId": "r-1"}
    assert client.read("ListFunctions", {}) == {"RequestId": "r-1"}
    assert server.connections == 2


def test_first_call_without_open_connections_opens_one(server: CountingServer) -> None:
    assert client_of(server.url, clock=FakeClock()).read("ListFunctions", {}) == {"RequestId": "r-1"}
    assert server.connections == 1


def test_server_that_refuses_connections_is_reported_by_the_first_call(server: CountingServer) -> None:
    url = server.url
    server.shutdown()
    server.server_close()
    connect_early(Endpoint.parse(url)).result(timeout=30)
    with pytest.raises(CloudError, match="ListFunctions"):
        client_of(url, clock=FakeClock()).read("ListFunctions", {})
