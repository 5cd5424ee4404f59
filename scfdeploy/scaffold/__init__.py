"""Render templates: new projects, pipeline files (in `ci`) and sample events."""

from scfdeploy.scaffold.project import NewProject, new_project
from scfdeploy.scaffold.project_templates import ProjectTemplate, project_templates
from scfdeploy.scaffold.rendering import SAMPLES, Sample, find_sample, sample_event

__all__ = [
    "SAMPLES",
    "NewProject",
    "ProjectTemplate",
    "Sample",
    "find_sample",
    "new_project",
    "project_templates",
    "sample_event",
]
