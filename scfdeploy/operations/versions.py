"""`versions`: what is published of a function, and which aliases lead there."""

from __future__ import annotations

from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.operations.resolve_function import load_deployed
from scfdeploy.plan.resources.alias_routing import Route
from scfdeploy.results import AliasInfo, Findings, VersionList


def versions(request: Request, cloud: CloudOptions, name: str) -> VersionList:
    """List them. Raises ScfDeployError when the function is not there."""
    found = load_deployed(request, cloud, name)
    aliases = [
        AliasInfo(alias.address, Route.of(alias), str(alias.settings.get("aliasDescription") or ""))
        for _, alias in sorted(found.aliases.items())
    ]
    return VersionList(Findings(), True, found.address, found.versions, aliases)
