"""Objects: created, copied, read in whole or in part, deleted."""

from __future__ import annotations

import hashlib
import re
from email.utils import formatdate
from urllib.parse import unquote

from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.clock import as_iso
from scfdeploy.emulator.cos.protocol import XML, CosError, elements, require_digest, xml_response
from scfdeploy.emulator.messages import Json, Request, Response
from scfdeploy.emulator.scf.events.firing import fire_object

OBJECT = "object"
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_COPY_SOURCE = re.compile(
    r"(?P<bucket>[a-z0-9-]+)\.cos\.(?P<region>[a-z0-9-]+)\.(?:myqcloud\.com|tencentcos\.cn)(?::\d+)?/(?P<key>.+)",
    re.DOTALL,
)


def object_key(request: Request, bucket: str) -> str:
    """The key of the object that the path of the request names."""
    return f"{bucket}{unquote(request.path)}"


def object_headers(request: Request) -> Json:
    """The fields of an object's document that come from headers: content type and own metadata."""
    metadata = {name: value for name, value in request.headers.items() if name.startswith("x-cos-meta-")}
    return {"type": request.headers.get("content-type", "application/octet-stream"), "meta": metadata}


def put_content(app: EmulatorApp, content: bytes) -> Json:
    """Store content, and return the fields of a document that refer to it."""
    sha256 = hashlib.sha256(content).hexdigest()
    app.store.put_blob(sha256, content)
    etag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
    return {"blob": sha256, "size": len(content), "etag": etag, "modified": app.clock.now()}


def put_object(app: EmulatorApp, request: Request, bucket: str) -> Response:
    """Create or replace an object, or copy one that `x-cos-copy-source` names."""
    if "x-cos-copy-source" in request.headers:
        return _copy_object(app, request, bucket)
    require_digest(request)
    document = put_content(app, request.body) | object_headers(request)
    app.store.put(OBJECT, object_key(request, bucket), document)
    fire_object(app, request, object_key(request, bucket), "ObjectCreated:Put", document)
    return Response(200, b"", XML, (("ETag", document["etag"]),))


def get_object(app: EmulatorApp, request: Request, bucket: str) -> Response:
    """Return an object with its metadata."""
    document = app.store.get(OBJECT, object_key(request, bucket))
    content = app.store.get_blob(document["blob"]) if document else None
    if document is None or content is None:
        raise CosError(404, "NoSuchKey", "The object does not exist.")
    headers = {
        "ETag": document["etag"],
        "Last-Modified": formatdate(document["modified"], usegmt=True),
        "Accept-Ranges": "bytes",
        **document["meta"],
    }
    status, part = _requested_range(request, content, headers)
    return Response(status, part, document["type"], tuple(headers.items()))


def _requested_range(request: Request, content: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """The status and the bytes that `Range` asks for. Adds Content-Range to `headers`."""
    match = _RANGE.fullmatch(request.headers.get("range", ""))
    if match is None or not any(match.groups()):
        return 200, content
    first, last = (int(text) if text else None for text in match.groups())
    if first is None:
        first, last = max(0, len(content) - (last or 0)), len(content) - 1
    end = min(len(content) - 1 if last is None else last, len(content) - 1)
    if first > end:
        raise CosError(416, "InvalidRange", "The range is outside of the object.")
    headers["Content-Range"] = f"bytes {first}-{end}/{len(content)}"
    return 206, content[first : end + 1]


def _copy_object(app: EmulatorApp, request: Request, bucket: str) -> Response:
    source = _COPY_SOURCE.fullmatch(unquote(request.headers["x-cos-copy-source"]).removeprefix("https://"))
    document = app.store.get(OBJECT, f"{source['region']}/{source['bucket']}/{source['key']}") if source else None
    if document is None:
        raise CosError(404, "NoSuchKey", "The object to copy does not exist.")
    copied = document | {"modified": app.clock.now()}
    if request.headers.get("x-cos-metadata-directive", "Copy").lower() != "copy":
        copied |= object_headers(request)
    app.store.put(OBJECT, object_key(request, bucket), copied)
    fire_object(app, request, object_key(request, bucket), "ObjectCreated:Copy", copied)
    fields = {"ETag": copied["etag"], "LastModified": as_iso(copied["modified"])}
    return xml_response("CopyObjectResult", elements(fields))


def delete_object(app: EmulatorApp, request: Request, bucket: str) -> Response:
    """Delete an object, if it exists."""
    document = app.store.get(OBJECT, object_key(request, bucket))
    app.store.delete(OBJECT, object_key(request, bucket))
    app.store.drop_unused_blobs()
    if document is not None:
        fire_object(app, request, object_key(request, bucket), "ObjectRemove:Delete", document)
    return Response(204, b"", XML)
