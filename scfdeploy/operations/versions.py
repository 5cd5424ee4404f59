"""`versions`: what is published of a function, and which aliases lead there."""

from __future__ import annotations

from scfdeploy.operations.request import Cloud, Request
from scfdeploy.operations.resolve_function import find
from scfdeploy.plan.resources.alias_routing import Route
from scfdeploy.results import AliasShown, Findings, VersionsShown


def versions(request: Request, cloud: Cloud, name: str) -> VersionsShown:
    """List them. Raises ScfDeployError when the function is not there."""
    found = find(request, cloud, name)
    aliases = [
        AliasShown(alias.address, Route.of(alias), str(alias.settings.get("aliasDescription") or ""))
        for _, alias in sorted(found.aliases.items())
    ]
    return VersionsShown(Findings(), True, found.address, found.versions, aliases)
