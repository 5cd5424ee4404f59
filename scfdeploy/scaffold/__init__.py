"""Render templates: new projects, pipeline files (in `ci`) and sample events."""

from scfdeploy.scaffold.project import new_project
from scfdeploy.scaffold.rendering import SAMPLES, Sample, find_sample, sample_event

__all__ = ["SAMPLES", "Sample", "find_sample", "new_project", "sample_event"]
