"""Objects that the COS SDK writes and deletes start the functions whose triggers wait for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.emulator import Cloud

cos = pytest.importorskip("qcloud_cos", reason="the storage SDK is not installed")
BUCKET = "photos-1300000001"
CREATED, REMOVED = "cos:ObjectCreated:*", "cos:ObjectRemove:Delete"


@pytest.fixture
def local() -> Iterator[Cloud]:
    with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
        cloud = Cloud(server.url)
        cloud.create()
        yield cloud


def storage(cloud: Cloud) -> Any:
    host, _, port = cloud.address.partition(":")
    config = cos.CosConfig(
        Region="ap-guangzhou", SecretId="AKIDlocal", SecretKey="local-secret", Scheme="http", IP=host, Port=int(port)
    )
    client = cos.CosS3Client(config, retry=1)
    client.create_bucket(Bucket=BUCKET)
    return client


def add_trigger(cloud: Cloud, event: str = CREATED, enable: str = "OPEN", **filters: str) -> None:
    cloud.call(
        "CreateTrigger",
        FunctionName="hello",
        TriggerName=f"{BUCKET}.cos.ap-guangzhou.myqcloud.com",
        Type="cos",
        TriggerDesc=json.dumps({"event": event, "filter": filters}),
        Enable=enable,
    )


def received(cloud: Cloud) -> list[Any]:
    """The events that the function got, oldest first."""
    cloud.control("clock", {"until": "idle"})
    results = []
    for event in cloud.control("events", {})["events"]:
        data = cloud.call("GetRequestStatus", FunctionName="hello", FunctionRequestId=event["requestId"])["Data"]
        results.append(json.loads(data[0]["RetMsg"])["Records"][0])
    return results


def test_f2_only_objects_with_prefix_start_function(local: Cloud) -> None:
    add_trigger(local, Prefix="in/")
    client = storage(local)
    client.put_object(Bucket=BUCKET, Key="in/a.png", Body=b"png", ContentType="image/png")
    client.put_object(Bucket=BUCKET, Key="out/a.png", Body=b"png")
    (record,) = received(local)
    stored, event = record["cos"], record["event"]
    assert stored["cosObject"]["key"] == "/1300000001/photos/in/a.png"
    assert stored["cosObject"]["url"] == "http://photos-1300000001.cos.ap-guangzhou.myqcloud.com/in/a.png"
    assert (stored["cosObject"]["size"], stored["cosObject"]["meta"]["Content-Type"]) == (3, "image/png")
    assert stored["cosBucket"] == {"region": "gz", "name": "photos", "appid": "1300000001"}
    assert stored["cosNotificationId"] == "unkown"
    assert event["eventName"] == "cos:ObjectCreated:Put"
    assert event["eventQueue"] == "qcs:0:scf:gz:appid/1300000001:default.hello.$LATEST"
    assert [entry["source"] for entry in local.control("events", {})["events"]] == ["TRIGGER_COS"]


@pytest.mark.parametrize(
    ("event", "filters", "keys"),
    [
        ("cos:ObjectCreated:Put", {}, ["a.png", "b.txt"]),
        (CREATED, {"Suffix": ".png"}, ["a.png"]),
        ("cos:ObjectCreated:Copy", {}, []),
        (REMOVED, {}, ["a.png"]),
        ("cos:ObjectRemove:*", {"Prefix": "b"}, []),
    ],
)
def test_event_and_suffix_of_trigger(local: Cloud, event: str, filters: dict[str, str], keys: list[str]) -> None:
    add_trigger(local, event, **filters)
    client = storage(local)
    for key in ("a.png", "b.txt"):
        client.put_object(Bucket=BUCKET, Key=key, Body=b"1")
    client.delete_object(Bucket=BUCKET, Key="a.png")
    assert [record["cos"]["cosObject"]["key"].rpartition("/")[2] for record in received(local)] == keys


def test_removed_object_has_no_size(local: Cloud) -> None:
    add_trigger(local, REMOVED)
    client = storage(local)
    client.put_object(Bucket=BUCKET, Key="a", Body=b"1", Metadata={"x-cos-meta-owner": "demo"})
    client.delete_object(Bucket=BUCKET, Key="a")
    (record,) = received(local)
    assert record["event"]["eventName"] == REMOVED
    assert (record["cos"]["cosObject"]["size"], record["cos"]["cosObject"]["meta"]["x-cos-meta-owner"]) == (0, "demo")


def test_upload_in_parts_is_one_event(local: Cloud) -> None:
    add_trigger(local)
    client = storage(local)
    upload = client.create_multipart_upload(Bucket=BUCKET, Key="big")["UploadId"]
    part = client.upload_part(Bucket=BUCKET, Key="big", Body=b"1", PartNumber=1, UploadId=upload)
    parts = {"Part": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    client.complete_multipart_upload(Bucket=BUCKET, Key="big", UploadId=upload, MultipartUpload=parts)
    assert [record["event"]["eventName"] for record in received(local)] == ["cos:ObjectCreated:CompleteMultipartUpload"]


def test_closed_trigger_does_not_fire(local: Cloud) -> None:
    add_trigger(local, enable="CLOSE")
    storage(local).put_object(Bucket=BUCKET, Key="a", Body=b"1")
    assert received(local) == []


def test_triggers_of_server_fire_only_when_switched_on() -> None:
    for setting, count in ((None, 0), (False, 0), (True, 1)):
        with Server(settings=Settings(activation_s=0, triggers=setting)) as server:
            cloud = Cloud(server.url)
            cloud.create()
            add_trigger(cloud)
            storage(cloud).put_object(Bucket=BUCKET, Key="a", Body=b"1")
            assert len(cloud.control("events", {})["events"]) == count


def test_copies_and_multiple_deletions_are_events(local: Cloud) -> None:
    client = storage(local)
    client.put_object(Bucket=BUCKET, Key="a", Body=b"1")
    add_trigger(local)
    add_trigger(local, REMOVED)
    client.copy_object(
        Bucket=BUCKET, Key="b", CopySource={"Bucket": BUCKET, "Key": "a", "Region": "ap-guangzhou"}, CopyStatus="Copy"
    )
    client.delete_objects(Bucket=BUCKET, Delete={"Object": [{"Key": "a"}, {"Key": "b"}, {"Key": "none"}]})
    found = [(record["event"]["eventName"], record["cos"]["cosObject"]["key"][-2:]) for record in received(local)]
    assert found == [("cos:ObjectCreated:Copy", "/b"), (REMOVED, "/a"), (REMOVED, "/b")]
