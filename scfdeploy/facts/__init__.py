"""Dated tables of facts about the platform, with their sources, and the functions that read them.

Tables become outdated: a value that they do not list is at most a warning, never an error.

Functions that most commands need can be imported from here; all others from their modules.
"""

from scfdeploy.facts.delivery import delivery_value
from scfdeploy.facts.platform import limit, region_abbreviation, region_names
from scfdeploy.facts.runtimes import Runtime, runtime, runtimes
from scfdeploy.facts.variables import (
    BuiltInVariable,
    built_in_variables,
    reserved_prefixes,
    variables_of_the_platform,
)

__all__ = [
    "BuiltInVariable",
    "Runtime",
    "built_in_variables",
    "delivery_value",
    "limit",
    "region_abbreviation",
    "region_names",
    "reserved_prefixes",
    "runtime",
    "runtimes",
    "variables_of_the_platform",
]
