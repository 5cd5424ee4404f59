"""The unmodified storage SDK against the local server: objects by the bucket's host, and functions made of them."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.support.emulator import HELLO, Cloud, zip_bytes

cos = pytest.importorskip("qcloud_cos", reason="the storage SDK is not installed")
BUCKET = "code-1300000001"


def client(cloud: Cloud, *, secret_id: str = "AKIDlocal", secret_key: str = "local-secret", retry: int = 1) -> Any:
    host, _, port = cloud.address.partition(":")
    config = cos.CosConfig(
        Region="ap-guangzhou", SecretId=secret_id, SecretKey=secret_key, Scheme="http", IP=host, Port=int(port)
    )
    return cos.CosS3Client(config, retry=retry)


def refused(action: Any, **parameters: Any) -> tuple[int, str]:
    with pytest.raises(cos.CosServiceError) as failed:
        action(**parameters)
    return failed.value.get_status_code(), failed.value.get_error_code()


def test_object_put_head_get_and_delete(cloud: Cloud) -> None:
    storage = client(cloud)
    storage.create_bucket(Bucket=BUCKET)
    key, content = "a b/ü+%.zip", b"\0\1" * 1000

    put = storage.put_object(Bucket=BUCKET, Key=key, Body=content, EnableMD5=True, Metadata={"x-cos-meta-by": "me"})

    assert put["ETag"] == f'"{hashlib.md5(content).hexdigest()}"'
    head = storage.head_object(Bucket=BUCKET, Key=key)
    assert (head["Content-Length"], head["x-cos-meta-by"]) == ("2000", "me")
    assert storage.get_object(Bucket=BUCKET, Key=key)["Body"].get_raw_stream().read() == content
    storage.delete_object(Bucket=BUCKET, Key=key)
    assert refused(storage.head_object, Bucket=BUCKET, Key=key)[0] == 404
    assert refused(storage.get_object, Bucket=BUCKET, Key=key) == (404, "NoSuchKey")


def test_a_function_can_be_made_of_an_object(cloud: Cloud) -> None:
    content = zip_bytes(HELLO)
    storage = client(cloud)
    storage.create_bucket(Bucket=BUCKET)
    storage.put_object(Bucket=BUCKET, Key="builds/hello.zip", Body=content)

    cloud.create(Code={"CosBucketName": "code", "CosObjectName": "/builds/hello.zip"})
    storage.delete_object(Bucket=BUCKET, Key="builds/hello.zip")

    found = cloud.call("GetFunctionAddress", FunctionName="hello")
    assert found["CodeSha256"] == hashlib.sha256(content).hexdigest()
    assert cloud.send("GET", found["Url"])[2] == content


def test_wrong_keys_and_missing_buckets_have_the_storages_own_codes(cloud: Cloud) -> None:
    put = {"Bucket": BUCKET, "Key": "a", "Body": b"a"}
    assert refused(client(cloud, secret_key="wrong").put_object, **put) == (403, "SignatureDoesNotMatch")
    assert refused(client(cloud, secret_id="AKIDnobody").put_object, **put) == (403, "InvalidAccessKeyId")
    assert refused(client(cloud).put_object, **put) == (404, "NoSuchBucket")
    client(cloud).create_bucket(Bucket=BUCKET)
    assert refused(client(cloud).create_bucket, Bucket=BUCKET) == (409, "BucketAlreadyOwnedByYou")


def test_calls_are_recorded_and_faults_hit_them_too(cloud: Cloud) -> None:
    storage = client(cloud)
    storage.create_bucket(Bucket=BUCKET)
    cloud.control("faults", [{"action": "PutObject", "times": 1, "status": 403, "code": "AccessDenied"}])
    put = {"Bucket": BUCKET, "Key": "a", "Body": b"a"}
    assert refused(storage.put_object, **put) == (403, "AccessDenied")
    storage.put_object(**put)
    outcomes = [(c["action"], c["product"], c["outcome"]) for c in cloud.control("calls")["calls"]]
    assert outcomes == [("PutBucket", "cos", "ok"), ("PutObject", "cos", "AccessDenied"), ("PutObject", "cos", "ok")]


PART = 1 << 20


def test_an_object_is_sent_in_parts_that_can_be_listed_and_sent_again(cloud: Cloud) -> None:
    storage, key = client(cloud), "big ü.zip"
    storage.create_bucket(Bucket=BUCKET)
    contents = [b"a" * PART, b"b" * PART, b"end"]
    upload = storage.create_multipart_upload(Bucket=BUCKET, Key=key)["UploadId"]
    for number in (3, 1, 2):
        body = contents[number - 1]
        sent = storage.upload_part(Bucket=BUCKET, Key=key, Body=body, PartNumber=number, UploadId=upload)
        assert sent["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'

    listed = storage.list_parts(Bucket=BUCKET, Key=key, UploadId=upload)
    assert [(part["PartNumber"], part["Size"]) for part in listed["Part"]] == [
        ("1", str(PART)),
        ("2", str(PART)),
        ("3", "3"),
    ]
    first = storage.list_parts(Bucket=BUCKET, Key=key, UploadId=upload, MaxParts=2)
    assert (first["IsTruncated"], first["NextPartNumberMarker"]) == ("true", "2")
    found = storage.list_multipart_uploads(Bucket=BUCKET, Prefix="big")
    assert [(one["Key"], one["UploadId"]) for one in found["Upload"]] == [(key, upload)]
    assert "Upload" not in storage.list_multipart_uploads(Bucket=BUCKET, Prefix="other")

    chosen = [{"PartNumber": int(part["PartNumber"]), "ETag": part["ETag"]} for part in listed["Part"]]
    done = storage.complete_multipart_upload(Bucket=BUCKET, Key=key, UploadId=upload, MultipartUpload={"Part": chosen})
    assert done["ETag"].endswith('-3"')
    assert storage.get_object(Bucket=BUCKET, Key=key)["Body"].get_raw_stream().read() == b"".join(contents)
    assert refused(storage.list_parts, Bucket=BUCKET, Key=key, UploadId=upload) == (404, "NoSuchUpload")


def test_parts_must_be_complete_large_enough_and_known(cloud: Cloud) -> None:
    storage = client(cloud)
    storage.create_bucket(Bucket=BUCKET)
    upload = {"Bucket": BUCKET, "Key": "a"}
    upload["UploadId"] = storage.create_multipart_upload(**upload)["UploadId"]
    tags = [storage.upload_part(**upload, Body=b"small", PartNumber=number)["ETag"] for number in (1, 2)]

    def complete(*parts: tuple[int, str]) -> tuple[int, str]:
        listed = [{"PartNumber": number, "ETag": tag} for number, tag in parts]
        return refused(storage.complete_multipart_upload, **upload, MultipartUpload={"Part": listed})

    assert complete((1, tags[0]), (2, tags[1])) == (400, "EntityTooSmall")
    assert complete((1, '"0"')) == (400, "InvalidPart")
    assert complete((2, tags[1]), (1, tags[0])) == (400, "InvalidPartOrder")
    storage.abort_multipart_upload(**upload)
    assert refused(storage.upload_part, **upload, Body=b"a", PartNumber=1) == (404, "NoSuchUpload")


def test_a_bucket_has_lifecycle_rules_once_they_are_put(cloud: Cloud) -> None:
    storage = client(cloud)
    storage.create_bucket(Bucket=BUCKET)
    asked = {"Bucket": BUCKET}
    assert refused(storage.get_bucket_lifecycle, **asked) == (404, "NoSuchLifecycleConfiguration")
    rule = {"ID": "old", "Filter": {"Prefix": "a/"}, "Status": "Enabled", "Expiration": {"Days": 3}}
    storage.put_bucket_lifecycle(**asked, LifecycleConfiguration={"Rule": [rule]})
    assert storage.get_bucket_lifecycle(**asked)["Rule"][0]["Expiration"] == {"Days": "3"}
    bad = {"Rule": [{"ID": "old", "Status": "Enabled"}]}
    assert refused(storage.put_bucket_lifecycle, **asked, LifecycleConfiguration=bad) == (400, "MalformedXML")


def test_unsupported_operation_answers_not_implemented(cloud: Cloud) -> None:
    storage = client(cloud)
    storage.create_bucket(Bucket=BUCKET)
    assert refused(storage.get_bucket_acl, Bucket=BUCKET) == (501, "NotImplemented")


def test_the_storages_answers_fail_on_order_too(cloud: Cloud) -> None:
    storage = client(cloud, retry=0)
    storage.create_bucket(Bucket=BUCKET)
    cloud.control("faults", [{"action": "PutObject", "code": "SlowDown", "times": 1}])
    assert refused(storage.put_object, Bucket=BUCKET, Key="k", Body=b"1") == (503, "SlowDown")
    cloud.control("faults", [{"product": "cos", "skew_s": 90000.0, "times": 1}])
    assert refused(storage.put_object, Bucket=BUCKET, Key="k", Body=b"1") == (403, "RequestTimeTooSkewed")

    cloud.control("faults", [{"action": "PutObject", "stale_s": 5.0}, {"action": "GetObject", "garbled": "half"}])
    storage.put_object(Bucket=BUCKET, Key="k", Body=b"1234")
    assert refused(storage.head_object, Bucket=BUCKET, Key="k")[0] == 404
    cloud.advance(5)
    assert storage.get_object(Bucket=BUCKET, Key="k")["Body"].get_raw_stream().read() == b"12"


def test_random_fault_ignores_upload_id(cloud: Cloud) -> None:
    storage = client(cloud, retry=0)
    storage.create_bucket(Bucket=BUCKET)

    def told() -> list[bool]:
        upload = {"Bucket": BUCKET, "Key": "k"}
        upload["UploadId"] = storage.create_multipart_upload(**upload)["UploadId"]
        cloud.control("faults", [{"action": "UploadPart", "probability": 0.5, "seed": 1, "code": "SlowDown"}])
        hit = []
        for number in range(1, 13):
            try:
                storage.upload_part(**upload, Body=b"part", PartNumber=number)
                hit.append(False)
            except cos.CosServiceError:
                hit.append(True)
        return hit

    first = told()
    assert told() == first
    assert 0 < sum(first) < 12
