"""What loading takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scfdeploy.diagnostics import Diagnostics
from scfdeploy.model import Project


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """What the command line says. Paths are relative to `cwd`; `environ` is the process environment.

    `variables` are those of `--var KEY=VALUE`: KEY answers `${KEY}` and, before everything else, `${env:KEY}`. Any
    other form can be given by its own words: `--var output:dev:app:vpc.vpcId=vpc-1`.
    `skip_unsupported` passes over files of kinds that are known and not deployed here, with a warning.
    """

    stage: str | None = None
    region: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    env_file: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    cwd: str = "."
    skip_unsupported: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read. A project may be there although the diagnostics hold errors, so that the rules can look at it too.

    `environment` is the process environment over the .env file. `sources` are the texts of the files that diagnostics
    speak of, by their shown names; .env files, which hold secrets, are not among them.
    """

    project: Project | None
    diagnostics: Diagnostics
    environment: Mapping[str, str]
    sources: Mapping[str, str]
