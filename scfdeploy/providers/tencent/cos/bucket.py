"""The operations on a COS bucket that uploads need. Each makes one attempt; failures are CloudErrors."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar
from urllib.parse import unquote

import requests

from scfdeploy.diagnostics import message
from scfdeploy.facts.errors import error_code
from scfdeploy.providers.base import CloudError, ErrorKind, none_if_missing
from scfdeploy.providers.tencent.auth.key_pair import Credentials
from scfdeploy.providers.tencent.cos.storage_client import (
    TIMEOUT_S,
    StorageClient,
    StorageError,
    StorageRequest,
    accept,
    child_text,
    read_xml,
    to_xml,
)
from scfdeploy.providers.tencent.transport.endpoint import Endpoint
from scfdeploy.providers.tencent.transport.errors import TOO_LARGE, invalid_response, no_response, one_line
from scfdeploy.providers.tencent.transport.http import UntrustedResponseError, iter_body, transfer_timeout
from scfdeploy.providers.workers import call_within
from scfdeploy.records import dataclass

_MAX_PARTS = 10_000
_XML = {"Content-Type": "application/xml"}
_CODE = {"Content-Type": "application/zip"}
_SAME_IN_API = {
    "InvalidAccessKeyId": "AuthFailure.SecretIdNotFound",
    "RequestTimeTooSkewed": "AuthFailure.SignatureExpire",
    "SignatureDoesNotMatch": "AuthFailure.SignatureFailure",
}
"""Error codes of the storage that no access to the bucket cures, with those of other products for the same."""
_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """A stored part of an upload."""

    number: int
    size: int
    etag: str
    """The MD5 of the part in hex, without quotes."""


class Bucket:
    """A bucket, by its name with the APPID. Thread-safe; creating it loads the HTTP library."""

    def __init__(self, name: str, region: str, *, credentials: Credentials, endpoint: Endpoint | None) -> None:
        self.name = name
        self._host = f"{name}.cos.{region}.myqcloud.com"
        self._client = StorageClient(self._host, credentials=credentials, endpoint=endpoint)
        self._is_created = False

    def object_size(self, key: str) -> int | None:
        """The size of an object in bytes; None if it or the bucket does not exist."""
        return self._find("HeadObject", "HEAD", _size, key=key)

    def object_sha256(self, key: str, size: int) -> str | None:
        """Download an object and hash it; None if it does not exist or has another size.

        The metadata of an object is not trusted: its writer chose it.
        """
        return self._find("GetObject", "GET", partial(_digest, size=size), key=key, expected_bytes=size)

    def exists(self) -> bool:
        """Whether the bucket exists and belongs to the account."""
        return self._find("HeadBucket", "HEAD", accept) is not None

    def create(self) -> None:
        """Create the bucket, unless the account has it."""
        try:
            self._call("PutBucket", "PUT", accept, headers={"x-cos-acl": "private"})
        except CloudError as error:
            if error.code != "BucketAlreadyOwnedByYou":
                raise
        self._is_created = True

    def has_lifecycle(self) -> bool:
        """Whether the bucket has lifecycle rules, of scfdeploy or others."""
        return self._find("GetBucketLifecycle", "GET", accept, query={"lifecycle": ""}) is not None

    def set_lifecycle(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """Replace the lifecycle rules of the bucket."""
        body = to_xml("LifecycleConfiguration", {"Rule": rules})
        self._call("PutBucketLifecycle", "PUT", accept, query={"lifecycle": ""}, headers=_XML, body=body)

    def put_object(self, key: str, content: bytes) -> None:
        """Upload a small object in one request."""
        self._call("PutObject", "PUT", accept, key=key, headers=_CODE, body=content)

    def start_upload(self, key: str) -> str:
        """Start an upload in parts; returns its id."""
        query = {"uploads": ""}
        return self._call("InitiateMultipartUpload", "POST", _upload_id, key=key, query=query, headers=_CODE)

    def find_upload(self, key: str) -> str | None:
        """The id of the newest incomplete upload of this object."""
        query = {"uploads": "", "prefix": key, "encoding-type": "url"}
        return self._call("ListMultipartUploads", "GET", partial(_newest_upload, key=key), query=query)

    def list_parts(self, key: str, upload_id: str) -> tuple[Part, ...]:
        """The stored parts of an upload."""
        parts: list[Part] = []
        marker = 0
        while True:
            query = {"uploadId": upload_id, "part-number-marker": str(marker), "max-parts": "1000"}
            page, next_marker = self._call("ListParts", "GET", partial(_page, marker=marker), key=key, query=query)
            parts += page
            if next_marker is None:
                return tuple(parts)
            marker = next_marker

    def upload_part(self, key: str, upload_id: str, *, number: int, content: bytes) -> Part:
        """Upload one part."""
        query = {"partNumber": str(number), "uploadId": upload_id}
        etag = self._call("UploadPart", "PUT", _etag_header, key=key, query=query, body=content)
        return Part(number, len(content), etag)

    def complete_upload(self, key: str, upload_id: str, parts: Sequence[Part]) -> None:
        """Create the object of its parts."""
        rows = [{"PartNumber": part.number, "ETag": f'"{part.etag}"'} for part in parts]
        body = to_xml("CompleteMultipartUpload", {"Part": rows})
        query = {"uploadId": upload_id}
        self._call("CompleteMultipartUpload", "POST", _completed_etag, key=key, query=query, headers=_XML, body=body)

    def _find(self, action: str, method: str, read: Callable[[requests.Response], T], **request: Any) -> T | None:
        return none_if_missing(lambda: self._call(action, method, read, **request))

    def _call(
        self,
        action: str,
        method: str,
        read: Callable[[requests.Response], T],
        *,
        expected_bytes: int = 0,
        **request: Any,
    ) -> T:
        """Make a call and pass its response to `read`, which may raise what parsing raises for a corrupt response."""
        call = StorageRequest(method, **request)
        _log.debug("%s %s %s", action, self.name, call.query.get("partNumber", ""))
        timeout = transfer_timeout(len(call.body) + expected_bytes, usual_s=TIMEOUT_S)
        try:
            return call_within(timeout, partial(self._client.send, call, read))
        except StorageError as error:
            raise self._error(action, error) from error
        except OSError as error:
            raise no_response(action, self._client.route, error) from error
        except (KeyError, ValueError, SyntaxError) as error:
            # A SyntaxError is invalid XML.
            raise invalid_response(
                action, self._host, message("not as the storage writes it ({error})", error=error)
            ) from error

    def _error(self, action: str, error: StorageError) -> CloudError:
        code = error.code or f"HTTP{error.status}"
        text = one_line(error.text) or message("HTTP status {status}", status=error.status)
        hint = None
        if known := error_code(_SAME_IN_API.get(code, "")):
            hint = message("{text}.", text=message(known.action))
        elif error.status == 403:
            hint = message(
                "Give the keys read and write access to {bucket}: QcloudCOSFullAccess, or a policy for this bucket.",
                bucket=self.name,
            )
        # A new bucket is not known to all servers of the storage at once.
        kind = ErrorKind.BUSY if self._is_created and code == "NoSuchBucket" else _kind(error.status, code)
        text = message("{title}: {text}", title=self.name, text=text)
        return CloudError(kind, code, text, action=action, request_id=error.request_id, hint=hint)


def _size(response: requests.Response) -> int:
    return int(accept(response).get("Content-Length", -1))


def _etag_header(response: requests.Response) -> str:
    headers = accept(response)
    if "ETag" not in headers:
        raise ValueError("ETag is missing")
    return headers["ETag"].strip('"')


def _digest(response: requests.Response, *, size: int) -> str | None:
    sha256, received = hashlib.sha256(), 0
    try:
        for chunk in iter_body(response, size):
            received += len(chunk)
            sha256.update(chunk)
    except UntrustedResponseError as error:
        if error.code == TOO_LARGE:
            return None
        raise
    return sha256.hexdigest() if received == size else None


def _upload_id(response: requests.Response) -> str:
    return child_text(read_xml(response, "InitiateMultipartUploadResult"), "UploadId")


def _completed_etag(response: requests.Response) -> str:
    return child_text(read_xml(response, "CompleteMultipartUploadResult"), "ETag")


def _newest_upload(response: requests.Response, *, key: str) -> str | None:
    root = read_xml(response, "ListMultipartUploadsResult")
    uploads = [row for row in root.findall("{*}Upload") if unquote(child_text(row, "Key")) == key]
    newest = max(uploads, key=lambda row: row.findtext("{*}Initiated") or "", default=None)
    return None if newest is None else child_text(newest, "UploadId")


def _page(response: requests.Response, *, marker: int) -> tuple[list[Part], int | None]:
    """The parts of one page, and the marker of the next page, if any."""
    root = read_xml(response, "ListPartsResult")
    parts = [
        Part(int(child_text(row, "PartNumber")), int(child_text(row, "Size")), child_text(row, "ETag").strip('"'))
        for row in root.findall("{*}Part")
    ]
    if root.findtext("{*}IsTruncated") != "true":
        return parts, None
    next_marker = int(child_text(root, "NextPartNumberMarker"))
    if not marker < next_marker <= _MAX_PARTS:
        raise ValueError("NextPartNumberMarker is out of order")
    return parts, next_marker


def _kind(status: int, code: str) -> ErrorKind:
    if status == 404:
        return ErrorKind.MISSING
    # A response to HEAD has no body with a code: SlowDown is only the status 503 there.
    if status == 429 or code in ("SlowDown", "RequestLimitExceeded", "HTTP503"):
        return ErrorKind.THROTTLED
    if status >= 500 or status == 200:  # completing an upload can fail with status 200
        return ErrorKind.AMBIGUOUS
    if status == 409:
        return ErrorKind.BUSY if code == "OperationAborted" else ErrorKind.EXISTS
    return ErrorKind.REJECTED
