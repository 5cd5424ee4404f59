"""Code that goes into the request itself."""

import base64
import hashlib
from pathlib import Path

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, Bundle
from scfdeploy.providers.tencent.resources.code import code_params

HELLO = Address.of_function("default", "hello")


def test_archive_is_sent_as_it_was_packed(tmp_path: Path) -> None:
    (tmp_path / "code.zip").write_bytes(b"packed")
    digest = hashlib.sha256(b"packed").hexdigest()
    bundle = Bundle(HELLO, digest, digest, 6, 1, path=str(tmp_path / "code.zip"))
    sent = code_params(bundle, HELLO, region="ap-guangzhou")
    assert base64.b64decode(str(sent["ZipFile"])) == b"packed"


def test_archive_that_changes_after_it_was_packed_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "code.zip").write_bytes(b"others")
    digest = hashlib.sha256(b"packed").hexdigest()
    bundle = Bundle(HELLO, digest, digest, 6, 1, path=str(tmp_path / "code.zip"))
    with pytest.raises(ScfDeployError, match="changed since it was packed"):
        code_params(bundle, HELLO, region="ap-guangzhou")


@pytest.mark.parametrize(
    ("region", "written", "sent"),
    [
        ("ap-beijing", "ap-beijing-1", "ap-beijing-1"),
        ("ap-beijing-1", "ap-beijing", "ap-beijing"),
        ("ap-beijing", "", "ap-beijing"),
    ],
)
def test_object_in_beijing_is_named_with_the_region_of_its_bucket(region: str, written: str, sent: str) -> None:
    bundle = Bundle(HELLO, "", "", 0, 0, bucket="photos", object="code.zip", region=written)
    assert code_params(bundle, HELLO, region=region)["CosBucketRegion"] == sent
