"""Bodies of requests are read only after their head is checked, and up to the documented limits."""

from __future__ import annotations

import socket
from collections.abc import Mapping

import pytest

from scfdeploy.emulator.cos.protocol import CosError, parse_xml
from tests.support.emulator import Cloud, tc3_headers

_KB, _MB = 1 << 10, 1 << 20
_BUCKET = "code-1300000001.cos.ap-guangzhou.myqcloud.com"


def answer_to_head(cloud: Cloud, line: str, headers: Mapping[str, str]) -> bytes:
    """What the server answers to a head whose body never comes."""
    host, _, port = cloud.address.partition(":")
    lines = [f"{line} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = connection.makefile("rb")
        return answer.readline() + answer.read()


def unsigned(cloud: Cloud, **more: str) -> dict[str, str]:
    return {"Host": cloud.address, **{name.replace("_", "-"): value for name, value in more.items()}}


@pytest.mark.parametrize(
    ("line", "largest"),
    [
        ("POST /", _MB),
        ("GET /", 32 * _KB),
        ("POST /_url/default/hello/", 6 * _MB),
        ("POST /_emulator/faults", _MB),
        ("GET /_code/0", 64 * _KB),
        ("POST /hello/", 6 * _MB),
        ("POST /_nothing", 64 * _KB),
    ],
)
def test_unsigned_body_over_limit_is_rejected_unread(cloud: Cloud, line: str, largest: int) -> None:
    answered = answer_to_head(cloud, line, unsigned(cloud, Content_Length=str(largest + 1)))
    assert b" 413 " in answered or b"RequestSizeLimitExceeded" in answered


@pytest.mark.parametrize("line", ["POST /", "POST /_url/default/hello/", "POST /_emulator/faults", "POST /_nothing"])
def test_chunk_over_limit_is_rejected_unread(cloud: Cloud, line: str) -> None:
    headers = unsigned(cloud, Transfer_Encoding="chunked") | {"X": "1\r\n\r\n7fffffff"}
    answered = answer_to_head(cloud, line, headers)
    assert b" 413 " in answered or b"RequestSizeLimitExceeded" in answered


@pytest.mark.parametrize("secret_id", ["AKIDlocal", "AKIDother"])
def test_tc3_body_over_limit_or_of_unknown_key_is_rejected_unread(cloud: Cloud, secret_id: str) -> None:
    size = 10 * _MB + 1 if secret_id == "AKIDlocal" else _KB
    headers = tc3_headers(cloud.address, "GetFunction", b"", secret_id=secret_id) | {"Content-Length": str(size)}
    expected = b"RequestSizeLimitExceeded" if secret_id == "AKIDlocal" else b"AuthFailure.SecretIdNotFound"
    assert expected in answer_to_head(cloud, "POST /", headers)


@pytest.mark.parametrize("length", [{"Content-Length": str(_MB)}, {"Transfer-Encoding": "chunked"}])
def test_cos_body_with_invalid_signature_is_rejected_unread(cloud: Cloud, length: dict[str, str]) -> None:
    assert b"AccessDenied" in answer_to_head(cloud, "PUT /object", {"Host": _BUCKET, **length})


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_body_of_rejected_request_is_not_requested(cloud: Cloud, headers: dict[str, str]) -> None:
    sent = unsigned(cloud, Content_Length="9", Expect="100-continue") | headers
    assert answer_to_head(cloud, "POST /_url/default/hello/", sent).startswith(b"HTTP/1.1 403 ")


def test_body_of_admitted_request_is_requested(cloud: Cloud) -> None:
    sent = unsigned(cloud, Content_Length="2", Expect="100-continue", Connection="close")
    head = {**sent, "X": "1\r\n\r\n{}"}
    answered = answer_to_head(cloud, "POST /_emulator/reset", head)
    assert answered.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Length": "2", "Transfer-Encoding": "chunked"},
        {"Transfer-Encoding": "gzip, chunked"},
        {"Transfer-Encoding": "identity"},
    ],
)
def test_body_of_ambiguous_length_is_rejected(cloud: Cloud, headers: dict[str, str]) -> None:
    answered = answer_to_head(cloud, "POST /_emulator/reset", unsigned(cloud) | headers)
    assert answered.startswith(b"HTTP/1.1 400 ")


def test_sender_of_large_rejected_body_gets_response(cloud: Cloud) -> None:
    status, _, body = cloud.send("POST", "/", bytes(20 * _MB), {"Origin": "https://evil.example"})
    assert (status, b"evil.example" in body) == (403, True)


@pytest.mark.parametrize(
    "body",
    [
        b"<Delete>",
        b'<?xml version="1.0" encoding="none"?><Delete/>',
        b'<?xml version="1.0" encoding="big5"?><Delete/>',
    ],
)
def test_cos_body_that_is_not_readable_xml_is_rejected(body: bytes) -> None:
    with pytest.raises(CosError, match="MalformedXML"):
        parse_xml(body)
