"""Calls of function URLs: what is sent, and that no response is trusted."""

from __future__ import annotations

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.providers.invocation import HttpRequest
from scfdeploy.providers.tencent.call_url import call_url
from tests.support.raw_server import answered, endless, raw_server, said


def test_request_is_sent_without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKIDsecret")
    with raw_server(answered("201 Made", "X-A: 1", "X-A: 2", body=b"\xff")) as server:
        request = HttpRequest("PUT", "/a b?c=d", (("X-B", "1"), ("x-b", "2")), b"body")
        response = call_url(f"{server.url}/site", request)
    (sent,) = server.requests
    assert sent.startswith(b"PUT /site/a%20b?c=d HTTP/1.1\r\n")
    assert b"X-B: 1, 2\r\n" in sent
    assert sent.endswith(b"\r\n\r\nbody")
    assert b"AKID" not in sent
    assert (response.status, response.reason, response.body) == (201, "Made", b"\xff")
    assert [value for name, value in response.headers if name == "X-A"] == ["1", "2"]


def test_redirect_is_a_response() -> None:
    with raw_server(answered("302 Found", "Location: http://169.254.169.254/")) as server:
        response = call_url(server.url, HttpRequest())
    assert len(server.requests) == 1
    assert (response.status, response.header("location")) == (302, "http://169.254.169.254/")


def test_endless_response_is_not_read() -> None:
    head = "HTTP/1.1 200 OK\r\n\r\n"
    with (
        raw_server(endless(head, b"x" * 65536)) as server,
        pytest.raises(ScfDeployError, match="more than 6 MB"),
    ):
        call_url(server.url, HttpRequest())


@pytest.mark.parametrize(
    ("reply", "reason"), [(said("no HTTP\r\n\r\n"), "gives no response"), (said(""), "closed by the server")]
)
def test_missing_response_is_an_error_with_the_reason(reply: object, reason: str) -> None:
    with raw_server(reply) as server, pytest.raises(ScfDeployError, match=reason):  # type: ignore[arg-type]
        call_url(server.url, HttpRequest())


@pytest.mark.waits("0.2 s: the time limit of a call that gets no response")
def test_slow_response_is_abandoned() -> None:
    with raw_server() as server, pytest.raises(ScfDeployError, match="timed out"):
        call_url(server.url, HttpRequest(), timeout_s=0.2)
