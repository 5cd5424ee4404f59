"""The operations on a COS bucket that uploads need. Each makes one attempt; failures are CloudErrors."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from scfdeploy.diagnostics import message
from scfdeploy.providers.base import CloudError, ErrorKind, none_if_missing
from scfdeploy.providers.tencent.auth.key_pair import Credentials
from scfdeploy.providers.tencent.transport.endpoint import Endpoint
from scfdeploy.providers.tencent.transport.errors import invalid_response, no_response
from scfdeploy.providers.workers import call_within

_MAX_PARTS = 10_000
_TIMEOUT_S = 60
_CHUNK_BYTES = 1 << 16
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
    """A bucket, by its name with the APPID. Thread-safe; creating it loads the SDK."""

    def __init__(self, name: str, region: str, *, credentials: Credentials, endpoint: Endpoint | None) -> None:
        self.name = name
        self._host = f"{name}.cos.{region}.myqcloud.com"
        self._client = _make_client(self._host, region, credentials=credentials, endpoint=endpoint)
        self._proxies = self._client.get_conf()._proxies
        self._is_created = False

    def object_size(self, key: str) -> int | None:
        """The size of an object in bytes; None if it or the bucket does not exist."""
        return self._find("HeadObject", self._client.head_object, _size, Key=key)

    def object_sha256(self, key: str, size: int) -> str | None:
        """Download an object and hash it; None if it does not exist or has another size.

        The metadata of an object is not trusted: its writer chose it.
        """
        return self._find("GetObject", self._client.get_object, partial(_digest, size=size), Key=key)

    def exists(self) -> bool:
        """Whether the bucket exists and belongs to the account."""
        return self._find("HeadBucket", self._client.head_bucket, _accept) is not None

    def create(self) -> None:
        """Create the bucket, unless the account has it."""
        try:
            self._call("PutBucket", self._client.create_bucket, _accept, ACL="private")
        except CloudError as error:
            if error.code != "BucketAlreadyOwnedByYou":
                raise
        self._is_created = True

    def has_lifecycle(self) -> bool:
        """Whether the bucket has lifecycle rules, of scfdeploy or others."""
        return self._find("GetBucketLifecycle", self._client.get_bucket_lifecycle, _accept) is not None

    def set_lifecycle(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """Replace the lifecycle rules of the bucket."""
        document = {"Rule": [dict(rule) for rule in rules]}
        put = self._client.put_bucket_lifecycle
        self._call("PutBucketLifecycle", put, _accept, LifecycleConfiguration=document)

    def put_object(self, key: str, content: bytes) -> None:
        """Upload a small object in one request."""
        self._call("PutObject", self._client.put_object, _accept, Key=key, Body=content, EnableMD5=True)

    def start_upload(self, key: str) -> str:
        """Start an upload in parts; returns its id."""
        return self._call("InitiateMultipartUpload", self._client.create_multipart_upload, _upload_id, Key=key)

    def find_upload(self, key: str) -> str | None:
        """The id of the newest incomplete upload of this object."""

        def newest(response: Any) -> str | None:
            uploads = [upload for upload in response.get("Upload") or () if upload.get("Key") == key]
            last = max(uploads, key=lambda upload: str(upload.get("Initiated", "")), default=None)
            return None if last is None else _upload_id(last)

        return self._call("ListMultipartUploads", self._client.list_multipart_uploads, newest, Prefix=key)

    def list_parts(self, key: str, upload_id: str) -> tuple[Part, ...]:
        """The stored parts of an upload."""
        parts: list[Part] = []
        marker = 0
        while True:
            page, next_marker = self._call(
                "ListParts",
                self._client.list_parts,
                partial(_page, marker=marker),
                Key=key,
                UploadId=upload_id,
                PartNumberMarker=marker,
                MaxParts=1000,
            )
            parts += page
            if next_marker is None:
                return tuple(parts)
            marker = next_marker

    def upload_part(self, key: str, upload_id: str, *, number: int, content: bytes) -> Part:
        """Upload one part; with its MD5 the storage rejects a part that was corrupted in transit."""
        etag = self._call(
            "UploadPart",
            self._client.upload_part,
            _etag,
            Key=key,
            UploadId=upload_id,
            PartNumber=number,
            Body=content,
            EnableMD5=True,
        )
        return Part(number, len(content), etag)

    def complete_upload(self, key: str, upload_id: str, parts: Sequence[Part]) -> None:
        """Create the object of its parts."""
        rows = [{"PartNumber": part.number, "ETag": f'"{part.etag}"'} for part in parts]
        self._call(
            "CompleteMultipartUpload",
            self._client.complete_multipart_upload,
            _etag,
            Key=key,
            UploadId=upload_id,
            MultipartUpload={"Part": rows},
        )

    def _find(self, action: str, call: Callable[..., Any], read: Callable[[Any], T], **parameters: Any) -> T | None:
        return none_if_missing(lambda: self._call(action, call, read, **parameters))

    def _call(self, action: str, call: Callable[..., Any], read: Callable[[Any], T], **parameters: Any) -> T:
        """Make a call and pass its response to `read`, which may raise what parsing raises for a corrupt response."""
        from qcloud_cos import CosClientError, CosServiceError

        from scfdeploy.providers.tencent.transport.http import describe_route, transfer_timeout

        _log.debug("%s %s %s", action, self.name, parameters.get("PartNumber", ""))
        try:
            timeout = transfer_timeout(len(parameters.get("Body", b"")), usual_s=_TIMEOUT_S)
            return read(call_within(timeout, partial(call, Bucket=self.name, **parameters)))
        except CosServiceError as error:
            raise self._error(action, error) from error
        except CosClientError as error:
            # The SDK raises this for network errors, with their text only.
            raise no_response(action, self._host, error) from error
        except OSError as error:
            raise no_response(action, describe_route(f"https://{self._host}", self._proxies), error) from error
        except (KeyError, TypeError, ValueError, AttributeError, SyntaxError) as error:
            # A SyntaxError is invalid XML.
            raise invalid_response(
                action, self._host, message("not the expected XML ({error})", error=error)
            ) from error

    def _error(self, action: str, error: Any) -> CloudError:
        status = int(error.get_status_code() or 0)
        details = error.get_digest_msg()
        details = details if isinstance(details, Mapping) else {}
        code = str(details.get("code") or f"HTTP{status}")
        request_id = str(details.get("requestid") or details.get("x-cos-request-id") or "")
        text = " ".join(str(details.get("message") or message("HTTP status {status}", status=status)).split())
        hint = None
        if status == 403:
            hint = message(
                "Give the keys read and write access to {bucket}: QcloudCOSFullAccess, or a policy for this bucket.",
                bucket=self.name,
            )
        # A new bucket is not known to all servers of the storage at once.
        kind = ErrorKind.BUSY if self._is_created and code == "NoSuchBucket" else _kind(status, code)
        return CloudError(kind, code, f"{self.name}: {text}", action=action, request_id=request_id, hint=hint)


def _accept(_response: Any) -> bool:
    return True


def _size(response: Any) -> int:
    return int((response or {}).get("Content-Length", -1))


def _digest(response: Any, *, size: int) -> str | None:
    sha256, received = hashlib.sha256(), 0
    for chunk in response["Body"].get_stream(_CHUNK_BYTES):
        received += len(chunk)
        if received > size:
            return None
        sha256.update(chunk)
    return sha256.hexdigest() if received == size else None


def _etag(response: Any) -> str:
    return _text(response["ETag"]).strip('"')


def _upload_id(response: Any) -> str:
    return _text(response["UploadId"])


def _page(response: Any, *, marker: int) -> tuple[list[Part], int | None]:
    """The parts of one page, and the marker of the next page, if any."""
    parts = [Part(int(row["PartNumber"]), int(row["Size"]), _etag(row)) for row in response.get("Part") or ()]
    if response.get("IsTruncated") != "true":
        return parts, None
    next_marker = int(response["NextPartNumberMarker"])
    if not marker < next_marker <= _MAX_PARTS:
        raise ValueError("NextPartNumberMarker is out of order")
    return parts, next_marker


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("an element has children instead of text")
    return value


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


def _make_client(host: str, region: str, *, credentials: Credentials, endpoint: Endpoint | None) -> Any:
    _silence()
    from qcloud_cos import CosConfig, CosS3Client

    from scfdeploy.providers.tencent.transport.http import open_session, proxies_for

    address: dict[str, Any] = {"Scheme": "https"}
    if endpoint is not None:
        # With an IP and a port, the SDK keeps the name of the bucket in the Host header.
        name, colon, port = endpoint.host.rpartition(":")
        address = {
            "Scheme": endpoint.scheme,
            "IP": name if colon else endpoint.host,
            "Port": int(port) if colon else None,
        }
    config = CosConfig(
        Region=region,
        SecretId=credentials.secret_id,
        SecretKey=credentials.secret_key.reveal(),
        Token=credentials.token.reveal() if credentials.token else None,
        Timeout=_TIMEOUT_S,
        Proxies=proxies_for(endpoint or Endpoint("https", host), host=host),
        **address,
    )
    # The SDK's own session is shared by the process and takes credentials from ~/.netrc. The executor retries, not the
    # SDK.
    return CosS3Client(config, retry=0, session=open_session())


def _silence() -> None:
    # The SDK logs URLs with signatures at debug level, and every rejection with a stack trace.
    logger = logging.getLogger("qcloud_cos")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
