"""Projects with instances in several regions: each region is planned and applied as a project of its own."""

from __future__ import annotations

from dataclasses import replace

from scfdeploy.config import load_project
from scfdeploy.operations.check import load_and_check
from scfdeploy.operations.request import Request


def requests_by_region(request: Request) -> tuple[Request, ...]:
    """A request for each region of a project that has several; otherwise the request itself.

    Those with errors in their files come first, so that these are found before anything changes.
    """
    regions = load_project(request.path, request.load).regions
    parts = [in_region(request, region) for region in regions]
    return tuple(sorted(parts, key=lambda part: not load_and_check(part).failed)) or (request,)


def in_region(request: Request, region: str) -> Request:
    """The request for the instances of one region only."""
    return replace(request, load=replace(request.load, part=region))
