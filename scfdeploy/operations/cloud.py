"""Connect to the cloud or to the local server, and keep its credentials away from child processes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from scfdeploy.config import LoadOptions
from scfdeploy.config.load_result import NO_ENV_FILE, EnvFile, LoadResult
from scfdeploy.config.project_settings import NO_SETTINGS, Settings, read_settings
from scfdeploy.diagnostics import Diagnostic, Diagnostics, ScfDeployError, message
from scfdeploy.operations.request import DEFAULT_PARALLELISM, CloudOptions, Request
from scfdeploy.providers.tencent import LOCAL_CREDENTIALS, Credentials, TencentProvider, find_credentials, open_provider
from scfdeploy.providers.tencent.auth.assume_role import assume_role, find_role
from scfdeploy.records import replace
from scfdeploy.workspace.paths import require_state_dir


def open_cloud(
    cloud: CloudOptions,
    *,
    root: str,
    region: str,
    load: LoadOptions,
    dotenv: EnvFile = NO_ENV_FILE,
    settings: Settings = NO_SETTINGS.defaults,
) -> TencentProvider:
    """Prepare calls to one region, or to the local server for the project under `root`.

    Assumes the role of the project, if it has one, and adds the credentials to `load.secrets`. Raises ScfDeployError if
    there are none.
    """
    if cloud.local is not None:
        server = cloud.local(require_state_dir(root))
        endpoint: str | None = server.url
        credentials = Credentials(server.secret_id, server.secret_key, None, message("the local server"))
    else:
        endpoint = cloud.endpoint
        credentials = find_credentials(
            load.environ,
            profile=cloud.profile,
            endpoint=endpoint,
            home=cloud.home,
            dotenv=dotenv,
            project_profile=settings.profile,
        )
        _hide(credentials, load)
        role = find_role(load.environ, credentials, arn=settings.role, session_name=settings.role_session_name)
        if role is not None:
            credentials = replace(
                assume_role(credentials, role, endpoint=endpoint),
                app_id=credentials.app_id,
                is_chosen_by_project=credentials.is_chosen_by_project or role.is_of_project,
            )
    _hide(credentials, load)
    return open_provider(
        region,
        credentials=credentials,
        endpoint=endpoint,
        parallelism=cloud.parallelism or settings.parallelism or DEFAULT_PARALLELISM,
        clock=cloud.clock,
        random=cloud.random,
        policy=cloud.retry,
        is_emulator=cloud.local is not None,
        on_progress=cloud.on_progress,
    )


def connect_early(cloud: CloudOptions, *, region: str) -> None:
    """Open connections to the cloud, unless that is a local server which `open_cloud` starts."""
    from scfdeploy.providers.tencent.transport.early_connection import connect_early
    from scfdeploy.providers.tencent.transport.endpoint import Endpoint

    if cloud.local is None:
        with suppress(ScfDeployError):  # of a malformed endpoint; `open_cloud` raises it
            connect_early(Endpoint.of(cloud.endpoint, product="scf", region=region))


def settings_of(loaded: LoadResult) -> Settings:
    """The defaults of the project. Raises ScfDeployError if its scfdeploy.toml has an error.

    For commands that do not check the project's files: with other defaults they could use another account.
    """
    _require_no_error(loaded.settings_error)
    return loaded.settings


def settings_in(root: str, load: LoadOptions) -> Settings:
    """The defaults for a folder without a project. Raises ScfDeployError as `settings_of` does."""
    problems = Diagnostics()
    file = read_settings(root, load, problems)
    _require_no_error(next(iter(problems), None))
    return file.of_stage(load.stage)


def _require_no_error(error: Diagnostic | None) -> None:
    if error is not None:
        raise ScfDeployError(f"{error.subject}: {error.detail or error.summary}", hint=error.hint)


def _hide(credentials: Credentials, load: LoadOptions) -> None:
    if credentials != LOCAL_CREDENTIALS:  # that pair is documented, and no secret
        load.secrets.add(credentials.secret_id)
        load.secrets.add(credentials.secret_key.reveal())
        if credentials.token is not None:
            load.secrets.add(credentials.token.reveal())


def child_environment(
    environment: Mapping[str, str],
    request: Request,
    cloud: CloudOptions,
    *,
    dotenv: EnvFile,
    settings: Settings = NO_SETTINGS.defaults,
) -> dict[str, str]:
    """`environment` for hooks and checks, without the credentials of the process, of .env and of the profile.

    A command can still find these elsewhere and print them, so all of them are added to `request.load.secrets`.
    """
    from scfdeploy.model.child_environment import without_credentials
    from scfdeploy.providers.tencent.auth.credentials import available_secrets

    secrets = available_secrets(
        request.load.environ,
        profile=cloud.profile,
        home=cloud.home,
        dotenv=dotenv,
        further_profiles=settings.profiles,
    )
    for secret in secrets:
        request.load.secrets.add(secret)
    return without_credentials(environment, secrets)
