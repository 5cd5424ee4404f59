"""Opens the way to the cloud: which endpoint, whose credentials."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.config.loaded import NO_ENV_FILE, EnvFile
from scfdeploy.model import Address, Bundle
from scfdeploy.pipeline.own_folder import require_own_folder
from scfdeploy.pipeline.request import Cloud
from scfdeploy.providers.tencent import Credentials, TencentCloud, connect, find_credentials


def open_cloud(
    cloud: Cloud,
    *,
    root: str,
    region: str,
    environment: Mapping[str, str],
    dotenv: EnvFile = NO_ENV_FILE,
    bundles: Mapping[Address, Bundle] | None = None,
) -> TencentCloud:
    """Connect to one region, or to the local server for the project under `root`.

    `environment` is that of the process alone. Raises ScfDeployError when there are no credentials. Nothing is sent
    yet.
    """
    if cloud.local is not None:
        server = cloud.local(require_own_folder(root))
        endpoint: str | None = server.url
        credentials = Credentials(server.secret_id, server.secret_key, None, "the local server")
    else:
        endpoint = cloud.endpoint
        credentials = find_credentials(
            environment, profile=cloud.profile, endpoint=endpoint, home=cloud.home, dotenv=dotenv
        )
    return connect(
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
