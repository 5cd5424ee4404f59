"""Render templates: new projects, pipeline files (in `ci`) and sample events."""

from scfdeploy.scaffold.project import new_project
from scfdeploy.scaffold.rendering import sample_event, sample_names

__all__ = ["new_project", "sample_event", "sample_names"]
