"""Functions from creation to deletion: states, updates, and rejected values."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from scfdeploy.facts import built_in_variables
from tests.support.emulator import HELLO, Cloud, zip_bytes, zip_text


def status(cloud: Cloud, qualifier: str = "$LATEST") -> str:
    return str(cloud.call("GetFunction", FunctionName="hello", Qualifier=qualifier)["Status"])


def test_new_function_is_creating_until_activation_time(slow_cloud: Cloud) -> None:
    slow_cloud.create()
    assert status(slow_cloud) == "Creating"
    slow_cloud.advance(9)
    assert status(slow_cloud) == "Creating"
    slow_cloud.advance(1.5)
    assert status(slow_cloud) == "Active"


@pytest.mark.parametrize(
    ("action", "parameters", "code"),
    [
        ("UpdateFunctionCode", {"ZipFile": zip_text(HELLO)}, "FailedOperation.UpdateFunctionCode"),
        ("UpdateFunctionConfiguration", {"Timeout": 5}, "FailedOperation.UpdateFunctionConfiguration"),
        ("PublishVersion", {}, "FailedOperation.PublishVersion"),
        ("DeleteFunction", {}, "FailedOperation.DeleteFunction"),
        (
            "CreateTrigger",
            {"TriggerName": "t", "Type": "timer", "TriggerDesc": "0 0 0 * * * *"},
            "FailedOperation.CreateTrigger",
        ),
        ("InvokeFunction", {}, "FailedOperation.FunctionStatusError"),
    ],
)
def test_writes_are_rejected_while_function_is_creating(
    slow_cloud: Cloud, action: str, parameters: dict[str, Any], code: str
) -> None:
    slow_cloud.create()
    assert slow_cloud.error(action, FunctionName="hello", **parameters) == code


def test_update_and_deletion_take_activation_time(slow_cloud: Cloud) -> None:
    slow_cloud.create()
    slow_cloud.advance(11)
    slow_cloud.call("UpdateFunctionConfiguration", FunctionName="hello", Timeout=9)
    assert status(slow_cloud) == "Updating"
    slow_cloud.advance(11)
    slow_cloud.call("DeleteFunction", FunctionName="hello")
    assert status(slow_cloud) == "Deleting"
    assert slow_cloud.error("CreateFunction", FunctionName="hello", Code={}) == "ResourceInUse.Function"
    slow_cloud.advance(11)
    assert slow_cloud.error("GetFunction", FunctionName="hello") == "ResourceNotFound.Function"
    assert slow_cloud.control("state").keys() == set()


def test_deleted_function_leaves_no_documents(cloud: Cloud) -> None:
    cloud.create(Tags=[{"Key": "a", "Value": "b"}])
    cloud.call("CreateTrigger", FunctionName="hello", TriggerName="t", Type="timer", TriggerDesc="0 0 0 * * * *")
    cloud.call("PublishVersion", FunctionName="hello")
    cloud.call("InvokeFunction", FunctionName="hello")
    sha256 = cloud.call("GetFunctionAddress", FunctionName="hello")["CodeSha256"]

    cloud.call("DeleteFunction", FunctionName="hello")

    assert cloud.control("state") == {}
    assert cloud.send("GET", f"/_code/{sha256}")[0] == 404


@pytest.mark.parametrize(
    ("writes", "state"),
    [
        (["CreateFunction"], "CreateFailed"),
        (["UpdateFunctionConfiguration"], "UpdateFailed"),
    ],
)
def test_async_failure_fault_ends_operation_in_failed_state(slow_cloud: Cloud, writes: list[str], state: str) -> None:
    slow_cloud.control("faults", [{"action": writes[0], "async_failure": "no room"}])
    slow_cloud.create()
    slow_cloud.advance(11)
    if state == "UpdateFailed":
        slow_cloud.call("UpdateFunctionConfiguration", FunctionName="hello", Timeout=9)
        slow_cloud.advance(11)

    found = slow_cloud.call("GetFunction", FunctionName="hello")

    assert found["Status"] == state
    assert found["StatusReasons"][0]["ErrorMessage"] == "no room"


def test_function_whose_creation_failed_can_only_be_deleted(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "CreateFunction", "times": 1, "async_failure": "no room"}])
    cloud.create()
    assert (
        cloud.error("UpdateFunctionConfiguration", FunctionName="hello", Timeout=4)
        == "FailedOperation.UpdateFunctionConfiguration"
    )
    cloud.call("DeleteFunction", FunctionName="hello")
    cloud.create()
    assert status(cloud) == "Active"


def test_function_address_has_hash_and_url_of_zip(cloud: Cloud) -> None:
    content = zip_bytes(HELLO)
    cloud.create(Code={"ZipFile": base64.b64encode(content).decode()})

    found = cloud.call("GetFunctionAddress", FunctionName="hello")

    assert found["CodeSha256"] == hashlib.sha256(content).hexdigest()
    assert cloud.send("GET", found["Url"].removeprefix(cloud.url))[2] == content


@pytest.mark.parametrize("where", ["inside", "beside"])
def test_update_code_accepts_code_block_and_top_level_fields(cloud: Cloud, where: str) -> None:
    cloud.create()
    code = {"ZipFile": zip_text({"other.py": "def run(e, c): pass"})}
    parameters = {"Code": code} if where == "inside" else code

    cloud.call("UpdateFunctionCode", FunctionName="hello", Handler="other.run", **parameters)

    found = cloud.call("GetFunction", FunctionName="hello", ShowCode="TRUE")
    assert found["Handler"] == "other.run"
    assert found["CodeInfo"] == "def run(e, c): pass"


def test_update_keeps_absent_fields(cloud: Cloud) -> None:
    cloud.create(MemorySize=256, Timeout=7, Description="one", Environment={"Variables": [{"Key": "A", "Value": "1"}]})
    before = cloud.call("GetFunction", FunctionName="hello")

    cloud.call("UpdateFunctionConfiguration", FunctionName="hello", Description="two")

    after = cloud.call("GetFunction", FunctionName="hello")
    different = {name for name in before if before[name] != after[name]}
    assert different - {"RequestId", "ModTime"} == {"Description"}


CLEARED = [
    (
        {"Environment": {"Variables": [{"Key": "A", "Value": "1"}]}},
        {"Environment": {"Variables": [{"Key": "", "Value": ""}]}},
        {"Environment": {"Variables": []}},
    ),
    (
        {"Layers": [{"LayerName": "l", "LayerVersion": 1}]},
        {"Layers": [{"LayerName": "", "LayerVersion": 0}]},
        {"Layers": []},
    ),
    (
        {"ClsLogsetId": "a", "ClsTopicId": "b"},
        {"ClsLogsetId": "", "ClsTopicId": ""},
        {"ClsLogsetId": "", "ClsTopicId": ""},
    ),
    (
        {"VpcConfig": {"VpcId": "vpc-1", "SubnetId": "subnet-1"}},
        {"VpcConfig": {"VpcId": "", "SubnetId": ""}},
        {"VpcConfig": {"VpcId": "", "SubnetId": ""}},
    ),
    (
        {"DeadLetterConfig": {"Type": "topic", "Name": "t"}},
        {"DeadLetterConfig": {"Type": "", "Name": "", "FilterType": ""}},
        {"DeadLetterConfig": {"Type": "", "Name": "", "FilterType": ""}},
    ),
    ({"Description": "a"}, {"Description": ""}, {"Description": ""}),
    ({"Role": "a"}, {"Role": ""}, {"Role": ""}),
    (
        {"PublicNetConfig": {"PublicNetStatus": "ENABLE", "EipConfig": {"EipStatus": "ENABLE"}}},
        {"PublicNetConfig": {"EipConfig": {"EipStatus": "DISABLE"}}},
        {"PublicNetConfig": {"PublicNetStatus": "ENABLE", "EipConfig": {"EipStatus": "DISABLE", "EipAddress": []}}},
    ),
]


@pytest.mark.parametrize(("first", "clearing", "left"), CLEARED)
def test_empty_value_clears_field(
    cloud: Cloud, first: dict[str, Any], clearing: dict[str, Any], left: dict[str, Any]
) -> None:
    cloud.create(**first)
    cloud.call("UpdateFunctionConfiguration", FunctionName="hello", **clearing)
    found = cloud.call("GetFunction", FunctionName="hello")
    assert {name: found[name] for name in left} == left


def test_empty_list_keeps_field(cloud: Cloud) -> None:
    cloud.create(
        Environment={"Variables": [{"Key": "A", "Value": "1"}]}, Layers=[{"LayerName": "l", "LayerVersion": 1}]
    )
    cloud.call("UpdateFunctionConfiguration", FunctionName="hello", Environment={"Variables": []}, Layers=[])
    found = cloud.call("GetFunction", FunctionName="hello")
    assert found["Environment"]["Variables"] == [{"Key": "A", "Value": "1"}]
    assert found["Layers"][0]["LayerName"] == "l"


def test_get_function_returns_empty_objects(cloud: Cloud) -> None:
    cloud.create()
    found = cloud.call("GetFunction", FunctionName="hello")
    assert found["IntranetConfig"] == {"IpFixed": "DISABLE", "IpAddress": []}
    assert found["PublicNetConfig"]["EipConfig"] == {"EipStatus": "DISABLE", "EipAddress": []}
    assert found["CfsConfig"] == {"CfsInsList": []}
    assert found["VpcConfig"] == {"VpcId": "", "SubnetId": ""}
    assert found["Triggers"] == found["Tags"] == found["Layers"] == []


TOO_MUCH = {"Variables": [{"Key": "A", "Value": "é" * 2048}]}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"FunctionName": "-x"}, "InvalidParameter.FunctionName"),
    ({"FunctionName": "a" * 61}, "InvalidParameter.FunctionName"),
    ({"Namespace": "none"}, "ResourceNotFound.Namespace"),
    ({"Namespace": "a/b"}, "InvalidParameterValue.NamespaceInvalid"),
    ({"region": "the/moon"}, "UnsupportedRegion"),
    ({"DiskSize": 1024}, "UnsupportedOperation.DiskSize"),
    ({"Code": {"ImageConfig": {"ImageType": "personal"}}}, "InvalidParameterValue.ImageUri"),
    ({"Handler": "index"}, "InvalidParameterValue.Handler"),
    ({"Handler": "index.1st"}, "InvalidParameterValue.Handler"),
    ({"Handler": None}, "MissingParameter"),
    ({"Runtime": "Cobol68"}, "InvalidParameterValue.Runtime"),
    ({"Type": "Web"}, "InvalidParameterValue.FunctionType"),
    ({"MemorySize": 100}, "InvalidParameterValue.Memory"),
    ({"MemorySize": 4096}, "LimitExceeded.Memory"),
    ({"Timeout": 901}, "LimitExceeded.Timeout"),
    ({"Timeout": 0}, "InvalidParameterValue"),
    ({"InitTimeout": 301}, "LimitExceeded.InitTimeout"),
    ({"Description": "a" * 1001}, "InvalidParameterValue.Description"),
    ({"Environment": TOO_MUCH}, "InvalidParameterValue.EnvironmentExceededLimit"),
    (
        {"Environment": {"Variables": [{"Key": "SCF_A", "Value": ""}]}},
        "InvalidParameterValue.EnvironmentSystemProtect",
    ),
    ({"Environment": {"Variables": [{"Key": "1A", "Value": ""}]}}, "InvalidParameterValue.Environment"),
    ({"Environment": {"Variables": [{"Key": "", "Value": "a"}]}}, "InvalidParameterValue.Environment"),
    ({"Environment": {"Variables": [{"Key": " ", "Value": "a"}]}}, "InvalidParameterValue.Environment"),
    *(
        (
            {"Environment": {"Variables": [{"Key": name, "Value": "a"}]}},
            "InvalidParameterValue.EnvironmentSystemProtect"
            if name.startswith(("SCF_", "TENCENTCLOUD_"))
            else "InvalidParameterValue.SystemEnvironment",
        )
        for name in built_in_variables()
    ),
    ({"Layers": [{"LayerName": f"l{i}", "LayerVersion": 1} for i in range(6)]}, "LimitExceeded.Layers"),
    ({"DeadLetterConfig": {"Type": "topic", "Name": ""}}, "InvalidParameterValue.DeadLetterConfig"),
    ({"DeadLetterConfig": {"Type": "kafka", "Name": "a"}}, "InvalidParameterValue.DeadLetterConfig"),
    ({"VpcConfig": {"VpcId": "vpc-1"}}, "InvalidParameterValue.Vpc"),
    ({"ClsTopicId": "a"}, "InvalidParameterValue.Cls"),
    ({"AsyncRunEnable": "yes"}, "InvalidParameterValue.AsyncRunEnable"),
    ({"AsyncRunEnable": "TRUE", "Type": "HTTP"}, "UnsupportedOperation.AsyncRunEnable"),
    ({"TraceEnable": "TRUE"}, "InvalidParameterValue.TraceEnable"),
    ({"ProtocolType": "WS"}, "InvalidParameterValue.ProtocolType"),
    ({"InstanceConcurrencyConfig": {"DynamicEnabled": "TRUE"}}, "InvalidParameterValue.InstanceConcurrencyConfig"),
    ({"PublicNetConfig": {"PublicNetStatus": "ON"}}, "InvalidParameterValue.PublicNetConfig"),
    ({"Tags": [{"Key": "tencent:a", "Value": ""}]}, "InvalidParameterValue.ReservedTagKey"),
    ({"Code": {}}, "MissingParameter.Code"),
    ({"Code": {"ZipFile": "AAAA"}}, "InvalidParameterValue.ZipFile"),
    ({"Code": {"ZipFile": "%"}}, "InvalidParameterValue.ZipFileBase64BinasciiError"),
    ({"Code": {"ZipFile": zip_text(HELLO), "DemoId": "d"}}, "InvalidParameterValue.Code"),
    ({"Code": {"CosBucketName": "b", "CosObjectName": "/none.zip"}}, "ResourceNotFound.CosObject"),
    (
        {"Code": {"CosBucketName": "b", "CosObjectName": "/none.zip", "CosBucketRegion": "nowhere"}},
        "InvalidParameterValue.CosBucketRegion",
    ),
    (
        {"Code": {"CosBucketName": "b", "CosObjectName": "/none.zip", "CosBucketRegion": "ap-shanghai"}},
        "InvalidParameterValue.CosBucketRegion",
    ),
    (
        {
            "region": "ap-beijing",
            "Code": {"CosBucketName": "b", "CosObjectName": "/none.zip", "CosBucketRegion": "ap-beijing-1"},
        },
        "ResourceNotFound.CosObject",
    ),
]


@pytest.mark.parametrize(("change", "code"), REFUSED)
def test_invalid_value_returns_documented_code(cloud: Cloud, change: dict[str, Any], code: str) -> None:
    good = {"FunctionName": "hello", "Handler": "index.main", "Runtime": "Python3.10"}
    assert cloud.error("CreateFunction", **{**good, "Code": {"ZipFile": zip_text(HELLO)}, **change}) == code
    assert cloud.call("ListFunctions")["TotalCount"] == 0


def test_image_function_has_no_code_and_does_not_run(cloud: Cloud) -> None:
    image = {"ImageType": "personal", "ImageUri": "ccr.ccs.tencentyun.com/a/b:c"}
    cloud.create(Code={"ImageConfig": image}, Handler=None, Runtime=None)
    found = cloud.call("GetFunction", FunctionName="hello", ShowCode="TRUE")
    assert (found["Runtime"], found["InitTimeout"], found["ImageConfig"]["ImageType"]) == (
        "CustomImage",
        90,
        "personal",
    )
    assert cloud.error("GetFunctionAddress", FunctionName="hello") == "FailedOperation.GetFunctionAddress"
    assert cloud.error("InvokeFunction", FunctionName="hello") == "UnsupportedOperation"
    assert (
        cloud.error("UpdateFunctionCode", FunctionName="hello", ZipFile=zip_text(HELLO))
        == "UnsupportedOperation.UpdateFunctionCode"
    )


def test_async_function_accepts_timeout_of_a_day(cloud: Cloud) -> None:
    cloud.create(AsyncRunEnable="TRUE", Timeout=86400)
    assert cloud.call("GetFunction", FunctionName="hello")["Timeout"] == 86400


def test_update_rejects_other_runtime_and_accepts_same(cloud: Cloud) -> None:
    cloud.create()
    cloud.call("UpdateFunctionConfiguration", FunctionName="hello", Runtime="Python3.10")
    wanted = {"FunctionName": "hello", "Runtime": "Python3.9"}
    assert cloud.error("UpdateFunctionConfiguration", **wanted) == "InvalidParameterValue.Runtime"


def test_list_functions_filters_by_tag_and_name_and_returns_pages(cloud: Cloud) -> None:
    for number in range(5):
        cloud.create(f"fn-{number}a", Tags=[{"Key": "scfdeploy:app", "Value": f"app{number % 2}"}])

    tagged = cloud.call("ListFunctions", Filters=[{"Name": "tag-scfdeploy:app", "Values": ["app1"]}])
    paged = cloud.call("ListFunctions", Offset=1, Limit=2, Orderby="FunctionName", Order="DESC")
    searched = cloud.call("ListFunctions", SearchKey="3a")

    assert [f["FunctionName"] for f in tagged["Functions"]] == ["fn-1a", "fn-3a"]
    assert [f["FunctionName"] for f in paged["Functions"]] == ["fn-3a", "fn-2a"]
    assert paged["TotalCount"] == 5
    assert [f["FunctionName"] for f in searched["Functions"]] == ["fn-3a"]
    assert cloud.error("ListFunctions", Filters=[{"Name": "Colour", "Values": []}]) == "InvalidParameterValue.Filters"


def test_list_functions_selects_by_settings_and_orders_by_change(slow_cloud: Cloud) -> None:
    for number in range(3):
        kind = {"Type": "HTTP", "Handler": None} if number == 1 else {}
        slow_cloud.create(f"fn-{number}a", Description=f"number {number}", Role=f"role{number}", **kind)
    slow_cloud.advance(11)
    slow_cloud.call("UpdateFunctionConfiguration", FunctionName="fn-0a", MemorySize=256)

    def names(**parameters: Any) -> list[str]:
        return [f["FunctionName"] for f in slow_cloud.call("ListFunctions", **parameters)["Functions"]]

    assert names() == ["fn-0a", "fn-1a", "fn-2a"]
    assert names(Type="HTTP") == ["fn-1a"]
    assert names(Description="number 2") == ["fn-2a"]
    assert names(Filters=[{"Name": "Role", "Values": ["role0", "role2"]}]) == ["fn-0a", "fn-2a"]
    assert names(Orderby="ModTime", Order="DESC", Limit=1) == ["fn-0a"]


def test_list_functions_shows_tags_as_late_as_a_fault_rule_says(cloud: Cloud) -> None:
    cloud.create(Tags=[{"Key": "team", "Value": "old"}])
    cloud.control("faults", [{"action": "TagResources", "late_tags_s": 60}])
    resource = "qcs::scf:ap-guangzhou:uin/100000000001:namespace/default/function/hello"
    cloud.call("TagResources", product="tag", ResourceList=[resource], Tags=[{"TagKey": "team", "TagValue": "new"}])

    def count(value: str) -> int:
        listing = cloud.call("ListFunctions", Filters=[{"Name": "tag-team", "Values": [value]}])
        return int(listing["TotalCount"])

    assert (count("old"), count("new")) == (1, 0)
    cloud.advance(61)
    assert (count("old"), count("new")) == (0, 1)


def test_function_exists_in_its_region_only(cloud: Cloud) -> None:
    cloud.create()
    assert cloud.call("ListFunctions", region="ap-shanghai")["TotalCount"] == 0
