"""Pipeline files: detect settings in a repository, combine them with the options, and render the file."""

from scfdeploy.scaffold.ci.decide import Asked, decide
from scfdeploy.scaffold.ci.existing import Existing, carried_over, read_existing
from scfdeploy.scaffold.ci.render import SYSTEMS, render
from scfdeploy.scaffold.ci.settings import Settings
from scfdeploy.scaffold.ci.source import installed_source, parse_source
from scfdeploy.scaffold.ci.write import Proposal, propose, write

__all__ = [
    "SYSTEMS",
    "Asked",
    "Existing",
    "Proposal",
    "Settings",
    "carried_over",
    "decide",
    "installed_source",
    "parse_source",
    "propose",
    "read_existing",
    "render",
    "write",
]
