"""Settings to the text of a pipeline file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scfdeploy.facts.pipelines import actions, wheel_platforms
from scfdeploy.scaffold.ci.names import branch_map, branch_pattern
from scfdeploy.scaffold.ci.settings import Settings
from scfdeploy.scaffold.rendering import pipeline_environment


class System(NamedTuple):
    """A system that runs pipelines: its template, and where its file belongs."""

    template: str
    file: str


SYSTEMS: Mapping[str, System] = {
    "github": System("github/workflow.yml.j2", ".github/workflows/scfdeploy.yml"),
}


def render(system: str, settings: Settings) -> str:
    """The text of the pipeline file for one of `SYSTEMS`."""
    stages = list(dict.fromkeys(name for names in settings.stages.values() for name in names))
    words = {
        "actions": actions(),
        "platforms": wheel_platforms(),
        "language": settings.language,
        "type": settings.type,
        "tool": settings.tool,
        "branches": branch_map(settings.stages),
        "patterns": [branch_pattern(branch) for branch in settings.stages],
        "stages": stages,
        "several_stages": len(stages) > 1,
        "projects": [{"path": one.path, "builds": [b._asdict() for b in one.builds]} for one in settings.projects],
        "several_projects": len(settings.projects) > 1,
        "builds": [build._asdict() for build in settings.builds],
        "variables": settings.variables,
        "keys": settings.keys,
        "package": settings.package,
        "command": settings.command,
    }
    return pipeline_environment().get_template(SYSTEMS[system].template).render(words)
