"""The environment that hooks and checks get: the user's, without a key of this cloud under any name."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.config.load_result import EnvFile
from scfdeploy.model.child_environment import without_credentials
from scfdeploy.operations.request import CloudOptions, Request


def child_environment(
    environment: Mapping[str, str], request: Request, cloud: CloudOptions, *, dotenv: EnvFile
) -> dict[str, str]:
    """`environment` without credentials: those of the process, of .env and of the profile, used or not.

    A command that finds them elsewhere may print them: from now on they are known as secrets.
    """
    from scfdeploy.providers.tencent.auth.credentials import secrets_at_hand

    secrets = secrets_at_hand(request.load.environ, profile=cloud.profile, home=cloud.home, dotenv=dotenv)
    for secret in secrets:
        request.load.secrets.add(secret)
    return without_credentials(environment, secrets)
