"""What a use case is asked: which project, how to read it, which cloud."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scfdeploy.config import LoadOptions
from scfdeploy.model import ProjectKey, Secret
from scfdeploy.model.secret_text import without_secrets

if TYPE_CHECKING:
    from scfdeploy.providers.clock import Clock
    from scfdeploy.providers.retry import RetryPolicy


HOOK_LIMIT_S = 1800.0
"""How long a command that makes code may take, where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Request:
    """`path` is a file or a folder. `select` and `ignore` are rule ids; `strict` makes warnings fail.

    `on_output` hears, line by line, the commands that make code (`src.hook`); without it none is run. Each may take
    `hook_limit_s` seconds. `spared` is the absolute path of a file that is packed with no code, wherever it lies: that
    of the plan itself.
    """

    path: str
    load: LoadOptions = field(default_factory=LoadOptions)
    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    strict: bool = False
    on_output: Callable[[str], None] | None = None
    hook_limit_s: float = HOOK_LIMIT_S
    exclude_path: str = ""


class LocalServer(NamedTuple):
    """A server that was started for this run alone, and the only key pair that it accepts."""

    url: str
    secret_id: str
    secret_key: Secret


@dataclass(frozen=True, slots=True)
class CloudOptions:
    """`endpoint` is a base URL for every product, None for the cloud itself.

    `local` starts a server with its data in a folder; it wins over `endpoint`. `home` is where
    profile files are looked for. Making changes may take `timeout_s`; `retry` says how often and how long what may pass
    is tried again, `clock` how time is told and waited for (the machine's, where there is none), and `random` gives the
    numbers from 0 to 1 that spread what is waited.
    """

    endpoint: str | None = None
    profile: str | None = None
    parallelism: int = 32
    home: str = ""
    local: Callable[[Path], LocalServer] | None = None
    timeout_s: float = inf
    retry: RetryPolicy | None = None
    clock: Clock | None = None
    random: Callable[[], float] | None = None


def endpoint_of(cloud: CloudOptions) -> str:
    """What tells one cloud from another, without a password; the local server has another port each time."""
    return "local" if cloud.local is not None else without_secrets((cloud.endpoint or "").rstrip("/"))


def destroy_command(request: Request, cloud: CloudOptions, key: ProjectKey) -> str:
    """The command line that destroys this project in this cloud, quoted for a shell; without the values of --var."""
    import shlex

    load = request.load
    parts = ["scfdeploy", "destroy"]
    parts += [request.path] if request.path != "." else []
    parts += ["--stage", key.stage, "--region", key.region]
    parts += ["--local"] if cloud.local is not None else []
    parts += ["--endpoint", cloud.endpoint] if cloud.endpoint and "@" not in cloud.endpoint else []
    parts += ["--profile", cloud.profile] if cloud.profile else []
    parts += ["--env-file", load.env_file] if load.env_file else []
    parts += ["--skip-unsupported"] if load.skip_unsupported else []
    words = [shlex.quote(part) for part in parts]
    return " ".join([*words, *(f"--var {shlex.quote(name)}=..." for name in load.variables)])
