"""The code of a function in requests."""

import base64
import hashlib
from pathlib import Path

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, Bundle
from scfdeploy.providers.tencent.resources.code import code_params

HELLO = Address.of_function("default", "hello")


def test_small_archive_is_sent_inline(tmp_path: Path) -> None:
    (tmp_path / "code.zip").write_bytes(b"packaged")
    digest = hashlib.sha256(b"packaged").hexdigest()
    bundle = Bundle(HELLO, digest, digest, 8, 1, path=str(tmp_path / "code.zip"))
    sent = code_params(bundle, HELLO, region="ap-guangzhou")
    assert base64.b64decode(str(sent["ZipFile"])) == b"packaged"


def test_changed_archive_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "code.zip").write_bytes(b"others")
    digest = hashlib.sha256(b"packaged").hexdigest()
    bundle = Bundle(HELLO, digest, digest, 8, 1, path=str(tmp_path / "code.zip"))
    with pytest.raises(ScfDeployError, match="changed after it was packaged"):
        code_params(bundle, HELLO, region="ap-guangzhou")


@pytest.mark.parametrize(
    ("region", "written", "sent"),
    [
        ("ap-beijing", "ap-beijing-1", "ap-beijing-1"),
        ("ap-beijing-1", "ap-beijing", "ap-beijing"),
        ("ap-beijing", "", "ap-beijing"),
    ],
)
def test_bucket_region_is_sent_in_beijing(region: str, written: str, sent: str) -> None:
    bundle = Bundle(HELLO, "", "", 0, 0, bucket="photos", object="code.zip", region=written)
    assert code_params(bundle, HELLO, region=region)["CosBucketRegion"] == sent
