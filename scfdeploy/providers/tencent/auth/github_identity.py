"""Temporary keys for a job of GitHub Actions: its identity, exchanged at CAM for those of a role.

Nothing is kept on disk, and nobody has to store a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.providers.tencent.auth.key_pair import Credentials
from scfdeploy.providers.tencent.auth.web_identity import WebIdentity, assume_role
from scfdeploy.providers.workers import call_within

if TYPE_CHECKING:
    import requests

_ROLE = "TENCENTCLOUD_ROLE_ARN"
_PROVIDER = "TENCENTCLOUD_OIDC_PROVIDER"
_AUDIENCE = "TENCENTCLOUD_OIDC_AUDIENCE"
_URL = "ACTIONS_ID_TOKEN_REQUEST_URL"
_PERMISSION = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
_USUAL_AUDIENCE = "sts.tencentcloudapi.com"
_REGION = "ap-guangzhou"  # the call wants one; the keys serve all
_WAIT_S = 20.0


def from_github(environment: Mapping[str, str]) -> Credentials | None:
    """Keys of the role TENCENTCLOUD_ROLE_ARN; None where no role is named. Raises ScfDeployError when it is refused."""
    role = environment.get(_ROLE, "")
    if not role:
        return None
    provider = environment.get(_PROVIDER, "")
    if not provider:
        raise ScfDeployError(
            f"{_ROLE} is set and {_PROVIDER} is not",
            hint=f"Set {_PROVIDER} to the name of the identity provider in CAM.",
        )
    return _exchange(_identity(environment), role, provider)


def _identity(environment: Mapping[str, str]) -> str:
    """The token in which GitHub says which repository, branch and environment this job belongs to."""
    url, permission = environment.get(_URL, ""), environment.get(_PERMISSION, "")
    if not url or not permission:
        raise ScfDeployError(
            f"{_ROLE} is set, but this is no job of GitHub Actions that may prove its identity",
            hint="Give the job `permissions: id-token: write`; elsewhere unset the variable and use keys.",
        )
    audience = environment.get(_AUDIENCE) or _USUAL_AUDIENCE
    from scfdeploy.providers.tencent.transport.http import UntrustedResponseError

    try:
        answer = call_within(_WAIT_S, lambda: _ask(url, audience, permission))
        answer.raise_for_status()
        token = answer.json()["value"]
    except UntrustedResponseError as error:
        raise ScfDeployError(
            f"GitHub did not give this job its identity: {error.words}", hint="Run the job again."
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        # The error may quote the request, and with it what must not be shown.
        raise ScfDeployError("GitHub did not give this job its identity", hint="Run the job again.") from None
    return str(token)


def _ask(url: str, audience: str, permission: str) -> requests.Response:
    from scfdeploy.providers.tencent.transport.endpoint import Endpoint
    from scfdeploy.providers.tencent.transport.http import open_session, proxies_for

    there = Endpoint.parse("/".join(url.split("/", 3)[:3]).partition("?")[0])
    if there.scheme != "https" and not there.is_loopback:
        raise ValueError("the permission is for GitHub alone")
    return open_session().get(
        url,
        params={"audience": audience},
        headers={"Authorization": f"bearer {permission}"},
        timeout=_WAIT_S,
        proxies=proxies_for(there),
    )


def _exchange(token: str, role: str, provider: str) -> Credentials:
    identity = WebIdentity(_REGION, provider, token, role, "scfdeploy")
    hint = f"Look at {_ROLE}, {_PROVIDER}, the provider's client ID, and what the role's trust policy allows."
    return assume_role(identity, "the identity of this job", hint=hint)
