from __future__ import annotations

import pytest

from scfdeploy.model import Address
from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.tencent import find_credentials, open_provider
from tests.support.cloud import Deployment
from tests.support.fake_clock import FakeClock
from tests.support.local_server import LocalServer

HELLO = Address.of_function("default", "hello")
FAILING = "def main(event, context):\n    raise ValueError('no such order')\n"


def test_a_call_gives_result_log_duration_and_memory(deployment: Deployment) -> None:
    deployment.create(HELLO)
    got = deployment.cloud.invoke(HELLO, '{"a": [1, "é"]}', qualifier="$DEFAULT", asynchronous=False)
    assert (got.result, got.error, got.status_code) == ({"a": [1, "é"]}, None, 200)
    assert "hello" in got.log
    assert got.request_id
    assert got.duration_ms is not None
    assert got.memory_mb is not None
    assert 0 < got.memory_mb < 1000


def test_a_function_that_fails_is_an_answer(deployment: Deployment) -> None:
    deployment.pack(HELLO, FAILING)
    deployment.create(HELLO)
    got = deployment.cloud.invoke(HELLO, "{}", qualifier="$DEFAULT", asynchronous=False)
    assert got.error is not None
    assert got.result is None
    assert got.status_code == 430
    assert "no such order" in " ".join(got.error)


def test_an_asynchronous_call_gives_a_request_id(deployment: Deployment) -> None:
    deployment.create(HELLO)
    got = deployment.cloud.invoke(HELLO, "{}", qualifier="$LATEST", asynchronous=True)
    assert got.request_id
    assert got.error is None


def test_calling_what_does_not_exist_is_a_cloud_error(deployment: Deployment) -> None:
    with pytest.raises(CloudError) as caught:
        deployment.cloud.invoke(HELLO, "{}", qualifier="$DEFAULT", asynchronous=False)
    assert caught.value.kind is ErrorKind.MISSING


def test_wrong_key_is_reported_by_code(server: LocalServer) -> None:
    pair = find_credentials(
        {"TENCENTCLOUD_SECRET_ID": "AKIDlocal", "TENCENTCLOUD_SECRET_KEY": "wrong-key"},
        profile=None,
        endpoint=server.url,
        home="",
    )
    with pytest.raises(CloudError) as caught:
        open_provider("ap-guangzhou", credentials=pair, endpoint=server.url).deployed_code(HELLO)
    assert caught.value.code == "AuthFailure.SignatureFailure"
    assert "wrong-key" not in str(caught.value)
    assert caught.value.hint


def test_unreachable_server_is_reported_plainly() -> None:
    pair = find_credentials({}, profile=None, endpoint="http://127.0.0.1:9", home="")
    cloud = open_provider("ap-guangzhou", credentials=pair, endpoint="http://127.0.0.1:9", clock=FakeClock())
    with pytest.raises(CloudError) as caught:
        cloud.deployed_code(HELLO)
    assert caught.value.kind is ErrorKind.AMBIGUOUS
    assert "no response from 127.0.0.1:9: connection refused" in str(caught.value)
