"""Roles of CAM that a command assumes."""

from __future__ import annotations

from scfdeploy.model.lazy_pattern import lazy_pattern

_ARN = lazy_pattern(r"qcs::cam::uin/[0-9]{1,20}:(role|roleName)/[A-Za-z0-9_+=,.@/-]{1,200}")
_SESSION_NAME = lazy_pattern(r"[A-Za-z0-9_+=,.@-]{2,128}")
EXAMPLE_ROLE = "qcs::cam::uin/100000000001:roleName/deploy"


def is_role_arn(text: str) -> bool:
    """Whether this is the resource description of a role, by its name or id."""
    return _ARN.fullmatch(text) is not None


def is_session_name(text: str) -> bool:
    """Whether a session can have this name, which the audit log of the account shows."""
    return _SESSION_NAME.fullmatch(text) is not None
