"""Temporary keys from the machine: the identity of a pod in TKE or of a job on GitHub, or the role of a CVM.

The credential classes of the SDK follow redirects, wait without a limit and read whatever they are sent.
"""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.providers.tencent.auth.github_identity import from_github
from scfdeploy.providers.tencent.auth.key_pair import AmbientProvider, Credentials, issued
from scfdeploy.providers.tencent.auth.web_identity import WebIdentity, assume_role
from scfdeploy.providers.workers import call_within

_OIDC_VARIABLES = ("TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN")
_METADATA = "http://metadata.tencentyun.com/latest/meta-data/cam/security-credentials/"
_METADATA_WAIT_S = 2.0
_METADATA_LARGEST = 1 << 16


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
    try:
        with open(environment["TKE_WEB_IDENTITY_TOKEN_FILE"], encoding="utf-8") as file:  # noqa: PTH123
            token = file.read()
    except (OSError, ValueError) as error:
        raise ScfDeployError(f"the OIDC identity could not be used: {error}") from error
    identity = WebIdentity(
        environment["TKE_REGION"], environment["TKE_PROVIDER_ID"], token, environment["TKE_ROLE_ARN"], "scfdeploy"
    )
    return assume_role(identity, "the OIDC identity of this pod", hint="Check TKE_ROLE_ARN and its provider.")


def from_role(
    environment: Mapping[str, str], *, service: str = _METADATA, wait_s: float = _METADATA_WAIT_S
) -> Credentials | None:
    """The role of this CVM, or None where no metadata service answers in time."""
    try:
        keys = call_within(wait_s, lambda: _keys_of_role(service, wait_s))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not all(keys[:2]):
        return None
    return issued(*keys, "the role of this CVM")


def _keys_of_role(service: str, wait_s: float) -> tuple[str, str, str]:
    """What the metadata service says. It lies in the machine's own network: no proxy is asked."""
    from urllib.parse import quote

    from scfdeploy.providers.tencent.transport.http import open_session

    session = open_session(largest=_METADATA_LARGEST)
    named = session.get(service, timeout=wait_s)
    named.raise_for_status()
    role = quote(named.text.strip())
    told = session.get(service + role, timeout=wait_s)
    told.raise_for_status()
    keys = told.json()
    if keys["Code"] != "Success":
        raise ValueError("no keys")
    return str(keys["TmpSecretId"] or ""), str(keys["TmpSecretKey"] or ""), str(keys["Token"] or "")


AMBIENT_PROVIDERS: tuple[AmbientProvider, ...] = (from_oidc, from_github, from_role)
