"""Finds the key pair to sign requests with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from scfdeploy.config.load_result import NO_ENV_FILE, EnvFile
from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.providers.tencent.auth.key_pair import (
    LOCAL_CREDENTIALS,
    AmbientProvider,
    Credentials,
    KeyText,
    key_pair,
)
from scfdeploy.records import replace

if TYPE_CHECKING:
    from scfdeploy.providers.tencent.auth.profiles import ProfileFile

_SYSTEM_FILE = "/etc/tencentcloud/credentials"
_APP_ID = "TENCENT_APP_ID"
_PROFILE_VARIABLE = "TENCENT_CREDENTIALS_PROFILE"
_FAMILIES = (
    ("TENCENTCLOUD_", ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN")),
    ("TENCENT_", ("TENCENT_TOKEN",)),
)


def find_credentials(
    environment: Mapping[str, str],
    *,
    profile: str | None,
    endpoint: str | None,
    home: str,
    dotenv: EnvFile = NO_ENV_FILE,
    project_profile: str | None = None,
    ambient: Sequence[AmbientProvider] | None = None,
    system_file: str = _SYSTEM_FILE,
) -> Credentials:
    """The first key pair of: `profile`; variables; `project_profile`; .env; profile files; the machine's identity.

    `environment` is that of the process, without .env. A pair and its token come from one source. A loopback `endpoint`
    gets the emulator's pair if no profile file has one. Raises ScfDeployError when no pair is found, or a pair is
    incomplete or malformed.
    """
    from scfdeploy.providers.tencent.auth.profiles import profile_files, read_profile

    files = profile_files(home, system_file)
    if profile:
        return _named_profile(profile, files)
    pair = _from_variables(environment, lambda _: message("the environment"))
    if pair is None and project_profile and not environment.get(_PROFILE_VARIABLE):
        return replace(_named_profile(project_profile, files), is_chosen_by_project=True)
    usable = dotenv if dotenv.may_hold_keys else NO_ENV_FILE
    pair = (
        pair
        or _from_variables(usable.values, lambda name: _location(usable, name))
        or read_profile(_profile_name(environment, usable), files)
        or (LOCAL_CREDENTIALS if endpoint is not None and _is_loopback(endpoint) else None)
        or _from_machine(environment, ambient)
    )
    if pair is None:
        hint = message(
            "Set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY (and TENCENTCLOUD_TOKEN for temporary keys), or"
            " TENCENT_SECRET_ID and TENCENT_SECRET_KEY, in the environment or in .env; or write"
            " ~/.tencentcloud/credentials, ~/.tccli/default.credential or ~/.serverless-tencent/credentials (choose"
            " with --profile); or run where a CVM role or a TKE OIDC identity is bound; or, in GitHub Actions, set"
            " TENCENTCLOUD_ROLE_ARN; or use --local."
        )
        raise ScfDeployError(message("no Tencent Cloud credentials found"), hint=_unused_env_file(dotenv) + hint)
    return pair


def available_secrets(
    environment: Mapping[str, str],
    *,
    profile: str | None,
    home: str,
    dotenv: EnvFile,
    further_profiles: Sequence[str] = (),
    system_file: str = _SYSTEM_FILE,
) -> frozenset[str]:
    """Every key and token in the variables, in .env and in these profiles, also those that are not used.

    Makes no network call; unreadable files are left out.
    """
    from scfdeploy.providers.tencent.auth.profiles import profile_files, read_profile

    texts = {
        values[name]
        for values in (environment, dotenv.values)
        for prefix, tokens in _FAMILIES
        for name in (f"{prefix}SECRET_ID", f"{prefix}SECRET_KEY", *tokens)
        if name in values
    }
    for name in dict.fromkeys((profile or _profile_name(environment, dotenv), *further_profiles, "default")):
        for file in profile_files(home, system_file):
            with suppress(ScfDeployError):
                if (pair := read_profile(name, [file])) is not None:
                    texts |= {pair.secret_id, pair.secret_key.reveal(), pair.token.reveal() if pair.token else ""}
    return frozenset(text.strip() for text in texts if text.strip())


def _named_profile(profile: str, files: Sequence[ProfileFile]) -> Credentials:
    from scfdeploy.providers.tencent.auth.profiles import read_profile

    pair = read_profile(profile, files)
    if pair is None:
        paths = ", ".join(path.replace("{profile}", profile) for path, _ in files)
        raise ScfDeployError(
            message("profile {profile} with a key pair not found", profile=repr(profile)),
            hint=message("Searched {paths}.", paths=paths),
        )
    return pair


def _profile_name(environment: Mapping[str, str], dotenv: EnvFile) -> str:
    return environment.get(_PROFILE_VARIABLE) or dotenv.values.get(_PROFILE_VARIABLE) or "default"


def _unused_env_file(dotenv: EnvFile) -> str:
    """The hint for a .env file with keys in a parent folder, which is not used unless it is named."""
    has_keys = any(dotenv.values.get(f"{prefix}SECRET_ID") for prefix, _ in _FAMILIES)
    if dotenv.may_hold_keys or not has_keys:
        return ""
    return message(
        "{file} contains keys, but is in a parent folder: use it with --env-file {file}. Otherwise: ", file=dotenv.name
    )


def _location(file: EnvFile, name: str) -> str:
    return f"{file.name}:{file.lines[name]}" if name in file.lines else file.name


def _from_variables(variables: Mapping[str, str], location: Callable[[str], str]) -> Credentials | None:
    """The pair of the first family with a variable. `location` describes where a variable is, or belongs."""
    for prefix, tokens in _FAMILIES:
        names = (f"{prefix}SECRET_ID", f"{prefix}SECRET_KEY")
        if not any(variables.get(name, "").strip() for name in names):
            continue
        for name in names:
            if not variables.get(name, "").strip():
                text = message(
                    "{name} is not set in {location}, but the other half of the pair is",
                    name=name,
                    location=location(name),
                )
                raise ScfDeployError(text, hint=message("Set {name} too.", name=name))
        token_name = next((name for name in tokens if variables.get(name)), "")
        secret_id, secret_key, token = (
            KeyText(variables.get(name, ""), f"{name} in {location(name)}") for name in (*names, token_name)
        )
        pair = key_pair(secret_id, secret_key, token, f"{prefix}SECRET_ID in {location('')}")
        return replace(pair, app_id=_app_id(variables, location(_APP_ID)))
    return None


def _app_id(variables: Mapping[str, str], location: str) -> str:
    text = variables.get(_APP_ID, "").strip()
    if text and not (text.isascii() and text.isdigit()):
        raise ScfDeployError(
            message("{name} in {location} is not a number", name=_APP_ID, location=location),
            hint=message("Copy the APPID of the account, or unset it."),
        )
    return text


def _from_machine(environment: Mapping[str, str], ambient: Sequence[AmbientProvider] | None) -> Credentials | None:
    if ambient is None:
        from scfdeploy.providers.tencent.auth.workload_identity import AMBIENT_PROVIDERS

        ambient = AMBIENT_PROVIDERS
    return next((pair for provider in ambient if (pair := provider(environment)) is not None), None)


def _is_loopback(endpoint: str) -> bool:
    from scfdeploy.providers.tencent.transport.endpoint import Endpoint

    return Endpoint.parse(endpoint).is_loopback
