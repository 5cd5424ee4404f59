"""Parameters of operations: the project and how to load it, and the cloud and how to call it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING

from scfdeploy.config import LoadOptions
from scfdeploy.diagnostics import OptionConflictError, message
from scfdeploy.model import KnownSecrets, ProjectKey, Secret, looks_secret
from scfdeploy.model.secret_text import without_secrets
from scfdeploy.records import NamedTuple, dataclass, field, replace

if TYPE_CHECKING:
    from pathlib import Path

    from scfdeploy.providers.base import ProgressListener
    from scfdeploy.providers.clock import Clock
    from scfdeploy.providers.retry import RetryPolicy


LOCAL_PORT = 9080
"""Default port of the local server that people start."""

DEFAULT_PARALLELISM = 32

HOOK_LIMIT_S = 1800.0
"""Default time limit of each `src.hook` in seconds."""

_MIN_SECRET_LENGTH = 8
"""Shorter values of environment variables are not redacted: they occur in ordinary text."""


def note_secrets(known: KnownSecrets, variables: Mapping[str, str], environ: Mapping[str, str]) -> None:
    """Add the values of variables whose names look secret; not those of the environment that are paths of files."""
    for name, text in variables.items():
        if looks_secret(name):
            known.add(text)
    for name, text in environ.items():
        if len(text) >= _MIN_SECRET_LENGTH and looks_secret(name) and not os.path.exists(text):  # noqa: PTH110
            known.add(text)


@dataclass(frozen=True, slots=True)
class Request:
    """A project and how to load it."""

    path: str
    """A file, or a folder."""

    load: LoadOptions = field(default_factory=LoadOptions)
    select: frozenset[str] = frozenset()
    """The only rules to report; all if empty."""

    ignore: frozenset[str] = frozenset()
    """Rules that are not reported."""

    strict: bool | None = None
    """Whether warnings fail the command; None as scfdeploy.toml says, otherwise not."""

    on_output: Callable[[str], None] | None = None
    """Receives each line that a hook or a check prints; None runs no hooks."""

    hook_limit_s: float = HOOK_LIMIT_S
    """The time limit of each hook, and of each command that installs dependencies."""

    build: bool = True
    """Whether code is packaged with its dependencies."""

    on_build: Callable[[str], None] | None = None
    """Receives each line that an installation of dependencies prints; None uses installed ones and installs none."""

    exclude_path: str = ""
    """The absolute path of a file that is never packaged: the saved plan."""


class LocalServer(NamedTuple):
    """The local server of this run, and the only key pair that it accepts."""

    url: str
    secret_id: str
    secret_key: Secret
    lasts: bool = False
    """Whether it goes on when the operation has ended, so that its URLs can be used."""


class Refresh(StrEnum):
    """How much of the cloud a plan reads."""

    FULL = "full"  # every function
    CHANGED = "changed"  # lists, and the functions that these or the files show as changed since the last apply here
    AUTO = "auto"  # like `changed` if there are notes of an earlier apply and the other options allow it


@dataclass(frozen=True, slots=True)
class CloudOptions:
    """A cloud or local server, and how to call it."""

    endpoint: str | None = None
    """The base URL of all products; None for Tencent Cloud."""

    profile: str | None = None
    parallelism: int | None = None
    """The number of resources to process at once; None as scfdeploy.toml says, otherwise 32."""
    home: str = ""
    """The folder in which files with profiles are searched for."""

    local: Callable[[Path], LocalServer] | None = None
    """Starts the local server with its data in a folder; takes precedence over `endpoint`."""

    local_name: str = "local"
    """The name of the local server in caches and journals."""

    refresh: Refresh = Refresh.FULL
    """How much of the cloud `plan` and `apply` read."""

    timeout_s: float = inf
    """Time limit of the changes."""

    retry: RetryPolicy | None = None
    clock: Clock | None = None
    """The clock to read and to wait with; None for the system's."""

    random: Callable[[], float] | None = None
    """Returns numbers from 0 to 1 for the jitter of delays."""

    on_progress: ProgressListener | None = None
    """Hears of long work before the first change."""

    def reading_everything(self) -> CloudOptions:
        """The options for what needs every function: a saved plan, or a search for drift.

        Raises OptionConflictError if the user has asked for changed functions only.
        """
        if self.refresh is Refresh.CHANGED:
            raise OptionConflictError(
                message(
                    "refresh `changed` reads only some functions, and a saved plan or --refresh-only needs all of them;"
                    " use `auto` or `full`"
                )
            )
        return replace(self, refresh=Refresh.FULL)


def endpoint_of(cloud: CloudOptions) -> str:
    """A stable name of the cloud, without a password: the port of the local server differs in each run."""
    return cloud.local_name if cloud.local is not None else without_secrets((cloud.endpoint or "").rstrip("/"))


def server_options(request: Request, cloud: CloudOptions) -> str:
    """The options that select the same project and server, quoted for a shell: `--local`, `--endpoint URL`."""
    import shlex

    load = request.load
    parts = ["--path", request.path] if request.path != "." else []
    parts += ["--stage", load.stage] if load.stage else []
    parts += ["--region", load.region] if load.region else []
    parts += ["--local"] if cloud.local is not None else []
    parts += ["--endpoint", cloud.endpoint] if cloud.endpoint and "@" not in cloud.endpoint else []
    parts += ["--profile", cloud.profile] if cloud.profile else []
    return " ".join(map(shlex.quote, parts))


def destroy_command(request: Request, cloud: CloudOptions, key: ProjectKey) -> str:
    """The command line that destroys this project in this cloud, quoted for a shell, without values of --var."""
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
