from __future__ import annotations

import pytest

from scfdeploy.cli.language import translator
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.diagnostics.messages import in_english, translation
from scfdeploy.providers.base import ErrorKind
from scfdeploy.providers.tencent.transport.endpoint import Endpoint
from scfdeploy.providers.tencent.transport.errors import classify, cloud_error
from scfdeploy.providers.tencent.transport.http import UntrustedResponseError, open_session


@pytest.mark.parametrize(
    ("action", "code", "kind"),
    [
        ("GetFunction", "RequestLimitExceeded", ErrorKind.THROTTLED),
        ("GetFunction", "RequestLimitExceeded.UinLimitExceeded", ErrorKind.THROTTLED),
        ("CreateFunction", "LimitExceeded.Function", ErrorKind.REJECTED),
        ("UpdateFunctionCode", "FailedOperation.FunctionStatusError", ErrorKind.BUSY),
        ("UpdateFunctionCode", "FailedOperation.UpdateFunctionCode", ErrorKind.BUSY),
        ("CreateTrigger", "FailedOperation.CreateTrigger", ErrorKind.BUSY),
        ("GetFunction", "ResourceUnavailable.Namespace", ErrorKind.BUSY),
        ("ModifyFunctionTargets", "FailedOperation.ResourceInOperating", ErrorKind.BUSY),
        ("CreateFunction", "InternalError", ErrorKind.AMBIGUOUS),
        ("CreateFunction", "InternalError.NewAndUnheardOf", ErrorKind.AMBIGUOUS),
        ("CreateFunction", "ServiceUnavailable", ErrorKind.AMBIGUOUS),
        ("GetFunction", "ResourceNotFound.FunctionName", ErrorKind.MISSING),
        ("GetFunction", "ResourceNotFound.Function", ErrorKind.MISSING),
        ("GetFunction", "ResourceNotFound.Namespace", ErrorKind.MISSING),
        ("CreateFunction", "ResourceNotFound.Namespace", ErrorKind.REJECTED),
        ("CreateFunction", "ResourceNotFound.Role", ErrorKind.REJECTED),
        ("DeleteTrigger", "ResourceNotFound.Trigger", ErrorKind.MISSING),
        ("CreateFunction", "ResourceInUse.Function", ErrorKind.EXISTS),
        ("CreateFunction", "ResourceInUse", ErrorKind.EXISTS),
        ("CreateTrigger", "ResourceInUse.TriggerName", ErrorKind.EXISTS),
        ("DeleteFunction", "ResourceInUse", ErrorKind.BUSY),
        ("GetFunctionAddress", "FailedOperation.GetFunctionAddress", ErrorKind.REJECTED),
        ("GetFunction", "AuthFailure.SignatureFailure", ErrorKind.REJECTED),
        ("GetFunction", "Never.Heard", ErrorKind.REJECTED),
    ],
)
def test_error_codes_have_the_expected_kind(action: str, code: str, kind: ErrorKind) -> None:
    assert classify(action, code, "hello") is kind


@pytest.mark.parametrize(("name", "kind"), [("hello", ErrorKind.MISSING), ("1 hello", ErrorKind.REJECTED)])
def test_invalid_name_code_means_missing_for_valid_name_only(name: str, kind: ErrorKind) -> None:
    assert classify("GetFunction", "InvalidParameterValue.FunctionName", name) is kind


def test_cloud_error_has_action_and_hint() -> None:
    error = cloud_error("GetFunction", "AuthFailure.SignatureExpire", "Signature\n expired.", request_id="r-1")
    assert error.message == "GetFunction: Signature expired. (AuthFailure.SignatureExpire)"
    assert error.hint == "Correct the clock."
    assert error.request_id == "r-1"


@pytest.mark.parametrize(
    ("url", "shown", "loopback"),
    [
        ("http://127.0.0.1:9080", "http://127.0.0.1:9080", True),
        ("http://localhost:9080/", "http://localhost:9080", True),
        ("http://[::1]:9080", "http://[::1]:9080", True),
        ("https://scf.internal", "https://scf.internal", False),
        ("scf.internal:8443", "https://scf.internal:8443", False),
    ],
)
def test_endpoint_is_parsed(url: str, shown: str, loopback: bool) -> None:
    endpoint = Endpoint.parse(url)
    assert (str(endpoint), endpoint.is_loopback) == (shown, loopback)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://host",
        "http://",
        "http://host/path",
        "http://host:port",
        "http://[::1",
        "http://u:p@host",
        "http://a b",
    ],
)
def test_endpoint_parse_rejects_invalid_url(url: str) -> None:
    with pytest.raises(ScfDeployError, match="is not a valid endpoint"):
        Endpoint.parse(url)


def test_finance_regions_have_their_own_endpoint() -> None:
    assert str(Endpoint.of_product("scf", "ap-shanghai")) == "https://scf.tencentcloudapi.com"
    assert str(Endpoint.of_product("scf", "ap-shanghai-fsi")) == "https://scf.ap-shanghai-fsi.tencentcloudapi.com"


def test_chinese_error_of_a_proxy_has_its_english_original() -> None:
    proxy = {"http": "http://user:word@127.0.0.1:1"}
    with translation(translator("zh"), "zh-CN"), pytest.raises(UntrustedResponseError) as caught:
        open_session().get("http://scf.internal", proxies=proxy)
    assert "连接被拒绝" in caught.value.text
    assert "connection refused" in in_english(caught.value.text)
    assert "word" not in caught.value.text
