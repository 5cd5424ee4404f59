"""Pipeline files: detect settings in a repository, combine them with the options, and render the file."""

from scfdeploy.scaffold.ci.existing_workflow import ExistingWorkflow, merge_workflow, read_workflow
from scfdeploy.scaffold.ci.pipeline_file import SYSTEMS, Proposal, propose, render, write
from scfdeploy.scaffold.ci.resolve_settings import PipelineOptions, resolve_settings
from scfdeploy.scaffold.ci.settings import Settings
from scfdeploy.scaffold.ci.source import installed_source, parse_source

__all__ = [
    "SYSTEMS",
    "ExistingWorkflow",
    "PipelineOptions",
    "Proposal",
    "Settings",
    "installed_source",
    "merge_workflow",
    "parse_source",
    "propose",
    "read_workflow",
    "render",
    "resolve_settings",
    "write",
]
