"""One bucket of COS: what uploading needs of the storage's SDK, each a single try, its failures as CloudError."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.tencent.auth.key_pair import Credentials
from scfdeploy.providers.tencent.transport.endpoint import Endpoint
from scfdeploy.providers.tencent.transport.errors import bad_answer, no_answer
from scfdeploy.providers.workers import call_within

_MOST_PARTS = 10_000
_TIMEOUT_S = 60
_CHUNK_BYTES = 1 << 16
_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an upload that has arrived. `etag` is without its quotes."""

    number: int
    size: int
    etag: str


class Bucket:
    """`name` ends in the account's number. Threads may share it; the SDK is loaded when it is made."""

    def __init__(self, name: str, region: str, *, credentials: Credentials, endpoint: Endpoint | None) -> None:
        self.name = name
        self._host = f"{name}.cos.{region}.myqcloud.com"
        self._client = _make_client(self._host, region, credentials=credentials, endpoint=endpoint)
        self._proxies = self._client.get_conf()._proxies
        self._is_new = False

    def size_of(self, key: str) -> int | None:
        """How many bytes an object has, None when it (or the bucket) does not exist."""
        return self._look("HeadObject", self._client.head_object, _size, Key=key)

    def sha256_of(self, key: str, size: int) -> str | None:
        """The SHA-256 of the bytes of an object, which is fetched for it; None when it is missing or of another size.

        What the storage says of an object's contents is not asked: who wrote it may have written that too.
        """
        return self._look("GetObject", self._client.get_object, partial(_digest, size=size), Key=key)

    def exists(self) -> bool:
        """Whether there is such a bucket, and it is ours."""
        return self._look("HeadBucket", self._client.head_bucket, _is_there) is not None

    def make(self) -> None:
        """Make the bucket; nothing happens when it exists already and is ours."""
        try:
            self._call("PutBucket", self._client.create_bucket, _is_there, ACL="private")
        except CloudError as error:
            if error.code != "BucketAlreadyOwnedByYou":
                raise
        self._is_new = True

    def expires(self) -> bool:
        """Whether the bucket has rules by which objects expire, ours or others."""
        return self._look("GetBucketLifecycle", self._client.get_bucket_lifecycle, _is_there) is not None

    def let_expire(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """Give the bucket these rules, in place of any others."""
        document = {"Rule": [dict(rule) for rule in rules]}
        put = self._client.put_bucket_lifecycle
        self._call("PutBucketLifecycle", put, _is_there, LifecycleConfiguration=document)

    def put(self, key: str, content: bytes) -> None:
        """Send a small object as a whole."""
        self._call("PutObject", self._client.put_object, _is_there, Key=key, Body=content, EnableMD5=True)

    def begin(self, key: str) -> str:
        """Begin an upload in parts; returns its id."""
        return self._call("InitiateMultipartUpload", self._client.create_multipart_upload, _upload_id, Key=key)

    def begun(self, key: str) -> str | None:
        """The id of the newest unfinished upload of this object."""

        def newest(found: Any) -> str | None:
            uploads = [one for one in found.get("Upload") or () if one.get("Key") == key]
            last = max(uploads, key=lambda one: str(one.get("Initiated", "")), default=None)
            return None if last is None else _upload_id(last)

        return self._call("ListMultipartUploads", self._client.list_multipart_uploads, newest, Prefix=key)

    def parts(self, key: str, upload: str) -> tuple[Part, ...]:
        """The parts that have arrived."""
        parts: list[Part] = []
        after = 0
        while True:
            page, beyond = self._call(
                "ListParts",
                self._client.list_parts,
                partial(_page, after=after),
                Key=key,
                UploadId=upload,
                PartNumberMarker=after,
                MaxParts=1000,
            )
            parts += page
            if beyond is None:
                return tuple(parts)
            after = beyond

    def put_part(self, key: str, upload: str, *, number: int, content: bytes) -> Part:
        """Send one part; MD5 lets the storage refuse what was damaged on the way."""
        etag = self._call(
            "UploadPart",
            self._client.upload_part,
            _etag,
            Key=key,
            UploadId=upload,
            PartNumber=number,
            Body=content,
            EnableMD5=True,
        )
        return Part(number, len(content), etag)

    def complete(self, key: str, upload: str, parts: Sequence[Part]) -> None:
        """Make the object of its parts."""
        listed = [{"PartNumber": part.number, "ETag": f'"{part.etag}"'} for part in parts]
        self._call(
            "CompleteMultipartUpload",
            self._client.complete_multipart_upload,
            _etag,
            Key=key,
            UploadId=upload,
            MultipartUpload={"Part": listed},
        )

    def _look(self, action: str, call: Callable[..., Any], read: Callable[[Any], T], **parameters: Any) -> T | None:
        try:
            return self._call(action, call, read, **parameters)
        except CloudError as error:
            if error.kind is ErrorKind.MISSING:
                return None
            raise

    def _call(self, action: str, call: Callable[..., Any], read: Callable[[Any], T], **parameters: Any) -> T:
        """Make a call and `read` its answer, which raises what the library does where an answer is damaged."""
        from qcloud_cos import CosClientError, CosServiceError

        from scfdeploy.providers.tencent.transport.http import shown_way, time_for

        _log.debug("%s %s %s", action, self.name, parameters.get("PartNumber", ""))
        try:
            content = parameters.get("Body", b"")
            within = time_for(len(content), usual_s=_TIMEOUT_S)
            return read(call_within(within, partial(call, Bucket=self.name, **parameters)))
        except CosServiceError as error:
            raise self._refused(action, error) from error
        except CosClientError as error:
            # What the SDK makes of a network error is only its words.
            raise no_answer(action, self._host, error) from error
        except OSError as error:
            raise no_answer(action, shown_way(f"https://{self._host}", self._proxies), error) from error
        except (KeyError, TypeError, ValueError, AttributeError, SyntaxError) as error:  # XML that is none is the last
            raise bad_answer(action, self._host, f"not the expected XML ({error})") from error

    def _refused(self, action: str, error: Any) -> CloudError:
        status = int(error.get_status_code() or 0)
        told = error.get_digest_msg()
        told = told if isinstance(told, Mapping) else {}
        code = str(told.get("code") or f"HTTP{status}")
        request_id = str(told.get("requestid") or told.get("x-cos-request-id") or "")
        message = " ".join(str(told.get("message") or f"the storage answered with HTTP {status}").split())
        hint = None
        if status == 403:
            hint = f"Let the keys read and write {self.name}: the policy QcloudCOSFullAccess, or one for this bucket."
        # It takes a moment until all of the storage knows of a bucket.
        kind = ErrorKind.BUSY if self._is_new and code == "NoSuchBucket" else _kind(status, code)
        return CloudError(kind, code, f"{self.name}: {message}", action=action, request_id=request_id, hint=hint)


def _is_there(_found: Any) -> bool:
    return True


def _size(found: Any) -> int:
    return int((found or {}).get("Content-Length", -1))


def _digest(found: Any, *, size: int) -> str | None:
    sha256, have = hashlib.sha256(), 0
    for chunk in found["Body"].get_stream(_CHUNK_BYTES):
        have += len(chunk)
        if have > size:
            return None
        sha256.update(chunk)
    return sha256.hexdigest() if have == size else None


def _etag(found: Any) -> str:
    return _text(found["ETag"]).strip('"')


def _upload_id(found: Any) -> str:
    return _text(found["UploadId"])


def _page(found: Any, *, after: int) -> tuple[list[Part], int | None]:
    """The parts of one page, and behind which part the next one begins, if there is one."""
    parts = [Part(int(one["PartNumber"]), int(one["Size"]), _etag(one)) for one in found.get("Part") or ()]
    if found.get("IsTruncated") != "true":
        return parts, None
    beyond = int(found["NextPartNumberMarker"])
    if not after < beyond <= _MOST_PARTS:
        raise ValueError("NextPartNumberMarker does not rise, or beyond the last part")
    return parts, beyond


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("an element with others inside")
    return value


def _kind(status: int, code: str) -> ErrorKind:
    if status == 404:
        return ErrorKind.MISSING
    # A HEAD has no body to say so in: then 503 is all there is of SlowDown.
    if status == 429 or code in ("SlowDown", "RequestLimitExceeded", "HTTP503"):
        return ErrorKind.THROTTLED
    if status >= 500 or status == 200:  # 200 with an error inside: the end of an upload may fail so
        return ErrorKind.AMBIGUOUS
    if status == 409:
        return ErrorKind.BUSY if code == "OperationAborted" else ErrorKind.EXISTS
    return ErrorKind.REJECTED


def _make_client(host: str, region: str, *, credentials: Credentials, endpoint: Endpoint | None) -> Any:
    _silence()
    from qcloud_cos import CosConfig, CosS3Client

    from scfdeploy.providers.tencent.transport.http import open_session, proxies_for

    where: dict[str, Any] = {"Scheme": "https"}
    if endpoint is not None:
        # With an address of its own the SDK keeps the bucket's name in the Host header.
        name, colon, port = endpoint.host.rpartition(":")
        where = {
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
        **where,
    )
    # A session of its own: the SDK's is one for the process, reads ~/.netrc, and would take its entries for ours.
    # `retry` 0: how often and when to try again is decided where the whole run is seen.
    return CosS3Client(config, retry=0, session=open_session())


def _silence() -> None:
    # It logs addresses with signatures at debug level, and every refusal with a stack trace.
    logger = logging.getLogger("qcloud_cos")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
