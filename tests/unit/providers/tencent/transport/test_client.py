from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

from scfdeploy.model import Address
from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.tencent.invoke import invoke
from scfdeploy.providers.tencent.transport.client import Client
from tests.support.cloud import client_of
from tests.support.fake_clock import FakeClock

URL = "http://cloud.test"
HELLO = Address.of_function("default", "hello")


@pytest.fixture
def cloud() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def client() -> Client:
    return client_of(URL, clock=FakeClock())


def answer(
    cloud: responses.RequestsMock, body: object, *, content_type: str = "application/json", **kw: object
) -> None:
    text = body if isinstance(body, str) else json.dumps({"Response": body})
    cloud.add(responses.POST, URL, body=text, content_type=content_type, **kw)  # type: ignore[arg-type]


def failure(code: str) -> dict[str, object]:
    return {"Error": {"Code": code, "Message": "because"}, "RequestId": "r-1"}


def test_read_returns_response_and_counts_the_call(cloud: responses.RequestsMock, client: Client) -> None:
    answer(cloud, {"Status": "Active", "RequestId": "r-1"})
    assert client.read("GetFunction", {"FunctionName": "hello"})["Status"] == "Active"
    assert client.calls == {"GetFunction": 1}
    request = cloud.calls[0].request
    assert request.headers["X-TC-Language"] == "en-US"
    assert request.headers["X-TC-Region"] == "ap-guangzhou"


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "text/plain"])
def test_error_is_raised_for_any_content_type(cloud: responses.RequestsMock, client: Client, content_type: str) -> None:
    answer(cloud, failure("InvalidParameterValue.Memory"), content_type=content_type)
    with pytest.raises(CloudError) as caught:
        client.read("GetFunction", {"FunctionName": "hello"})
    assert (caught.value.code, caught.value.request_id) == ("InvalidParameterValue.Memory", "r-1")
    assert client.calls.total() == 1


@pytest.mark.parametrize("body", ["", "<html>Bad gateway</html>", "[]", '{"Response": null}', "{}", '{"Response": []}'])
@pytest.mark.parametrize("status", [200, 502])
def test_malformed_response_is_ambiguous(cloud: responses.RequestsMock, client: Client, body: str, status: int) -> None:
    answer(cloud, body, status=status)
    with pytest.raises(CloudError) as caught:
        client.write("CreateFunction", {"FunctionName": "hello"})
    assert caught.value.kind is ErrorKind.AMBIGUOUS
    assert client.calls.total() == 1


@pytest.mark.parametrize("code", ["RequestLimitExceeded", "InternalError", "FailedOperation.FunctionStatusError"])
def test_read_is_retried_after_transient_error(cloud: responses.RequestsMock, client: Client, code: str) -> None:
    answer(cloud, failure(code))
    answer(cloud, failure(code))
    answer(cloud, {"RequestId": "r-2"})
    assert client.read("GetFunction", {"FunctionName": "hello"}) == {"RequestId": "r-2"}
    assert client.calls.total() == 3


@pytest.mark.parametrize("code", ["InternalError", "FailedOperation.FunctionStatusError", "ResourceInUse.Function"])
def test_write_is_not_retried(cloud: responses.RequestsMock, client: Client, code: str) -> None:
    answer(cloud, failure(code))
    with pytest.raises(CloudError):
        client.write("CreateFunction", {"FunctionName": "hello"})
    assert client.calls.total() == 1


def test_throttled_write_is_retried_twice(cloud: responses.RequestsMock, client: Client) -> None:
    answer(cloud, failure("RequestLimitExceeded"))
    with pytest.raises(CloudError):
        client.write("CreateFunction", {"FunctionName": "hello"})
    assert client.calls.total() == 3


def test_parameters_and_signature_are_not_logged(
    cloud: responses.RequestsMock, client: Client, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    answer(cloud, {"RequestId": "r-1"})
    with caplog.at_level(logging.DEBUG):
        client.write("UpdateFunctionConfiguration", {"FunctionName": "hello", "Environment": "hunter22"})
    out, err = capfd.readouterr()
    assert "hunter22" not in caplog.text + out + err
    assert "Authorization" not in caplog.text


def test_netrc_does_not_replace_the_signature(
    cloud: responses.RequestsMock, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    answer(cloud, {"RequestId": "r-1"})
    client.read("GetFunction", {"FunctionName": "hello"})
    assert cloud.calls[0].request.headers["Authorization"].startswith("TC3-HMAC-SHA256")


def result(**fields: object) -> dict[str, object]:
    return {"Result": {"FunctionRequestId": "f-1", "Duration": 2, "MemUsage": 2097152, **fields}, "RequestId": "r-1"}


@pytest.mark.parametrize(
    ("fields", "error", "status"),
    [
        (
            {"ErrMsg": json.dumps({"errorCode": 1, "errorMessage": "no", "stackTrace": "at x", "statusCode": 430})},
            ("User code exception caught", "no", "at x"),
            430,
        ),
        (
            {"ErrMsg": json.dumps({"errorType": "ValueError", "errorMessage": "no", "stackTrace": ["a\n", "b"]})},
            ("ValueError", "no", "a\nb"),
            430,
        ),
        ({"ErrMsg": "plain words", "InvokeResult": 1}, ("User code exception caught", "plain words", ""), 430),
        (
            {"ErrMsg": "", "InvokeResult": -1, "RetMsg": json.dumps({"errorCode": 433, "errorMessage": "slow"})},
            None,
            433,
        ),
        ({"ErrMsg": json.dumps({"errorMessage": {"a": 1}, "statusCode": 499000})}, None, 430),
    ],
)
def test_function_error_is_read_in_every_form(
    cloud: responses.RequestsMock,
    client: Client,
    fields: dict[str, object],
    error: tuple[str, str, str] | None,
    status: int,
) -> None:
    answer(cloud, result(**fields))
    invocation = invoke(client, HELLO, "{}", qualifier="$DEFAULT")
    assert invocation.error is not None
    assert invocation.status_code == status
    assert invocation.result is None
    assert error is None or invocation.error == error


@pytest.mark.parametrize(("text", "value"), [('"text"', "text"), ("null", None), ("", None), ("not json", "not json")])
def test_result_is_json_or_text(cloud: responses.RequestsMock, client: Client, text: str, value: object) -> None:
    answer(cloud, result(RetMsg=text, InvokeResult=0))
    invocation = invoke(client, HELLO, "{}", qualifier="$DEFAULT")
    assert (invocation.result, invocation.error, invocation.memory_mb) == (value, None, 2.0)


def test_invocation_is_not_retried(cloud: responses.RequestsMock, client: Client) -> None:
    answer(cloud, failure("InternalError"))
    with pytest.raises(CloudError):
        invoke(client, HELLO, "{}", qualifier="$DEFAULT")
    assert client.calls.total() == 1


def test_open_provider_loads_no_sdk() -> None:
    program = (
        "import sys\n"
        "from scfdeploy.model import Secret\n"
        "from scfdeploy.providers.tencent import Credentials, open_provider\n"
        "open_provider('ap-guangzhou', credentials=Credentials('a', Secret('b'), None, 'c'))\n"
        "print([name for name in ('requests', 'tencentcloud', 'concurrent.futures') if name in sys.modules])\n"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
