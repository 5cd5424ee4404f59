"""Checks of the credentials: where they are from, whose they are, and what they may read."""

from __future__ import annotations

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Address
from scfdeploy.operations.doctor.context import DoctorContext, failed, not_checked, passed
from scfdeploy.providers.base import CloudError
from scfdeploy.providers.tencent.auth.caller import is_denial
from scfdeploy.providers.tencent.transport.errors import NO_RESPONSE
from scfdeploy.results.doctor import CheckResult

_UNKNOWN_FUNCTION = "scfdeploy-doctor"
"""A name for reads in a project without functions: that it does not exist shows that the read is allowed."""


def check_credentials(name: str, context: DoctorContext) -> CheckResult:
    """Where the key pair comes from."""
    source = context.provider().credentials_source
    return passed(name, source)


def check_account(name: str, context: DoctorContext) -> CheckResult:
    """Whose key pair it is."""
    try:
        provider = context.provider()
    except ScfDeployError:
        return not_checked(name, message("no credentials"))
    try:
        return passed(name, provider.caller())
    except CloudError as error:
        if error.code == NO_RESPONSE:
            return not_checked(name, message("no connection"))
        if is_denial(error):
            return not_checked(
                name,
                message("the permission to identify the account is missing ({code})", code=error.code),
                message("plan and apply do not need it, except to upload code of more than 7 MB."),
            )
        return failed(name, error.message, error.hint or "")


def check_permissions(name: str, context: DoctorContext) -> CheckResult:
    """Whether the reads of plan are allowed; nothing is written to find out about writes."""
    try:
        provider = context.provider()
    except ScfDeployError:
        return not_checked(name, message("no credentials"))
    function = context.functions[0].address if context.functions else Address.of_function("default", _UNKNOWN_FUNCTION)
    outcomes = provider.try_reads(function)
    denied = [action for action, error in outcomes.items() if error is not None and is_denial(error)]
    if denied:
        return failed(
            name,
            message("not allowed: {actions}", actions=", ".join(denied)),
            message("Grant these actions. `scfdeploy policy` prints the policy with all that this project needs."),
        )
    other = next((error for error in outcomes.values() if error is not None), None)
    if other is not None:
        reason = message("no connection") if other.code == NO_RESPONSE else other.message
        return not_checked(name, reason)
    return passed(
        name,
        message(
            "plan may read ({count} actions tested); write permissions cannot be tested: `scfdeploy policy` prints the"
            " required ones",
            count=len(outcomes),
        ),
    )
