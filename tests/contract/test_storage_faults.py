"""Faults of the emulator in COS responses, seen through the unmodified SDK."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from urllib3.exceptions import ProtocolError

from tests.support.emulator import Cloud

cos = pytest.importorskip("qcloud_cos", reason="the storage SDK is not installed")
BUCKET = "code-1300000001"
KEY = "k"


@pytest.fixture
def storage(cloud: Cloud) -> Any:
    """A client that makes one attempt, and a bucket."""
    host, _, port = cloud.address.partition(":")
    keys = {"SecretId": "AKIDlocal", "SecretKey": "local-secret"}
    storage = cos.CosS3Client(cos.CosConfig(Region="ap-guangzhou", Scheme="http", IP=host, Port=int(port), **keys), 0)
    storage.create_bucket(Bucket=BUCKET)
    return storage


def _put(storage: Any, content: bytes = b"12345678") -> None:
    storage.put_object(Bucket=BUCKET, Key=KEY, Body=content)


def _get(storage: Any) -> bytes:
    content: bytes = storage.get_object(Bucket=BUCKET, Key=KEY)["Body"].get_raw_stream().read()
    return content


def _error_of(call: Callable[[Any], object], storage: Any) -> tuple[int, str]:
    with pytest.raises(cos.CosServiceError) as failed:
        call(storage)
    return failed.value.get_status_code(), failed.value.get_error_code()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"code": "SlowDown"}, (503, "SlowDown")),
        ({"code": "InternalError", "status": 500}, (500, "InternalError")),
        ({"status": 502}, (502, "ServiceUnavailable")),
    ],
    ids=str,
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_error_occurs_before_or_after_the_write(
    cloud: Cloud, storage: Any, fault: dict[str, Any], error: tuple[int, str], when: str
) -> None:
    cloud.control("faults", [{"action": "PutObject", "nth": 1, "when": when, **fault}])
    assert _error_of(_put, storage) == error
    assert ("object" in cloud.control("state")) == (when == "after")
    _put(storage)
    assert _get(storage) == b"12345678"


@pytest.mark.parametrize("drop", ["before", "after"])
def test_connection_is_dropped_before_or_after_the_write(cloud: Cloud, storage: Any, drop: str) -> None:
    cloud.control("faults", [{"product": "cos", "nth": 1, "drop": drop}])
    with pytest.raises(cos.CosClientError):
        _put(storage)
    assert ("object" in cloud.control("state")) == (drop == "after")


def test_second_create_after_lost_response_finds_own_bucket(cloud: Cloud, storage: Any) -> None:
    cloud.control("faults", [{"action": "PutBucket", "nth": 1, "drop": "after"}])
    with pytest.raises(cos.CosClientError):
        storage.create_bucket(Bucket=f"new-{BUCKET}")
    with pytest.raises(cos.CosServiceError, match="BucketAlreadyOwnedByYou"):
        storage.create_bucket(Bucket=f"new-{BUCKET}")


@pytest.mark.parametrize(("how", "read"), [("half", b"1234"), ("empty", b""), ("page", b"<html>")])
def test_object_body_is_garbled(cloud: Cloud, storage: Any, how: str, read: bytes) -> None:
    _put(storage)
    cloud.control("faults", [{"action": "GetObject", "garbled": how, "times": 1}])
    assert _get(storage)[:6] == read
    assert _get(storage) == b"12345678"


def test_response_is_cut(cloud: Cloud, storage: Any) -> None:
    _put(storage)
    cloud.control("faults", [{"action": "GetObject", "garbled": "cut", "times": 1}])
    with pytest.raises(ProtocolError, match="4 bytes read, 4 more expected"):
        _get(storage)
    assert _get(storage) == b"12345678"


def test_response_has_another_content_type(cloud: Cloud, storage: Any) -> None:
    _put(storage)
    cloud.control("faults", [{"action": "HeadObject", "garbled": "content-type"}])
    assert storage.head_object(Bucket=BUCKET, Key=KEY)["Content-Type"] == "application/json; charset=utf-8"


def test_response_is_delayed(cloud: Cloud, storage: Any) -> None:
    cloud.control("faults", [{"action": "PutObject", "latency_s": 0.05}])
    _put(storage)
    assert cloud.control("calls")["calls"][-1]["seconds"] >= 0.05


def test_new_object_is_invisible_while_stale(cloud: Cloud, storage: Any) -> None:
    cloud.control("faults", [{"action": "PutObject", "stale_s": 3.0}])
    _put(storage)
    assert _error_of(_get, storage) == (404, "NoSuchKey")
    cloud.advance(3)
    assert _get(storage) == b"12345678"


def test_server_clock_skew_rejects_current_signatures(cloud: Cloud, storage: Any) -> None:
    cloud.control("faults", [{"product": "cos", "skew_s": -3600.0, "times": 1}])
    assert _error_of(_put, storage) == (403, "RequestTimeTooSkewed")
    _put(storage)
