"""AssumeRole of the emulator's STS, and the keys that it issues."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulator import Cloud, running

ROLE = "qcs::cam::uin/100000000001:roleName/deploy"


def assume(cloud: Cloud, **changed: Any) -> Any:
    parameters = {"RoleArn": ROLE, "RoleSessionName": "test", **changed}
    return cloud.call("AssumeRole", product="tag", **parameters)


def test_role_is_assumed_for_two_hours_or_as_asked(cloud: Cloud) -> None:
    now = cloud.control("health")["now"]
    for seconds, parameters in ((7200, {}), (900, {"DurationSeconds": 900})):
        answer = assume(cloud, **parameters)
        assert set(answer["Credentials"]) == {"Token", "TmpSecretId", "TmpSecretKey"}
        assert all(answer["Credentials"].values())
        assert abs(answer["ExpiredTime"] - now - seconds) < 60


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"RoleArn": "deploy"}, "InvalidParameter.ParamError"),
        ({"RoleSessionName": "x"}, "InvalidParameter.ParamError"),
        ({"RoleSessionName": "a b"}, "InvalidParameter.ParamError"),
        ({"DurationSeconds": 43201}, "InvalidParameter.OverTimeError"),
        ({"DurationSeconds": -1}, "InvalidParameter.OverTimeError"),
        ({"RoleArn": ROLE.replace("100000000001", "5")}, "ResourceNotFound.RoleNotFound"),
    ],
)
def test_wrong_parameter_has_the_code_of_the_cloud(cloud: Cloud, parameters: dict[str, Any], code: str) -> None:
    full = {"RoleArn": ROLE, "RoleSessionName": "test", **parameters}
    assert cloud.error("AssumeRole", product="tag", **full) == code


def test_role_that_the_settings_do_not_declare_does_not_exist() -> None:
    with running(roles="other") as cloud:
        full = {"RoleArn": ROLE, "RoleSessionName": "test"}
        assert cloud.error("AssumeRole", product="tag", **full) == "ResourceNotFound.RoleNotFound"
