"""Connect to the cloud or to the local server, and keep its credentials away from child processes."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.config import LoadOptions
from scfdeploy.config.load_result import NO_ENV_FILE, EnvFile
from scfdeploy.diagnostics import message
from scfdeploy.model import Address, Bundle
from scfdeploy.model.child_environment import without_credentials
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.providers.tencent import LOCAL_CREDENTIALS, Credentials, TencentProvider, find_credentials, open_provider
from scfdeploy.workspace.paths import require_state_dir


def open_cloud(
    cloud: CloudOptions,
    *,
    root: str,
    region: str,
    load: LoadOptions,
    dotenv: EnvFile = NO_ENV_FILE,
    bundles: Mapping[Address, Bundle] | None = None,
) -> TencentProvider:
    """Prepare calls to one region, or to the local server for the project under `root`; send nothing.

    Adds the credentials to `load.secrets`. Raises ScfDeployError if there are none.
    """
    if cloud.local is not None:
        server = cloud.local(require_state_dir(root))
        endpoint: str | None = server.url
        credentials = Credentials(server.secret_id, server.secret_key, None, message("the local server"))
    else:
        endpoint = cloud.endpoint
        credentials = find_credentials(
            load.environ, profile=cloud.profile, endpoint=endpoint, home=cloud.home, dotenv=dotenv
        )
    if credentials != LOCAL_CREDENTIALS:  # that pair is documented, and no secret
        load.secrets.add(credentials.secret_id)
        load.secrets.add(credentials.secret_key.reveal())
        if credentials.token is not None:
            load.secrets.add(credentials.token.reveal())
    return open_provider(
        region,
        credentials=credentials,
        endpoint=endpoint,
        bundles=bundles or {},
        parallelism=cloud.parallelism,
        clock=cloud.clock,
        random=cloud.random,
        policy=cloud.retry,
        is_emulator=cloud.local is not None,
        on_progress=cloud.on_progress,
    )


def child_environment(
    environment: Mapping[str, str], request: Request, cloud: CloudOptions, *, dotenv: EnvFile
) -> dict[str, str]:
    """`environment` for hooks and checks, without the credentials of the process, of .env and of the profile.

    A command can still find these elsewhere and print them, so all of them are added to `request.load.secrets`.
    """
    from scfdeploy.providers.tencent.auth.credentials import available_secrets

    secrets = available_secrets(request.load.environ, profile=cloud.profile, home=cloud.home, dotenv=dotenv)
    for secret in secrets:
        request.load.secrets.add(secret)
    return without_credentials(environment, secrets)
