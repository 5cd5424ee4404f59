"""Answers requests for buckets and objects, and records them like calls of the API."""

from __future__ import annotations

import hashlib
import re
import time
import uuid
from collections.abc import Callable
from email.utils import formatdate
from urllib.parse import parse_qs, unquote

from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.cos import lifecycle, multipart
from scfdeploy.emulator.cos.responses import CosError, error_answer
from scfdeploy.emulator.cos.signature import verify
from scfdeploy.emulator.faults import Effect
from scfdeploy.emulator.faults.corrupt_response import garble
from scfdeploy.emulator.messages import Admission, Answer, Request
from scfdeploy.emulator.recorder import Entry

# A file or a part of one; the XML of other requests, which lists at most 10,000 parts; and nothing much.
_MAX_OBJECT_BYTES, _MAX_XML_BYTES, _MAX_OTHER_BYTES = 512 << 20, 2 << 20, 64 << 10
_BUCKET, _OBJECT = "bucket", "object"
_HOST = re.compile(r"(?P<bucket>[a-z0-9][a-z0-9-]*-\d+)\.cos\.(?P<region>[a-z0-9-]+)\.myqcloud\.com(:\d+)?")
_XML = "application/xml"
# Some requests of an upload in parts have several parameters: the one that tells comes first here.
_OF_UPLOADS = ("uploads", "uploadId")
_UPLOAD_ACTIONS = {
    ("POST", "Object", "uploads"): "InitiateMultipartUpload",
    ("GET", "Bucket", "uploads"): "ListMultipartUploads",
    ("PUT", "Object", "uploadId"): "UploadPart",
    ("GET", "Object", "uploadId"): "ListParts",
    ("POST", "Object", "uploadId"): "CompleteMultipartUpload",
    ("DELETE", "Object", "uploadId"): "AbortMultipartUpload",
}


def bucket_of(host: str) -> str | None:
    """`<region>/<bucket>-<appid>` when the host is that of a bucket, else None."""
    found = _HOST.fullmatch(host)
    return f"{found['region']}/{found['bucket']}" if found else None


def admit(app: EmulatorApp, request: Request, bucket: str) -> Admission | Answer:
    """How large the body may be; the storage's error for a bad signature, which does not cover the body."""
    try:
        verify(request, app.credentials, now=time.time())
    except CosError as error:
        return _refused(app, request, bucket, error)
    if request.method == "PUT" and request.path not in ("", "/"):
        most = _MAX_OBJECT_BYTES
    else:
        most = _MAX_XML_BYTES if request.method in ("PUT", "POST") else _MAX_OTHER_BYTES
    too_large = CosError(400, "EntityTooLarge", f"The body is larger than {most >> 10} KB.")
    return Admission(most, lambda: _refused(app, request, bucket, too_large))


def _refused(app: EmulatorApp, request: Request, bucket: str, error: CosError) -> Answer:
    request_id, region = str(uuid.uuid4()), bucket.partition("/")[0]
    app.recorder.add(Entry(_action(request), "cos", region, app.clock.now(), 0.0, error.code, request_id))
    return error_answer(error, request.path, request_id)


def answer(app: EmulatorApp, request: Request, bucket: str) -> Answer:
    """The storage's answer, its errors in XML with their HTTP status."""
    began, at, request_id = time.perf_counter(), app.clock.now(), str(uuid.uuid4())
    action = _action(request)
    try:
        found = _faulty(app, request, bucket, action)
        outcome = found.outcome
    except CosError as error:
        found, outcome = error_answer(error, request.path, request_id), error.code
    if found.dropped:
        outcome = "dropped"
    seconds = round(time.perf_counter() - began, 6)
    app.recorder.add(Entry(action, "cos", bucket.partition("/")[0], at, seconds, outcome, request_id))
    return found


def _action(request: Request) -> str:
    verbs = {"PUT": "Put", "GET": "Get", "HEAD": "Head", "DELETE": "Delete", "POST": "Post"}
    subject = "Bucket" if request.path in ("", "/") else "Object"
    parameters = parse_qs(request.query, keep_blank_values=True)
    for name in _OF_UPLOADS:
        if name in parameters:
            known = _UPLOAD_ACTIONS.get((request.method, subject, name))
            return known or f"{request.method.capitalize()}{subject}{name.capitalize()}"
    sub_resource = next(iter(parameters), "")
    return verbs.get(request.method, request.method) + subject + sub_resource.capitalize()


def _faulty(app: EmulatorApp, request: Request, bucket: str, action: str) -> Answer:
    verify(request, app.credentials, now=time.time())
    parameters = parse_qs(request.query, keep_blank_values=True)
    asked = {**parameters, "Host": bucket, "Path": request.path, "Body": request.body}
    effect = app.faults.effect(action, product="cos", content=asked)
    if effect.skew_s:
        verify(request, app.credentials, now=time.time() + effect.skew_s)
    if wait_s := app.settings.latency_s + effect.latency_s:
        time.sleep(wait_s)  # noqa: TID251 - the slowness that was asked for
    if effect.when == "before" and (failure := _failure(effect)):
        return failure
    run = _ACTIONS.get(action)
    if run is None:
        raise CosError(501, "NotImplemented", f"The local server does not offer {action}.")
    writes = request.method in ("PUT", "POST", "DELETE")
    if writes and effect.stale_s:
        app.delay_reads(effect.stale_s)
    seen = app if writes else app.as_read()
    with seen.store.exclusive(writes=writes):
        found = run(seen, request, bucket)
    if effect.when == "after" and (failure := _failure(effect)):
        return failure
    return garble(found, effect.garbled) if effect.garbled else found


def _failure(effect: Effect) -> Answer | None:
    if effect.drop:
        return Answer(0, b"", dropped=True)
    if effect.code or effect.status:
        raise CosError(effect.status or 503, effect.code or "ServiceUnavailable", effect.message)
    return None


def _put_bucket(app: EmulatorApp, _request: Request, bucket: str) -> Answer:
    if app.store.get(_BUCKET, bucket) is not None:
        raise CosError(409, "BucketAlreadyOwnedByYou", "The bucket exists already and is yours.")
    app.store.put(_BUCKET, bucket, {"created": app.clock.now()})
    return Answer(200, b"", _XML)


def _head_bucket(app: EmulatorApp, _request: Request, bucket: str) -> Answer:
    _require_bucket(app, bucket)
    return Answer(200, b"", _XML)


def _in_bucket(run: Callable[[EmulatorApp, Request, str], Answer]) -> Callable[[EmulatorApp, Request, str], Answer]:
    def checked(app: EmulatorApp, request: Request, bucket: str) -> Answer:
        _require_bucket(app, bucket)
        return run(app, request, bucket)

    return checked


def _put_object(app: EmulatorApp, request: Request, bucket: str) -> Answer:
    _require_bucket(app, bucket)
    sha256 = hashlib.sha256(request.body).hexdigest()
    etag = f'"{hashlib.md5(request.body, usedforsecurity=False).hexdigest()}"'
    app.store.put_blob(sha256, request.body)
    own = {name: value for name, value in request.headers.items() if name.startswith("x-cos-meta-")}
    document = {
        "blob": sha256,
        "size": len(request.body),
        "etag": etag,
        "modified": app.clock.now(),
        "type": request.headers.get("content-type", "application/octet-stream"),
        "meta": own,
    }
    app.store.put(_OBJECT, _key(request, bucket), document)
    return Answer(200, b"", _XML, (("ETag", etag),))


def _get_object(app: EmulatorApp, request: Request, bucket: str) -> Answer:
    _require_bucket(app, bucket)
    document = app.store.get(_OBJECT, _key(request, bucket))
    content = app.store.blob(document["blob"]) if document else None
    if document is None or content is None:
        raise CosError(404, "NoSuchKey", "The object does not exist.")
    headers = {"ETag": document["etag"], "Last-Modified": formatdate(document["modified"], usegmt=True)}
    return Answer(200, content, document["type"], tuple((headers | document["meta"]).items()))


def _delete_object(app: EmulatorApp, request: Request, bucket: str) -> Answer:
    _require_bucket(app, bucket)
    app.store.delete(_OBJECT, _key(request, bucket))
    app.store.drop_unused_blobs()
    return Answer(204, b"", _XML)


def _require_bucket(app: EmulatorApp, bucket: str) -> None:
    if app.store.get(_BUCKET, bucket) is None:
        raise CosError(404, "NoSuchBucket", "The bucket does not exist.")


def _key(request: Request, bucket: str) -> str:
    return f"{bucket}{unquote(request.path)}"


_ACTIONS: dict[str, Callable[[EmulatorApp, Request, str], Answer]] = {
    "PutBucket": _put_bucket,
    "HeadBucket": _head_bucket,
    "PutBucketLifecycle": _in_bucket(lifecycle.put),
    "GetBucketLifecycle": _in_bucket(lifecycle.get),
    "PutObject": _put_object,
    "GetObject": _get_object,
    "HeadObject": _get_object,
    "DeleteObject": _delete_object,
    "InitiateMultipartUpload": _in_bucket(multipart.begin),
    "UploadPart": _in_bucket(multipart.put_part),
    "ListParts": _in_bucket(multipart.list_parts),
    "ListMultipartUploads": _in_bucket(multipart.list_uploads),
    "CompleteMultipartUpload": _in_bucket(multipart.complete),
    "AbortMultipartUpload": _in_bucket(multipart.give_up),
}
