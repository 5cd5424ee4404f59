"""Responses of the storage: errors, malformed XML and pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import pytest
import responses

from scfdeploy.cli.language import translator
from scfdeploy.diagnostics.messages import in_english, translation
from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.tencent.cos.bucket import Bucket, Part
from tests.support.cloud import PAIR

HOST = "https://code-1300000001.cos.ap-guangzhou.myqcloud.com"
PAGE = """<ListPartsResult><IsTruncated>{more}</IsTruncated><NextPartNumberMarker>{number}</NextPartNumberMarker>
<Part><PartNumber>{number}</PartNumber><ETag>"{etag}"</ETag><Size>5</Size></Part></ListPartsResult>"""


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def bucket() -> Bucket:
    return Bucket("code-1300000001", "ap-guangzhou", credentials=PAIR, endpoint=None)


def error(code: str) -> str:
    details = {"Code": code, "Message": "because", "Resource": HOST, "RequestId": "r-1", "TraceId": "t-1"}
    return "<Error>" + "".join(f"<{name}>{text}</{name}>" for name, text in details.items()) + "</Error>"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (429, "TooManyRequests", ErrorKind.THROTTLED),
        (503, "SlowDown", ErrorKind.THROTTLED),
        (500, "InternalError", ErrorKind.AMBIGUOUS),
        (409, "OperationAborted", ErrorKind.BUSY),
        (409, "BucketAlreadyExists", ErrorKind.EXISTS),
        (403, "AccessDenied", ErrorKind.REJECTED),
        (404, "NoSuchBucket", ErrorKind.MISSING),
    ],
)
def test_bucket_error_status_maps_to_error_kind(
    network: responses.RequestsMock, bucket: Bucket, status: int, code: str, kind: ErrorKind
) -> None:
    network.add(responses.PUT, f"{HOST}/", status=status, body=error(code))
    with pytest.raises(CloudError) as caught:
        bucket.create()
    assert (caught.value.kind, caught.value.code, caught.value.request_id) == (kind, code, "r-1")


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("AccessDenied", "QcloudCOSFullAccess"),
        ("RequestTimeTooSkewed", "clock"),
        ("InvalidAccessKeyId", "Check the key"),
        ("SignatureDoesNotMatch", "secret key"),
    ],
)
def test_hint_fits_the_reason_of_a_rejection(
    network: responses.RequestsMock, bucket: Bucket, code: str, hint: str
) -> None:
    network.add(responses.PUT, f"{HOST}/a.zip", status=403, body=error(code))
    with pytest.raises(CloudError) as caught:
        bucket.put_object("a.zip", b"1")
    assert hint in (caught.value.hint or "")
    assert ("QcloudCOSFullAccess" in (caught.value.hint or "")) == (code == "AccessDenied")


def test_throttled_head_is_recognized_by_status(network: responses.RequestsMock, bucket: Bucket) -> None:
    network.add(responses.HEAD, f"{HOST}/a.zip", status=503)
    with pytest.raises(CloudError) as caught:
        bucket.object_size("a.zip")
    assert caught.value.kind is ErrorKind.THROTTLED


def test_long_message_of_the_storage_is_cut(network: responses.RequestsMock, bucket: Bucket) -> None:
    body = error("AccessDenied").replace("because", "no \n" * 100_000)
    network.add(responses.PUT, f"{HOST}/a.zip", status=403, body=body)
    with pytest.raises(CloudError) as caught:
        bucket.put_object("a.zip", b"1")
    assert "no no no" in str(caught.value)
    assert len(str(caught.value)) < 5_000


@pytest.mark.parametrize(
    ("call", "chinese", "english"),
    [
        (lambda bucket: bucket.object_size("a.zip"), "HTTP 状态", "HTTP status 403"),
        (lambda bucket: bucket.start_upload("a.zip"), "不是对象存储的格式", "not as the storage writes it"),
    ],
    ids=["status", "body"],
)
def test_chinese_error_has_its_english_original(
    network: responses.RequestsMock, bucket: Bucket, call: Callable[[Bucket], object], chinese: str, english: str
) -> None:
    network.add(responses.HEAD, f"{HOST}/a.zip", status=403)
    network.add(responses.POST, f"{HOST}/a.zip", body="<a/>")
    network.assert_all_requests_are_fired = False
    with translation(translator("zh"), "zh-CN"), pytest.raises(CloudError) as caught:
        call(bucket)
    assert chinese in caught.value.message
    assert english in in_english(caught.value.message)
    assert in_english(caught.value.message).isascii()


def test_create_of_own_existing_bucket_succeeds(network: responses.RequestsMock, bucket: Bucket) -> None:
    network.add(responses.PUT, f"{HOST}/", status=409, body=error("BucketAlreadyOwnedByYou"))
    bucket.create()


def test_missing_new_bucket_is_busy(network: responses.RequestsMock, bucket: Bucket) -> None:
    network.add(responses.PUT, f"{HOST}/", body="")
    network.add(responses.PUT, f"{HOST}/a.zip", status=404, body=error("NoSuchBucket"))
    bucket.create()
    with pytest.raises(CloudError) as caught:
        bucket.put_object("a.zip", b"1")
    assert (caught.value.kind, caught.value.code) == (ErrorKind.BUSY, "NoSuchBucket")


_GATEWAY = "<html><head><title>502</title></head><body>The gateway is away.</body></html>"


@pytest.mark.parametrize(
    "body", ["", "<ListPartsResult><Part><PartNum", _GATEWAY, "<a><Part><PartNumber>x</PartNumber></Part></a>"]
)
@pytest.mark.parametrize(
    "call",
    [
        lambda bucket: bucket.start_upload("a.zip"),
        lambda bucket: bucket.upload_part("a.zip", "upload-1", number=1, content=b"1"),
        lambda bucket: bucket.complete_upload("a.zip", "upload-1", [Part(1, 5, "x")]),
    ],
    ids=["start", "part", "complete"],
)
def test_malformed_response_to_write_is_ambiguous(
    network: responses.RequestsMock, bucket: Bucket, call: Callable[[Bucket], object], body: str
) -> None:
    for method in (responses.POST, responses.PUT):
        network.add(method, f"{HOST}/a.zip", body=body)
    network.assert_all_requests_are_fired = False
    with pytest.raises(CloudError) as caught:
        call(bucket)
    assert caught.value.kind is ErrorKind.AMBIGUOUS


@pytest.mark.parametrize("body", ["<ListPartsResult><Part><PartNum", "<a><Part><PartNumber>x</PartNumber></Part></a>"])
def test_malformed_list_is_ambiguous(network: responses.RequestsMock, bucket: Bucket, body: str) -> None:
    network.add(responses.GET, f"{HOST}/a.zip", body=body)
    with pytest.raises(CloudError) as caught:
        bucket.list_parts("a.zip", "upload-1")
    assert caught.value.kind is ErrorKind.AMBIGUOUS


def test_parts_are_read_page_by_page(network: responses.RequestsMock, bucket: Bucket) -> None:
    network.add(responses.GET, f"{HOST}/a.zip", body=PAGE.format(more="true", number=1, etag="x"))
    network.add(responses.GET, f"{HOST}/a.zip", body=PAGE.format(more="false", number=2, etag="y"))
    assert bucket.list_parts("a.zip", "upload-1") == (Part(1, 5, "x"), Part(2, 5, "y"))
    assert "part-number-marker=1" in str(network.calls[1].request.url)


@pytest.mark.parametrize(
    "body",
    [
        PAGE.format(more="true", number=1, etag="x")[:60],
        PAGE.format(more="true", number="one", etag="x"),
        PAGE.format(more="false", number=1, etag="x").replace("<Size>5</Size>", ""),
        PAGE.format(more="false", number=1, etag="x").replace("<Size>5</Size>", "<Size><Key>a</Key></Size>"),
        '{"no": "XML"}',
        "",
    ],
)
def test_corrupt_response_is_ambiguous(network: responses.RequestsMock, bucket: Bucket, body: str) -> None:
    network.add(responses.GET, f"{HOST}/a.zip", body=body)
    with pytest.raises(CloudError) as caught:
        bucket.list_parts("a.zip", "upload-1")
    assert caught.value.kind is ErrorKind.AMBIGUOUS


def test_repeated_page_is_an_error(network: responses.RequestsMock, bucket: Bucket) -> None:
    network.add(responses.GET, f"{HOST}/a.zip", body=PAGE.format(more="true", number=1, etag="x"))
    with pytest.raises(CloudError, match="out of order"):
        bucket.list_parts("a.zip", "upload-1")
    assert len(network.calls) == 2


def test_part_without_etag_is_ambiguous(network: responses.RequestsMock, bucket: Bucket) -> None:
    network.add(responses.PUT, f"{HOST}/a.zip")
    with pytest.raises(CloudError) as caught:
        bucket.upload_part("a.zip", "upload-1", number=1, content=b"abc")
    assert caught.value.kind is ErrorKind.AMBIGUOUS


COMPLETE = (
    '  <CompleteMultipartUploadResult xmlns="http://example.com/"><ETag>"x-1"</ETag></CompleteMultipartUploadResult>'
)


def test_completion_is_read_after_white_space_and_in_a_namespace(
    network: responses.RequestsMock, bucket: Bucket
) -> None:
    network.add(responses.POST, f"{HOST}/a.zip", body=COMPLETE)
    bucket.complete_upload("a.zip", "upload-1", [Part(1, 5, "x"), Part(2, 5, "y")])
    [call] = network.calls
    assert call.request.body == (
        b'<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"x"</ETag></Part>'
        b'<Part><PartNumber>2</PartNumber><ETag>"y"</ETag></Part></CompleteMultipartUpload>'
    )


def test_completion_that_fails_with_status_200_is_ambiguous(network: responses.RequestsMock, bucket: Bucket) -> None:
    network.add(responses.POST, f"{HOST}/a.zip", body="\n\n" + error("InternalError"))
    with pytest.raises(CloudError, match="because") as caught:
        bucket.complete_upload("a.zip", "upload-1", [Part(1, 5, "x")])
    assert (caught.value.kind, caught.value.code) == (ErrorKind.AMBIGUOUS, "InternalError")


def test_entities_of_a_response_are_not_expanded(network: responses.RequestsMock, bucket: Bucket) -> None:
    body = "<!DOCTYPE a [<!ENTITY b 'upload-1'>]><InitiateMultipartUploadResult><UploadId>&b;</UploadId>"
    network.add(responses.POST, f"{HOST}/a.zip", body=body + "</InitiateMultipartUploadResult>")
    with pytest.raises(CloudError, match="document type") as caught:
        bucket.start_upload("a.zip")
    assert caught.value.kind is ErrorKind.AMBIGUOUS


def test_newest_upload_of_exactly_this_key_is_resumed(network: responses.RequestsMock, bucket: Bucket) -> None:
    def row(key: str, upload_id: str, started: str) -> str:
        return f"<Upload><Key>{key}</Key><UploadId>{upload_id}</UploadId><Initiated>{started}</Initiated></Upload>"

    rows = row("in/a%20b.zip", "old", "2026-01-01") + row("in/a%20b.zip", "new", "2026-01-02")
    rows += row("in/a%20b.zip.other", "another", "2026-01-03")
    body = f"<ListMultipartUploadsResult>{rows}</ListMultipartUploadsResult>"
    network.add(responses.GET, f"{HOST}/", body=body)
    assert bucket.find_upload("in/a b.zip") == "new"
    assert bucket.find_upload("in/a") is None


def test_error_of_a_gateway_is_described_by_its_status(network: responses.RequestsMock, bucket: Bucket) -> None:
    network.add(responses.PUT, f"{HOST}/", status=502, body=_GATEWAY, headers={"x-cos-request-id": "r-2"})
    with pytest.raises(CloudError, match="HTTP status 502") as caught:
        bucket.create()
    assert (caught.value.kind, caught.value.code, caught.value.request_id) == (ErrorKind.AMBIGUOUS, "HTTP502", "r-2")


def test_object_of_another_size_has_no_digest(network: responses.RequestsMock, bucket: Bucket) -> None:
    network.add(responses.GET, f"{HOST}/a.zip", body=b"12345")
    assert [bucket.object_sha256("a.zip", size) for size in (4, 6)] == [None, None]
    assert bucket.object_sha256("a.zip", 5) == hashlib.sha256(b"12345").hexdigest()
