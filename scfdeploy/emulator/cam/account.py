"""The numbers of the account, whose keys a caller has, and the role that lets functions run."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import Json, compact_json

_POLICY = {
    "version": "2.0",
    "statement": [{"action": "name/sts:AssumeRole", "effect": "allow", "principal": {"service": ["scf.qcloud.com"]}}],
}


def describe_roles(_call: ApiCall, _parameters: Json) -> Json:
    """The service role that every account with SCF has."""
    role = {
        "RoleId": "4611686018427900000",
        "RoleName": "SCF_QcsRole",
        "PolicyDocument": compact_json(_POLICY),
        "Description": "",
        "AddTime": "2018-01-01 00:00:00",
        "UpdateTime": "2018-01-01 00:00:00",
        "ConsoleLogin": 0,
        "RoleType": "system",
    }
    return {"List": [role], "TotalNum": 1}


def get_user_app_id(call: ApiCall, _parameters: Json) -> Json:
    """The numbers of the account, which has no sub-users."""
    settings = call.context.settings
    return {"Uin": settings.uin, "OwnerUin": settings.uin, "AppId": int(settings.app_id)}


def get_caller_identity(call: ApiCall, _parameters: Json) -> Json:
    """The account, for whatever keys: the server has no users."""
    uin = call.context.settings.uin
    return {
        "Arn": f"qcs::cam::uin/{uin}:uin/{uin}",
        "AccountId": uin,
        "UserId": uin,
        "PrincipalId": uin,
        "Type": "CAMUser",
    }
