"""The numbers of the account, whose keys a caller has, and the roles that functions and callers can have."""

from __future__ import annotations

import re

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.clock import as_iso
from scfdeploy.emulator.credentials import VALID_FOR_S
from scfdeploy.emulator.messages import CloudError, Json, compact_json

_POLICY = {
    "version": "2.0",
    "statement": [{"action": "name/sts:AssumeRole", "effect": "allow", "principal": {"service": ["scf.qcloud.com"]}}],
}


_SERVICE_ROLE = "SCF_QcsRole"
_ARN = re.compile(r"qcs::cam::uin/(?P<uin>[0-9]+):(role|roleName)/(?P<name>[\w+=,.@/-]+)", re.ASCII)
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,128}", re.ASCII)
_MAX_VALID_FOR_S = 43_200


def describe_roles(call: ApiCall, _parameters: Json) -> Json:
    """The service role that every account with SCF has, and those that the settings declare."""
    roles = [_role(number, name) for number, name in enumerate((_SERVICE_ROLE, *_declared_roles(call)))]
    return {"List": roles, "TotalNum": len(roles)}


def require_role(call: ApiCall, name: str) -> None:
    """Raise CloudError for a role that does not exist.

    Without the setting `roles` every role is accepted: nothing says which roles the account has in the cloud.
    """
    declared = _declared_roles(call)
    if name and declared and name not in (_SERVICE_ROLE, *declared):
        raise CloudError("ResourceNotFound.Role", f"The role `{name}` does not exist.")


def _declared_roles(call: ApiCall) -> list[str]:
    names = (name.strip() for name in call.context.settings.roles.split(","))
    return [name for name in names if name not in ("", _SERVICE_ROLE)]


def _role(number: int, name: str) -> Json:
    return {
        "RoleId": str(4611686018427900000 + number),
        "RoleName": name,
        "PolicyDocument": compact_json(_POLICY),
        "Description": "",
        "AddTime": "2018-01-01 00:00:00",
        "UpdateTime": "2018-01-01 00:00:00",
        "ConsoleLogin": 0,
        "RoleType": "system" if name == _SERVICE_ROLE else "user",
    }


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


def assume_role(call: ApiCall, parameters: Json) -> Json:
    """Temporary keys, valid for two hours or for `DurationSeconds`.

    Any key may assume any role of the account: which callers a role trusts, and what it may do, is not known here.
    """
    role = _ARN.fullmatch(parameters["RoleArn"])
    if role is None:
        raise CloudError("InvalidParameter.ParamError", "RoleArn is not the resource description of a role.")
    if _SESSION_NAME.fullmatch(parameters["RoleSessionName"]) is None:
        raise CloudError("InvalidParameter.ParamError", "RoleSessionName has 2 to 128 letters, digits and +=,.@_-.")
    valid_for_s = parameters.get("DurationSeconds") or VALID_FOR_S
    if not 0 < valid_for_s <= _MAX_VALID_FOR_S:
        raise CloudError("InvalidParameter.OverTimeError", f"DurationSeconds is at most {_MAX_VALID_FOR_S}.")
    name = role["name"].rpartition("/")[2]
    try:
        if role["uin"] != call.context.settings.uin:
            raise CloudError("ResourceNotFound.Role", "The account is another one.")
        require_role(call, name)
    except CloudError as error:
        raise CloudError("ResourceNotFound.RoleNotFound", f"The role `{name}` does not exist.") from error
    key = call.context.credentials.issue(valid_for_s)
    expires_at = round(call.context.credentials.now() + valid_for_s)
    return {
        "Credentials": {"Token": key.token, "TmpSecretId": key.secret_id, "TmpSecretKey": key.secret_key},
        "ExpiredTime": expires_at,
        "Expiration": as_iso(expires_at),
    }
