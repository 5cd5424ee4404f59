"""The pages of all findings.

The rules, the reader, the packager and the planner declare their own findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from scfdeploy.diagnostics.finding import declared_findings
from scfdeploy.diagnostics.page import Page

_PACKAGES = ("scfdeploy.config", "scfdeploy.packager", "scfdeploy.plan", "scfdeploy.rules")


@cache
def all_pages() -> Mapping[str, Page]:
    """All pages by id, sorted."""
    pages = [page for package in _PACKAGES for page in pages_of(package)]
    return {page.id: page for page in sorted(pages, key=lambda page: page.id)}


@cache
def pages_of(package: str) -> tuple[Page, ...]:
    """The pages of the findings that a package declares; imports all of its modules."""
    return tuple(finding.page() for finding in declared_findings([package]))
