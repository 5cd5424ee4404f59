"""Uploads packaged code to COS in parts, and resumes the upload of an interrupted run.

The name of the object is the hash of its bytes, so that existing code is not uploaded again. Anyone with write access
to the bucket can create an object with that name and any metadata, so an existing object is downloaded and hashed
before it is used. The storage's own checksum does not suffice: that of an object made of parts (CRC64) can be forged.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Bundle
from scfdeploy.providers.base import CloudError, ErrorKind, Step, UploadProgress
from scfdeploy.providers.tencent.auth.account import Account

if TYPE_CHECKING:
    # They load the HTTP library.
    from scfdeploy.providers.tencent.cos.bucket import Bucket, Part

PART_BYTES = 5 << 20
FOLDER = "scfdeploy"
"""The first part of the names of uploaded objects."""
_KEEP_DAYS = 90
_ABORT_DAYS = 7
# A deployed function has its own copy of the code; the object only saves the next upload of the same bytes.
_LIFECYCLE = (
    {
        "ID": "scfdeploy-code",
        "Filter": {"Prefix": f"{FOLDER}/"},
        "Status": "Enabled",
        "Expiration": {"Days": _KEEP_DAYS},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _ABORT_DAYS},
    },
)


def object_location(bundle: Bundle, region: str) -> tuple[str, str]:
    """The bucket, without its APPID suffix, and the name of the object for a packaged archive."""
    return bundle.bucket or f"scfdeploy-code-{region}", f"{FOLDER}/{bundle.sha256}.zip"


def changed_bundle(bundle: Bundle) -> ScfDeployError:
    """The exception for an archive that another process changed."""
    return ScfDeployError(
        message("{path} changed after it was packaged", path=bundle.path), hint=message("Run the command again.")
    )


def unreadable_bundle(bundle: Bundle, error: OSError) -> ScfDeployError:
    """The exception for an archive that cannot be read."""
    return ScfDeployError(
        message("{path} cannot be read: {reason}", path=bundle.path, reason=error.strerror),
        hint=message("Run the command again."),
    )


class Uploads:
    """The uploads of one run, one per object, shared by all functions with the same code. Thread-safe.

    `open_bucket` takes the full name of a bucket; `slots` limits how many parts are in memory.
    """

    def __init__(
        self,
        region: str,
        account: Account,
        open_bucket: Callable[[str], Bucket],
        slots: AbstractContextManager[object],
    ) -> None:
        self._region = region
        self._account = account
        self._open_bucket = open_bucket
        self._slots = slots
        self._lock = threading.Lock()
        self._buckets: dict[str, _UploadBucket] = {}
        self._uploads: dict[tuple[str, str], _Upload] = {}

    def steps(self, bundle: Bundle) -> Iterator[Step]:
        """The steps that upload a bundle. Each can be repeated; short steps keep the cost of a retry low."""
        upload = self._upload(bundle)

        def step(title: str, action: Callable[[], None], part: int | None = None) -> Step:
            progress = None if part is None else partial(upload.progress, part)
            run = partial(upload.run, action)
            return Step(title, run, idempotent=True, upload_progress=progress, before_refresh=True)

        yield step(message("check for the code in COS"), upload.check)
        yield step(message("prepare the bucket"), upload.prepare_bucket)
        yield step(message("start the upload"), upload.start)
        for number in range(1, upload.count + 1):
            title = (
                message("upload code")
                if upload.count == 1
                else message("upload code, part {number} of {count}", number=number, count=upload.count)
            )
            yield step(title, partial(upload.upload_part, number), number)
        yield step(message("finish the upload"), upload.complete)

    def _upload(self, bundle: Bundle) -> _Upload:
        name, key = object_location(bundle, self._region)
        with self._lock:
            upload = self._uploads.get((name, key))
            if upload is None:
                bucket = self._buckets.setdefault(
                    name, _UploadBucket(name, self._account, self._open_bucket, is_own=not bundle.bucket)
                )
                upload = self._uploads[name, key] = _Upload(bundle, key, bucket, self._slots)
            return upload


class _UploadBucket:
    """A bucket, opened on first use. scfdeploy creates its own bucket, with a lifecycle that deletes old objects."""

    def __init__(self, name: str, account: Account, open_bucket: Callable[[str], Bucket], *, is_own: bool) -> None:
        self._name = name
        self._is_own = is_own
        self._account = account
        self._open = open_bucket
        self._lock = threading.Lock()
        self._bucket: Bucket | None = None
        self._exists = False
        self._is_ready = False

    def open(self) -> Bucket:
        with self._lock:
            if self._bucket is None:
                self._bucket = self._open(f"{self._name}-{self._account.app_id()}")
            return self._bucket

    def prepare(self) -> None:
        bucket = self.open()
        with self._lock:
            if self._is_ready:
                return
            if not self._exists and not bucket.exists():
                if not self._is_own:
                    raise CloudError(
                        ErrorKind.REJECTED,
                        "NoSuchBucket",
                        message("the bucket {name} does not exist in the region of the function", name=bucket.name),
                        action="HeadBucket",
                        hint=message("Create it, or remove src.bucket: scfdeploy then uses a bucket of its own."),
                    )
                bucket.create()
            self._exists = True
            # Also for an existing bucket: the run that created it may have been interrupted before this call.
            if self._is_own and not bucket.has_lifecycle():
                bucket.set_lifecycle(_LIFECYCLE)
            self._is_ready = True


class _Upload:
    """The upload of one object. One thread at a time works on it; the others wait and skip completed work."""

    def __init__(self, bundle: Bundle, key: str, bucket: _UploadBucket, slots: AbstractContextManager[object]) -> None:
        self._bundle = bundle
        self._key = key
        self._bucket = bucket
        self._slots = slots
        self._lock = threading.Lock()
        self._is_started = False
        self._exists = False
        self._was_missing = False
        self._id = ""
        self._parts: dict[int, Part] = {}
        self._digests: list[bytes] = []
        self.count = max(1, -(-bundle.size // PART_BYTES))

    def run(self, action: Callable[[], None]) -> str:
        """Perform one of the following actions. Returns no request id, because an action may make several calls."""
        with self._lock:
            action()
        return ""

    def check(self) -> None:
        """Check whether the object exists."""
        if not self._is_started:
            self._exists = self._is_stored()
            self._was_missing = self._was_missing or not self._exists

    def prepare_bucket(self) -> None:
        """Prepare the bucket, unless the object exists."""
        if not self._is_started and not self._exists:
            self._bucket.prepare()

    def start(self) -> None:
        """Start the upload, or resume one of an earlier run, unless the object exists."""
        if self._is_started:
            return
        if not self._exists:
            self._parts = {}
        if not self._exists and self.count > 1:
            bucket = self._bucket.open()
            self._id = bucket.find_upload(self._key) or ""
            if self._id:
                parts = bucket.list_parts(self._key, self._id)
                self._parts = {part.number: part for part in parts if self._is_valid(part)}
            else:
                self._id = bucket.start_upload(self._key)
        self._is_started = True

    def upload_part(self, number: int) -> None:
        """Upload one part, unless it is in the storage."""
        if self._exists or number in self._parts:
            return
        try:
            self._send(number)
        except CloudError as error:
            # Another client completed or aborted this upload.
            if error.code != "NoSuchUpload":
                raise
            self._is_started = False
            self.check()
            self.prepare_bucket()
            self.start()
            if not self._exists:
                self._send(number)

    def complete(self) -> None:
        """Create the object of its parts."""
        for number in range(1, self.count + 1):
            self.upload_part(number)
        if self._exists:
            return
        parts = [self._parts[number] for number in sorted(self._parts)]
        try:
            self._bucket.open().complete_upload(self._key, self._id, parts)
        except CloudError as error:
            # After a lost response, or when another run completed it first, the object exists.
            if error.code != "NoSuchUpload" or not self._is_stored():
                self._is_started = False
                raise
        self._exists = True

    def progress(self, number: int) -> UploadProgress | None:
        """The progress after a part; None if the object existed before the run."""
        if not self._was_missing:
            return None
        return UploadProgress(min(number * PART_BYTES, self._bundle.size), self._bundle.size)

    def _is_stored(self) -> bool:
        """Whether the object exists and has the bytes of the code."""
        bucket, bundle = self._bucket.open(), self._bundle
        if bucket.object_size(self._key) != bundle.size:
            return False
        try:
            return bucket.object_sha256(self._key, bundle.size) == bundle.sha256
        except CloudError as error:
            if error.kind is ErrorKind.REJECTED:  # keys with write access only: upload it again
                return False
            raise

    def _is_valid(self, part: Part) -> bool:
        """Whether a stored part equals ours; another version of scfdeploy may have used another part size."""
        if not 1 <= part.number <= self.count:
            return False
        with self._slots:
            content = self._read_packaged_part(part.number)
            digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
            return (part.size, part.etag) == (len(content), digest)

    def _send(self, number: int) -> None:
        bucket = self._bucket.open()
        with self._slots:
            content = self._read_packaged_part(number)
            if self.count > 1:
                self._parts[number] = bucket.upload_part(self._key, self._id, number=number, content=content)
                return
            bucket.put_object(self._key, content)
        self._exists = True

    def _read_packaged_part(self, number: int) -> bytes:
        """Read a part of the archive. Raises ScfDeployError when the archive has changed since it was packaged."""
        if not self._digests:
            self._digests = self._hash_parts()
        content = self._read_part(number)
        if hashlib.sha256(content).digest() != self._digests[number - 1]:
            raise changed_bundle(self._bundle)
        return content

    def _hash_parts(self) -> list[bytes]:
        sha256 = hashlib.sha256()
        digests = []
        for number in range(1, self.count + 1):
            content = self._read_part(number)
            sha256.update(content)
            digests.append(hashlib.sha256(content).digest())
        if sha256.hexdigest() != self._bundle.sha256:
            raise changed_bundle(self._bundle)
        return digests

    def _read_part(self, number: int) -> bytes:
        start = (number - 1) * PART_BYTES
        try:
            with open(self._bundle.path or "", "rb") as file:  # noqa: PTH123
                file.seek(start)
                content = file.read(PART_BYTES)
        except OSError as error:
            raise unreadable_bundle(self._bundle, error) from error
        if len(content) != min(PART_BYTES, self._bundle.size - start):
            raise changed_bundle(self._bundle)
        return content
