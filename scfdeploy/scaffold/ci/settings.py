"""The settings of a pipeline file, and the build steps of each language."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.records import NamedTuple, dataclass, field
from scfdeploy.scaffold.ci.source import Source

TOOLS: Mapping[str, tuple[str, ...]] = {
    "python": ("pip", "pyproject", "none"),
    "nodejs": ("npm", "pnpm", "yarn", "none"),
    "java": ("maven", "gradle", "none"),
}
"""Build tools of each language, the default one first."""
VERSIONS: Mapping[str, str] = {"python": "3.10", "nodejs": "18.15", "java": "11"}
"""Default version of each language."""
TYPES = ("event", "web")
KEYS = ("secrets", "oidc")


class Build(NamedTuple):
    """One folder to build. Paths are relative to the root of the repository."""

    folder: str
    """Has the serverless.yml."""
    source: str
    """Is deployed."""
    manifest: str
    """Has the requirements.txt, package.json or pom.xml."""
    version: str
    """Version of the language, from the runtime."""
    lock: str = ""
    """Has the lock file of a workspace; empty where it is beside the manifest."""


class Hook(NamedTuple):
    """A `src.hook` command, and the folder it runs in, relative to the root of the repository."""

    folder: str
    command: str


@dataclass(frozen=True, slots=True)
class PipelineProject:
    """One project that the pipeline deploys: a serverless.yml, or a folder with several linked ones."""

    path: str
    builds: tuple[Build, ...]
    hooks: tuple[Hook, ...] = ()
    """Run after all builds."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All values of a pipeline file."""

    language: str
    type: str
    tool: str
    stages: Mapping[str, tuple[str, ...]]
    """The stages that each branch deploys to."""
    projects: tuple[PipelineProject, ...]
    package: Source
    """The scfdeploy package that the pipeline installs."""
    variables: tuple[str, ...] = ()
    """Pipeline secrets that `${env:NAME}` in a serverless.yml reads."""
    keys: str = "secrets"
    """One of `KEYS`."""
    command: str = "scfdeploy ci init"
    """The command line that generates the same file again."""
    notes: tuple[str, ...] = field(default=())
    archive_events: bool = False
    """Whether a timer runs `events pull`."""
    installs: bool = False
    """Whether `scfdeploy build` installs the dependencies, as on a developer's machine; otherwise a script does."""

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
    """One script of `templates/ci`. `fields` maps each of its variables to a field of `Build`."""

    title: str
    script: str
    fields: Mapping[str, str]


def steps(settings: Settings) -> list[Step]:
    """The scripts in order; each runs for every folder to build."""
    scripts = []
    if settings.tool != "none" and not (settings.installs and settings.language == "python"):
        fields = _VENDOR if settings.language == "python" else _BUILD
        title = "Build" if settings.installs else _TITLES[settings.language]
        scripts.append(Step(title, f"scripts/{settings.tool}.sh.j2", fields))
    if settings.language == "java" and settings.type == "web":
        scripts.append(Step("Put the jar and scf_bootstrap into one folder", "scripts/web_jar.sh.j2", _JAR))
    return scripts
