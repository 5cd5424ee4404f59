"""Exchanges a token of another identity provider for temporary keys of a role. The call is not signed."""

from __future__ import annotations

from dataclasses import dataclass, field

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.providers.tencent.auth.key_pair import Credentials, issued
from scfdeploy.providers.workers import call_within

_ACTION = "AssumeRoleWithWebIdentity"
_HOST = "sts.tencentcloudapi.com"
_LIFETIME_S = 7200
_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class WebIdentity:
    """Who asks, by the `token` of the identity provider `provider` in CAM, for which `role`."""

    region: str
    provider: str
    token: str = field(repr=False)
    role: str
    session: str


def assume_role(identity: WebIdentity, source: str, *, hint: str) -> Credentials:
    """The keys of the role; `source` is who they are said to come from. Raises ScfDeployError when it is refused."""
    from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

    from scfdeploy.providers.tencent.transport.endpoint import Endpoint
    from scfdeploy.providers.tencent.transport.errors import no_answer
    from scfdeploy.providers.tencent.transport.sdk import make_client

    there = Endpoint("https", _HOST)
    client = make_client("sts", identity.region, credentials=None, endpoint=there, timeout_s=_TIMEOUT_S, pool_size=1)
    parameters = {
        "ProviderId": identity.provider,
        "WebIdentityToken": identity.token,
        "RoleArn": identity.role,
        "RoleSessionName": identity.session,
        "DurationSeconds": _LIFETIME_S,
    }
    try:
        answer = call_within(_TIMEOUT_S, lambda: client.call_json(_ACTION, parameters, options={"SkipSign": True}))
        keys = answer["Response"]["Credentials"]
        found = (str(keys["TmpSecretId"]), str(keys["TmpSecretKey"]), str(keys["Token"] or ""))
    except TencentCloudSDKException as error:
        if error.code == "ClientNetworkError":
            raise no_answer(_ACTION, _HOST, error.__context__ or error) from None
        raise ScfDeployError(f"CAM refused {source}: {error.message} ({error.code})", hint=hint) from error
    except OSError as error:
        raise no_answer(_ACTION, _HOST, error) from error
    except (ValueError, KeyError, TypeError):
        # The error may quote what was sent, and with it the token.
        raise ScfDeployError(f"CAM gave no keys to {source}", hint="Try again later.") from None
    return issued(*found, source)
