"""Uploads to a bucket that other clients write to as well."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, Bundle
from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.tencent.auth.account import Account
from scfdeploy.providers.tencent.cos.bucket import Bucket, Part
from scfdeploy.providers.tencent.cos.upload import PART_BYTES, Uploads
from tests.support.answers import answering

HELLO = Address.of_function("default", "hello")


@dataclass
class FakeBucket:
    """A bucket in memory; other clients act in `before_part` and `before_complete`."""

    name: str = "scfdeploy-code-ap-guangzhou-1300000001"
    object: bytes | None = None
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    starts: int = 0
    failing_starts: int = 0
    size_checks: int = 0
    downloads: int = 0
    is_unreadable: bool = False
    sent: list[int] = field(default_factory=list)
    before_part: Callable[[FakeBucket, int], None] = lambda _, __: None
    before_complete: Callable[[FakeBucket], None] = lambda _: None

    def exists(self) -> bool:
        return True

    def has_lifecycle(self) -> bool:
        return True

    def object_size(self, _: str) -> int | None:
        self.size_checks += 1
        return None if self.object is None else len(self.object)

    def object_sha256(self, _: str, size: int) -> str | None:
        self.downloads += 1
        if self.object is None or len(self.object) != size:
            return None
        if self.is_unreadable:
            raise CloudError(ErrorKind.REJECTED, "AccessDenied", "not allowed", action="GetObject")
        return hashlib.sha256(self.object).hexdigest()

    def find_upload(self, _: str) -> str | None:
        return next(iter(self.uploads), None)

    def start_upload(self, _: str) -> str:
        if self.failing_starts:
            self.failing_starts -= 1
            raise CloudError(ErrorKind.AMBIGUOUS, "ServiceUnavailable", "later", action="InitiateMultipartUpload")
        self.starts += 1
        self.uploads[f"upload-{self.starts}"] = {}
        return f"upload-{self.starts}"

    def list_parts(self, _: str, upload: str) -> tuple[Part, ...]:
        return tuple(_part(number, content) for number, content in self.uploads[upload].items())

    def upload_part(self, _: str, upload: str, *, number: int, content: bytes) -> Part:
        self.before_part(self, number)
        self._open(upload)[number] = content
        self.sent.append(number)
        return _part(number, content)

    def complete_upload(self, _: str, upload: str, parts: Sequence[Part]) -> None:
        self.before_complete(self)
        stored = self._open(upload)
        self.object = b"".join(stored[part.number] for part in parts)

    def _open(self, upload: str) -> dict[int, bytes]:
        assert upload, "no upload was started"
        if upload not in self.uploads:
            raise CloudError(ErrorKind.MISSING, "NoSuchUpload", "no such upload", action="UploadPart")
        return self.uploads[upload]


def _part(number: int, content: bytes) -> Part:
    return Part(number, len(content), hashlib.md5(content, usedforsecurity=False).hexdigest())


@pytest.fixture
def content() -> bytes:
    return b"a" * PART_BYTES + b"b" * 100


def upload(
    bucket: FakeBucket, content: bytes, folder: Path, *, functions: int = 1, packaged: bytes | None = None
) -> None:
    """Run the upload steps for each function with this code; only a failure of the last function is raised."""
    path = folder / "code.zip"
    path.write_bytes(content)
    digest = hashlib.sha256(content if packaged is None else packaged).hexdigest()
    bundle = Bundle(HELLO, digest, digest, len(content), 1, path=str(path))
    with answering() as cloud:
        account = Account(cloud.client, "1300000001")
        uploads = Uploads("ap-guangzhou", account, lambda _: cast(Bucket, bucket), nullcontext())
        for number in range(1, functions + 1):
            with suppress(() if number == functions else CloudError):
                for step in uploads.steps(bundle):
                    step.run()


def test_upload_completed_by_another_run_is_not_sent_again(tmp_path: Path, content: bytes) -> None:
    def complete(bucket: FakeBucket, number: int) -> None:
        if number == 2:
            bucket.uploads.clear()
            bucket.object = content

    bucket = FakeBucket(before_part=complete)
    upload(bucket, content, tmp_path)
    assert bucket.object == content
    assert bucket.sent == [1]


def test_aborted_upload_restarts_and_completes(tmp_path: Path, content: bytes) -> None:
    def abort(bucket: FakeBucket, number: int) -> None:
        if number == 2 and bucket.starts == 1:
            bucket.uploads.clear()

    bucket = FakeBucket(before_part=abort)
    upload(bucket, content, tmp_path)
    assert bucket.object == content
    assert bucket.starts == 2
    assert bucket.sent == [1, 2, 1]


def test_upload_completed_by_another_run_at_the_end_succeeds(tmp_path: Path, content: bytes) -> None:
    def complete(bucket: FakeBucket) -> None:
        bucket.uploads.clear()
        bucket.object = content

    bucket = FakeBucket(before_complete=complete)
    upload(bucket, content, tmp_path)
    assert bucket.object == content


def test_aborted_upload_without_object_fails(tmp_path: Path, content: bytes) -> None:
    bucket = FakeBucket(before_complete=lambda bucket: bucket.uploads.clear())
    with pytest.raises(CloudError) as caught:
        upload(bucket, content, tmp_path)
    assert caught.value.code == "NoSuchUpload"
    assert bucket.object is None


def test_parts_of_another_size_are_uploaded_again(tmp_path: Path, content: bytes) -> None:
    bucket = FakeBucket(uploads={"earlier": {1: content[:PART_BYTES], 2: b"other", 3: b"more"}})
    upload(bucket, content, tmp_path)
    assert bucket.object == content
    assert bucket.sent == [2]


def test_object_with_other_content_is_overwritten(tmp_path: Path, content: bytes) -> None:
    bucket = FakeBucket(object=b"x" * len(content))
    upload(bucket, content, tmp_path)
    assert bucket.object == content
    assert bucket.sent == [1, 2]


def test_object_of_another_size_is_overwritten_without_download(tmp_path: Path, content: bytes) -> None:
    bucket = FakeBucket(object=b"x")
    upload(bucket, content, tmp_path)
    assert (bucket.object, bucket.downloads) == (content, 0)


def test_object_with_same_content_is_not_uploaded_again(tmp_path: Path, content: bytes) -> None:
    bucket = FakeBucket(object=content)
    upload(bucket, content, tmp_path, functions=2)
    assert (bucket.sent, bucket.downloads) == ([], 1)


def test_unreadable_object_is_overwritten(tmp_path: Path, content: bytes) -> None:
    bucket = FakeBucket(object=b"x" * len(content), is_unreadable=True)
    upload(bucket, content, tmp_path)
    assert bucket.object == content


def test_object_replaced_by_another_run_at_the_end_fails(tmp_path: Path, content: bytes) -> None:
    def replace(bucket: FakeBucket) -> None:
        bucket.uploads.clear()
        bucket.object = b"x" * len(content)

    bucket = FakeBucket(before_complete=replace)
    with pytest.raises(CloudError, match="no such upload"):
        upload(bucket, content, tmp_path)


@pytest.mark.parametrize("after", [0, 1])
def test_changed_archive_is_not_uploaded(tmp_path: Path, content: bytes, after: int) -> None:
    """The archive is replaced by another of the same size, before the upload or between two parts."""
    other = b"y" * len(content)

    def replace(bucket: FakeBucket, number: int) -> None:
        if number == after:
            (tmp_path / "code.zip").write_bytes(other)

    bucket = FakeBucket(before_part=replace)
    with pytest.raises(ScfDeployError, match="changed after it was packaged"):
        upload(bucket, content, tmp_path, packaged=content if after else other)
    assert bucket.object is None


def test_functions_with_shared_code_check_it_once(tmp_path: Path, content: bytes) -> None:
    bucket = FakeBucket()
    upload(bucket, content, tmp_path, functions=3)
    assert bucket.object == content
    assert bucket.sent == [1, 2]
    assert bucket.size_checks == 1


def test_upload_aborted_at_the_end_is_restarted_for_next_function(tmp_path: Path, content: bytes) -> None:
    def abort(bucket: FakeBucket) -> None:
        if bucket.starts == 1:
            bucket.uploads.clear()

    bucket = FakeBucket(before_complete=abort)
    upload(bucket, content, tmp_path, functions=2)
    assert bucket.object == content
    assert bucket.starts == 2


def test_failed_read_is_repeated_for_the_next_function(tmp_path: Path, content: bytes) -> None:
    def abort(bucket: FakeBucket, number: int) -> None:
        if number == 2 and bucket.starts == 1:
            bucket.uploads.clear()
            bucket.failing_starts = 1

    bucket = FakeBucket(before_part=abort)
    upload(bucket, content, tmp_path, functions=2)
    assert bucket.object == content
