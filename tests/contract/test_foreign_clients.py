"""What other clients of the platform send and expect, beyond what scfdeploy itself does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.emulator import HELLO, Cloud, running, zip_bytes, zip_text
from tests.support.sdk import Sdk


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with running() as started:
        yield started


@pytest.fixture
def slow_cloud() -> Iterator[Cloud]:
    with running(activation_s=10) as started:
        yield started


def cos_client(cloud: Cloud) -> Any:
    cos = pytest.importorskip("qcloud_cos", reason="the storage SDK is not installed")
    host, _, port = cloud.address.partition(":")
    keys = {"SecretId": "AKIDlocal", "SecretKey": "local-secret"}
    return cos.CosS3Client(cos.CosConfig(Region="ap-guangzhou", Scheme="http", IP=host, Port=int(port), **keys))


def get(cloud: Cloud, **parameters: Any) -> Any:
    return cloud.call("GetFunction", FunctionName="hello", **parameters)


def test_functions_are_listed_by_type(cloud: Cloud) -> None:
    cloud.create("hello")
    cloud.create("site", {"scf_bootstrap": "#!/bin/sh\n"}, Type="HTTP")
    listed = cloud.call("ListFunctions", Type="HTTP")
    assert ([function["FunctionName"] for function in listed["Functions"]], listed["TotalCount"]) == (["site"], 1)


def test_log_type_is_accepted_in_lower_case(cloud: Cloud) -> None:
    cloud.create("hello")
    assert "START RequestId" in cloud.call("Invoke", FunctionName="hello", LogType="tail")["Result"]["Log"]
    assert cloud.error("Invoke", FunctionName="hello", LogType="all") == "InvalidParameterValue"


def test_function_without_runtime_gets_the_documented_default(cloud: Cloud) -> None:
    cloud.call("CreateFunction", FunctionName="hello", Handler="index.main", Code={"ZipFile": zip_text(HELLO)})
    assert get(cloud)["Runtime"] == "Python2.7"


def test_image_function_reads_back_its_runtime(cloud: Cloud) -> None:
    image = {"ImageType": "personal", "ImageUri": "ccr.ccs.tencentyun.com/a/b:1"}
    cloud.call("CreateFunction", FunctionName="hello", Runtime="CustomImage", Code={"ImageConfig": image})
    assert get(cloud)["Runtime"] == "CustomImage"


@pytest.mark.parametrize("name", ["/code/app.zip", "code/app.zip"])
def test_object_of_code_is_named_with_or_without_slash(cloud: Cloud, name: str) -> None:
    storage = cos_client(cloud)
    storage.create_bucket(Bucket="code-1300000001")
    storage.put_object(Bucket="code-1300000001", Key="code/app.zip", Body=zip_bytes(HELLO))
    cloud.call(
        "CreateFunction",
        FunctionName="hello",
        Handler="index.main",
        Runtime="Python3.10",
        Code={"CosBucketName": "code", "CosObjectName": name},
    )
    assert get(cloud)["CodeSize"] > 0


@pytest.mark.parametrize(
    "description",
    [
        {"maxMsgNum": 999, "offset": "latest", "retry": 10000, "timeOut": 60, "consumerGroupName": ""},
        {"maxMsgNum": "100", "offset": "earliest", "retry": "0", "timeOut": "1"},
        {"VIPList": ["10.0.0.1:9092"], "topicName": "orders", "partitionNum": 3, "maxMsgNum": 100, "offset": "latest"},
    ],
)
def test_ckafka_descriptions_of_other_clients_are_accepted(cloud: Cloud, description: Any) -> None:
    cloud.create("hello")
    trigger = {"FunctionName": "hello", "TriggerName": "ckafka-abcd-orders", "Type": "ckafka"}
    cloud.call("CreateTrigger", TriggerDesc=json.dumps(description), **trigger)
    assert len(cloud.call("ListTriggers", FunctionName="hello")["Triggers"]) == 1


def test_function_is_copied_without_triggers_and_log_targets(cloud: Cloud) -> None:
    cloud.create("hello", Description="original", ClsLogsetId="a", ClsTopicId="b")
    cloud.call("CreateTrigger", FunctionName="hello", TriggerName="t", Type="timer", TriggerDesc="0 0 0 * * * *")
    Sdk(cloud.address).call("CopyFunction", FunctionName="hello", NewFunctionName="copy", Description="copied")
    copy = cloud.call("GetFunction", FunctionName="copy")
    assert (copy["Description"], copy["Triggers"], copy["ClsTopicId"]) == ("copied", [], "")
    assert cloud.call("Invoke", FunctionName="copy", ClientContext="[1]")["Result"]["RetMsg"] == "[1]"
    assert cloud.error("CopyFunction", FunctionName="hello", NewFunctionName="copy") == "ResourceInUse.FunctionName"
    elsewhere = {"FunctionName": "hello", "NewFunctionName": "copy", "TargetRegion": "the/moon"}
    assert cloud.error("CopyFunction", **elsewhere) == "UnsupportedRegion"
    cloud.call("CopyFunction", FunctionName="hello", NewFunctionName="copy", Override=True)
    assert cloud.call("GetFunction", FunctionName="copy")["Description"] == "original"


def test_custom_domain_is_created_read_updated_listed_and_deleted(cloud: Cloud) -> None:
    cloud.create("hello")
    sdk = Sdk(cloud.address)
    endpoint = {"Namespace": "default", "FunctionName": "hello", "Qualifier": "$LATEST", "PathMatch": "/*"}
    sdk.call("CreateCustomDomain", Domain="api.example.com", Protocol="HTTP", EndpointsConfig=[endpoint])
    again = {"Domain": "api.example.com", "Protocol": "HTTP", "EndpointsConfig": [endpoint]}
    assert cloud.error("CreateCustomDomain", **again) == "ResourceInUse.CustomDomain"
    assert cloud.error("CreateCustomDomain", **again | {"Domain": "*.example.com"}) == "InvalidParameterValue.Domain"
    assert sdk.call("GetCustomDomain", Domain="api.example.com").EndpointsConfig[0].FunctionName == "hello"
    sdk.call("UpdateCustomDomain", Domain="api.example.com", Protocol="HTTPS", CertConfig={"CertificateId": "cert"})
    listed = sdk.call("ListCustomDomains")
    assert (listed.Total, listed.Domains[0].Protocol) == (1, "HTTPS")
    sdk.call("DeleteCustomDomain", Domain="api.example.com")
    assert cloud.error("GetCustomDomain", Domain="api.example.com") == "FailedOperation.Domain.UnExist"


def test_namespace_update_requires_a_description(cloud: Cloud) -> None:
    cloud.call("CreateNamespace", Namespace="test")
    assert cloud.error("UpdateNamespace", Namespace="test") == "MissingParameter"
    cloud.call("UpdateNamespace", Namespace="test", Description="")


def test_published_version_keeps_its_own_description(cloud: Cloud) -> None:
    cloud.create("hello", Description="latest")
    cloud.call("PublishVersion", FunctionName="hello", Description="one")
    cloud.call("UpdateFunctionConfiguration", FunctionName="hello", Description="newer")
    cloud.call("PublishVersion", FunctionName="hello")
    found = [get(cloud, Qualifier=qualifier)["Description"] for qualifier in ("1", "2", "$LATEST")]
    assert found == ["one", "newer", "newer"]


def test_alias_without_routing_is_read(cloud: Cloud) -> None:
    cloud.create("hello")
    cloud.call("PublishVersion", FunctionName="hello")
    sdk = Sdk(cloud.address)
    sdk.call("CreateAlias", FunctionName="hello", Name="prod", FunctionVersion="1")
    assert sdk.call("GetAlias", FunctionName="hello", Name="prod").RoutingConfig.AdditionalVersionWeights == []


def test_version_and_function_are_deleted_without_waiting(slow_cloud: Cloud) -> None:
    slow_cloud.create("hello")
    slow_cloud.advance(10)
    slow_cloud.call("PublishVersion", FunctionName="hello")
    slow_cloud.call("DeleteFunction", FunctionName="hello", Qualifier="1")
    slow_cloud.call("DeleteFunction", FunctionName="hello")
    slow_cloud.advance(10)
    assert slow_cloud.error("GetFunction", FunctionName="hello") == "ResourceNotFound.Function"


def test_layer_is_used_at_once(slow_cloud: Cloud) -> None:
    layer = {"LayerName": "deps", "CompatibleRuntimes": ["Python3.10"], "Content": {"ZipFile": zip_text({"a.py": ""})}}
    number = slow_cloud.call("PublishLayerVersion", **layer)["LayerVersion"]
    slow_cloud.create("hello", Layers=[{"LayerName": "deps", "LayerVersion": number}])


def test_concurrency_changes_follow_each_other(slow_cloud: Cloud) -> None:
    slow_cloud.create("hello")
    slow_cloud.advance(10)
    slow_cloud.call("PutReservedConcurrencyConfig", FunctionName="hello", ReservedConcurrencyMem=1280)
    slow_cloud.call("DeleteReservedConcurrencyConfig", FunctionName="hello")
    slow_cloud.call("PublishVersion", FunctionName="hello")
    slow_cloud.advance(10)
    version = {"FunctionName": "hello", "Qualifier": "1"}
    slow_cloud.call("PutProvisionedConcurrencyConfig", VersionProvisionedConcurrencyNum=1, **version)
    slow_cloud.call("PutProvisionedConcurrencyConfig", VersionProvisionedConcurrencyNum=2, **version)
    slow_cloud.call("DeleteProvisionedConcurrencyConfig", **version)


def test_caller_identity_is_the_account(cloud: Cloud) -> None:
    from tencentcloud.common.common_client import CommonClient
    from tencentcloud.common.credential import Credential
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile

    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=cloud.address))
    client = CommonClient("sts", "2018-08-13", Credential("AKIDlocal", "local-secret"), "ap-guangzhou", profile)
    assert client.call_json("GetCallerIdentity", {})["Response"]["AccountId"] == "100000000001"


@pytest.mark.parametrize(
    "body", ["return '\\ud800'", "print('\\ud800')", "raise ValueError('\\ud800')", "return {'\\udfff': 1}"]
)
def test_lone_surrogate_does_not_fail_the_server(cloud: Cloud, body: str) -> None:
    cloud.create("hello", {"index.py": f"def main(event, context):\n    {body}\n"})
    result = cloud.call("Invoke", FunctionName="hello", LogType="Tail")["Result"]
    if body.startswith("return"):
        assert result["RetMsg"] in (r'"\ud800"', r'{"\udfff": 1}')
    else:
        assert json.loads(result["ErrMsg"])["errorType"] in ("UnicodeEncodeError", "ValueError")


def test_lone_surrogate_in_a_request_is_an_error(cloud: Cloud) -> None:
    cloud.create("hello")
    for parameters in ({"ClientContext": '"\ud800"'}, {"Qualifier": "\ud800"}):
        assert cloud.error("Invoke", FunctionName="hello", InvocationType="Event", **parameters) == "InvalidParameter"
    for path in ("events/show", "queues/create", "queues/show"):
        body = json.dumps({"id": "\ud800", "name": "\ud800"}).encode()
        status, _, answer = cloud.send("POST", f"/_emulator/{path}", body)
        assert (status, b"half of a surrogate pair" in answer) == (400, True)


def test_function_url_answers_under_its_own_host(cloud: Cloud) -> None:
    cloud.create("hello", {"index.py": "def main(event, context):\n    return event['path']\n"})
    description = {"AuthType": "NONE", "NetConfig": {"EnableIntranet": False, "EnableExtranet": True}}
    trigger = {"FunctionName": "hello", "TriggerName": "url", "Type": "http", "TriggerDesc": json.dumps(description)}
    info = cloud.call("CreateTrigger", **trigger)["TriggerInfo"]
    host = json.loads(info["TriggerDesc"])["NetConfig"]["ExtranetUrl"].removeprefix("https://")
    for path in ("/a/b", "/", "/_emulator/state", "/_url/default/hello/x"):
        status, _, body = cloud.send("GET", path, headers={"Host": host})
        assert (status, json.loads(body)) == (200, path)
    assert cloud.send("GET", "/", headers={"Host": f"1300000001-other.{host.partition('.')[2]}"})[0] == 404
    assert cloud.send("GET", "/", headers={"Host": host, "Origin": "https://evil.example.com"})[0] == 403


def test_long_get_request_is_refused(cloud: Cloud) -> None:
    status, _, body = cloud.send("GET", f"/?Action=ListFunctions&Description={'a' * 33_000}")
    assert (status, json.loads(body)["Response"]["Error"]["Code"]) == (200, "RequestSizeLimitExceeded")
