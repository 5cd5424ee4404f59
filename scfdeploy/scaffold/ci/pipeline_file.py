"""Render a pipeline file from its settings, compare it with the existing file, and write it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.facts.pipelines import actions, container_images, wheel_platforms
from scfdeploy.records import NamedTuple
from scfdeploy.scaffold.ci.names import branch_map, branch_pattern, is_production
from scfdeploy.scaffold.ci.settings import VERSIONS, PipelineProject, Settings, steps
from scfdeploy.scaffold.rendering import pipeline_environment
from scfdeploy.workspace.atomic_write import write_file


class System(NamedTuple):
    """A CI system: its template, and the path of its pipeline file."""

    template: str
    file: str


SYSTEMS: Mapping[str, System] = {
    "github": System("github/workflow.yml.j2", ".github/workflows/scfdeploy.yml"),
    "jenkins": System("jenkins/Jenkinsfile.j2", "Jenkinsfile"),
    "coding": System("jenkins/Jenkinsfile.j2", "Jenkinsfile"),
    "cnb": System("cnb/cnb.yml.j2", ".cnb.yml"),
    "gitlab": System("gitlab/gitlab-ci.yml.j2", ".gitlab-ci.yml"),
}


def render(system: str, settings: Settings) -> str:
    """The text of the pipeline file for one of `SYSTEMS`."""
    return pipeline_environment().get_template(SYSTEMS[system].template).render(_template_values(system, settings))


def _template_values(system: str, settings: Settings) -> dict[str, Any]:
    stages = list(dict.fromkeys(name for names in settings.stages.values() for name in names))
    return {
        "system": system,
        "actions": actions(),
        "platforms": wheel_platforms(),
        "language": settings.language,
        "tool": settings.tool,
        "branches": branch_map(settings.stages),
        "patterns": [branch_pattern(branch) for branch in settings.stages],
        "stages": stages,
        "several_stages": len(stages) > 1,
        "production": [name for name in stages if is_production(name)],
        "projects": [
            {
                "path": project.path,
                "build": project.builds[0]._asdict() if project.builds else None,
                "hook": project.hooks[0]._asdict() if project.hooks else None,
            }
            for project in settings.projects
        ],
        "several_projects": len(settings.projects) > 1,
        "paths": [project.path for project in settings.projects],
        "builds": [build._asdict() for build in settings.builds],
        "hooks": [hook._asdict() for hook in settings.hooks],
        "partial": len(settings.projects) > 1 and not all(project.builds for project in settings.projects),
        "steps": steps(settings),
        "installs": settings.installs,
        "workspaces": any(build.lock for build in settings.builds),
        "variables": settings.variables,
        "keys": settings.keys,
        "package": settings.package.spec,
        "kind": settings.package.kind,
        "command": settings.command,
        "archive": settings.archive_events,
        "targets": list(_archive_targets(settings)),
        "deployments": list(_deployments(settings)),
        "tools_image": _tools_image(settings),
        "deploy_image": container_images()["scfdeploy"],
    }


def _archive_targets(settings: Settings) -> Iterator[Mapping[str, Any]]:
    """Each stage of each project, numbered from 1, with the first branch that deploys it."""
    number = 0
    branches: dict[str, str] = {}
    for branch, stages in settings.stages.items():
        for stage in stages:
            branches.setdefault(stage, branch)
    for stage, branch in branches.items():
        for project in settings.projects:
            number += 1
            yield {"number": number, "branch": branch, "stage": stage, "project": project.path}


def _deployments(settings: Settings) -> Iterator[Mapping[str, Any]]:
    """Each stage of each project, for systems that list every job. `id` is unique and safe in names of jobs."""
    branches: dict[str, list[str]] = {}
    for branch, stages in settings.stages.items():
        for stage in stages:
            branches.setdefault(stage, []).append(branch)
    for stage, names in branches.items():
        for number, project in enumerate(settings.projects, start=1):
            yield {
                "id": stage if len(settings.projects) == 1 else f"{stage}-{number}",
                "stage": stage,
                "branches": names,
                "project": project.path,
                "builds": [build._asdict() for build in project.builds],
                "hooks": [hook._asdict() for hook in project.hooks],
                "compiled": bool((steps(settings) and project.builds) or project.hooks),
                "image": _build_image(settings, project),
                "production": is_production(stage),
            }


def _build_image(settings: Settings, project: PipelineProject) -> str:
    """The image with the build tool of a project, in the version of its runtime."""
    use = settings.tool if settings.language == "java" and settings.tool != "none" else settings.language
    version = project.builds[0].version if project.builds else VERSIONS[settings.language]
    return container_images().get(use, container_images()["maven"]).format(version=version)


def _tools_image(settings: Settings) -> str:
    """The image that scfdeploy runs in before it has keys."""
    return container_images()[
        "scfdeploy-nodejs" if settings.installs and settings.language == "nodejs" else "scfdeploy"
    ]


class Proposal(NamedTuple):
    """A file to write. `before` is the current text, None when the file does not exist."""

    path: Path
    before: str | None
    after: str

    @property
    def is_new(self) -> bool:
        """Whether the file does not exist yet."""
        return self.before is None

    @property
    def is_same(self) -> bool:
        """Whether the file has this text already."""
        return self.before == self.after

    def diff(self) -> str:
        """The change as a unified diff, with secrets redacted."""
        from scfdeploy.model.redaction import difference

        return difference(self.before or "", self.after, str(self.path), f"{self.path} (proposed)")


def propose(path: Path, text: str) -> Proposal:
    """Compare a text with the file at `path`. ScfDeployError when `path` cannot be a file."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise ScfDeployError(
            message("{path} is a link or not a regular file", path=path),
            hint=message("Move it away. Links are not followed."),
        )
    try:
        before = path.read_bytes().decode("utf-8", "replace") if path.exists() else None
    except OSError as error:
        raise ScfDeployError(message("{path} cannot be read: {reason}", path=path, reason=error.strerror)) from error
    return Proposal(path, before, text)


def write(proposal: Proposal) -> None:
    """Write the proposed text. ScfDeployError when that fails."""
    try:
        proposal.path.parent.mkdir(parents=True, exist_ok=True)
        write_file(str(proposal.path), proposal.after.encode())
    except OSError as error:
        raise ScfDeployError(
            message("{path} cannot be written: {reason}", path=error.filename or proposal.path, reason=error.strerror),
            hint=message("Run this command in a writable folder."),
        ) from error
