"""Dated tables of facts about the platform, with their sources, and the functions that read them.

Tables become outdated: a value that they do not list is at most a warning, never an error.
"""

from scfdeploy.facts.delivery import delivery_value
from scfdeploy.facts.errors import ErrorCode, StatusCode, error_code, error_codes, status_code, status_codes
from scfdeploy.facts.frameworks import Framework, frameworks
from scfdeploy.facts.hosts import image_address, service_of_host
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
    "ErrorCode",
    "Framework",
    "Runtime",
    "StatusCode",
    "built_in_variables",
    "delivery_value",
    "error_code",
    "error_codes",
    "frameworks",
    "image_address",
    "limit",
    "region_abbreviation",
    "region_names",
    "reserved_prefixes",
    "runtime",
    "runtimes",
    "service_of_host",
    "status_code",
    "status_codes",
    "variables_of_the_platform",
]
