"""Brings packed code into COS: content-addressed, in parts, going on where an earlier run was interrupted.

The name of the object is the hash of its bytes, so that what is there already need not be sent again. Anybody who may
write to the bucket can give an object that name, and any description: what is there is fetched and its bytes are hashed
before it is used. The storage's own checksums would not do: that of an object made of parts (CRC64) can be forged.
How often a step that failed is made again is not decided here.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Bundle
from scfdeploy.providers.base import CloudError, ErrorKind, Step, UploadProgress
from scfdeploy.providers.tencent.auth.account import Account
from scfdeploy.providers.tencent.cos.bucket import Bucket, Part

PART_BYTES = 5 << 20
_FOLDER = "scfdeploy"
_KEEP_DAYS = 90
_GIVE_UP_DAYS = 7
# Code that was deployed is the function's own copy; the object only spares the next upload of the same bytes.
_RULES = (
    {
        "ID": "scfdeploy-code",
        "Filter": {"Prefix": f"{_FOLDER}/"},
        "Status": "Enabled",
        "Expiration": {"Days": _KEEP_DAYS},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _GIVE_UP_DAYS},
    },
)


def place_of(bundle: Bundle, region: str) -> tuple[str, str]:
    """Bucket (without the account's number) and name of the object that a packed archive is uploaded to."""
    return bundle.bucket or f"scfdeploy-code-{region}", f"{_FOLDER}/{bundle.sha256}.zip"


class Uploads:
    """The uploads of one run, one for each object however many functions share its code. Shared by threads.

    `open_bucket` is given the whole name of a bucket; `room` bounds how many parts are in memory at once.
    """

    def __init__(
        self,
        region: str,
        account: Account,
        open_bucket: Callable[[str], Bucket],
        room: AbstractContextManager[object],
    ) -> None:
        self._region = region
        self._account = account
        self._open = open_bucket
        self._room = room
        self._lock = threading.Lock()
        self._places: dict[str, _Place] = {}
        self._uploads: dict[tuple[str, str], _Upload] = {}

    def steps(self, bundle: Bundle) -> Iterator[Step]:
        """The steps that bring a bundle into its bucket; each may be made again at any time.

        They are short: a step that fails is made again from its beginning, and only so many times.
        """
        upload = self._upload(bundle)
        count = upload.count
        yield Step("check for the code in COS", upload.look, idempotent=True, before_refresh=True)
        yield Step("prepare the bucket", upload.make_ready, idempotent=True, before_refresh=True)
        yield Step("start the upload", upload.begin, idempotent=True, before_refresh=True)
        for number in range(1, count + 1):
            title = "upload code" if count == 1 else f"upload code, part {number} of {count}"
            yield _part_step(title, upload, number)
        yield Step("finish the upload", upload.finish, idempotent=True, before_refresh=True)

    def _upload(self, bundle: Bundle) -> _Upload:
        name, key = place_of(bundle, self._region)
        with self._lock:
            found = self._uploads.get((name, key))
            if found is None:
                place = self._places.setdefault(name, _Place(name, not bundle.bucket, self._account, self._open))
                found = self._uploads[name, key] = _Upload(bundle, key, place, self._room)
            return found


def _part_step(title: str, upload: _Upload, number: int) -> Step:
    return Step(
        title,
        lambda: upload.send(number),
        idempotent=True,
        upload_progress=lambda: upload.sent(number),
        before_refresh=True,
    )


class _Place:
    """A bucket, opened when first asked for; made, with rules by which objects expire, when it is the tool's own."""

    def __init__(self, name: str, is_own: bool, account: Account, open_bucket: Callable[[str], Bucket]) -> None:
        self._name = name
        self._is_own = is_own
        self._account = account
        self._open = open_bucket
        self._lock = threading.Lock()
        self._bucket: Bucket | None = None
        self._exists = False
        self._is_ready = False

    def bucket(self) -> Bucket:
        with self._lock:
            if self._bucket is None:
                self._bucket = self._open(f"{self._name}-{self._account.app_id()}")
            return self._bucket

    def make_ready(self) -> None:
        bucket = self.bucket()
        with self._lock:
            if self._is_ready:
                return
            if not self._exists and not bucket.exists():
                if not self._is_own:
                    raise CloudError(
                        ErrorKind.REJECTED,
                        "NoSuchBucket",
                        f"the bucket {bucket.name} does not exist in the function's region",
                        action="HeadBucket",
                        hint="Make it, or remove src.bucket: the tool then keeps a bucket of its own.",
                    )
                bucket.make()
            self._exists = True
            # Asked even for a bucket that was there: the run that made it may have ended before this.
            if self._is_own and not bucket.expires():
                bucket.let_expire(_RULES)
            self._is_ready = True


class _Upload:
    """One object on its way. One thread at a time; others wait, and find the work done."""

    def __init__(self, bundle: Bundle, key: str, place: _Place, room: AbstractContextManager[object]) -> None:
        self._bundle = bundle
        self._key = key
        self._place = place
        self._room = room
        self._lock = threading.Lock()
        self._is_prepared = False
        self._is_there = False
        self._had_to_be_sent = False
        self._id = ""
        self._parts: dict[int, Part] = {}
        self._digests: list[bytes] = []
        self.count = max(1, -(-bundle.size // PART_BYTES))

    def look(self) -> str:
        """See whether the object is there."""
        with self._lock:
            if not self._is_prepared:
                self._look()
        return ""

    def make_ready(self) -> str:
        """Make the bucket ready, unless the object is there."""
        with self._lock:
            if not self._is_prepared and not self._is_there:
                self._place.make_ready()
        return ""

    def begin(self) -> str:
        """See what of the object has arrived already, or begin to send it."""
        with self._lock:
            if not self._is_prepared:
                self._begin()
        return ""

    def send(self, number: int) -> str:
        """Send one part, unless it is there already."""
        with self._lock:
            if not self._is_there and number not in self._parts:
                self._send_or_begin_anew(number)
        return ""

    def finish(self) -> str:
        """Put the parts together."""
        with self._lock:
            if self._is_there:
                return ""
            for number in range(1, self.count + 1):
                if number not in self._parts:
                    self._send_or_begin_anew(number)
            self._complete()
        return ""

    def sent(self, number: int) -> UploadProgress | None:
        """How far it is after that part; None when the object was there all along."""
        if not self._had_to_be_sent:
            return None
        return UploadProgress(min(number * PART_BYTES, self._bundle.size), self._bundle.size)

    def _prepare(self) -> None:
        self._is_prepared = False
        self._look()
        if not self._is_there:
            self._place.make_ready()
        self._begin()

    def _look(self) -> None:
        self._is_there = self._is_stored()
        self._had_to_be_sent = self._had_to_be_sent or not self._is_there

    def _is_stored(self) -> bool:
        """Whether the object is there and has the very bytes of the code."""
        bucket, bundle = self._place.bucket(), self._bundle
        if bucket.size_of(self._key) != bundle.size:
            return False
        try:
            return bucket.sha256_of(self._key, bundle.size) == bundle.sha256
        except CloudError as error:
            if error.kind is ErrorKind.REJECTED:  # keys that may write and not read: it is sent again
                return False
            raise

    def _begin(self) -> None:
        bucket = self._place.bucket()
        if not self._is_there:
            self._parts = {}
        if not self._is_there and self.count > 1:
            self._id = bucket.begun(self._key) or ""
            if self._id:
                self._parts = {part.number: part for part in bucket.parts(self._key, self._id) if self._is_ours(part)}
            else:
                self._id = bucket.begin(self._key)
        self._is_prepared = True

    def _is_ours(self, part: Part) -> bool:
        """Whether a part that arrived is what this run would send: another version may have cut it otherwise."""
        if not 1 <= part.number <= self.count:
            return False
        with self._room:
            content = self._read(part.number)
            digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
            return (part.size, part.etag) == (len(content), digest)

    def _send_or_begin_anew(self, number: int) -> None:
        try:
            self._send(number)
        except CloudError as error:
            # Somebody else put the same upload together, or gave it up.
            if error.code != "NoSuchUpload":
                raise
            self._prepare()
            if not self._is_there:
                self._send(number)

    def _send(self, number: int) -> None:
        bucket = self._place.bucket()
        with self._room:
            content = self._read(number)
            if self.count > 1:
                self._parts[number] = bucket.put_part(self._key, self._id, number=number, content=content)
                return
            bucket.put(self._key, content)
        self._is_there = True

    def _complete(self) -> None:
        if self._is_there:
            return
        bucket = self._place.bucket()
        try:
            bucket.complete(self._key, self._id, [self._parts[number] for number in sorted(self._parts)])
        except CloudError as error:
            # An answer that got lost, or another run that was quicker: then the object is there.
            if error.code != "NoSuchUpload" or not self._is_stored():
                self._is_prepared = False
                raise
        self._is_there = True

    def _read(self, number: int) -> bytes:
        """One part of the archive, which has to be what was packed, whoever wrote to the file since."""
        if not self._digests:
            self._digests = self._digests_of_packed()
        content = self._read_part(number)
        if hashlib.sha256(content).digest() != self._digests[number - 1]:
            raise self._changed()
        return content

    def _digests_of_packed(self) -> list[bytes]:
        """Those of all parts, once the parts together are what was packed."""
        whole = hashlib.sha256()
        digests = []
        for number in range(1, self.count + 1):
            content = self._read_part(number)
            whole.update(content)
            digests.append(hashlib.sha256(content).digest())
        if whole.hexdigest() != self._bundle.sha256:
            raise self._changed()
        return digests

    def _changed(self) -> ScfDeployError:
        return ScfDeployError(f"{self._bundle.path} changed since it was packed", hint="Run the command again.")

    def _read_part(self, number: int) -> bytes:
        path = self._bundle.path or ""
        try:
            with open(path, "rb") as file:  # noqa: PTH123
                file.seek((number - 1) * PART_BYTES)
                content = file.read(PART_BYTES)
        except OSError as error:
            raise ScfDeployError(f"{path} cannot be read: {error.strerror}", hint="Run the command again.") from error
        wanted = min(PART_BYTES, self._bundle.size - (number - 1) * PART_BYTES)
        if len(content) != wanted:
            raise self._changed()
        return content
