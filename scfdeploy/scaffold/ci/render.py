"""Render the text of a pipeline file from its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from scfdeploy.facts.pipelines import actions, wheel_platforms
from scfdeploy.scaffold.ci.names import branch_map, branch_pattern, is_production
from scfdeploy.scaffold.ci.settings import Settings, steps
from scfdeploy.scaffold.rendering import pipeline_environment


class System(NamedTuple):
    """A CI system: its template, and the path of its pipeline file."""

    template: str
    file: str


SYSTEMS: Mapping[str, System] = {
    "github": System("github/workflow.yml.j2", ".github/workflows/scfdeploy.yml"),
    "jenkins": System("jenkins/Jenkinsfile.j2", "Jenkinsfile"),
    "coding": System("jenkins/Jenkinsfile.j2", "Jenkinsfile"),
}


def render(system: str, settings: Settings) -> str:
    """The text of the pipeline file for one of `SYSTEMS`."""
    return pipeline_environment().get_template(SYSTEMS[system].template).render(_words(system, settings))


def _words(system: str, settings: Settings) -> dict[str, Any]:
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
                "path": one.path,
                "build": one.builds[0]._asdict() if one.builds else None,
                "hook": one.hooks[0]._asdict() if one.hooks else None,
            }
            for one in settings.projects
        ],
        "several_projects": len(settings.projects) > 1,
        "paths": [one.path for one in settings.projects],
        "builds": [build._asdict() for build in settings.builds],
        "hooks": [hook._asdict() for hook in settings.hooks],
        "partial": len(settings.projects) > 1 and not all(one.builds for one in settings.projects),
        "steps": steps(settings),
        "variables": settings.variables,
        "keys": settings.keys,
        "package": settings.package.spec,
        "kind": settings.package.kind,
        "command": settings.command,
    }
