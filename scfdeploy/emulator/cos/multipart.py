"""Multipart uploads: started, listed, uploaded part by part, completed or aborted."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from urllib.parse import quote, unquote

from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.clock import as_iso
from scfdeploy.emulator.cos.objects import OBJECT, object_headers, object_key, put_content
from scfdeploy.emulator.cos.protocol import (
    XML,
    CosError,
    bucket_name,
    elements,
    list_elements,
    parse_xml,
    query_parameters,
    xml_response,
)
from scfdeploy.emulator.messages import Json, Request, Response, parse_number
from scfdeploy.emulator.scf.events.firing import fire_object

_UPLOAD, _PART = "upload", "part"
_MIN_PART_BYTES = 1 << 20
_MAX_PARTS = 10_000
_MAX_LISTED = 1000


def initiate(app: EmulatorApp, request: Request, bucket: str) -> Response:
    """Start an upload of one object. Several uploads of one object can exist."""
    upload_id = f"{int(app.clock.now())}{uuid.uuid4().hex}"
    document = {"started": app.clock.now(), "bucket": bucket} | object_headers(request)
    app.store.put(_UPLOAD, f"{object_key(request, bucket)}?{upload_id}", document)
    fields = {"Bucket": bucket_name(bucket), "Key": _object_name(request), "UploadId": upload_id}
    return xml_response("InitiateMultipartUploadResult", elements(fields))


def upload_part(app: EmulatorApp, request: Request, bucket: str) -> Response:
    """Create or replace one part."""
    upload = _require_upload(app, request, bucket)
    number = parse_number(_parameter(request, "partNumber"))
    if number is None or not 1 <= number <= _MAX_PARTS:
        raise CosError(400, "InvalidArgument", f"partNumber must be 1 to {_MAX_PARTS}.")
    document = put_content(app, request.body)
    app.store.put(_PART, f"{upload}/{number:05d}", document)
    return Response(200, b"", XML, (("ETag", document["etag"]),))


def list_parts(app: EmulatorApp, request: Request, bucket: str) -> Response:
    """Return a page of the parts of an upload."""
    upload = _require_upload(app, request, bucket)
    marker = parse_number(_parameter(request, "part-number-marker"))
    maximum = parse_number(_parameter(request, "max-parts"))
    marker, maximum = marker or 0, _MAX_LISTED if maximum is None else maximum
    parts = [(number, part) for number, part in _parts(app, upload) if number > marker]
    page = parts[: min(maximum, _MAX_LISTED)]
    fields = {
        "Bucket": bucket_name(bucket),
        "EncodingType": _parameter(request, "encoding-type"),
        "Key": quote(_object_name(request)),
        "UploadId": _parameter(request, "uploadId"),
        "StorageClass": "STANDARD",
        "PartNumberMarker": str(marker),
        "NextPartNumberMarker": str(page[-1][0]) if page else "",
        "MaxParts": str(maximum),
        "IsTruncated": "true" if len(page) < len(parts) else "false",
    }
    rows = (
        {
            "PartNumber": str(number),
            "LastModified": as_iso(part["modified"]),
            "ETag": part["etag"],
            "Size": str(part["size"]),
        }
        for number, part in page
    )
    return xml_response("ListPartsResult", elements(fields) + list_elements("Part", rows))


def list_uploads(app: EmulatorApp, request: Request, bucket: str) -> Response:
    """Return the uploads of the bucket that are not completed or aborted."""
    prefix = _parameter(request, "prefix")
    rows = []
    for key, document in app.store.list_prefix(_UPLOAD, f"{bucket}/"):
        name, _, upload_id = key.removeprefix(f"{bucket}/").rpartition("?")
        if name.startswith(prefix):
            started = as_iso(document["started"])
            rows.append({"Key": quote(name), "UploadId": upload_id, "StorageClass": "STANDARD", "Initiated": started})
    fields = {
        "Bucket": bucket_name(bucket),
        "EncodingType": _parameter(request, "encoding-type"),
        "KeyMarker": "",
        "UploadIdMarker": "",
        "MaxUploads": str(_MAX_LISTED),
        "Prefix": quote(prefix),
        "IsTruncated": "false",
    }
    return xml_response("ListMultipartUploadsResult", elements(fields) + list_elements("Upload", rows))


def complete(app: EmulatorApp, request: Request, bucket: str) -> Response:
    """Create the object from the parts that the request lists."""
    upload = _require_upload(app, request, bucket)
    upload_document = app.store.get(_UPLOAD, upload) or {}
    parts = list(_listed_parts(request, dict(_parts(app, upload))))
    if any(part["size"] < _MIN_PART_BYTES for part in parts[:-1]):
        raise CosError(400, "EntityTooSmall", "Every part but the last must have at least 1 MB.")
    document = put_content(app, b"".join(app.store.get_blob(part["blob"]) or b"" for part in parts))
    etags = "".join(part["etag"] for part in parts).encode()
    etag = f'"{hashlib.md5(etags, usedforsecurity=False).hexdigest()}-{len(parts)}"'
    headers = {"type": upload_document["type"], "meta": upload_document["meta"]}
    app.store.put(OBJECT, object_key(request, bucket), document | headers | {"etag": etag})
    event = "ObjectCreated:CompleteMultipartUpload"
    fire_object(app, request, object_key(request, bucket), event, document | headers)
    _delete_upload(app, upload)
    location = f"{request.host}{request.path}"
    fields = {"Location": location, "Bucket": bucket_name(bucket), "Key": _object_name(request), "ETag": etag}
    return xml_response("CompleteMultipartUploadResult", elements(fields))


def abort(app: EmulatorApp, request: Request, bucket: str) -> Response:
    """Delete an upload and its parts."""
    _delete_upload(app, _require_upload(app, request, bucket))
    return Response(204, b"", XML)


def _delete_upload(app: EmulatorApp, upload: str) -> None:
    app.store.delete_prefix(_PART, f"{upload}/")
    app.store.delete(_UPLOAD, upload)
    app.store.drop_unused_blobs()


def _require_upload(app: EmulatorApp, request: Request, bucket: str) -> str:
    """The key of the upload that the request names. Raises CosError if it does not exist."""
    key = f"{object_key(request, bucket)}?{_parameter(request, 'uploadId')}"
    if app.store.get(_UPLOAD, key) is None:
        raise CosError(404, "NoSuchUpload", "The upload does not exist, or it is complete.")
    return key


def _parts(app: EmulatorApp, upload: str) -> list[tuple[int, Json]]:
    return [(int(key.rpartition("/")[2]), part) for key, part in app.store.list_prefix(_PART, f"{upload}/")]


def _listed_parts(request: Request, parts: dict[int, Json]) -> Iterable[Json]:
    rows = parse_xml(request.body).iter("Part")
    try:
        listed = [(int(row.findtext("PartNumber", "")), row.findtext("ETag", "")) for row in rows]
    except ValueError as error:
        raise CosError(400, "MalformedXML", "The body is not a list of parts.") from error
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


def _object_name(request: Request) -> str:
    return unquote(request.path).removeprefix("/")


def _parameter(request: Request, name: str) -> str:
    return query_parameters(request).get(name, "")
