"""Temporary keys for the identity of this machine: a pod in TKE, a job of GitHub Actions, or the role of a CVM.

Keys are not stored. The credential classes of the SDK are not used: they follow redirects, and limit neither the time
nor the size of a response.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.providers.tencent.auth.key_pair import AmbientProvider, Credentials, temporary_key_pair
from scfdeploy.providers.workers import call_within
from scfdeploy.records import dataclass, field

if TYPE_CHECKING:
    import requests

_OIDC_VARIABLES = ("TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN")

_GITHUB_ROLE = "TENCENTCLOUD_ROLE_ARN"
_GITHUB_PROVIDER = "TENCENTCLOUD_OIDC_PROVIDER"
_GITHUB_AUDIENCE = "TENCENTCLOUD_OIDC_AUDIENCE"
_GITHUB_URL = "ACTIONS_ID_TOKEN_REQUEST_URL"
_GITHUB_REQUEST_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"  # noqa: S105 - the name of a variable
_GITHUB_REGION = "ap-guangzhou"  # the call requires a region; the keys are valid in all
_GITHUB_TIMEOUT_S = 20.0

_STS_ACTION = "AssumeRoleWithWebIdentity"
_STS_HOST = "sts.tencentcloudapi.com"
_STS_TIMEOUT_S = 30
_LIFETIME_S = 7200

_METADATA = "http://metadata.tencentyun.com/latest/meta-data/cam/security-credentials/"
_METADATA_TIMEOUT_S = 2.0
_METADATA_MAX_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class _WebIdentity:
    """A token of an identity provider in CAM, and the role to assume with it."""

    region: str
    provider: str
    token: str = field(repr=False)
    role: str


def from_oidc(environment: Mapping[str, str]) -> Credentials | None:
    """Keys for the identity of a pod in TKE; None outside TKE. Raises ScfDeployError when they are rejected."""
    present = [name for name in _OIDC_VARIABLES if environment.get(name)]
    if not present:
        return None
    missing = [name for name in _OIDC_VARIABLES if name not in present]
    if missing:
        raise ScfDeployError(
            message("the OIDC identity is incomplete: {names} not set", names=", ".join(missing)),
            hint=message("Set the missing variables, or unset {names}.", names=", ".join(present)),
        )
    try:
        with open(environment["TKE_WEB_IDENTITY_TOKEN_FILE"], encoding="utf-8") as file:  # noqa: PTH123
            token = file.read()
    except (OSError, ValueError) as error:
        raise ScfDeployError(message("the token of the OIDC identity cannot be read: {error}", error=error)) from error
    identity = _WebIdentity(
        environment["TKE_REGION"], environment["TKE_PROVIDER_ID"], token, environment["TKE_ROLE_ARN"]
    )
    hint = message("Check TKE_ROLE_ARN and its provider.")
    return _assume_role(identity, message("the OIDC identity of this pod"), hint=hint)


def from_github(environment: Mapping[str, str]) -> Credentials | None:
    """Keys of the role TENCENTCLOUD_ROLE_ARN for a job of GitHub Actions; None if no role is set.

    Raises ScfDeployError when they are rejected.
    """
    role = environment.get(_GITHUB_ROLE, "")
    if not role:
        return None
    provider = environment.get(_GITHUB_PROVIDER, "")
    if not provider:
        raise ScfDeployError(
            message("{role} is set and {provider} is not", role=_GITHUB_ROLE, provider=_GITHUB_PROVIDER),
            hint=message("Set {provider} to the name of the identity provider in CAM.", provider=_GITHUB_PROVIDER),
        )
    identity = _WebIdentity(_GITHUB_REGION, provider, _github_token(environment), role)
    hint = message(
        "Check {role}, {provider}, the client ID of the provider, and the trust policy of the role.",
        role=_GITHUB_ROLE,
        provider=_GITHUB_PROVIDER,
    )
    return _assume_role(identity, message("the identity of this job"), hint=hint)


def from_role(
    environment: Mapping[str, str], *, service: str = _METADATA, timeout_s: float = _METADATA_TIMEOUT_S
) -> Credentials | None:
    """Keys of the role of this CVM; None if no metadata service responds in time."""
    try:
        keys = call_within(timeout_s, lambda: _request_role_keys(service, timeout_s))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return temporary_key_pair(*keys, message("the role of this CVM")) if all(keys[:2]) else None


AMBIENT_PROVIDERS: tuple[AmbientProvider, ...] = (from_oidc, from_github, from_role)


def _github_token(environment: Mapping[str, str]) -> str:
    """The identity token of this job, which names its repository, branch and environment."""
    url, request_token = environment.get(_GITHUB_URL, ""), environment.get(_GITHUB_REQUEST_TOKEN, "")
    if not url or not request_token:
        raise ScfDeployError(
            message("{role} is set, but GitHub Actions offers this process no identity token", role=_GITHUB_ROLE),
            hint=message("Give the job `permissions: id-token: write`; elsewhere unset the variable and use keys."),
        )
    audience = environment.get(_GITHUB_AUDIENCE) or _STS_HOST
    from scfdeploy.providers.tencent.transport.http import UntrustedResponseError

    hint = message("Run the job again.")
    try:
        response = call_within(_GITHUB_TIMEOUT_S, lambda: _request_github_token(url, audience, request_token))
        response.raise_for_status()
        return str(response.json()["value"])
    except UntrustedResponseError as error:
        text = message("GitHub issued no identity token for this job: {reason}", reason=error.text)
        raise ScfDeployError(text, hint=hint) from None
    except (OSError, ValueError, KeyError, TypeError):
        # The exception may contain the request, and with it the request token.
        raise ScfDeployError(message("GitHub issued no identity token for this job"), hint=hint) from None


def _request_github_token(url: str, audience: str, request_token: str) -> requests.Response:
    from scfdeploy.providers.tencent.transport.endpoint import Endpoint
    from scfdeploy.providers.tencent.transport.http import open_session, proxies_for

    target = Endpoint.parse("/".join(url.split("/", 3)[:3]).partition("?")[0])
    if target.scheme != "https" and not target.is_loopback:
        raise ValueError("the request token must not be sent unencrypted")
    return open_session().get(
        url,
        params={"audience": audience},
        headers={"Authorization": f"bearer {request_token}"},
        timeout=_GITHUB_TIMEOUT_S,
        proxies=proxies_for(target),
    )


def _assume_role(identity: _WebIdentity, source: str, *, hint: str) -> Credentials:
    """Exchange the token for keys of the role. Raises ScfDeployError when it is rejected. The call is not signed."""
    from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

    from scfdeploy.providers.tencent.transport.endpoint import Endpoint
    from scfdeploy.providers.tencent.transport.errors import no_response
    from scfdeploy.providers.tencent.transport.sdk import make_client

    endpoint = Endpoint("https", _STS_HOST)
    client = make_client(
        "sts", identity.region, credentials=None, endpoint=endpoint, timeout_s=_STS_TIMEOUT_S, pool_size=1
    )
    parameters = {
        "ProviderId": identity.provider,
        "WebIdentityToken": identity.token,
        "RoleArn": identity.role,
        "RoleSessionName": "scfdeploy",
        "DurationSeconds": _LIFETIME_S,
    }
    try:
        response = call_within(
            _STS_TIMEOUT_S, lambda: client.call_json(_STS_ACTION, parameters, options={"SkipSign": True})
        )
        keys = response["Response"]["Credentials"]
        texts = (str(keys["TmpSecretId"]), str(keys["TmpSecretKey"]), str(keys["Token"] or ""))
    except TencentCloudSDKException as error:
        if error.code == "ClientNetworkError":
            raise no_response(_STS_ACTION, _STS_HOST, error.__context__ or error) from None
        raise ScfDeployError(
            message("CAM rejected {source}: {error} ({code})", source=source, error=error.message, code=error.code),
            hint=hint,
        ) from error
    except OSError as error:
        raise no_response(_STS_ACTION, _STS_HOST, error) from error
    except (ValueError, KeyError, TypeError):
        # The exception may contain the request, and with it the token.
        text = message("CAM returned no keys for {source}", source=source)
        raise ScfDeployError(text, hint=message("Try again later.")) from None
    return temporary_key_pair(*texts, source)


def _request_role_keys(service: str, timeout_s: float) -> tuple[str, str, str]:
    """Read the keys from the metadata service. It is in the machine's own network, so no proxy is used."""
    from urllib.parse import quote

    from scfdeploy.providers.tencent.transport.http import open_session

    session = open_session(max_bytes=_METADATA_MAX_BYTES)
    name_response = session.get(service, timeout=timeout_s)
    name_response.raise_for_status()
    keys_response = session.get(service + quote(name_response.text.strip()), timeout=timeout_s)
    keys_response.raise_for_status()
    keys = keys_response.json()
    if keys["Code"] != "Success":
        raise ValueError("no keys")
    return str(keys["TmpSecretId"] or ""), str(keys["TmpSecretKey"] or ""), str(keys["Token"] or "")
