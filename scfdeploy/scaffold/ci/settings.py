"""The settings of a pipeline file, and the build steps of each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from scfdeploy.scaffold.ci.source import Source

# Per language: the tools that fetch dependencies and build; the first is the usual one.
TOOLS: Mapping[str, tuple[str, ...]] = {
    "python": ("pip", "pyproject", "none"),
    "nodejs": ("npm", "pnpm", "yarn", "none"),
    "java": ("maven", "gradle", "none"),
}
# What is taken where no file says it.
VERSIONS: Mapping[str, str] = {"python": "3.10", "nodejs": "18.15", "java": "11"}
TYPES = ("event", "web")
KEYS = ("secrets", "oidc")


class Build(NamedTuple):
    """One folder that is built: `manifest` has the requirements.txt, package.json or pom.xml, `source` is deployed.

    `folder` is that of its serverless.yml, `version` that of the function's runtime. All are relative to the
    root of the repository.
    """

    folder: str
    source: str
    manifest: str
    version: str


class Hook(NamedTuple):
    """A command that a serverless.yml names as `src.hook`, and the folder that it runs in, from the root."""

    folder: str
    command: str


@dataclass(frozen=True, slots=True)
class Deployed:
    """One project that the pipeline deploys: a serverless.yml, or a folder of several that belong together.

    `hooks` run after all of `builds`.
    """

    path: str
    builds: tuple[Build, ...]
    hooks: tuple[Hook, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a pipeline file says.

    `package` is the scfdeploy that it installs. `stages` are those that each branch deploys to. `variables` are secrets
    of the pipeline that `${env:NAME}` of a serverless.yml asks for. `keys` is one of `KEYS`. `command` is the command
    line that makes the same file again.
    """

    language: str
    type: str
    tool: str
    stages: Mapping[str, tuple[str, ...]]
    projects: tuple[Deployed, ...]
    package: Source
    variables: tuple[str, ...] = ()
    keys: str = "secrets"
    command: str = "scfdeploy ci init"
    notes: tuple[str, ...] = field(default=())

    @property
    def builds(self) -> tuple[Build, ...]:
        """The folders to build, of all projects."""
        return tuple(build for project in self.projects for build in project.builds)

    @property
    def hooks(self) -> tuple[Hook, ...]:
        """The commands of serverless.yml to run, of all projects."""
        return tuple(hook for project in self.projects for hook in project.hooks)


_VENDOR = {"SOURCE": "source", "MANIFEST": "manifest", "VERSION": "version"}
_BUILD = {"MANIFEST": "manifest"}
_JAR = {"SOURCE": "source", "MANIFEST": "manifest", "FOLDER": "folder"}
_TITLES = {"python": "Dependencies", "nodejs": "Dependencies and build", "java": "Build"}


class Step(NamedTuple):
    """One script of `templates/ci`; `fields` says which field of a `Build` each variable holds."""

    title: str
    script: str
    fields: Mapping[str, str]


def steps(settings: Settings) -> list[Step]:
    """The scripts in their order, each to be run for every folder that is built."""
    found = []
    if settings.tool != "none":
        fields = _VENDOR if settings.language == "python" else _BUILD
        found.append(Step(_TITLES[settings.language], f"scripts/{settings.tool}.sh.j2", fields))
    if settings.language == "java" and settings.type == "web":
        found.append(Step("Put the jar and scf_bootstrap into one folder", "scripts/web_jar.sh.j2", _JAR))
    return found
