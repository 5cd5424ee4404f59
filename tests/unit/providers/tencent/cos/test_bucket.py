"""What the storage's answers mean: which may be tried again, which say that it is done, which are pages of more."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import responses

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


def refusal(code: str) -> str:
    told = {"Code": code, "Message": "because", "Resource": HOST, "RequestId": "r-1", "TraceId": "t-1"}
    return "<Error>" + "".join(f"<{name}>{text}</{name}>" for name, text in told.items()) + "</Error>"


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
    network.add(responses.PUT, f"{HOST}/", status=status, body=refusal(code))
    with pytest.raises(CloudError) as caught:
        bucket.make()
    assert (caught.value.kind, caught.value.code, caught.value.request_id) == (kind, code, "r-1")


def test_throttled_read_is_recognised_by_status(network: responses.RequestsMock, bucket: Bucket) -> None:
    network.add(responses.HEAD, f"{HOST}/a.zip", status=503)
    with pytest.raises(CloudError) as caught:
        bucket.size_of("a.zip")
    assert caught.value.kind is ErrorKind.THROTTLED


def test_create_of_own_existing_bucket_succeeds(network: responses.RequestsMock, bucket: Bucket) -> None:
    network.add(responses.PUT, f"{HOST}/", status=409, body=refusal("BucketAlreadyOwnedByYou"))
    bucket.make()


def test_a_bucket_that_was_just_made_may_not_be_known_everywhere(
    network: responses.RequestsMock, bucket: Bucket
) -> None:
    network.add(responses.PUT, f"{HOST}/", body="")
    network.add(responses.PUT, f"{HOST}/a.zip", status=404, body=refusal("NoSuchBucket"))
    bucket.make()
    with pytest.raises(CloudError) as caught:
        bucket.put("a.zip", b"1")
    assert (caught.value.kind, caught.value.code) == (ErrorKind.BUSY, "NoSuchBucket")


_GATEWAY = "<html><head><title>502</title></head><body>The gateway is away.</body></html>"


@pytest.mark.parametrize(
    "body", ["", "<ListPartsResult><Part><PartNum", _GATEWAY, "<a><Part><PartNumber>x</PartNumber></Part></a>"]
)
@pytest.mark.parametrize(
    "call",
    [
        lambda bucket: bucket.begin("a.zip"),
        lambda bucket: bucket.put_part("a.zip", "upload-1", number=1, content=b"1"),
        lambda bucket: bucket.complete("a.zip", "upload-1", [Part(1, 5, "x")]),
    ],
    ids=["begin", "put_part", "complete"],
)
def test_an_answer_that_is_not_the_storages_leaves_open_what_happened(
    network: responses.RequestsMock, bucket: Bucket, call: Callable[[Bucket], object], body: str
) -> None:
    for method in (responses.POST, responses.PUT):
        network.add(method, f"{HOST}/a.zip", body=body)
    network.assert_all_requests_are_fired = False
    with pytest.raises(CloudError) as caught:
        call(bucket)
    assert caught.value.kind is ErrorKind.AMBIGUOUS


@pytest.mark.parametrize("body", ["<ListPartsResult><Part><PartNum", "<a><Part><PartNumber>x</PartNumber></Part></a>"])
def test_a_list_that_cannot_be_read_is_no_list(network: responses.RequestsMock, bucket: Bucket, body: str) -> None:
    network.add(responses.GET, f"{HOST}/a.zip", body=body)
    with pytest.raises(CloudError) as caught:
        bucket.parts("a.zip", "upload-1")
    assert caught.value.kind is ErrorKind.AMBIGUOUS


def test_parts_are_read_page_by_page(network: responses.RequestsMock, bucket: Bucket) -> None:
    network.add(responses.GET, f"{HOST}/a.zip", body=PAGE.format(more="true", number=1, etag="x"))
    network.add(responses.GET, f"{HOST}/a.zip", body=PAGE.format(more="false", number=2, etag="y"))
    assert bucket.parts("a.zip", "upload-1") == (Part(1, 5, "x"), Part(2, 5, "y"))
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
def test_a_damaged_answer_is_unclear(network: responses.RequestsMock, bucket: Bucket, body: str) -> None:
    network.add(responses.GET, f"{HOST}/a.zip", body=body)
    with pytest.raises(CloudError) as caught:
        bucket.parts("a.zip", "upload-1")
    assert caught.value.kind is ErrorKind.AMBIGUOUS


def test_the_same_page_again_and_again_ends_in_an_error(network: responses.RequestsMock, bucket: Bucket) -> None:
    network.add(responses.GET, f"{HOST}/a.zip", body=PAGE.format(more="true", number=1, etag="x"))
    with pytest.raises(CloudError, match="does not rise"):
        bucket.parts("a.zip", "upload-1")
    assert len(network.calls) == 2


def test_a_part_without_an_etag_has_not_arrived_for_certain(network: responses.RequestsMock, bucket: Bucket) -> None:
    network.add(responses.PUT, f"{HOST}/a.zip")
    with pytest.raises(CloudError) as caught:
        bucket.put_part("a.zip", "upload-1", number=1, content=b"abc")
    assert caught.value.kind is ErrorKind.AMBIGUOUS
