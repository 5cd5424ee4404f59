"""The endpoint of a simulated queue takes requests of programs that know its path, and of no web page."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import pytest

from scfdeploy.operations.simulate.queue_endpoint import CLIENT_VARIABLE, QueueEndpoint

DELETE = {"X-Amz-Target": "AmazonSQS.DeleteMessage"}
BODY = json.dumps({"ReceiptHandle": "id-1/1"})


@pytest.fixture
def endpoint() -> Iterator[QueueEndpoint]:
    with QueueEndpoint() as opened:
        yield opened


def post(endpoint: QueueEndpoint, headers: Mapping[str, str], *, path: str = "") -> int:
    url = urlsplit(endpoint.variables[CLIENT_VARIABLE])
    connection = http.client.HTTPConnection(url.netloc, timeout=5)
    connection.request("POST", path or url.path, BODY, {**DELETE, **headers})
    status = connection.getresponse().status
    connection.close()
    return status


def test_program_that_knows_the_path_deletes_a_message(endpoint: QueueEndpoint) -> None:
    assert post(endpoint, {}) == 200
    assert endpoint.take_deleted() == ["id-1"]


@pytest.mark.parametrize("headers", [{"Origin": "http://127.0.0.1"}, {"Origin": "null"}, {"Host": "rebound.example"}])
def test_request_of_a_web_page_deletes_nothing(endpoint: QueueEndpoint, headers: Mapping[str, str]) -> None:
    assert post(endpoint, headers) == 404
    assert endpoint.take_deleted() == []


def test_request_without_the_path_deletes_nothing(endpoint: QueueEndpoint) -> None:
    assert post(endpoint, {}, path="/") == 404
    assert endpoint.take_deleted() == []


@pytest.mark.parametrize("is_known", [True, False])
def test_negative_length_is_answered_while_the_connection_is_open(
    endpoint: QueueEndpoint, capsys: pytest.CaptureFixture[str], *, is_known: bool
) -> None:
    url = urlsplit(endpoint.variables[CLIENT_VARIABLE])
    path = url.path if is_known else "/"
    lines = [f"POST {path} HTTP/1.1", f"Host: {url.netloc}", "Content-Length: -1", "", ""]
    with socket.create_connection((url.hostname, url.port), timeout=5) as connection:
        connection.sendall("\r\n".join(lines).encode())
        assert connection.recv(12) == (b"HTTP/1.0 400" if is_known else b"HTTP/1.0 404")
    assert endpoint.take_deleted() == []
    assert capsys.readouterr().err == ""
