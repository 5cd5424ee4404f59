"""Any answers of the storage: what uploads ask of it is told, or words say why not.

The answers are apart by a line of `===` and come in turn, the last one for ever. Each is a line with the HTTP status,
lines of headers, an empty line and the body.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

import responses
from requests import PreparedRequest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.providers.tencent.cos.bucket import Bucket, Part
from tests.fuzz.promises import require, require_told
from tests.support.cloud import PAIR, REGION

WORDS = (
    *(
        b"\n===\n",
        b"200\n",
        b"404\n",
        b"503\n",
        b"ETag: ",
        b"Content-Length: ",
        b"<UploadId>",
        b"</UploadId>",
        b"<Part>",
    ),
    *(b"<PartNumber>1</PartNumber>", b"<Size>", b"</Size>", b"<ETag>", b"</Part>", b"<IsTruncated>true</IsTruncated>"),
    *(
        b"<NextPartNumberMarker>1</NextPartNumberMarker>",
        b"<Upload>",
        b"<Key>a</Key>",
        b"<Error><Code>",
        b"</Code>",
        b"&lt;",
    ),
    *(
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
        b"&b;",
        b"<?xml version='1.0'?>",
        b"\xff",
        b"<ListPartsResult>",
        b"<a xmlns='b'/>",
    ),
)
_MOST_CALLS = 60


def target(data: bytes) -> None:
    """Ask the bucket everything that an upload asks."""
    answers = [_read(written) for written in data.split(b"\n===\n")]
    calls = 0

    def answer(_request: PreparedRequest) -> tuple[int, Mapping[str, str], bytes]:
        nonlocal calls
        calls += 1
        if calls > _MOST_CALLS:
            return 404, {}, b""
        return answers.pop(0) if len(answers) > 1 else answers[0]

    with responses.RequestsMock(assert_all_requests_are_fired=False) as network:
        for method in (responses.GET, responses.PUT, responses.POST, responses.HEAD, responses.DELETE):
            network.add_callback(method, re.compile(".*"), answer)
        for ask in _ASKS:
            try:
                ask(_bucket())
            except ScfDeployError as error:
                require_told(error)
    require(calls <= _MOST_CALLS, f"{calls} calls, and there would have been more")


_ASKS: tuple[Callable[[Bucket], object], ...] = (
    lambda bucket: bucket.list_parts("a", "u"),
    lambda bucket: bucket.find_upload("a"),
    lambda bucket: bucket.start_upload("a"),
    lambda bucket: bucket.upload_part("a", "u", number=1, content=b"abc"),
    lambda bucket: bucket.complete_upload("a", "u", [Part(1, 3, "0")]),
    lambda bucket: bucket.object_size("a"),
    lambda bucket: bucket.object_sha256("a", 3),
    lambda bucket: bucket.exists(),
    lambda bucket: bucket.has_lifecycle(),
    lambda bucket: bucket.create(),
    lambda bucket: bucket.put_object("a", b"abc"),
)


def _read(written: bytes) -> tuple[int, Mapping[str, str], bytes]:
    head, _, body = written.partition(b"\n\n")
    status, *lines = head.decode("latin-1").split("\n")
    # What HTTP itself cannot carry is the transport's business.
    headers = {name: value.strip() for name, _, value in (line.partition(":") for line in lines) if _is_name(name)}
    headers = {name: value for name, value in headers.items() if value.isprintable()}
    number = int(status) if re.fullmatch("[2-5][0-9][0-9]", status) else 200
    return number, headers, body


def _is_name(text: str) -> bool:
    return re.fullmatch("[A-Za-z-]+", text) is not None and text.lower() not in ("location", "transfer-encoding")


@cache
def _bucket() -> Bucket:
    return Bucket("a-1300000001", REGION, credentials=PAIR, endpoint=None)
