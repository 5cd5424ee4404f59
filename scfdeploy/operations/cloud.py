"""Opens the way to the cloud: which endpoint, whose credentials."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.config import LoadOptions
from scfdeploy.config.load_result import NO_ENV_FILE, EnvFile
from scfdeploy.model import Address, Bundle, KnownSecrets
from scfdeploy.operations.request import CloudOptions
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
    """Connect to one region, or to the local server for the project under `root`.

    Of `load` the environment of the process is read, and its `secrets` get the credentials, wherever they come from.
    Raises ScfDeployError when there are no credentials. Nothing is sent yet.
    """
    if cloud.local is not None:
        server = cloud.local(require_state_dir(root))
        endpoint: str | None = server.url
        credentials = Credentials(server.secret_id, server.secret_key, None, "the local server")
    else:
        endpoint = cloud.endpoint
        credentials = find_credentials(
            load.environ, profile=cloud.profile, endpoint=endpoint, home=cloud.home, dotenv=dotenv
        )
    _note(credentials, load.secrets)
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
    )


def _note(credentials: Credentials, secrets: KnownSecrets) -> None:
    if credentials == LOCAL_CREDENTIALS:
        return  # the documentation shows this pair
    secrets.add(credentials.secret_id)
    secrets.add(credentials.secret_key.reveal())
    if credentials.token is not None:
        secrets.add(credentials.token.reveal())
