"""Connections that are opened before the first call, and who uses them."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.providers.base import CloudError
from scfdeploy.providers.tencent.transport import early_connection
from scfdeploy.providers.tencent.transport.early_connection import connect_early
from scfdeploy.providers.tencent.transport.endpoint import Endpoint
from tests.support.cloud import client_of
from tests.support.fake_clock import FakeClock

# Of 127.0.0.1, for the years 2020 to 2119.
CERTIFICATE = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjkkLX4vTza4o18Hw
9/SVFVJmno1TuHwm48NJRoiN+gqhRANCAAS6lbBznPtat4uLeCXZG/MIPc9VDOg7
sk8tF1TFRJZtbT5S9/pfq4Z2jLbfd6T32iwgygpjdoL/ZUNeoPytIQeG
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBbDCCARKgAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAkxMjcuMC4w
LjEwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CTEyNy4wLjAuMTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLqVsHOc+1q3i4t4
Jdkb8wg9z1UM6DuyTy0XVMVElm1tPlL3+l+rhnaMtt93pPfaLCDKCmN2gv9lQ16g
/K0hB4ajUzBRMB0GA1UdDgQWBBREhT2M+d/BUmUFLt7v1ZWxHK+YjzAPBgNVHRMB
Af8EBTADAQH/MA4GA1UdDwEB/wQEAwIChDAPBgNVHREECDAGhwR/AAABMAoGCCqG
SM49BAMCA0gAMEUCIHlKjshF0RtyEwuqNnb5Hqv4v7bO25KrfHqSO8JkKaLJAiEA
6Z/+qpbu3Ghbj+//eY7M0GWXoyUP9yM+Ee314szEgLY=
-----END CERTIFICATE-----
"""


class CountingServer(ThreadingHTTPServer):
    """Counts connections and answers every call with an empty response."""

    daemon_threads = True

    def __init__(self, certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.connections = 0
        self.is_connected = threading.Semaphore(0)
        self._scheme = "http" if certificate is None else "https"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def get_request(self) -> Any:
        request = super().get_request()
        self.connections += 1
        self.is_connected.release()
        return request

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.server_port}"


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


@contextmanager
def running(server: CountingServer) -> Iterator[CountingServer]:
    with server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def server() -> Iterator[CountingServer]:
    with running(CountingServer()) as started:
        yield started


@pytest.fixture
def tls_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CountingServer]:
    certificate = tmp_path / "server.pem"
    certificate.write_text(CERTIFICATE)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with running(CountingServer(certificate)) as started:
        yield started


def open_connections(url: str) -> None:
    ends = connect_early(Endpoint.parse(url))
    assert len(ends) == 2
    assert not wait(ends, timeout=30).not_done


def test_first_call_uses_an_open_connection(server: CountingServer) -> None:
    open_connections(server.url)
    client = client_of(server.url, clock=FakeClock())
    assert client.read("ListFunctions", {}) == {"RequestId": "r-1"}
    assert client.read("ListFunctions", {}) == {"RequestId": "r-1"}
    assert server.connections == 2


def test_first_call_uses_an_open_encrypted_connection(tls_server: CountingServer) -> None:
    open_connections(tls_server.url)
    for _ in range(2):
        tls_server.is_connected.acquire(timeout=30)  # the server has sent its session tickets
    assert client_of(tls_server.url, clock=FakeClock()).read("ListFunctions", {}) == {"RequestId": "r-1"}
    assert tls_server.connections == 2


def test_untrusted_certificate_is_reported_by_the_first_call(
    tls_server: CountingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_connections(tls_server.url)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(CloudError, match="certificate"):
        client_of(tls_server.url, clock=FakeClock()).read("ListFunctions", {})


def test_first_call_without_open_connections_opens_one(server: CountingServer) -> None:
    assert client_of(server.url, clock=FakeClock()).read("ListFunctions", {}) == {"RequestId": "r-1"}
    assert server.connections == 1


def test_connection_that_was_idle_for_long_is_not_used(server: CountingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(early_connection, "_MAX_AGE_S", -1.0)
    open_connections(server.url)
    assert client_of(server.url, clock=FakeClock()).read("ListFunctions", {}) == {"RequestId": "r-1"}
    assert server.connections == 3


def test_client_with_more_connections_keeps_its_own_pool(server: CountingServer) -> None:
    open_connections(server.url)
    client = client_of(server.url, clock=FakeClock(), pool_size=128)
    assert client.read("ListFunctions", {}) == {"RequestId": "r-1"}
    assert server.connections == 3


def test_server_that_refuses_connections_is_reported_by_the_first_call(server: CountingServer) -> None:
    url = server.url
    server.shutdown()
    server.server_close()
    open_connections(url)
    with pytest.raises(CloudError, match="ListFunctions"):
        client_of(url, clock=FakeClock()).read("ListFunctions", {})


def test_missing_certificates_are_reported_by_the_first_call(
    tls_server: CountingServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    assert not connect_early(Endpoint.parse(tls_server.url))
    with pytest.raises(CloudError, match=r"missing\.pem"):
        client_of(tls_server.url, clock=FakeClock()).read("ListFunctions", {})
