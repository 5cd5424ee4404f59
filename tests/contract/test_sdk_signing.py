"""The emulator verifies every signature method of the SDK; an invalid signature raises the SDK's exception."""

from __future__ import annotations

import pytest
from tencentcloud.common.exception import TencentCloudSDKException

from tests.support.emulator import Cloud, running
from tests.support.sdk import Sdk

SIGNATURES = [
    (sign_method, http_method)
    for sign_method in ("TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1")
    for http_method in ("POST", "GET")
]


@pytest.mark.parametrize(("sign_method", "http_method"), SIGNATURES)
def test_every_signature_method_is_accepted(cloud: Cloud, sign_method: str, http_method: str) -> None:
    sdk = Sdk(cloud.address, sign_method=sign_method, http_method=http_method)
    cloud.create(MemorySize=256)
    sdk.call(
        "UpdateFunctionConfiguration",
        FunctionName="hello",
        Timeout=7,
        Environment={"Variables": [{"Key": "A_B", "Value": "x y&z=1/ü"}, {"Key": "C", "Value": ""}]},
    )
    found = sdk.call("GetFunction", FunctionName="hello")
    assert found.Timeout == 7
    assert [(v.Key, v.Value) for v in found.Environment.Variables] == [("A_B", "x y&z=1/ü"), ("C", "")]


@pytest.mark.parametrize("http_method", ["POST", "GET"])
@pytest.mark.parametrize("sign_method", ["TC3-HMAC-SHA256", "HmacSHA256"])
@pytest.mark.parametrize(
    ("secret_id", "secret_key", "code"),
    [
        ("AKIDlocal", "wrong", "AuthFailure.SignatureFailure"),
        ("AKIDnobody", "local-secret", "AuthFailure.SecretIdNotFound"),
    ],
)
def test_invalid_key_pair_raises_cloud_error_code(
    cloud: Cloud, sign_method: str, http_method: str, secret_id: str, secret_key: str, code: str
) -> None:
    sdk = Sdk(
        cloud.address, sign_method=sign_method, http_method=http_method, secret_id=secret_id, secret_key=secret_key
    )
    with pytest.raises(TencentCloudSDKException) as failed:
        sdk.call("ListFunctions")
    assert failed.value.get_code() == code
    assert failed.value.get_request_id()


def test_clock_skew_raises_cloud_error_code(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    sdk = Sdk(cloud.address)
    import time

    # Only the client's clock is an hour behind: the server uses the time module in the same process.
    from tencentcloud.common import abstract_client

    class Behind:
        time = staticmethod(lambda: time.time() - 3600)

    monkeypatch.setattr(abstract_client, "time", Behind)
    with pytest.raises(TencentCloudSDKException) as failed:
        sdk.call("ListFunctions")
    assert failed.value.get_code() == "AuthFailure.SignatureExpire"


def test_emulator_clock_does_not_affect_signatures(sdk: Sdk, cloud: Cloud) -> None:
    cloud.advance(86400)
    assert sdk.call("ListFunctions").TotalCount == 0


def test_endpoint_may_be_a_url(cloud: Cloud) -> None:
    assert Sdk(cloud.url).call("ListFunctions").TotalCount == 0


def test_api_error_raises_sdk_exception(sdk: Sdk) -> None:
    with pytest.raises(TencentCloudSDKException) as failed:
        sdk.call("GetFunction", FunctionName="nobody")
    assert failed.value.get_code() == "ResourceNotFound.Function"


def test_faults_match_real_errors_in_sdk(sdk: Sdk, cloud: Cloud) -> None:
    codes = []
    for rule in ({"status": 502}, {"drop": "before"}, {"code": "RequestLimitExceeded"}):
        cloud.control("faults", [rule])
        with pytest.raises(TencentCloudSDKException) as failed:
            sdk.call("ListFunctions")
        codes.append(failed.value.get_code())
    assert codes == ["ServerNetworkError", "ClientNetworkError", "RequestLimitExceeded"]


def test_client_is_shared_by_threads() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with running(latency_s=0.01) as cloud, ThreadPoolExecutor(32) as pool:
        sdk = Sdk(cloud.address)
        assert list(pool.map(lambda _: sdk.call("ListFunctions").TotalCount, range(96))) == [0] * 96
