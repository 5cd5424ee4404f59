"""Finds the key pair to sign with. Loads no SDK until one of its own providers is asked. Keys are never shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from scfdeploy.config.load_result import NO_ENV_FILE, EnvFile
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.providers.tencent.auth.key_pair import LOCAL_CREDENTIALS, AmbientProvider, Credentials, Entry, checked

_SYSTEM_FILE = "/etc/tencentcloud/credentials"
_APP_ID = "TENCENT_APP_ID"
_PROFILE_VARIABLE = "TENCENT_CREDENTIALS_PROFILE"
_FAMILIES = (
    ("TENCENTCLOUD_", ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN")),
    ("TENCENT_", ("TENCENT_TOKEN",)),
)
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
    dotenv: EnvFile = NO_ENV_FILE,
    ambient: Sequence[AmbientProvider] | None = None,
    system_file: str = _SYSTEM_FILE,
) -> Credentials:
    """The first that is found: a named profile; variables; .env; profile files; the machine's own identity.

    `environment` is that of the process alone. A pair and its token are taken from one place, or not at all. A loopback
    `endpoint` for which nothing is found gets the local server's pair. Raises ScfDeployError when there are none, when
    half a pair is there, or when a key holds characters that no key has.
    """
    from scfdeploy.providers.tencent.auth import profiles

    files = profiles.files(home, system_file)
    if profile:
        return _named(profile, files)
    found = _from_variables(environment, _in_environment)
    usable = dotenv if dotenv.may_hold_keys else NO_ENV_FILE
    if found is None:
        found = _from_variables(usable.values, partial(_in_file, usable))
    if found is None:
        found = profiles.read(_profile(environment, usable), files)
    if found is None and endpoint is not None and _is_loopback(endpoint):
        found = LOCAL_CREDENTIALS
    if found is None:
        found = _from_machine(environment, ambient)
    if found is None:
        raise ScfDeployError("no Tencent Cloud credentials were found", hint=_passed_over(dotenv) + _HINT)
    return found


def secrets_at_hand(
    environment: Mapping[str, str], *, profile: str | None, home: str, dotenv: EnvFile, system_file: str = _SYSTEM_FILE
) -> frozenset[str]:
    """Every key and token in the variables, in .env and in the chosen profile, whichever of them is going to be used.

    Nothing is asked for over the network, and what cannot be read is left out.
    """
    from scfdeploy.providers.tencent.auth import profiles

    texts = {
        values[name]
        for values in (environment, dotenv.values)
        for prefix, tokens in _FAMILIES
        for name in (f"{prefix}SECRET_ID", f"{prefix}SECRET_KEY", *tokens)
        if name in values
    }
    for chosen in dict.fromkeys((profile or _profile(environment, dotenv), "default")):
        for file in profiles.files(home, system_file):
            with suppress(ScfDeployError):
                if (found := profiles.read(chosen, [file])) is not None:
                    texts |= {found.secret_id, found.secret_key.reveal(), found.token.reveal() if found.token else ""}
    return frozenset(text.strip() for text in texts if text.strip())


def _profile(environment: Mapping[str, str], dotenv: EnvFile) -> str:
    return environment.get(_PROFILE_VARIABLE) or dotenv.values.get(_PROFILE_VARIABLE) or "default"


def _passed_over(dotenv: EnvFile) -> str:
    """What to say of a .env file in a parent folder that holds keys."""
    held = any(dotenv.values.get(f"{prefix}SECRET_ID") for prefix, _ in _FAMILIES)
    if dotenv.may_hold_keys or not held:
        return ""
    return f"{dotenv.name} holds keys, but lies in a parent folder: give --env-file {dotenv.name} to use them. Else: "


def _named(profile: str, files: Sequence[tuple[str, Callable[[str], Credentials | None]]]) -> Credentials:
    from scfdeploy.providers.tencent.auth import profiles

    found = profiles.read(profile, files)
    if found is None:
        raise ScfDeployError(
            f"there is no profile {profile!r} with a key pair",
            hint="Looked into " + ", ".join(path.replace("{profile}", profile) for path, _ in files) + ".",
        )
    return found


def _in_environment(_name: str) -> str:
    return "the environment"


def _in_file(file: EnvFile, name: str) -> str:
    return f"{file.name}:{file.lines[name]}" if name in file.lines else file.name


def _from_variables(variables: Mapping[str, str], place: Callable[[str], str]) -> Credentials | None:
    """The pair of the first family that has one. `place` says where a variable stands, or would."""
    for prefix, tokens in _FAMILIES:
        secret_id = variables.get(f"{prefix}SECRET_ID", "")
        secret_key = variables.get(f"{prefix}SECRET_KEY", "")
        if not secret_id.strip() and not secret_key.strip():
            continue
        for name, text in ((f"{prefix}SECRET_ID", secret_id), (f"{prefix}SECRET_KEY", secret_key)):
            if not text.strip():
                raise ScfDeployError(
                    f"{name} is not set in {place(name)}, but the other half of the pair is", hint=f"Set {name} too."
                )
        token = next((name for name in tokens if variables.get(name)), "")
        names = (f"{prefix}SECRET_ID", f"{prefix}SECRET_KEY", token)
        pair_id, pair_key, pair_token = (Entry(variables.get(name, ""), f"{name} in {place(name)}") for name in names)
        found = checked(pair_id, pair_key, pair_token, f"{prefix}SECRET_ID in {place('')}")
        return replace(found, app_id=_app_id(variables, place(_APP_ID)))
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
        from scfdeploy.providers.tencent.auth.workload_identity import AMBIENT_PROVIDERS

        ambient = AMBIENT_PROVIDERS
    return next((found for ask in ambient if (found := ask(environment)) is not None), None)


def _is_loopback(endpoint: str) -> bool:
    from scfdeploy.providers.tencent.transport.endpoint import Endpoint

    return Endpoint.parse(endpoint).is_loopback
