"""The SDK signs in four ways; each is verified, and each wrong one ends in the SDK's own exception."""

from __future__ import annotations

import pytest
from tencentcloud.common.exception import TencentCloudSDKException

from tests.support.emulator import Cloud, running
from tests.support.sdk import Sdk

WAYS = [
    (sign_method, http_method)
    for sign_method in ("TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1")
    for http_method in ("POST", "GET")
]


@pytest.mark.parametrize(("sign_method", "http_method"), WAYS)
def test_the_sdk_may_sign_in_any_of_its_ways(cloud: Cloud, sign_method: str, http_method: str) -> None:
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
def test_a_wrong_key_pair_raises_the_clouds_code(
    cloud: Cloud, sign_method: str, http_method: str, secret_id: str, secret_key: str, code: str
) -> None:
    sdk = Sdk(
        cloud.address, sign_method=sign_method, http_method=http_method, secret_id=secret_id, secret_key=secret_key
    )
    with pytest.raises(TencentCloudSDKException) as failed:
        sdk.call("ListFunctions")
    assert failed.value.get_code() == code
    assert failed.value.get_request_id()


def test_a_stale_clock_raises_the_clouds_code(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    sdk = Sdk(cloud.address)
    import time

    # The client's clock is an hour behind; the server asks the same module, so that it is told apart by its caller.
    from tencentcloud.common import abstract_client

    class Behind:
        time = staticmethod(lambda: time.time() - 3600)

    monkeypatch.setattr(abstract_client, "time", Behind)
    with pytest.raises(TencentCloudSDKException) as failed:
        sdk.call("ListFunctions")
    assert failed.value.get_code() == "AuthFailure.SignatureExpire"


def test_the_servers_own_time_may_run_ahead_of_the_signatures(sdk: Sdk, cloud: Cloud) -> None:
    cloud.advance(86400)
    assert sdk.call("ListFunctions").TotalCount == 0


def test_the_endpoint_may_be_the_whole_url(cloud: Cloud) -> None:
    assert Sdk(cloud.url).call("ListFunctions").TotalCount == 0


def test_errors_of_the_api_are_the_sdks_exceptions(sdk: Sdk) -> None:
    with pytest.raises(TencentCloudSDKException) as failed:
        sdk.call("GetFunction", FunctionName="nobody")
    assert failed.value.get_code() == "ResourceNotFound.Function"


def test_faults_match_real_errors_in_sdk(sdk: Sdk, cloud: Cloud) -> None:
    seen = []
    for rule in ({"status": 502}, {"drop": "before"}, {"code": "RequestLimitExceeded"}):
        cloud.control("faults", [rule])
        with pytest.raises(TencentCloudSDKException) as failed:
            sdk.call("ListFunctions")
        seen.append(failed.value.get_code())
    assert seen == ["ServerNetworkError", "ClientNetworkError", "RequestLimitExceeded"]


def test_one_client_serves_many_threads() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with running(latency_s=0.01) as cloud, ThreadPoolExecutor(32) as pool:
        sdk = Sdk(cloud.address)
        assert list(pool.map(lambda _: sdk.call("ListFunctions").TotalCount, range(96))) == [0] * 96
