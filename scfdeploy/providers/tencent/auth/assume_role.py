"""Temporary keys of a role that a key pair may assume, from STS. They are not stored."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model.role import EXAMPLE_ROLE, is_role_arn, is_session_name
from scfdeploy.providers.tencent.auth.key_pair import Credentials, temporary_key_pair
from scfdeploy.providers.workers import call_within
from scfdeploy.records import NamedTuple

_ACTION = "AssumeRole"
_TIMEOUT_S = 30
_LIFETIME_S = 7200
_REGION = "ap-guangzhou"  # the call requires a region; the keys are valid in all
_SESSION_NAME = "scfdeploy"
# The names of the vendor's Terraform provider, then those of tccli.
_ROLE_VARIABLES = ("TENCENTCLOUD_ASSUME_ROLE_ARN", "TENCENTCLOUD_ROLE_ARN")
_SESSION_VARIABLES = ("TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME", "TENCENTCLOUD_ROLE_SESSION_NAME")
_OIDC_PROVIDER = "TENCENTCLOUD_OIDC_PROVIDER"


class Role(NamedTuple):
    """A role, the name of the session, and where the role is written."""

    arn: str
    session_name: str
    source: str
    is_of_project: bool = False
    """Whether it is that of scfdeploy.toml."""


def find_role(
    environment: Mapping[str, str], credentials: Credentials, *, arn: str | None, session_name: str | None
) -> Role | None:
    """The role to assume: that of the environment, of scfdeploy.toml (`arn`), or of the profile of the key pair.

    Raises ScfDeployError for a malformed one.
    """
    session = _from_variables(environment, _SESSION_VARIABLES)[1] or session_name
    name, text = _from_variables(environment, _role_variables(environment))
    if text:
        role = Role(text, session or _SESSION_NAME, name)
    elif arn:
        role = Role(arn, session or _SESSION_NAME, "scfdeploy.toml", is_of_project=True)
    elif credentials.role:
        role = Role(credentials.role, session or credentials.role_session_name or _SESSION_NAME, credentials.source)
    else:
        return None
    if not is_role_arn(role.arn):
        raise ScfDeployError(
            message("the role in {source} is not the ARN of a role", source=role.source),
            hint=message("Copy it from the console of CAM, such as {example}.", example=EXAMPLE_ROLE),
        )
    if not is_session_name(role.session_name):
        raise ScfDeployError(
            message("the session name of the role in {source} is not valid", source=role.source),
            hint=message("Use 2 to 128 letters, digits and + = , . @ _ -."),
        )
    return role


def assume_role(credentials: Credentials, role: Role, *, endpoint: str | None) -> Credentials:
    """Temporary keys of the role, valid for two hours. Raises ScfDeployError when they are rejected."""
    from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

    from scfdeploy.providers.tencent.transport.endpoint import Endpoint
    from scfdeploy.providers.tencent.transport.errors import no_response
    from scfdeploy.providers.tencent.transport.sdk import make_client

    target = Endpoint.of(endpoint, product="sts", region=_REGION)
    client = make_client("sts", _REGION, credentials=credentials, endpoint=target, timeout_s=_TIMEOUT_S, pool_size=1)
    parameters = {"RoleArn": role.arn, "RoleSessionName": role.session_name, "DurationSeconds": _LIFETIME_S}
    source = message("the role {role}", role=role.arn)
    try:
        response = call_within(_TIMEOUT_S, lambda: client.call_json(_ACTION, parameters))
        keys = response["Response"]["Credentials"]
        texts = (str(keys["TmpSecretId"] or ""), str(keys["TmpSecretKey"] or ""), str(keys["Token"] or ""))
    except TencentCloudSDKException as error:
        if error.code == "ClientNetworkError":
            raise no_response(_ACTION, target.host, error.__context__ or error) from None
        raise ScfDeployError(
            message(
                "{source} cannot be assumed with {keys}: {error} ({code})",
                source=source,
                keys=credentials.source,
                error=error.message,
                code=error.code,
            ),
            hint=message(
                "Check the role in {place}, that its trust policy names this account or user, and that these keys may"
                " call sts:AssumeRole.",
                place=role.source,
            ),
        ) from error
    except OSError as error:
        raise no_response(_ACTION, target.host, error) from error
    except (ValueError, KeyError, TypeError):
        # The exception may contain the response, and with it the keys.
        texts = ("", "", "")
    if not all(texts):
        raise ScfDeployError(
            message("STS returned no keys for {source}", source=source), hint=message("Try again later.")
        )
    return temporary_key_pair(*texts, source)


def _role_variables(environment: Mapping[str, str]) -> tuple[str, ...]:
    # With a provider, TENCENTCLOUD_ROLE_ARN is the role of a job of GitHub Actions, whose keys are already its own.
    return _ROLE_VARIABLES[:1] if environment.get(_OIDC_PROVIDER) else _ROLE_VARIABLES


def _from_variables(environment: Mapping[str, str], names: tuple[str, ...]) -> tuple[str, str]:
    """The first of the variables that is set, and its value; empty without one."""
    return next(((name, text) for name in names if (text := environment.get(name, "").strip())), ("", ""))
