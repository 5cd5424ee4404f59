"""The options and the result of loading a project."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.config.project_settings import NO_SETTINGS, Settings
from scfdeploy.diagnostics import Diagnostic, Diagnostics
from scfdeploy.model import KnownSecrets, Project
from scfdeploy.records import NamedTuple, dataclass, field


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """Options of the command line. Paths are relative to `cwd`."""

    stage: str | None = None
    region: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    """Values of `--var`. A key replaces `${KEY}` and `${env:KEY}`; the key of any other variable is its complete form,
    such as `output:dev:app:vpc.vpcId`."""
    env_file: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    """The process environment."""
    cwd: str = "."
    skip_unsupported: bool = False
    """Skip files of unsupported component kinds, with a warning."""
    prebuilt: bool = False
    """Whether a build without credentials wrote the project. Then .env files are not searched (`env_file` is read),
    no variable can read a credential of the cloud, and no code can be outside the checkout."""
    part: str = ""
    """Only the instances in this region, of a project with several regions; empty for all."""
    secrets: KnownSecrets = field(default_factory=KnownSecrets, compare=False)
    """Collects values that must be redacted."""


class EnvFile(NamedTuple):
    """A .env file: its display name, its values, and the first line of each key."""

    name: str
    values: Mapping[str, str]
    lines: Mapping[str, int]
    may_hold_keys: bool = True
    """Whether credentials are read from it, which they are not if it is in a parent folder."""


NO_ENV_FILE = EnvFile("", {}, {})


@dataclass(frozen=True, slots=True)
class LoadResult:
    """A loaded project with its diagnostics."""

    project: Project | None
    """Can be present despite errors, so that rules can check it too."""
    diagnostics: Diagnostics
    environment: Mapping[str, str]
    """The process environment over the values of `dotenv`."""
    sources: Mapping[str, str]
    """Texts of the files by display name, without .env files."""
    dotenv: EnvFile = NO_ENV_FILE
    masked_sources: Mapping[str, str] = field(default_factory=dict)
    """The sources with secrets masked."""
    settings: Settings = NO_SETTINGS.defaults
    """The defaults of scfdeploy.toml for the stage."""
    settings_error: Diagnostic | None = None
    """Why scfdeploy.toml cannot be used, also among the diagnostics."""
    regions: tuple[str, ...] = ()
    """The regions of a project that has several and can be loaded as one part for each; empty otherwise."""
