"""The unmodified COS SDK against the emulator, and beside our own client of COS."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests

from scfdeploy.model import Secret
from scfdeploy.providers.tencent.auth.key_pair import LOCAL_CREDENTIALS, Credentials
from scfdeploy.providers.tencent.cos.bucket import Bucket
from scfdeploy.providers.tencent.cos.storage_client import Signature, StorageRequest
from scfdeploy.providers.tencent.transport.endpoint import Endpoint
from tests.support.emulator import HELLO, Cloud, zip_bytes

cos = pytest.importorskip("qcloud_cos", reason="the storage SDK is not installed")
BUCKET = "code-1300000001"


def client(cloud: Cloud, *, secret_id: str = "AKIDlocal", secret_key: str = "local-secret", retry: int = 1) -> Any:
    host, _, port = cloud.address.partition(":")
    config = cos.CosConfig(
        Region="ap-guangzhou", SecretId=secret_id, SecretKey=secret_key, Scheme="http", IP=host, Port=int(port)
    )
    return cos.CosS3Client(config, retry=retry)


def error_of(action: Any, **parameters: Any) -> tuple[int, str]:
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
    assert error_of(storage.head_object, Bucket=BUCKET, Key=key)[0] == 404
    assert error_of(storage.get_object, Bucket=BUCKET, Key=key) == (404, "NoSuchKey")


def test_function_is_created_from_object(cloud: Cloud) -> None:
    content = zip_bytes(HELLO)
    storage = client(cloud)
    storage.create_bucket(Bucket=BUCKET)
    storage.put_object(Bucket=BUCKET, Key="builds/hello.zip", Body=content)

    cloud.create(Code={"CosBucketName": "code", "CosObjectName": "/builds/hello.zip"})
    storage.delete_object(Bucket=BUCKET, Key="builds/hello.zip")

    address = cloud.call("GetFunctionAddress", FunctionName="hello")
    assert address["CodeSha256"] == hashlib.sha256(content).hexdigest()
    assert cloud.send("GET", address["Url"])[2] == content


def test_invalid_keys_and_missing_buckets_have_cos_error_codes(cloud: Cloud) -> None:
    put = {"Bucket": BUCKET, "Key": "a", "Body": b"a"}
    assert error_of(client(cloud, secret_key="wrong").put_object, **put) == (403, "SignatureDoesNotMatch")
    assert error_of(client(cloud, secret_id="AKIDnobody").put_object, **put) == (403, "InvalidAccessKeyId")
    assert error_of(client(cloud).put_object, **put) == (404, "NoSuchBucket")
    client(cloud).create_bucket(Bucket=BUCKET)
    assert error_of(client(cloud).create_bucket, Bucket=BUCKET) == (409, "BucketAlreadyOwnedByYou")


def test_cos_calls_are_recorded_and_subject_to_faults(cloud: Cloud) -> None:
    storage = client(cloud)
    storage.create_bucket(Bucket=BUCKET)
    cloud.control("faults", [{"action": "PutObject", "times": 1, "status": 403, "code": "AccessDenied"}])
    put = {"Bucket": BUCKET, "Key": "a", "Body": b"a"}
    assert error_of(storage.put_object, **put) == (403, "AccessDenied")
    storage.put_object(**put)
    outcomes = [(c["action"], c["product"], c["outcome"]) for c in cloud.control("calls")["calls"]]
    assert outcomes == [("PutBucket", "cos", "ok"), ("PutObject", "cos", "AccessDenied"), ("PutObject", "cos", "ok")]


PART = 1 << 20


def test_object_is_uploaded_in_parts(cloud: Cloud) -> None:
    storage, key = client(cloud), "big ü.zip"
    storage.create_bucket(Bucket=BUCKET)
    contents = [b"a" * PART, b"b" * PART, b"end"]
    upload = storage.create_multipart_upload(Bucket=BUCKET, Key=key)["UploadId"]
    for number in (3, 1, 2):
        body = contents[number - 1]
        sent = storage.upload_part(Bucket=BUCKET, Key=key, Body=body, PartNumber=number, UploadId=upload)
        assert sent["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'

    all_parts = storage.list_parts(Bucket=BUCKET, Key=key, UploadId=upload)
    assert [(part["PartNumber"], part["Size"]) for part in all_parts["Part"]] == [
        ("1", str(PART)),
        ("2", str(PART)),
        ("3", "3"),
    ]
    first = storage.list_parts(Bucket=BUCKET, Key=key, UploadId=upload, MaxParts=2)
    assert (first["IsTruncated"], first["NextPartNumberMarker"]) == ("true", "2")
    uploads = storage.list_multipart_uploads(Bucket=BUCKET, Prefix="big")
    assert [(entry["Key"], entry["UploadId"]) for entry in uploads["Upload"]] == [(key, upload)]
    assert "Upload" not in storage.list_multipart_uploads(Bucket=BUCKET, Prefix="other")

    parts = [{"PartNumber": int(part["PartNumber"]), "ETag": part["ETag"]} for part in all_parts["Part"]]
    done = storage.complete_multipart_upload(Bucket=BUCKET, Key=key, UploadId=upload, MultipartUpload={"Part": parts})
    assert done["ETag"].endswith('-3"')
    assert storage.get_object(Bucket=BUCKET, Key=key)["Body"].get_raw_stream().read() == b"".join(contents)
    assert error_of(storage.list_parts, Bucket=BUCKET, Key=key, UploadId=upload) == (404, "NoSuchUpload")


def test_invalid_parts_are_rejected(cloud: Cloud) -> None:
    storage = client(cloud)
    storage.create_bucket(Bucket=BUCKET)
    upload = {"Bucket": BUCKET, "Key": "a"}
    upload["UploadId"] = storage.create_multipart_upload(**upload)["UploadId"]
    tags = [storage.upload_part(**upload, Body=b"small", PartNumber=number)["ETag"] for number in (1, 2)]

    def complete(*parts: tuple[int, str]) -> tuple[int, str]:
        rows = [{"PartNumber": number, "ETag": tag} for number, tag in parts]
        return error_of(storage.complete_multipart_upload, **upload, MultipartUpload={"Part": rows})

    assert complete((1, tags[0]), (2, tags[1])) == (400, "EntityTooSmall")
    assert complete((1, '"0"')) == (400, "InvalidPart")
    assert complete((2, tags[1]), (1, tags[0])) == (400, "InvalidPartOrder")
    storage.abort_multipart_upload(**upload)
    assert error_of(storage.upload_part, **upload, Body=b"a", PartNumber=1) == (404, "NoSuchUpload")


def test_lifecycle_rules_are_stored(cloud: Cloud) -> None:
    storage = client(cloud)
    storage.create_bucket(Bucket=BUCKET)
    bucket = {"Bucket": BUCKET}
    assert error_of(storage.get_bucket_lifecycle, **bucket) == (404, "NoSuchLifecycleConfiguration")
    rule = {"ID": "old", "Filter": {"Prefix": "a/"}, "Status": "Enabled", "Expiration": {"Days": 3}}
    storage.put_bucket_lifecycle(**bucket, LifecycleConfiguration={"Rule": [rule]})
    assert storage.get_bucket_lifecycle(**bucket)["Rule"][0]["Expiration"] == {"Days": "3"}
    bad = {"Rule": [{"ID": "old", "Status": "Enabled"}]}
    assert error_of(storage.put_bucket_lifecycle, **bucket, LifecycleConfiguration=bad) == (400, "MalformedXML")


def test_unsupported_operation_answers_not_implemented(cloud: Cloud) -> None:
    storage = client(cloud)
    storage.create_bucket(Bucket=BUCKET)
    assert error_of(storage.get_bucket_cors, Bucket=BUCKET) == (501, "NotImplemented")


def test_faults_apply_to_cos_responses(cloud: Cloud) -> None:
    storage = client(cloud, retry=0)
    storage.create_bucket(Bucket=BUCKET)
    cloud.control("faults", [{"action": "PutObject", "code": "SlowDown", "times": 1}])
    assert error_of(storage.put_object, Bucket=BUCKET, Key="k", Body=b"1") == (503, "SlowDown")
    cloud.control("faults", [{"product": "cos", "skew_s": 90000.0, "times": 1}])
    assert error_of(storage.put_object, Bucket=BUCKET, Key="k", Body=b"1") == (403, "RequestTimeTooSkewed")

    cloud.control("faults", [{"action": "PutObject", "stale_s": 5.0}, {"action": "GetObject", "garbled": "half"}])
    storage.put_object(Bucket=BUCKET, Key="k", Body=b"1234")
    assert error_of(storage.head_object, Bucket=BUCKET, Key="k")[0] == 404
    cloud.advance(5)
    assert storage.get_object(Bucket=BUCKET, Key="k")["Body"].get_raw_stream().read() == b"12"


def test_random_fault_ignores_upload_id(cloud: Cloud) -> None:
    storage = client(cloud, retry=0)
    storage.create_bucket(Bucket=BUCKET)

    def failures() -> list[bool]:
        upload = {"Bucket": BUCKET, "Key": "k"}
        upload["UploadId"] = storage.create_multipart_upload(**upload)["UploadId"]
        cloud.control("faults", [{"action": "UploadPart", "probability": 0.5, "seed": 1, "code": "SlowDown"}])
        failed = []
        for number in range(1, 13):
            try:
                storage.upload_part(**upload, Body=b"part", PartNumber=number)
                failed.append(False)
            except cos.CosServiceError:
                failed.append(True)
        return failed

    first = failures()
    assert failures() == first
    assert 0 < sum(first) < 12


@pytest.fixture
def storage(cloud: Cloud) -> Any:
    storage = client(cloud)
    storage.create_bucket(Bucket=BUCKET)
    for name in ("a.txt", "in/b.txt", "in/c.txt"):
        storage.put_object(Bucket=BUCKET, Key=name, Body=name.encode())
    return storage


def test_objects_are_listed_by_prefix_and_page(storage: Any) -> None:
    listed = storage.list_objects(Bucket=BUCKET)
    assert [entry["Key"] for entry in listed["Contents"]] == ["a.txt", "in/b.txt", "in/c.txt"]
    assert datetime.fromisoformat(listed["Contents"][0]["LastModified"]).tzinfo is UTC
    listed = storage.list_objects(Bucket=BUCKET, Delimiter="/")
    assert [entry["Key"] for entry in listed["Contents"]] == ["a.txt"]
    assert [entry["Prefix"] for entry in listed["CommonPrefixes"]] == ["in/"]
    listed = storage.list_objects(Bucket=BUCKET, Prefix="in/", MaxKeys=1)
    assert (listed["Contents"][0]["Key"], listed["IsTruncated"]) == ("in/b.txt", "true")
    listed = storage.list_objects(Bucket=BUCKET, Prefix="in/", Marker=listed["NextMarker"])
    assert [entry["Key"] for entry in listed["Contents"]] == ["in/c.txt"]


def test_object_is_copied(storage: Any) -> None:
    source = {"Bucket": BUCKET, "Key": "in/b.txt", "Region": "ap-guangzhou"}
    copied = storage.copy_object(Bucket=BUCKET, Key="copy.txt", CopySource=source)
    assert copied["ETag"] == storage.head_object(Bucket=BUCKET, Key="in/b.txt")["ETag"]
    assert storage.get_object(Bucket=BUCKET, Key="copy.txt")["Body"].get_raw_stream().read() == b"in/b.txt"
    missing = {**source, "Key": "nothing"}
    assert error_of(storage.copy_object, Bucket=BUCKET, Key="copy.txt", CopySource=missing) == (404, "NoSuchKey")


@pytest.mark.parametrize(
    ("part", "content"), [("bytes=0-1", b"in"), ("bytes=3-", b"b.txt"), ("bytes=-3", b"txt"), ("bytes=6-99", b"xt")]
)
def test_part_of_object_is_read(storage: Any, part: str, content: bytes) -> None:
    found = storage.get_object(Bucket=BUCKET, Key="in/b.txt", Range=part)
    assert found["Body"].get_raw_stream().read() == content
    assert found["Content-Range"].endswith("/8")


def test_range_outside_of_object_is_an_error(storage: Any) -> None:
    assert error_of(storage.get_object, Bucket=BUCKET, Key="a.txt", Range="bytes=90-99") == (416, "InvalidRange")


def test_wrong_digest_is_an_error(storage: Any) -> None:
    error = error_of(storage.put_object, Bucket=BUCKET, Key="a.txt", Body=b"x", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==")
    assert error == (400, "BadDigest")


def test_objects_are_deleted_together_and_then_the_bucket(storage: Any) -> None:
    assert error_of(storage.delete_bucket, Bucket=BUCKET) == (409, "BucketNotEmpty")
    objects = [{"Key": name} for name in ("a.txt", "in/b.txt", "in/c.txt", "nothing")]
    deleted = storage.delete_objects(Bucket=BUCKET, Delete={"Object": objects, "Quiet": "false"})
    assert [entry["Key"] for entry in deleted["Deleted"]] == ["a.txt", "in/b.txt", "in/c.txt", "nothing"]
    storage.delete_bucket(Bucket=BUCKET)
    assert error_of(storage.head_bucket, Bucket=BUCKET)[0] == 404


def test_owner_has_full_control(storage: Any) -> None:
    storage.put_bucket_acl(Bucket=BUCKET, ACL="private")
    for found in (storage.get_bucket_acl(Bucket=BUCKET), storage.get_object_acl(Bucket=BUCKET, Key="a.txt")):
        assert found["AccessControlList"]["Grant"][0]["Permission"] == "FULL_CONTROL"


@pytest.mark.parametrize(
    "request_",
    [
        StorageRequest("HEAD"),
        StorageRequest("PUT", headers={"x-cos-acl": "private"}),
        StorageRequest("GET", query={"uploads": "", "prefix": "in/a b.zip", "encoding-type": "url"}),
        StorageRequest("PUT", "in/a b/ü+%.zip", headers={"Content-Type": "application/zip"}, body=b"code"),
        StorageRequest("PUT", "a.zip", query={"partNumber": "12", "uploadId": "1a/+=~"}, body=b"\xff" * 99),
        StorageRequest(
            "POST", "a.zip", query={"uploadId": "1"}, headers={"Content-Type": "application/xml"}, body=b"<a/>"
        ),
    ],
    ids=lambda request_: f"{request_.method} {request_.key} {','.join(request_.query)}",
)
@pytest.mark.parametrize("token", [None, Secret("a token/+=")])
def test_own_signature_equals_that_of_the_sdk(request_: StorageRequest, token: Secret | None) -> None:
    config = cos.CosConfig(Region="ap-guangzhou", SecretId="AKIDlocal", SecretKey="local-secret")
    auth = cos.CosS3Auth(config, request_.key, dict(request_.query))
    sent = prepare(request_, token)

    theirs = auth(sent.copy()).headers["Authorization"]
    started = int(parse_qs(theirs)["q-sign-time"][0].partition(";")[0])
    pair = Credentials("AKIDlocal", Secret("local-secret"), token, "a test")
    ours = Signature(request_, pair, now=started + 60)(sent.copy()).headers["Authorization"]

    assert ours == theirs


def prepare(request_: StorageRequest, token: Secret | None) -> requests.PreparedRequest:
    """The request as it is sent, before it is signed."""
    headers = {"Host": f"{BUCKET}.cos.ap-guangzhou.myqcloud.com", **request_.headers}
    if token is not None:
        headers["x-cos-security-token"] = token.reveal()
    return requests.Request(request_.method, "http://127.0.0.1/", headers=headers, data=request_.body).prepare()


def test_objects_of_own_client_and_sdk_are_the_same(cloud: Cloud) -> None:
    own = Bucket(
        BUCKET, "ap-guangzhou", credentials=LOCAL_CREDENTIALS, endpoint=Endpoint.parse(f"http://{cloud.address}")
    )
    storage = client(cloud)
    own.create()
    key, content = "in/a b/ü+%.zip", b"z" * (17 << 20)  # more than the largest response of the API

    own.put_object(key, content)
    assert storage.head_object(Bucket=BUCKET, Key=key)["ETag"] == f'"{hashlib.md5(content).hexdigest()}"'
    assert own.object_size(key) == len(content)
    assert own.object_sha256(key, len(content)) == hashlib.sha256(content).hexdigest()

    upload = own.start_upload(key)
    part = own.upload_part(key, upload, number=1, content=b"part")
    assert own.find_upload(key) == upload
    assert own.list_parts(key, upload) == (part,)
    listed = storage.list_parts(Bucket=BUCKET, Key=key, UploadId=upload)["Part"]
    assert [(row["PartNumber"], row["ETag"].strip('"')) for row in listed] == [("1", part.etag)]
    own.complete_upload(key, upload, [part])
    assert storage.get_object(Bucket=BUCKET, Key=key)["Body"].get_raw_stream().read() == b"part"

    own.set_lifecycle([{"ID": "old", "Filter": {"Prefix": "a/"}, "Status": "Enabled", "Expiration": {"Days": 3}}])
    assert storage.get_bucket_lifecycle(Bucket=BUCKET)["Rule"][0]["Expiration"] == {"Days": "3"}
