"""Uploads in parts: begun, listed, sent part by part, put together or given up. Parts are kept like objects."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from urllib.parse import parse_qs, quote, unquote
from xml.etree import ElementTree

from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.clock import as_iso
from scfdeploy.emulator.cos.responses import CosError, elements
from scfdeploy.emulator.messages import Answer, Json, Request
from scfdeploy.emulator.numbers import whole_number

_UPLOAD, _PART, _OBJECT = "upload", "part", "object"
_SMALLEST_BYTES = 1 << 20
_MOST_PARTS = 10_000
_MOST_LISTED = 1000
_XML = "application/xml"


def begin(app: EmulatorApp, request: Request, bucket: str) -> Answer:
    """A new upload of one object; there may be several for one name."""
    upload_id = f"{int(app.clock.now())}{uuid.uuid4().hex}"
    kind = request.headers.get("content-type", "application/octet-stream")
    own = {name: value for name, value in request.headers.items() if name.startswith("x-cos-meta-")}
    document = {"started": app.clock.now(), "bucket": bucket, "type": kind, "meta": own}
    app.store.put(_UPLOAD, f"{_object(request, bucket)}?{upload_id}", document)
    name = unquote(request.path).removeprefix("/")
    inner = elements({"Bucket": bucket.partition("/")[2], "Key": name, "UploadId": upload_id})
    return _answer("InitiateMultipartUploadResult", inner)


def put_part(app: EmulatorApp, request: Request, bucket: str) -> Answer:
    """One part, in place of an earlier one of that number."""
    upload = _upload(app, request, bucket)
    number = whole_number(_one(request, "partNumber"))
    if number is None or not 1 <= number <= _MOST_PARTS:
        raise CosError(400, "InvalidArgument", "partNumber must be 1 to 10000.")
    sha256 = hashlib.sha256(request.body).hexdigest()
    etag = f'"{hashlib.md5(request.body, usedforsecurity=False).hexdigest()}"'
    app.store.put_blob(sha256, request.body)
    document = {"blob": sha256, "size": len(request.body), "etag": etag, "modified": app.clock.now()}
    app.store.put(_PART, f"{upload}/{number:05d}", document)
    return Answer(200, b"", _XML, (("ETag", etag),))


def list_parts(app: EmulatorApp, request: Request, bucket: str) -> Answer:
    """The parts that have arrived."""
    upload = _upload(app, request, bucket)
    after, most = _number(request, "part-number-marker", 0), _number(request, "max-parts", _MOST_LISTED)
    parts = [(number, part) for number, part in _parts(app, upload) if number > after]
    shown = parts[: min(most, _MOST_LISTED)]
    head = {
        "Bucket": bucket.partition("/")[2],
        "EncodingType": _one(request, "encoding-type"),
        "Key": quote(unquote(request.path).removeprefix("/")),
        "UploadId": _one(request, "uploadId"),
        "StorageClass": "STANDARD",
        "PartNumberMarker": str(after),
        "NextPartNumberMarker": str(shown[-1][0]) if shown else "",
        "MaxParts": str(most),
        "IsTruncated": "true" if len(shown) < len(parts) else "false",
    }
    rows = (
        {
            "PartNumber": str(number),
            "LastModified": as_iso(part["modified"]),
            "ETag": part["etag"],
            "Size": str(part["size"]),
        }
        for number, part in shown
    )
    return _answer("ListPartsResult", elements(head) + _rows("Part", rows))


def list_uploads(app: EmulatorApp, request: Request, bucket: str) -> Answer:
    """Uploads of the bucket that are neither put together nor given up."""
    prefix = _one(request, "prefix")
    rows = []
    for key, document in app.store.list_prefix(_UPLOAD, f"{bucket}/"):
        name, _, upload_id = key.removeprefix(f"{bucket}/").rpartition("?")
        if name.startswith(prefix):
            started = as_iso(document["started"])
            rows.append({"Key": quote(name), "UploadId": upload_id, "StorageClass": "STANDARD", "Initiated": started})
    head = {
        "Bucket": bucket.partition("/")[2],
        "EncodingType": _one(request, "encoding-type"),
        "KeyMarker": "",
        "UploadIdMarker": "",
        "MaxUploads": str(_MOST_LISTED),
        "Prefix": quote(prefix),
        "IsTruncated": "false",
    }
    return _answer("ListMultipartUploadsResult", elements(head) + _rows("Upload", rows))


def complete(app: EmulatorApp, request: Request, bucket: str) -> Answer:
    """Make one object of the parts that the request lists."""
    upload = _upload(app, request, bucket)
    document = app.store.get(_UPLOAD, upload) or {}
    chosen = list(_chosen(request, dict(_parts(app, upload))))
    if any(part["size"] < _SMALLEST_BYTES for part in chosen[:-1]):
        raise CosError(400, "EntityTooSmall", "Every part but the last must have at least 1 MB.")
    content = b"".join(app.store.blob(part["blob"]) or b"" for part in chosen)
    sha256 = hashlib.sha256(content).hexdigest()
    joined = "".join(part["etag"] for part in chosen).encode()
    etag = f'"{hashlib.md5(joined, usedforsecurity=False).hexdigest()}-{len(chosen)}"'
    app.store.put_blob(sha256, content)
    kept = {"blob": sha256, "size": len(content), "etag": etag, "modified": app.clock.now()}
    app.store.put(_OBJECT, _object(request, bucket), kept | {"type": document["type"], "meta": document["meta"]})
    _forget(app, upload)
    name = unquote(request.path).removeprefix("/")
    fields = {"Location": f"{request.host}{request.path}", "Bucket": bucket.partition("/")[2], "Key": name}
    return _answer("CompleteMultipartUploadResult", elements(fields | {"ETag": etag}))


def give_up(app: EmulatorApp, request: Request, bucket: str) -> Answer:
    """Forget an upload and its parts."""
    _forget(app, _upload(app, request, bucket))
    return Answer(204, b"", _XML)


def _forget(app: EmulatorApp, upload: str) -> None:
    app.store.delete_prefix(_PART, f"{upload}/")
    app.store.delete(_UPLOAD, upload)
    app.store.drop_unused_blobs()


def _upload(app: EmulatorApp, request: Request, bucket: str) -> str:
    """The key of the upload that the request names."""
    key = f"{_object(request, bucket)}?{_one(request, 'uploadId')}"
    if app.store.get(_UPLOAD, key) is None:
        raise CosError(404, "NoSuchUpload", "The upload does not exist, or it is complete.")
    return key


def _parts(app: EmulatorApp, upload: str) -> list[tuple[int, Json]]:
    return [(int(key.rpartition("/")[2]), part) for key, part in app.store.list_prefix(_PART, f"{upload}/")]


def _chosen(request: Request, parts: dict[int, Json]) -> Iterable[Json]:
    try:
        root = ElementTree.fromstring(request.body)  # noqa: S314 - from this machine, and bounded
        listed = [(int(one.findtext("PartNumber", "")), one.findtext("ETag", "")) for one in root.iter("Part")]
    except (ElementTree.ParseError, ValueError) as error:
        raise CosError(400, "MalformedXML", "The body is not the XML that is wanted.") from error
    numbers = [number for number, _ in listed]
    if not numbers:
        raise CosError(400, "MalformedXML", "No part is listed.")
    if numbers != sorted(set(numbers)):
        raise CosError(400, "InvalidPartOrder", "Parts must be listed once each, by number.")
    for number, etag in listed:
        part = parts.get(number)
        if part is None or part["etag"].strip('"') != etag.strip('"'):
            raise CosError(400, "InvalidPart", f"Part {number} is missing or has another ETag.")
        yield part


def _object(request: Request, bucket: str) -> str:
    return f"{bucket}{unquote(request.path)}"


def _one(request: Request, name: str) -> str:
    return parse_qs(request.query, keep_blank_values=True).get(name, [""])[0]


def _number(request: Request, name: str, default: int) -> int:
    found = whole_number(_one(request, name))
    return default if found is None else found


def _rows(name: str, rows: Iterable[dict[str, str]]) -> str:
    return "".join(f"<{name}>{elements(row)}</{name}>" for row in rows)


def _answer(root: str, inner: str) -> Answer:
    return Answer(200, f'<?xml version="1.0" encoding="UTF-8"?><{root}>{inner}</{root}>'.encode(), _XML)
