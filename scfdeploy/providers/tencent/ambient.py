"""Temporary keys from the machine: the identity of a pod in TKE or of a job on GitHub, or the role of a CVM.

The SDK asks, we word failures.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.providers.tencent.github_identity import from_github
from scfdeploy.providers.tencent.key_pair import AmbientProvider, Credentials, issued

_OIDC_VARIABLES = ("TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN")
_METADATA_WAIT_S = 2.0


def from_oidc(environment: Mapping[str, str]) -> Credentials | None:
    """The pod's identity in TKE, when its variables are there. Raises ScfDeployError when it is refused."""
    present = [name for name in _OIDC_VARIABLES if environment.get(name)]
    if not present:
        return None
    missing = [name for name in _OIDC_VARIABLES if name not in present]
    if missing:
        raise ScfDeployError(
            f"the OIDC identity is incomplete: {', '.join(missing)} not set",
            hint=f"Set {'it' if len(missing) == 1 else 'them'}, or unset {', '.join(present)}.",
        )
    from tencentcloud.common.credential import DefaultTkeOIDCRoleArnProvider
    from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

    try:
        secret_id, secret_key, token = DefaultTkeOIDCRoleArnProvider().get_credentials().get_credential_info()
    except TencentCloudSDKException as error:
        raise ScfDeployError(
            f"the OIDC identity was refused: {error.message} ({error.code})",
            hint="Check TKE_ROLE_ARN and its provider.",
        ) from error
    except (OSError, KeyError, ValueError) as error:
        # The SDK raises EnvironmentError for a missing variable and lets the token file's own errors through.
        raise ScfDeployError(f"the OIDC identity could not be used: {error}") from error
    return issued(secret_id, secret_key, token or "", "the OIDC identity of this pod")


def from_role(environment: Mapping[str, str]) -> Credentials | None:
    """The role of this CVM, or None where no metadata service answers in time.

    The SDK asks without a time limit and hides failures, so it asks in a thread that is given up.
    """
    from tencentcloud.common.credential import CVMRoleCredential

    answer: list[Any] = []

    def ask() -> None:
        answer.append(CVMRoleCredential().get_credential_info())

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(_METADATA_WAIT_S)
    if not answer or not all(answer[0][:2]):
        return None
    secret_id, secret_key, token = answer[0]
    return issued(secret_id, secret_key, token or "", "the role of this CVM")


AMBIENT_PROVIDERS: tuple[AmbientProvider, ...] = (from_oidc, from_github, from_role)
