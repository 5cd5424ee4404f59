"""Handles requests for buckets and objects, with faults, and records them like API calls."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from urllib.parse import parse_qs

from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.cos import buckets, multipart, objects
from scfdeploy.emulator.cos.protocol import CosError, error_response, verify
from scfdeploy.emulator.faults import Effect
from scfdeploy.emulator.messages import Admission, Request, Response
from scfdeploy.emulator.recorder import Entry

# An object or a part; other XML, with at most 10,000 parts; any other request.
_MAX_OBJECT_BYTES, _MAX_XML_BYTES, _MAX_OTHER_BYTES = 512 << 20, 2 << 20, 64 << 10
_HOST = re.compile(
    r"(?P<bucket>[a-z0-9][a-z0-9-]*-\d+)\.cos(?:-internal)?\.(?P<region>[a-z0-9-]+)\.(?:myqcloud\.com|tencentcos\.(?:cn|com))(:\d+)?"
)
_VERBS = {"PUT": "Put", "GET": "Get", "HEAD": "Head", "DELETE": "Delete", "POST": "Post"}
# The parameter that identifies a request of a multipart upload, which may have several.
_UPLOAD_PARAMETERS = ("uploads", "uploadId")
_UPLOAD_ACTIONS = {
    ("POST", "Object", "uploads"): "InitiateMultipartUpload",
    ("GET", "Bucket", "uploads"): "ListMultipartUploads",
    ("PUT", "Object", "uploadId"): "UploadPart",
    ("GET", "Object", "uploadId"): "ListParts",
    ("POST", "Object", "uploadId"): "CompleteMultipartUpload",
    ("DELETE", "Object", "uploadId"): "AbortMultipartUpload",
}
_LIST_PARAMETERS = frozenset({"prefix", "delimiter", "marker", "max-keys", "encoding-type"})
_ACTIONS: dict[str, Callable[[EmulatorApp, Request, str], Response]] = {
    "PutBucket": buckets.put_bucket,
    "HeadBucket": buckets.head_bucket,
    "GetBucket": buckets.list_objects,
    "DeleteBucket": buckets.delete_bucket,
    "PostBucketDelete": buckets.delete_objects,
    "GetBucketAcl": buckets.get_acl,
    "PutBucketAcl": buckets.put_acl,
    "GetObjectAcl": buckets.get_acl,
    "PutObjectAcl": buckets.put_acl,
    "PutBucketLifecycle": buckets.put_lifecycle,
    "GetBucketLifecycle": buckets.get_lifecycle,
    "PutObject": objects.put_object,
    "GetObject": objects.get_object,
    "HeadObject": objects.get_object,
    "DeleteObject": objects.delete_object,
    "InitiateMultipartUpload": multipart.initiate,
    "UploadPart": multipart.upload_part,
    "ListParts": multipart.list_parts,
    "ListMultipartUploads": multipart.list_uploads,
    "CompleteMultipartUpload": multipart.complete,
    "AbortMultipartUpload": multipart.abort,
}


def parse_bucket(host: str) -> str | None:
    """`<region>/<bucket>-<appid>` if the host is that of a bucket, else None."""
    match = _HOST.fullmatch(host)
    return f"{match['region']}/{match['bucket']}" if match else None


def admit(app: EmulatorApp, request: Request, bucket: str) -> Admission | Response:
    """The size limit of the body, or the error for an invalid signature, which does not cover the body."""
    try:
        verify(request, app.credentials, now=time.time())
    except CosError as error:
        return _reject(app, request, bucket, error)
    if request.method == "PUT" and request.path not in ("", "/"):
        maximum = _MAX_OBJECT_BYTES
    else:
        maximum = _MAX_XML_BYTES if request.method in ("PUT", "POST") else _MAX_OTHER_BYTES
    too_large = CosError(400, "EntityTooLarge", f"The body is larger than {maximum >> 10} KB.")
    return Admission(maximum, lambda: _reject(app, request, bucket, too_large))


def _reject(app: EmulatorApp, request: Request, bucket: str, error: CosError) -> Response:
    request_id, region = str(uuid.uuid4()), bucket.partition("/")[0]
    app.recorder.add(Entry(_action(request), "cos", region, app.clock.now(), 0.0, error.code, request_id))
    return error_response(error, request.path, request_id)


def handle(app: EmulatorApp, request: Request, bucket: str) -> Response:
    """The response of COS. Errors are in XML, with their HTTP status."""
    start, started_at, request_id = time.perf_counter(), app.clock.now(), str(uuid.uuid4())
    action = _action(request)
    try:
        response = _run_with_faults(app, request, bucket, action)
        outcome = response.outcome
    except CosError as error:
        response, outcome = error_response(error, request.path, request_id), error.code
    if response.dropped:
        outcome = "dropped"
    seconds = round(time.perf_counter() - start, 6)
    app.recorder.add(Entry(action, "cos", bucket.partition("/")[0], started_at, seconds, outcome, request_id))
    return response


def _action(request: Request) -> str:
    subject = "Bucket" if request.path in ("", "/") else "Object"
    parameters = parse_qs(request.query, keep_blank_values=True)
    for name in _UPLOAD_PARAMETERS:
        if name in parameters:
            action = _UPLOAD_ACTIONS.get((request.method, subject, name))
            return action or f"{request.method.capitalize()}{subject}{name.capitalize()}"
    sub_resource = next((name for name in parameters if name not in _LIST_PARAMETERS), "")
    return _VERBS.get(request.method, request.method) + subject + sub_resource.capitalize()


def _run_with_faults(app: EmulatorApp, request: Request, bucket: str, action: str) -> Response:
    verify(request, app.credentials, now=time.time())
    parameters = parse_qs(request.query, keep_blank_values=True)
    content = {**parameters, "Host": bucket, "Path": request.path, "Body": request.body}
    effect = app.faults.effect(action, product="cos", content=content)
    if effect.skew_s:
        verify(request, app.credentials, now=time.time() + effect.skew_s)
    effect.wait(app.settings.latency_s)
    return effect.apply(lambda: _run(app, request, bucket, action, effect), fail=_fail)


def _run(app: EmulatorApp, request: Request, bucket: str, action: str, effect: Effect) -> Response:
    run = _ACTIONS.get(action)
    if run is None:
        raise CosError(501, "NotImplemented", f"The local server does not offer {action}.")
    writes = request.method in ("PUT", "POST", "DELETE")
    if writes and effect.stale_s:
        app.delay_reads(effect.stale_s)
    view = app if writes else app.read_view()
    with view.store.exclusive(writes=writes):
        if action != "PutBucket":
            buckets.require_bucket(view, bucket)
        response = run(view, request, bucket)
    if writes:
        app.events.wake()
    return response


def _fail(effect: Effect) -> Response:
    raise CosError(effect.status or 503, effect.code or "ServiceUnavailable", effect.message)
