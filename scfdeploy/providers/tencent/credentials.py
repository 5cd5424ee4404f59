"""Finds the key pair to sign with. Loads no SDK until one of its own providers is asked. Keys are never shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.providers.tencent.key_pair import LOCAL_CREDENTIALS, AmbientProvider, Credentials, checked

_SYSTEM_FILE = "/etc/tencentcloud/credentials"
_APP_ID = "TENCENT_APP_ID"
_PROFILE_VARIABLE = "TENCENT_CREDENTIALS_PROFILE"
_HINT = (
    "Set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY (and TENCENTCLOUD_TOKEN for temporary keys), or"
    " TENCENT_SECRET_ID and TENCENT_SECRET_KEY, in the environment or in .env; or write ~/.tencentcloud/credentials,"
    " ~/.tccli/default.credential or ~/.serverless-tencent/credentials (choose with --profile); or run where a CVM role"
    " or a TKE OIDC identity is bound; or, in GitHub Actions, set TENCENTCLOUD_ROLE_ARN; or use --local."
)


def find_credentials(
    environment: Mapping[str, str],
    *,
    profile: str | None,
    endpoint: str | None,
    home: str,
    dotenv: Mapping[str, str] | None = None,
    ambient: Sequence[AmbientProvider] | None = None,
    system_file: str = _SYSTEM_FILE,
) -> Credentials:
    """The first that is found: a named profile; variables; .env; profile files; the machine's own identity.

    A loopback `endpoint` for which nothing is found gets the local server's pair. Raises ScfDeployError when there are
    none, when half a pair is there, or when a key holds characters that no key has.
    """
    from scfdeploy.providers.tencent import profiles

    files = profiles.files(home, system_file)
    if profile:
        return _named(profile, files)
    found = _from_variables(environment, "the environment") or _from_variables(dotenv or {}, ".env")
    if found is None:
        chosen = environment.get(_PROFILE_VARIABLE) or (dotenv or {}).get(_PROFILE_VARIABLE) or "default"
        found = profiles.read(chosen, files)
    if found is None and endpoint is not None and _is_loopback(endpoint):
        found = LOCAL_CREDENTIALS
    if found is None:
        found = _from_machine(environment, ambient)
    if found is None:
        raise ScfDeployError("no Tencent Cloud credentials were found", hint=_HINT)
    return found


def _named(profile: str, files: Sequence[tuple[str, Callable[[str], Credentials | None]]]) -> Credentials:
    from scfdeploy.providers.tencent import profiles

    found = profiles.read(profile, files)
    if found is None:
        raise ScfDeployError(
            f"there is no profile {profile!r} with a key pair",
            hint="Looked into " + ", ".join(path.replace("{profile}", profile) for path, _ in files) + ".",
        )
    return found


def _from_variables(variables: Mapping[str, str], place: str) -> Credentials | None:
    for prefix, tokens in (
        ("TENCENTCLOUD_", ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN")),
        ("TENCENT_", ("TENCENT_TOKEN",)),
    ):
        secret_id = variables.get(f"{prefix}SECRET_ID", "")
        secret_key = variables.get(f"{prefix}SECRET_KEY", "")
        if not secret_id.strip() and not secret_key.strip():
            continue
        for name, text in ((f"{prefix}SECRET_ID", secret_id), (f"{prefix}SECRET_KEY", secret_key)):
            if not text.strip():
                raise ScfDeployError(
                    f"{name} is not set in {place}, but the other half of the pair is", hint=f"Set {name} too."
                )
        token = next((variables[name] for name in tokens if variables.get(name)), "")
        found = checked(secret_id, secret_key, token, f"{prefix}SECRET_ID in {place}")
        return replace(found, app_id=_app_id(variables, place))
    return None


def _app_id(variables: Mapping[str, str], place: str) -> str:
    text = variables.get(_APP_ID, "").strip()
    if text and not (text.isascii() and text.isdigit()):
        raise ScfDeployError(
            f"{_APP_ID} in {place} is not a number", hint="Copy the APPID of the account, or unset it."
        )
    return text


def _from_machine(environment: Mapping[str, str], ambient: Sequence[AmbientProvider] | None) -> Credentials | None:
    if ambient is None:
        from scfdeploy.providers.tencent.ambient import AMBIENT_PROVIDERS

        ambient = AMBIENT_PROVIDERS
    return next((found for ask in ambient if (found := ask(environment)) is not None), None)


def _is_loopback(endpoint: str) -> bool:
    from scfdeploy.providers.tencent.endpoint import Endpoint

    return Endpoint.parse(endpoint).is_loopback
