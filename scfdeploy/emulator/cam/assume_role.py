"""Temporary keys of a role: AssumeRole of STS. Which callers a role trusts is not known here: any key may assume it."""

from __future__ import annotations

import re

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.cam.account import require_role
from scfdeploy.emulator.clock import as_iso
from scfdeploy.emulator.credentials import VALID_FOR_S
from scfdeploy.emulator.messages import CloudError, Json

_ARN = re.compile(r"qcs::cam::uin/(?P<uin>[0-9]+):(role|roleName)/(?P<name>[\w+=,.@/-]+)", re.ASCII)
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,128}", re.ASCII)
_MAX_VALID_FOR_S = 43_200


def assume_role(call: ApiCall, parameters: Json) -> Json:
    """Keys that are valid for two hours, or for `DurationSeconds`. The permissions of the role are not checked."""
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
