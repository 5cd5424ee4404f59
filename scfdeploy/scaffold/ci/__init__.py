"""Pipeline files: detect settings in a repository, combine them with the options, and render the file."""

from scfdeploy.scaffold.ci.existing_pipeline import ExistingPipeline, Line, Repair
from scfdeploy.scaffold.ci.migrate_pipeline import compare_lines, merge_pipeline, read_pipeline
from scfdeploy.scaffold.ci.pipeline_file import SYSTEMS, Proposal, propose, render, write
from scfdeploy.scaffold.ci.resolve_settings import PipelineOptions, resolve_settings
from scfdeploy.scaffold.ci.settings import Settings
from scfdeploy.scaffold.ci.source import installed_source, parse_source, working_tree_source

__all__ = [
    "SYSTEMS",
    "ExistingPipeline",
    "Line",
    "PipelineOptions",
    "Proposal",
    "Repair",
    "Settings",
    "compare_lines",
    "installed_source",
    "merge_pipeline",
    "parse_source",
    "propose",
    "read_pipeline",
    "render",
    "resolve_settings",
    "working_tree_source",
    "write",
]
