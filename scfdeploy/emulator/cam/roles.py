"""DescribeRoleList of the access product: the one role that lets functions run, which some clients look for."""

from __future__ import annotations

import json

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import Json

_DOCUMENT = {
    "version": "2.0",
    "statement": [{"action": "name/sts:AssumeRole", "effect": "allow", "principal": {"service": ["scf.qcloud.com"]}}],
}


def describe_roles(_call: ApiCall, _parameters: Json) -> Json:
    """The service role of every account that has opened SCF."""
    role = {
        "RoleId": "4611686018427900000",
        "RoleName": "SCF_QcsRole",
        "PolicyDocument": json.dumps(_DOCUMENT, separators=(",", ":")),
        "Description": "",
        "AddTime": "2018-01-01 00:00:00",
        "UpdateTime": "2018-01-01 00:00:00",
        "ConsoleLogin": 0,
        "RoleType": "system",
    }
    return {"List": [role], "TotalNum": 1}
