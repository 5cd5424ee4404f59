"""Code that is too large for a request is uploaded once through COS, in parts, and resumes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import write_project

BUCKET = "ap-guangzhou/scfdeploy-code-ap-guangzhou-1300000001"
SENDS = ("PutObject", "InitiateMultipartUpload", "UploadPart", "CompleteMultipartUpload")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A function of 12 MB that no compressor makes smaller: three parts."""
    folder = write_project(tmp_path)
    (folder / "src" / "data.bin").write_bytes(random.Random(1).randbytes(12 << 20))
    return folder


def apply(project: Path, cloud: LocalServer, **env: str) -> Ran:
    return scfdeploy("apply", project, "--yes", env={**cloud.env, **env})


def sent(cloud: LocalServer) -> list[str]:
    return [action for action in cloud.calls() if action in SENDS]


def forget_calls(cloud: LocalServer) -> None:
    import urllib.request

    request = urllib.request.Request(f"{cloud.url}/_emulator/calls", method="DELETE")
    urllib.request.urlopen(request, timeout=10).close()


def test_large_code_is_uploaded_once_and_never_again(cloud: LocalServer, project: Path) -> None:
    first = apply(project, cloud)

    assert (first.exit_code, first.stderr.count("MB sent")) == (0, 3)
    assert "upload code, part 3 of 3, 12.0 of 12.0 MB sent" in first.stderr
    assert sent(cloud) == [
        "InitiateMultipartUpload",
        "UploadPart",
        "UploadPart",
        "UploadPart",
        "CompleteMultipartUpload",
    ]
    # The hash that the cloud shows for the code is read at the end, and nothing else.
    assert cloud.calls()[-2:] == ["GetFunction", "GetFunctionAddress"]
    assert "ListTriggers" not in cloud.calls()
    state = cloud.control("state")
    [key] = state["object"]
    digest = state["object"][key]["blob"]
    assert key == f"{BUCKET}/scfdeploy/{digest}.zip"
    assert "<Days>90</Days>" in state["bucket"][BUCKET]["lifecycle"]
    assert [version["blob"] for version in state["version"].values()] == [digest]
    assert scfdeploy("invoke", "hello", "--path", project, env=cloud.env).exit_code == 0

    forget_calls(cloud)
    assert apply(project, cloud).exit_code == 0
    assert cloud.writes() == []
    assert sent(cloud) == []


def test_interrupted_upload_resumes(cloud: LocalServer, project: Path) -> None:
    cloud.control("faults", [{"action": "UploadPart", "skip": 1, "times": 1, "status": 403, "code": "AccessDenied"}])
    cut = apply(project, cloud)
    assert cut.exit_code == 1
    assert "AccessDenied" in cut.stderr + cut.stdout
    assert "QcloudCOSFullAccess" in cut.stderr + cut.stdout
    assert sent(cloud) == ["InitiateMultipartUpload", "UploadPart", "UploadPart"]

    forget_calls(cloud)
    assert apply(project, cloud).exit_code == 0
    assert sent(cloud) == ["UploadPart", "UploadPart", "CompleteMultipartUpload"]
    assert cloud.control("state").get("upload", {}) == {}


def test_upload_part_with_lost_response_is_resent(cloud: LocalServer, project: Path) -> None:
    faults = [
        {"action": "UploadPart", "times": 1, "drop": "after"},
        {"action": "HeadObject", "times": 1, "status": 503},
    ]
    cloud.control("faults", faults)
    ran = apply(project, cloud)
    assert ran.exit_code == 0
    assert ran.stderr.count("retrying in") == 2
    assert sent(cloud).count("UploadPart") == 4


def test_upload_completion_with_lost_response_is_detected(cloud: LocalServer, project: Path) -> None:
    cloud.control("faults", [{"action": "CompleteMultipartUpload", "times": 1, "drop": "after"}])
    assert apply(project, cloud).exit_code == 0
    assert sent(cloud).count("UploadPart") == 3


def test_existing_object_is_reused_for_other_function(cloud: LocalServer, project: Path) -> None:
    apply(project, cloud)
    text = (project / "serverless.yml").read_text()
    (project / "serverless.yml").write_text(text.replace("name: hello", "name: second"))
    forget_calls(cloud)

    ran = apply(project, cloud)

    assert ran.exit_code == 0
    assert "CreateFunction" in cloud.calls()
    assert sent(cloud) == []
    assert "MB sent" not in ran.stderr


def test_planted_object_with_our_key_is_not_deployed(cloud: LocalServer, project: Path) -> None:
    apply(project, cloud)
    [(key, stored)] = cloud.control("state")["object"].items()
    cos = pytest.importorskip("qcloud_cos")
    host, _, port = cloud.url.removeprefix("http://").partition(":")
    keys = {"SecretId": "AKIDlocal", "SecretKey": "local-secret"}
    storage = cos.CosS3Client(cos.CosConfig(Region="ap-guangzhou", Scheme="http", IP=host, Port=int(port), **keys))
    planted = {"Bucket": BUCKET.partition("/")[2], "Key": key.removeprefix(f"{BUCKET}/"), "Body": b"x" * stored["size"]}
    storage.put_object(**planted, Metadata={"x-cos-meta-sha256": stored["blob"]})
    text = (project / "serverless.yml").read_text()
    (project / "serverless.yml").write_text(text.replace("name: hello", "name: second"))
    forget_calls(cloud)

    ran = apply(project, cloud)

    assert ran.exit_code == 0, ran.stderr
    assert sent(cloud).count("UploadPart") == 3
    state = cloud.control("state")
    assert state["object"][key]["blob"] == stored["blob"]
    assert {version["blob"] for version in state["version"].values()} == {stored["blob"]}


def test_parts_of_other_size_are_sent_again(cloud: LocalServer, project: Path) -> None:
    cloud.control("faults", [{"action": "UploadPart", "skip": 1, "times": 1, "status": 403, "code": "AccessDenied"}])
    apply(project, cloud)
    cos = pytest.importorskip("qcloud_cos")
    host, _, port = cloud.url.removeprefix("http://").partition(":")
    keys = {"SecretId": "AKIDlocal", "SecretKey": "local-secret"}
    storage = cos.CosS3Client(cos.CosConfig(Region="ap-guangzhou", Scheme="http", IP=host, Port=int(port), **keys))
    name = BUCKET.partition("/")[2]
    [upload] = storage.list_multipart_uploads(Bucket=name)["Upload"]
    upload = {"Bucket": name, "Key": upload["Key"], "UploadId": upload["UploadId"]}
    storage.upload_part(**upload, PartNumber=1, Body=b"x" * (5 << 20))
    storage.upload_part(**upload, PartNumber=9, Body=b"y")

    assert apply(project, cloud).exit_code == 0

    [(key, stored)] = cloud.control("state")["object"].items()
    assert stored["blob"] in key


def test_src_may_name_the_bucket_for_code_of_any_size(cloud: LocalServer, tmp_path: Path) -> None:
    project = write_project(tmp_path)
    text = (project / "serverless.yml").read_text()
    (project / "serverless.yml").write_text(text.replace("src: ./src", "src: {src: ./src, bucket: mine}"))

    missing = apply(project, cloud)
    assert missing.exit_code == 1
    assert "the bucket mine-1300000001 does not exist" in missing.stderr + missing.stdout
    assert "PutBucket" not in cloud.calls()

    cos = pytest.importorskip("qcloud_cos")
    host, _, port = cloud.url.removeprefix("http://").partition(":")
    keys = {"SecretId": "AKIDlocal", "SecretKey": "local-secret"}
    cos.CosS3Client(cos.CosConfig(Region="ap-guangzhou", Scheme="http", IP=host, Port=int(port), **keys)).create_bucket(
        Bucket="mine-1300000001"
    )
    assert apply(project, cloud).exit_code == 0
    state = cloud.control("state")
    [key] = state["object"]
    assert key.startswith("ap-guangzhou/mine-1300000001/scfdeploy/")
    assert "lifecycle" not in state["bucket"]["ap-guangzhou/mine-1300000001"]

    forget_calls(cloud)
    assert apply(project, cloud).exit_code == 0
    assert cloud.writes() == []


def test_account_number_can_be_given_with_credentials(cloud: LocalServer, project: Path) -> None:
    cloud.control("faults", [{"action": "GetUserAppId", "code": "UnauthorizedOperation"}])
    refused = apply(project, cloud)
    assert refused.exit_code == 1
    assert "Set TENCENT_APP_ID" in refused.stderr + refused.stdout

    keys = {"TENCENT_SECRET_ID": "AKIDlocal", "TENCENT_SECRET_KEY": "local-secret"}
    assert apply(project, cloud, **keys, TENCENT_APP_ID="1300000001").exit_code == 0
    wrong = apply(project, cloud, **keys, TENCENT_APP_ID="mine")
    assert "TENCENT_APP_ID in the environment is not a number" in wrong.stderr + wrong.stdout
