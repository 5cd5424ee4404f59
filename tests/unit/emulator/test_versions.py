"""Versions, aliases, namespaces, and the settings of asynchronous events."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulator import Cloud


@pytest.fixture
def versioned(cloud: Cloud) -> Cloud:
    """A function with the versions 1 (Timeout 5) and 2 (Timeout 6)."""
    cloud.create(Timeout=5)
    cloud.call("PublishVersion", FunctionName="hello", Description="first")
    cloud.call("UpdateFunctionConfiguration", FunctionName="hello", Timeout=6)
    cloud.call("PublishVersion", FunctionName="hello")
    return cloud


def test_published_version_does_not_change(versioned: Cloud) -> None:
    versioned.call("UpdateFunctionConfiguration", FunctionName="hello", Timeout=7)
    timeouts = [
        versioned.call("GetFunction", FunctionName="hello", Qualifier=q)["Timeout"] for q in ("1", "2", "$LATEST")
    ]
    assert timeouts == [5, 6, 7]


def test_published_version_gets_next_number_after_activation_time(slow_cloud: Cloud) -> None:
    slow_cloud.create()
    slow_cloud.advance(11)
    assert slow_cloud.call("PublishVersion", FunctionName="hello")["FunctionVersion"] == "1"
    assert slow_cloud.call("GetFunction", FunctionName="hello", Qualifier="1")["Status"] == "Publishing"
    slow_cloud.advance(11)
    assert slow_cloud.call("GetFunction", FunctionName="hello", Qualifier="1")["Status"] == "Active"


def test_list_versions_includes_latest(versioned: Cloud) -> None:
    found = versioned.call("ListVersionByFunction", FunctionName="hello")
    assert found["FunctionVersion"] == ["$LATEST", "1", "2"]
    assert found["Versions"][1]["Description"] == "first"
    assert found["TotalCount"] == 3


def test_update_with_publish_creates_version(cloud: Cloud) -> None:
    cloud.create()
    cloud.call("UpdateFunctionConfiguration", FunctionName="hello", Timeout=8, Publish="TRUE")
    assert cloud.call("GetFunction", FunctionName="hello", Qualifier="1")["Timeout"] == 8


def test_default_alias_points_to_latest(cloud: Cloud) -> None:
    cloud.create()
    found = cloud.call("ListAliases", FunctionName="hello", Offset="0", Limit="20")
    assert [(a["Name"], a["FunctionVersion"]) for a in found["Aliases"]] == [("$DEFAULT", "$LATEST")]
    assert cloud.error("DeleteAlias", FunctionName="hello", Name="$DEFAULT") == "InvalidParameterValue.Alias"


def test_alias_routes_traffic_to_two_versions(versioned: Cloud) -> None:
    routing = {"AdditionalVersionWeights": [{"Version": "2", "Weight": 0.3}]}
    versioned.call("CreateAlias", FunctionName="hello", Name="prod", FunctionVersion="1", RoutingConfig=routing)
    assert versioned.call("GetAlias", FunctionName="hello", Name="prod")["RoutingConfig"] == {
        **routing,
        "AddtionVersionMatchs": [],
    }
    versioned.call("UpdateAlias", FunctionName="hello", Name="prod", FunctionVersion="2")
    found = versioned.call("GetAlias", FunctionName="hello", Name="prod")
    assert found["FunctionVersion"] == "2"
    assert found["RoutingConfig"]["AdditionalVersionWeights"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"FunctionVersion": "9"}, "ResourceNotFound.Version"),
        ({"Name": "9x"}, "InvalidParameterValue.Name"),
        (
            {"RoutingConfig": {"AdditionalVersionWeights": [{"Version": "1", "Weight": 0.5}]}},
            "InvalidParameterValue.RoutingConfig",
        ),
        (
            {"RoutingConfig": {"AdditionalVersionWeights": [{"Version": "2", "Weight": 1.5}]}},
            "InvalidParameterValue.AdditionalVersionWeights",
        ),
        ({"Name": "$DEFAULT"}, "ResourceInUse.Alias"),
    ],
)
def test_invalid_alias_returns_documented_code(versioned: Cloud, change: dict[str, Any], code: str) -> None:
    good = {"FunctionName": "hello", "Name": "prod", "FunctionVersion": "1"}
    assert versioned.error("CreateAlias", **{**good, **change}) == code


def test_version_used_by_alias_cannot_be_deleted(versioned: Cloud) -> None:
    versioned.call("CreateAlias", FunctionName="hello", Name="prod", FunctionVersion="1")
    assert (
        versioned.error("DeleteFunctionVersion", FunctionName="hello", Qualifier="1")
        == "UnsupportedOperation.AliasBind"
    )
    assert versioned.error("DeleteFunction", FunctionName="hello") == "UnsupportedOperation.AliasBind"
    versioned.call("DeleteFunctionVersion", FunctionName="hello", Qualifier="2")
    versioned.call("DeleteAlias", FunctionName="hello", Name="prod")
    versioned.call("DeleteFunction", FunctionName="hello")
    assert versioned.error("GetFunction", FunctionName="hello") == "ResourceNotFound.Function"


def test_namespaces_have_separate_functions(cloud: Cloud) -> None:
    cloud.call("CreateNamespace", Namespace="test", Description="for tests")
    assert cloud.error("CreateNamespace", Namespace="test") == "ResourceInUse.Namespace"
    assert cloud.error("CreateNamespace", Namespace="default") == "InvalidParameterValue.DefaultNamespace"
    assert cloud.error("DeleteNamespace", Namespace="default") == "FailedOperation.DeleteNamespace"
    cloud.create(Namespace="test")

    assert [n["Name"] for n in cloud.call("ListNamespaces")["Namespaces"]] == ["default", "test"]
    assert cloud.error("GetFunction", FunctionName="hello") == "ResourceNotFound.Function"
    assert cloud.error("DeleteNamespace", Namespace="test") == "FailedOperation.DeleteNamespace"
    cloud.call("UpdateNamespace", Namespace="test", Description="still")
    cloud.call("DeleteFunction", FunctionName="hello", Namespace="test")
    cloud.call("DeleteNamespace", Namespace="test")
    assert cloud.error("UpdateNamespace", Namespace="test", Description="") == "ResourceNotFound.Namespace"


def test_event_settings_have_documented_defaults(cloud: Cloud) -> None:
    cloud.create()
    default = cloud.call("GetFunctionEventInvokeConfig", FunctionName="hello")["AsyncTriggerConfig"]
    assert default == {"MsgTTL": 21600, "RetryConfig": [{"RetryNum": 2}]}

    wanted = {"MsgTTL": 3600, "RetryConfig": [{"RetryNum": 1}]}
    cloud.call("UpdateFunctionEventInvokeConfig", FunctionName="hello", AsyncTriggerConfig=wanted)
    assert cloud.call("GetFunctionEventInvokeConfig", FunctionName="hello")["AsyncTriggerConfig"] == wanted


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"MsgTTL": 59, "RetryConfig": [{"RetryNum": 1}]}, "LimitExceeded.MsgTTL"),
        ({"MsgTTL": 60, "RetryConfig": [{"RetryNum": 3}]}, "LimitExceeded.RetryNum"),
        ({"MsgTTL": 60, "RetryConfig": []}, "InvalidParameterValue.AsyncTriggerConfig"),
    ],
)
def test_event_settings_out_of_range_are_rejected(cloud: Cloud, config: dict[str, Any], code: str) -> None:
    cloud.create()
    wanted = {"FunctionName": "hello", "AsyncTriggerConfig": config}
    assert cloud.error("UpdateFunctionEventInvokeConfig", **wanted) == code


def test_account_usage_counts_functions(cloud: Cloud) -> None:
    cloud.create()
    found = cloud.call("GetAccount")
    assert found["AccountUsage"]["Namespace"][0]["Functions"] == ["hello"]
    assert found["AccountLimit"]["Namespace"][0]["RetryNumLimit"] == 2
