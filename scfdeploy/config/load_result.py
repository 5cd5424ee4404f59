"""What loading takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from scfdeploy.diagnostics import Diagnostics
from scfdeploy.model import KnownSecrets, Project


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """What the command line says. Paths are relative to `cwd`; `environ` is the process environment.

    `variables` are those of `--var KEY=VALUE`: KEY answers `${KEY}` and, before everything else, `${env:KEY}`. Any
    other form can be given by its own words: `--var output:dev:app:vpc.vpcId=vpc-1`.
    `skip_unsupported` passes over files of kinds that are known and not deployed here, with a warning. Without `dotenv`
    no .env file is looked for; one that is named by `env_file` is read all the same. `secrets` collects what is read
    and must not be shown.
    """

    stage: str | None = None
    region: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    env_file: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    cwd: str = "."
    skip_unsupported: bool = False
    dotenv: bool = True
    secrets: KnownSecrets = field(default_factory=KnownSecrets, compare=False)


class EnvFile(NamedTuple):
    """A .env file: the name to show it by, its values, and the line that each key begins in.

    `may_hold_keys` says whether credentials may be taken from it: not from one in a parent folder, which nobody named.
    """

    name: str
    values: Mapping[str, str]
    lines: Mapping[str, int]
    may_hold_keys: bool = True


NO_ENV_FILE = EnvFile("", {}, {})


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What was read. A project may be there although the diagnostics hold errors, so that the rules can look at it too.

    `environment` is the process environment over the .env file `dotenv`. `sources` are the texts of the files that
    diagnostics speak of, by their shown names; .env files, which hold secrets, are not among them. `shown` are the same
    with stars in place of the secrets in them.
    """

    project: Project | None
    diagnostics: Diagnostics
    environment: Mapping[str, str]
    sources: Mapping[str, str]
    dotenv: EnvFile = NO_ENV_FILE
    shown: Mapping[str, str] = field(default_factory=dict)
