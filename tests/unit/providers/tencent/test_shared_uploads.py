"""An upload that others have a hand in: what they finish need not be sent, what they give up is begun again."""

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
    """A bucket that others write to as well: `before_part` and `before_complete` is what they do meanwhile."""

    name: str = "scfdeploy-code-ap-guangzhou-1300000001"
    object: bytes | None = None
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    begins: int = 0
    refused_begins: int = 0
    looks: int = 0
    fetches: int = 0
    unreadable: bool = False
    sent: list[int] = field(default_factory=list)
    before_part: Callable[[FakeBucket, int], None] = lambda _, __: None
    before_complete: Callable[[FakeBucket], None] = lambda _: None

    def exists(self) -> bool:
        return True

    def expires(self) -> bool:
        return True

    def size_of(self, _: str) -> int | None:
        self.looks += 1
        return None if self.object is None else len(self.object)

    def sha256_of(self, _: str, size: int) -> str | None:
        self.fetches += 1
        if self.object is None or len(self.object) != size:
            return None
        if self.unreadable:
            raise CloudError(ErrorKind.REJECTED, "AccessDenied", "not allowed", action="GetObject")
        return hashlib.sha256(self.object).hexdigest()

    def begun(self, _: str) -> str | None:
        return next(iter(self.uploads), None)

    def begin(self, _: str) -> str:
        if self.refused_begins:
            self.refused_begins -= 1
            raise CloudError(ErrorKind.AMBIGUOUS, "ServiceUnavailable", "later", action="InitiateMultipartUpload")
        self.begins += 1
        self.uploads[f"upload-{self.begins}"] = {}
        return f"upload-{self.begins}"

    def parts(self, _: str, upload: str) -> tuple[Part, ...]:
        return tuple(_part(number, content) for number, content in self.uploads[upload].items())

    def put_part(self, _: str, upload: str, *, number: int, content: bytes) -> Part:
        self.before_part(self, number)
        self._open(upload)[number] = content
        self.sent.append(number)
        return _part(number, content)

    def complete(self, _: str, upload: str, parts: Sequence[Part]) -> None:
        self.before_complete(self)
        arrived = self._open(upload)
        self.object = b"".join(arrived[part.number] for part in parts)

    def _open(self, upload: str) -> dict[int, bytes]:
        assert upload, "no upload was begun"
        if upload not in self.uploads:
            raise CloudError(ErrorKind.MISSING, "NoSuchUpload", "no such upload", action="UploadPart")
        return self.uploads[upload]


def _part(number: int, content: bytes) -> Part:
    return Part(number, len(content), hashlib.md5(content, usedforsecurity=False).hexdigest())


@pytest.fixture
def content() -> bytes:
    return b"a" * PART_BYTES + b"b" * 100


def upload(
    bucket: FakeBucket, content: bytes, folder: Path, *, functions: int = 1, packed: bytes | None = None
) -> None:
    """Every step of an upload, in turn, for so many functions of one code; only what fails for the last is raised."""
    path = folder / "code.zip"
    path.write_bytes(content)
    digest = hashlib.sha256(content if packed is None else packed).hexdigest()
    bundle = Bundle(HELLO, digest, digest, len(content), 1, path=str(path))
    with answering() as cloud:
        account = Account(cloud.client, "1300000001")
        uploads = Uploads("ap-guangzhou", account, lambda _: cast(Bucket, bucket), nullcontext())
        for last in (False,) * (functions - 1) + (True,):
            with suppress(() if last else CloudError):
                for step in uploads.steps(bundle):
                    step.run()


def test_upload_completed_by_another_run_is_not_sent_again(tmp_path: Path, content: bytes) -> None:
    def finished(bucket: FakeBucket, number: int) -> None:
        if number == 2:
            bucket.uploads.clear()
            bucket.object = content

    bucket = FakeBucket(before_part=finished)
    upload(bucket, content, tmp_path)
    assert bucket.object == content
    assert bucket.sent == [1]


def test_aborted_upload_restarts_and_completes(tmp_path: Path, content: bytes) -> None:
    def given_up(bucket: FakeBucket, number: int) -> None:
        if number == 2 and bucket.begins == 1:
            bucket.uploads.clear()

    bucket = FakeBucket(before_part=given_up)
    upload(bucket, content, tmp_path)
    assert bucket.object == content
    assert bucket.begins == 2
    assert bucket.sent == [1, 2, 1]


def test_another_run_that_is_quicker_at_the_end_is_no_failure(tmp_path: Path, content: bytes) -> None:
    def quicker(bucket: FakeBucket) -> None:
        bucket.uploads.clear()
        bucket.object = content

    bucket = FakeBucket(before_complete=quicker)
    upload(bucket, content, tmp_path)
    assert bucket.object == content


def test_an_upload_that_is_gone_at_the_end_without_its_object_is_a_failure(tmp_path: Path, content: bytes) -> None:
    bucket = FakeBucket(before_complete=lambda bucket: bucket.uploads.clear())
    with pytest.raises(CloudError) as caught:
        upload(bucket, content, tmp_path)
    assert caught.value.code == "NoSuchUpload"
    assert bucket.object is None


def test_parts_that_were_cut_otherwise_are_sent_again(tmp_path: Path, content: bytes) -> None:
    bucket = FakeBucket(uploads={"earlier": {1: content[:PART_BYTES], 2: b"other", 3: b"more"}})
    upload(bucket, content, tmp_path)
    assert bucket.object == content
    assert bucket.sent == [2]


def test_object_with_other_bytes_under_our_name_is_overwritten(tmp_path: Path, content: bytes) -> None:
    bucket = FakeBucket(object=b"x" * len(content))
    upload(bucket, content, tmp_path)
    assert bucket.object == content
    assert bucket.sent == [1, 2]


def test_object_of_another_size_is_overwritten_without_being_fetched(tmp_path: Path, content: bytes) -> None:
    bucket = FakeBucket(object=b"x")
    upload(bucket, content, tmp_path)
    assert (bucket.object, bucket.fetches) == (content, 0)


def test_object_with_the_bytes_of_the_code_is_not_sent_again(tmp_path: Path, content: bytes) -> None:
    bucket = FakeBucket(object=content)
    upload(bucket, content, tmp_path, functions=2)
    assert (bucket.sent, bucket.fetches) == ([], 1)


def test_object_that_may_not_be_read_is_overwritten(tmp_path: Path, content: bytes) -> None:
    bucket = FakeBucket(object=b"x" * len(content), unreadable=True)
    upload(bucket, content, tmp_path)
    assert bucket.object == content


def test_object_that_another_run_put_there_with_other_bytes_is_a_failure(tmp_path: Path, content: bytes) -> None:
    def planted(bucket: FakeBucket) -> None:
        bucket.uploads.clear()
        bucket.object = b"x" * len(content)

    bucket = FakeBucket(before_complete=planted)
    with pytest.raises(CloudError, match="no such upload"):
        upload(bucket, content, tmp_path)


@pytest.mark.parametrize("after", [0, 1])
def test_archive_that_changes_after_it_was_packed_is_not_uploaded(tmp_path: Path, content: bytes, after: int) -> None:
    """The file is replaced by another of the same size, before the upload or between two parts of it."""
    other = b"y" * len(content)

    def replaced(bucket: FakeBucket, number: int) -> None:
        if number == after:
            (tmp_path / "code.zip").write_bytes(other)

    bucket = FakeBucket(before_part=replaced)
    with pytest.raises(ScfDeployError, match="changed since it was packed"):
        upload(bucket, content, tmp_path, packed=content if after else other)
    assert bucket.object is None


def test_functions_with_shared_code_check_it_once(tmp_path: Path, content: bytes) -> None:
    bucket = FakeBucket()
    upload(bucket, content, tmp_path, functions=3)
    assert bucket.object == content
    assert bucket.sent == [1, 2]
    assert bucket.looks == 1


def test_an_upload_that_was_given_up_at_the_end_is_begun_again_by_the_next_function(
    tmp_path: Path, content: bytes
) -> None:
    def given_up(bucket: FakeBucket) -> None:
        if bucket.begins == 1:
            bucket.uploads.clear()

    bucket = FakeBucket(before_complete=given_up)
    upload(bucket, content, tmp_path, functions=2)
    assert bucket.object == content
    assert bucket.begins == 2


def test_failed_read_is_repeated_for_the_next_function(tmp_path: Path, content: bytes) -> None:
    def given_up(bucket: FakeBucket, number: int) -> None:
        if number == 2 and bucket.begins == 1:
            bucket.uploads.clear()
            bucket.refused_begins = 1

    bucket = FakeBucket(before_part=given_up)
    upload(bucket, content, tmp_path, functions=2)
    assert bucket.object == content
