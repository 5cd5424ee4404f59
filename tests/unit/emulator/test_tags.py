"""Tags, by six-segment resource names and by service, prefix and id."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulator import ApiError, Cloud

NAME = "qcs::scf:ap-guangzhou:uin/:namespace/default/function/hello"
OLDER = {
    "ServiceType": "scf",
    "ResourcePrefix": "namespace",
    "ResourceIds": ["default/function/hello"],
    "ResourceRegion": "ap-guangzhou",
}


@pytest.fixture
def hello(cloud: Cloud) -> Cloud:
    cloud.create(Tags=[{"Key": "a", "Value": "1"}])
    return cloud


def own_tags(cloud: Cloud) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in cloud.call("GetFunction", FunctionName="hello")["Tags"]}


def tag(cloud: Cloud, action: str, **parameters: Any) -> Any:
    return cloud.call(action, product="tag", **parameters)


def error(cloud: Cloud, action: str, **parameters: Any) -> str:
    with pytest.raises(ApiError) as failed:
        tag(cloud, action, **parameters)
    return failed.value.code


def test_modify_tags_replaces_and_deletes_in_one_call(hello: Cloud) -> None:
    replaced = [{"TagKey": "b", "TagValue": "2"}]
    tag(hello, "ModifyResourceTags", Resource=NAME, ReplaceTags=replaced, DeleteTags=[{"TagKey": "a"}])
    assert own_tags(hello) == {"b": "2"}


def test_tag_overwrites_and_untag_removes(hello: Cloud) -> None:
    wanted = [{"TagKey": "a", "TagValue": "2"}, {"TagKey": "b", "TagValue": ""}]
    assert tag(hello, "TagResources", ResourceList=[NAME], Tags=wanted)["FailedResources"] == []
    assert own_tags(hello) == {"a": "2", "b": ""}
    tag(hello, "UnTagResources", ResourceList=[NAME], TagKeys=["a", "none"])
    assert own_tags(hello) == {"b": ""}


def test_failed_resource_is_listed_not_raised(hello: Cloud) -> None:
    missing = NAME.replace("hello", "nobody")
    wanted = [{"TagKey": "b", "TagValue": "2"}]
    failed = tag(hello, "TagResources", ResourceList=[NAME, missing], Tags=wanted)["FailedResources"]
    assert [entry["Resource"] for entry in failed] == [missing]
    assert own_tags(hello) == {"a": "1", "b": "2"}


def test_get_resources_selects_by_name_and_filter(hello: Cloud) -> None:
    hello.create("other", Tags=[{"Key": "a", "Value": "2"}])
    listed = tag(hello, "GetResources", ResourceList=[NAME])["ResourceTagMappingList"]
    filtered = tag(hello, "GetResources", TagFilters=[{"TagKey": "a", "TagValue": ["2", "3"]}])
    paged = tag(hello, "GetResources", MaxResults=1)
    rest = tag(hello, "GetResources", MaxResults=1, PaginationToken=paged["PaginationToken"])
    assert listed[0]["Tags"] == [{"TagKey": "a", "TagValue": "1", "Category": "Custom"}]
    assert filtered["ResourceTagMappingList"][0]["Resource"].endswith("/function/other")
    assert rest["PaginationToken"] == ""


def test_legacy_actions_use_same_tags(hello: Cloud) -> None:
    found = tag(hello, "DescribeResourceTagsByResourceIds", **OLDER)
    assert [(t["TagKey"], t["TagValue"], t["ResourceId"]) for t in found["Tags"]] == [
        ("a", "1", "default/function/hello")
    ]
    unknown = {**OLDER, "TagKey": "b", "TagValue": "2"}
    assert error(hello, "AttachResourcesTag", **unknown) == "ResourceNotFound.TagNonExist"
    tag(hello, "CreateTag", TagKey="b", TagValue="2")
    tag(hello, "AttachResourcesTag", **unknown)
    tag(hello, "CreateTag", TagKey="a", TagValue="9")
    other_value = {**OLDER, "TagKey": "a", "TagValue": "9"}
    assert error(hello, "AttachResourcesTag", **other_value) == "ResourceInUse.TagKeyAttached"
    tag(hello, "DetachResourcesTag", **OLDER, TagKey="a")
    assert own_tags(hello) == {"b": "2"}
    pairs = tag(hello, "DescribeTags", TagKey="a")["Tags"]
    assert [(pair["TagKey"], pair["TagValue"]) for pair in pairs] == [("a", "9")]


@pytest.mark.parametrize(
    ("action", "parameters", "code"),
    [
        ("ModifyResourceTags", {"Resource": NAME}, "MissingParameter"),
        (
            "ModifyResourceTags",
            {
                "Resource": NAME,
                "ReplaceTags": [{"TagKey": "a", "TagValue": ""}],
                "DeleteTags": [{"TagKey": "a"}],
            },
            "InvalidParameterValue.DeleteTagsParamError",
        ),
        (
            "ModifyResourceTags",
            {"Resource": "hello", "DeleteTags": [{"TagKey": "a"}]},
            "InvalidParameterValue.ResourceDescriptionError",
        ),
        (
            "ModifyResourceTags",
            {"Resource": NAME.replace("hello", "nobody"), "DeleteTags": [{"TagKey": "a"}]},
            "InvalidParameterValue.ResourceIdInvalid",
        ),
        (
            "TagResources",
            {"ResourceList": [NAME], "Tags": [{"TagKey": "a", "TagValue": "1"}] * 2},
            "InvalidParameterValue.TagKeyDuplicate",
        ),
        (
            "TagResources",
            {"ResourceList": [NAME], "Tags": [{"TagKey": "a;b", "TagValue": "1"}]},
            "InvalidParameterValue.TagKeyCharacterIllegal",
        ),
        (
            "TagResources",
            {"ResourceList": [NAME], "Tags": [{"TagKey": "b", "TagValue": "1" * 128}]},
            "InvalidParameterValue.TagValueLengthExceeded",
        ),
    ],
)
def test_invalid_tag_request_returns_documented_code(
    hello: Cloud, action: str, parameters: dict[str, Any], code: str
) -> None:
    assert error(hello, action, **parameters) == code


def test_role_list_has_scf_service_role(cloud: Cloud) -> None:
    roles = cloud.call("DescribeRoleList", product="cam", Page=1, Rp=20)["List"]
    assert "scf.qcloud.com" in roles[0]["PolicyDocument"]


def test_role_must_exist_if_roles_are_declared(cloud: Cloud) -> None:
    cloud.create("early", Role="of_early_days")
    cloud.control("settings", {"roles": "reader, writer"})
    roles = cloud.call("DescribeRoleList", product="cam", Page=1, Rp=20)
    assert [role["RoleName"] for role in roles["List"]] == ["SCF_QcsRole", "reader", "writer"]
    for name in ("reader", "SCF_QcsRole", ""):
        cloud.create(f"with-{name or 'none'}", Role=name)
        cloud.call("Invoke", FunctionName=f"with-{name or 'none'}")
    with pytest.raises(ApiError, match=r"ResourceNotFound.Role: The role `stranger` does not exist"):
        cloud.create(Role="stranger")
    assert cloud.error("UpdateFunctionConfiguration", FunctionName="early", Role="x") == "ResourceNotFound.Role"
    assert cloud.error("Invoke", FunctionName="early") == "ResourceNotFound.Role"


def test_every_role_is_accepted_if_none_is_declared(cloud: Cloud) -> None:
    cloud.create(Role="stranger")
    assert cloud.call("Invoke", FunctionName="hello")["Result"]["InvokeResult"] == 0
